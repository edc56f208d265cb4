"""A package as a file: whole or not at all, and whatever somebody did to it is noticed before anything is written."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station_app.carriers.package_file import read_package, write_package
from station_app.domain.errors import StationError
from station_app.keys.signing import SigningKey, verify
from station_app.protocol.package_records import (
    MAGIC,
    PACKAGE_CONTEXT,
    Listed,
    Manifest,
    PackageReceipt,
    Part,
    read_manifest,
)
from station_app.protocol.signed import Signed

KEY = SigningKey.from_seed(bytes(range(32)))
PARTS = (Part("request", "511132000000", 0, "ee" * 16, b"sealed " * 40), Part("future", "511132", 7, "ab" * 16, b""))
MANIFEST = Manifest(
    package_id="aa" * 16,
    number=3,
    device="bb" * 16,
    epoch="cc" * 8,
    org="511132100201",
    to="511132100000",
    made_at="2026-03-02T00:30:00Z",
    credential=Signed(b"{}", b"s" * 64),
    parts=tuple(Listed(p.kind, p.to, p.key, p.device, len(p.sealed), p.digest) for p in PARTS),
    receipts=(PackageReceipt("dd" * 16, "ee" * 32),),
)
DATA = MANIFEST.to_bytes()


def written(folder: Path, name: str = "up") -> Path:
    return write_package(folder / name, DATA, KEY.sign(PACKAGE_CONTEXT, DATA), PARTS)


def refusal(path: Path) -> str:
    with pytest.raises(StationError) as caught:
        read_package(path)
    return caught.value.code


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert path.name == "up.stpkg"
    assert [entry.name for entry in tmp_path.iterdir()] == ["up.stpkg"]
    found = read_package(path)
    assert (found.manifest, found.parts, found.data) == (MANIFEST, PARTS, DATA)
    assert verify(KEY.public, PACKAGE_CONTEXT, found.data, found.signature)


def test_a_name_that_was_given_is_kept(tmp_path: Path) -> None:
    assert written(tmp_path, "u.p").name == "u.p"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.data())
def test_a_package_with_one_byte_changed_is_never_taken_for_the_one_that_was_made(tmp_path: Path, data: Any) -> None:
    good = written(tmp_path).read_bytes()
    place = data.draw(st.integers(0, len(good) - 1))
    changed = bytearray(good)
    changed[place] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "changed.stpkg"
    path.write_bytes(changed)
    try:
        found = read_package(path)
    except StationError as error:
        assert error.code in ("package-damaged", "package-not-one")
        assert (error.code == "package-not-one") == (place < len(MAGIC))
    else:
        assert not verify(KEY.public, PACKAGE_CONTEXT, found.data, found.signature)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(data=st.data())
def test_a_package_that_is_cut_off_or_goes_on_is_refused(tmp_path: Path, data: Any) -> None:
    good = written(tmp_path).read_bytes()
    end = data.draw(st.integers(0, len(good) + 3))
    path = tmp_path / "cut.stpkg"
    path.write_bytes((good + b"more")[:end])
    if end != len(good):
        assert refusal(path) in ("package-damaged", "package-not-one")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_make_the_reader_fall_over(data: bytes) -> None:
    try:
        read_manifest(data)
    except StationError as error:
        assert error.code == "record-malformed"


def test_a_file_that_is_no_package_or_none_at_all_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "letter").write_bytes(b"Dear sir")
    assert refusal(tmp_path / "letter") == "package-not-one"
    assert refusal(tmp_path / "nothing") == "package-unreadable"
    assert refusal(tmp_path) == "package-unreadable"


def test_a_full_stick_leaves_the_package_of_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = written(tmp_path).read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StationError, match="export-disk-full"):
        written(tmp_path)
    assert [entry.read_bytes() for entry in tmp_path.iterdir()] == [before]


def test_a_stick_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(StationError, match="export-not-saved"):
        written(tmp_path / "pulled")


def test_a_stick_that_keeps_other_bytes_than_it_was_given_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def rotten(self: Path, target: Path) -> Path:
        self.write_bytes(self.read_bytes()[:-1] + b"?")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", rotten)
    with pytest.raises(StationError, match="package-read-back"):
        written(tmp_path)
