"""Showing in a file that one holds an enrolment code, without the code being in it (docs/sync.md §16)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from argon2.low_level import Type, hash_secret_raw

from station_app.keys.sealing import KEY_BYTES
from station_app.keys.slot_file import SALT_BYTES, PinCost

# Both sides must come to the same key, so neither may choose. Who finds the file has to spend as much on each guess.
_COST: Final = PinCost()
_TAG_PURPOSE: Final = b"station enrolment tag 1\0"
_PROOF_PURPOSE: Final = b"station enrolment proof 1\0"
_SALT_PURPOSE: Final = b"station enrolment salt 1\0"


def code_tag(code_hash: bytes) -> int:
    """Return one byte of a code, by which a center finds the few codes that a proof may be made with.

    Args:
        code_hash: what the center keeps of the code (`codes.hash_code`).
    """
    return hashlib.sha256(_TAG_PURPOSE + code_hash).digest()[0]


def code_proof(code_hash: bytes, public_key: bytes, epoch: bytes, box_key: bytes) -> bytes:
    """Return what only a holder of the code can say of these keys (HMAC-SHA256 under Argon2id, about 0.1 s).

    Args:
        code_hash: as of `code_tag`.
        public_key: Ed25519 key of the PC, 32 bytes.
        epoch: 8 bytes.
        box_key: X25519 key of the PC, 32 bytes.
    """
    salt = hashlib.sha256(_SALT_PURPOSE + public_key).digest()[:SALT_BYTES]
    cost = (_COST.time_cost, _COST.memory_kib, _COST.parallelism)
    key = hash_secret_raw(code_hash, salt, *cost, KEY_BYTES, Type.ID)
    return hmac.digest(key, _PROOF_PURPOSE + public_key + epoch + box_key, "sha256")
