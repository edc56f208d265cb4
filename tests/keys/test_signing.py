"""Signatures: the RFC's vectors, and that nothing but the right message passes."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from station_app.keys import signing
from station_app.keys.signing import EVENT_DEVICE, EVENT_PERSON, SigningKey, verify, verify_many

KEY = SigningKey.from_seed(bytes(range(32)))

# RFC 8032 section 7.1, tests 1 to 3: seed, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("seed", "public", "message", "signature"), RFC_8032)
def test_the_algorithm_is_that_of_rfc_8032(seed: str, public: str, message: str, signature: str) -> None:
    assert SigningKey.from_seed(bytes.fromhex(seed)).public.hex() == public
    plain = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)).sign(bytes.fromhex(message))
    assert plain.hex() == signature


def test_what_is_signed_is_the_context_a_zero_byte_and_the_data() -> None:
    plain = Ed25519PrivateKey.from_private_bytes(KEY.seed).sign(b"station event device 1\0data")
    assert KEY.sign(EVENT_DEVICE, b"data") == plain


def test_a_signature_of_the_device_is_none_of_a_person() -> None:
    signature = KEY.sign(EVENT_DEVICE, b"data")
    assert verify(KEY.public, EVENT_DEVICE, b"data", signature)
    assert not verify(KEY.public, EVENT_PERSON, b"data", signature)


def test_all_contexts_differ() -> None:
    contexts = [value for name, value in vars(signing).items() if name.isupper() and isinstance(value, str)]
    assert len(contexts) == len(set(contexts)) == 9


@given(data=st.binary(max_size=200), bit=st.integers(min_value=0))
def test_a_flipped_bit_of_data_key_or_signature_is_noticed(data: bytes, bit: int) -> None:
    parts = [KEY.public, data, KEY.sign(EVENT_DEVICE, data)]
    assert verify(parts[0], EVENT_DEVICE, parts[1], parts[2])
    joined = b"".join(parts)
    position = bit % (8 * len(joined))
    changed = bytearray(joined)
    changed[position // 8] ^= 1 << position % 8
    public, rest = bytes(changed[:32]), bytes(changed[32:])
    assert not verify(public, EVENT_DEVICE, rest[: len(data)], rest[len(data) :])


@given(public=st.binary(max_size=70), data=st.binary(max_size=9), signature=st.binary(max_size=70))
def test_garbage_is_not_right_and_raises_nothing(public: bytes, data: bytes, signature: bytes) -> None:
    assert verify(public, EVENT_DEVICE, data, signature) is False


def test_a_context_with_a_zero_byte_is_refused_when_signing_and_wrong_when_verifying() -> None:
    with pytest.raises(ValueError, match="zero byte"):
        KEY.sign("a\0b", b"")
    assert not verify(KEY.public, "a\0b", b"", bytes(64))


def test_generate_takes_its_seed_from_the_given_entropy() -> None:
    assert SigningKey.generate(lambda size: b"\7" * size).seed == b"\7" * 32
    assert SigningKey.generate().public != SigningKey.generate().public


@pytest.mark.parametrize("count", [0, 1, 63, 64, 131])
def test_verify_many_answers_in_the_order_asked(count: int) -> None:
    jobs = []
    for number in range(count):
        data = number.to_bytes(2, "big")
        signature = KEY.sign(EVENT_DEVICE, data)
        jobs.append((KEY.public, EVENT_DEVICE, data, signature if number % 3 else bytes(64)))
    assert verify_many(jobs) == [number % 3 != 0 for number in range(count)]
