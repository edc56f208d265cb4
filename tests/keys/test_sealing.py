"""Sealed bytes open with their key, address and bytes, and with nothing else."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.errors import StationError
from station_app.keys.sealing import derive_key, generate_box_key, open_box, open_sealed, seal, seal_to

KEY = bytes(range(32))
BOX = generate_box_key(lambda size: b"\5" * size)


def _refused(code: str, call: object, *args: object) -> None:
    assert callable(call)
    with pytest.raises(StationError) as caught:
        call(*args)
    assert caught.value.code == code


@given(plain=st.binary(max_size=300), aad=st.binary(max_size=20))
def test_what_was_sealed_opens_again(plain: bytes, aad: bytes) -> None:
    assert open_sealed(KEY, seal(KEY, plain, aad), aad) == plain
    assert open_box(BOX.private, seal_to(BOX.public, plain, aad), aad) == plain


@given(plain=st.binary(max_size=60), position=st.integers(min_value=0), boxed=st.booleans())
def test_a_changed_bit_anywhere_is_noticed(plain: bytes, position: int, boxed: bool) -> None:
    blob = bytearray(seal_to(BOX.public, plain, b"a") if boxed else seal(KEY, plain, b"a"))
    position %= 8 * len(blob)
    if boxed and position == 8 * 31 + 7:
        return  # X25519 ignores this bit of a public key, RFC 7748 section 5
    blob[position // 8] ^= 1 << position % 8
    if boxed:
        _refused("sealed-data-damaged", open_box, BOX.private, bytes(blob), b"a")
    else:
        _refused("sealed-data-damaged", open_sealed, KEY, bytes(blob), b"a")


def test_even_the_bit_that_x25519_ignores_is_noticed_since_the_key_is_derived_from_the_sent_bytes() -> None:
    blob = bytearray(seal_to(BOX.public, b"x", b"a"))
    blob[31] ^= 0x80
    _refused("sealed-data-damaged", open_box, BOX.private, bytes(blob), b"a")


@given(blob=st.binary(max_size=100))
def test_garbage_is_refused_with_the_code(blob: bytes) -> None:
    _refused("sealed-data-damaged", open_sealed, KEY, blob, b"")
    _refused("sealed-data-damaged", open_box, BOX.private, blob, b"")


def test_another_address_another_key_or_a_cut_is_refused() -> None:
    blob, box = seal(KEY, b"text", b"case 1"), seal_to(BOX.public, b"text", b"case 1")
    _refused("sealed-data-damaged", open_sealed, KEY, blob, b"case 2")
    _refused("sealed-data-damaged", open_sealed, bytes(32), blob, b"case 1")
    _refused("sealed-data-damaged", open_sealed, KEY, blob[:-1], b"case 1")
    _refused("sealed-data-damaged", open_box, BOX.private, box, b"case 2")
    _refused("sealed-data-damaged", open_box, generate_box_key().private, box, b"case 1")


def test_a_key_of_another_size_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal(bytes(16), b"", b"")
    with pytest.raises(ValueError, match="32"):
        seal_to(bytes(31), b"", b"")


def test_a_public_key_of_small_order_gets_nothing_sealed() -> None:
    with pytest.raises(ValueError, match=r".*"):
        seal_to(bytes(32), b"secret", b"")


def test_two_seals_of_one_text_differ_and_the_plaintext_does_not_show() -> None:
    first, second = seal(KEY, b"one and the same", b""), seal(KEY, b"one and the same", b"")
    assert first != second
    assert b"same" not in first
    assert first[12:] != second[12:]


def test_the_key_derivation_is_that_of_rfc_5869() -> None:
    # Test case 3 of RFC 5869 appendix A (no salt, no info), first 32 bytes of its output.
    assert derive_key(b"\x0b" * 22, b"").hex() == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"


def test_a_box_key_is_an_x25519_pair_and_does_not_print_its_private_half() -> None:
    assert X25519PrivateKey.from_private_bytes(BOX.private).public_key().public_bytes_raw() == BOX.public
    assert "private" not in repr(BOX)
