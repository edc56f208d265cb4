"""Files sealed in chunks: whatever is changed, cut, swapped or put elsewhere does not open."""

from __future__ import annotations

import os

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.errors import StationError
from station_app.keys.file_sealing import CHUNK_BYTES, address_of, open_file, seal_file, sealed_size

KEY = bytes(range(32))
SEALED_CHUNK = CHUNK_BYTES + 16
SIZES = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES]


@pytest.mark.parametrize("size", SIZES)
def test_a_file_opens_as_it_was_and_has_the_size_that_is_foretold(size: int) -> None:
    plain = os.urandom(size)
    sealed = seal_file(KEY, plain)
    assert open_file(KEY, sealed) == plain
    assert len(sealed) == sealed_size(size)


def test_the_format_is_the_one_of_the_specification() -> None:
    plain = b"a" * CHUNK_BYTES + b"the rest"
    first = AESGCM(KEY).encrypt(bytes(7) + bytes(4) + b"\0", plain[:CHUNK_BYTES], b"station file 1")
    second = AESGCM(KEY).encrypt(bytes(7) + b"\0\0\0\1" + b"\1", plain[CHUNK_BYTES:], b"station file 1")
    assert seal_file(KEY, plain) == first + second
    assert address_of(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def _refused(key: bytes, sealed: bytes) -> bool:
    with pytest.raises(StationError) as refused:
        open_file(key, sealed)
    return refused.value.code == "sealed-data-damaged"


@pytest.mark.parametrize("size", SIZES)
def test_nothing_can_be_cut_off_or_added(size: int) -> None:
    sealed = seal_file(KEY, os.urandom(size))
    cuts = {len(sealed) - 1, len(sealed) // 2, *range(0, len(sealed), SEALED_CHUNK)} - {len(sealed)}
    assert all(_refused(KEY, sealed[:at]) for at in cuts)
    assert _refused(KEY, sealed + b"\0")
    assert _refused(KEY, sealed + sealed[-16:])


def test_chunks_can_not_change_places_nor_come_twice() -> None:
    sealed = seal_file(KEY, bytes(2 * CHUNK_BYTES + 5))
    one, two, rest = sealed[:SEALED_CHUNK], sealed[SEALED_CHUNK : 2 * SEALED_CHUNK], sealed[2 * SEALED_CHUNK :]
    assert all(_refused(KEY, changed) for changed in (two + one + rest, one + one + rest, one + rest, one + two))


@given(st.binary(max_size=200), st.data())
def test_any_byte_that_is_another_is_found(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal_file(KEY, plain))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    assert _refused(KEY, bytes(sealed))
    assert _refused(bytes(32), seal_file(KEY, plain))


def test_only_a_whole_key_seals() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal_file(bytes(16), b"")
