"""Proofs of an enrolment code: bound to all that they are about, and to the code's hash alone."""

from __future__ import annotations

import hashlib
import hmac

from argon2.low_level import Type, hash_secret_raw

from station_app.keys.code_proofs import code_proof, code_tag
from station_app.keys.codes import hash_code

HASH = hash_code("ABCDEFGHJK")
PUBLIC, EPOCH, BOX = b"p" * 32, b"e" * 8, b"b" * 32


def test_a_proof_is_what_the_specification_says() -> None:
    salt = hashlib.sha256(b"station enrolment salt 1\0" + PUBLIC).digest()[:16]
    key = hash_secret_raw(HASH, salt, 3, 65536, 1, 32, Type.ID)
    wanted = hmac.digest(key, b"station enrolment proof 1\0" + PUBLIC + EPOCH + BOX, "sha256")
    assert code_proof(HASH, PUBLIC, EPOCH, BOX) == wanted
    assert code_tag(HASH) == hashlib.sha256(b"station enrolment tag 1\0" + HASH).digest()[0]


def test_a_proof_is_of_one_code_and_one_pc() -> None:
    others = [
        code_proof(hash_code("ABCDEFGHJM"), PUBLIC, EPOCH, BOX),
        code_proof(HASH, b"q" * 32, EPOCH, BOX),
        code_proof(HASH, PUBLIC, b"f" * 8, BOX),
        code_proof(HASH, PUBLIC, EPOCH, b"c" * 32),
    ]
    assert len({code_proof(HASH, PUBLIC, EPOCH, BOX), *others}) == 5
