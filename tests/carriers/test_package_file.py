"""A package as a file: whole or not at all, and whatever somebody did to it is noticed before anything is written."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station_app.carriers.package_file import Body, file_pieces, read_package, write_package
from station_app.carriers.whole_file import PIECE_BYTES
from station_app.domain.errors import StationError
from station_app.keys.signing import SigningKey, verify
from station_app.protocol import canonical
from station_app.protocol.package_records import (
    MAGIC,
    PACKAGE_CONTEXT,
    FilesThere,
    Listed,
    Manifest,
    PackageReceipt,
    Part,
    PartKind,
    read_manifest,
)
from station_app.protocol.signed import Signed
from station_app.usecases.package_port import PackageStep

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
    return write_package(folder / name, DATA, KEY.sign(PACKAGE_CONTEXT, DATA), Body(PARTS))


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


FILES = {"f1" * 32: b"first " * 300_000, "f2" * 32: b"second"}
WITH_FILES = replace(
    MANIFEST,
    parts=(
        *MANIFEST.parts,
        *(Listed(PartKind.FILE, "511132000000", 0, "ab" * 16, len(d), f) for f, d in FILES.items()),
    ),
)


def pieces_of(file: str) -> Iterator[bytes]:
    yield FILES[file][:1000]
    yield FILES[file][1000:]


def written_with_files(folder: Path, tell: Callable[[PackageStep], None] = lambda _step: None) -> Path:
    data = WITH_FILES.to_bytes()
    body = Body(PARTS, [(file, len(found)) for file, found in FILES.items()], pieces_of)
    return write_package(folder / "up", data, KEY.sign(PACKAGE_CONTEXT, data), body, tell)


def test_files_lie_behind_the_parts_and_are_read_a_piece_at_a_time(tmp_path: Path) -> None:
    steps: list[PackageStep] = []
    path = written_with_files(tmp_path, steps.append)
    found = read_package(path)
    assert found.parts == PARTS
    for listed in found.files:
        pieces = list(file_pieces(path, found, listed))
        assert b"".join(pieces) == FILES[listed.digest]
        assert max(map(len, pieces)) <= PIECE_BYTES
    size = sum(len(part.sealed) for part in PARTS) + sum(map(len, FILES.values()))
    assert [step for step in steps if not step.checking][-1] == PackageStep(size, size, 2, 2)
    assert steps[-1] == PackageStep(size, size, 2, 2, checking=True)


def test_a_package_that_ends_among_its_files_has_all_that_lies_before(tmp_path: Path) -> None:
    path = written_with_files(tmp_path)
    data = path.read_bytes()
    last = len(FILES["f2" * 32])
    path.write_bytes(data[:-last])
    found = read_package(path)
    first, second = found.files
    assert found.parts == PARTS
    assert b"".join(file_pieces(path, found, first)) == FILES[first.digest]
    with pytest.raises(StationError, match="package-damaged"):
        next(file_pieces(path, found, second))
    path.write_bytes(data[: len(data) - sum(map(len, FILES.values())) - 1])
    assert refusal(path) == "package-damaged"
    path.write_bytes(data + b"more")
    assert refusal(path) == "package-damaged"


def test_a_part_behind_files_is_refused(tmp_path: Path) -> None:
    manifest = replace(WITH_FILES, parts=tuple(reversed(WITH_FILES.parts)))
    data = manifest.to_bytes()
    sealed = (*reversed(FILES.values()), *(part.sealed for part in reversed(PARTS)))
    found = (MAGIC, len(data).to_bytes(4, "big"), data, KEY.sign(PACKAGE_CONTEXT, data), *sealed)
    (tmp_path / "up.stpkg").write_bytes(b"".join(found))
    assert refusal(tmp_path / "up.stpkg") == "package-damaged"


@pytest.mark.parametrize("at", [0.2, 0.9, 1.5])
def test_whoever_stops_the_writing_finds_nothing_on_the_stick(tmp_path: Path, at: float) -> None:
    def stop(step: PackageStep) -> None:
        if step.bytes / step.of_bytes + step.checking > at:
            raise StationError("package-stopped")

    with pytest.raises(StationError, match="package-stopped"):
        written_with_files(tmp_path, stop)
    assert list(tmp_path.iterdir()) == []


def test_a_stick_that_fills_up_keeps_nothing_of_the_package(tmp_path: Path) -> None:
    def full(step: PackageStep) -> None:
        if step.files == 1:
            raise OSError(errno.ENOSPC, "full")

    with pytest.raises(StationError, match="export-disk-full"):
        written_with_files(tmp_path, full)
    assert list(tmp_path.iterdir()) == []


def test_a_stick_without_room_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.disk_usage
    monkeypatch.setattr(shutil, "disk_usage", lambda path: real(path)._replace(free=1_000_000))
    with pytest.raises(StationError, match="export-disk-full"):
        written_with_files(tmp_path, lambda _step: pytest.fail("written"))


def test_a_file_that_is_another_length_by_now_is_told_and_no_package_is_left(tmp_path: Path) -> None:
    data = WITH_FILES.to_bytes()
    body = Body(PARTS, [(file, len(found) + 1) for file, found in FILES.items()], pieces_of)
    with pytest.raises(StationError, match="file-missing"):
        write_package(tmp_path / "up", data, KEY.sign(PACKAGE_CONTEXT, data), body)
    assert list(tmp_path.iterdir()) == []


def test_what_a_program_of_before_does_not_know_is_in_a_manifest_only_where_it_is_used() -> None:
    assert not {b'"there"', b'"volume"', b'"wanted"', b'"lacks"'} & set(re.findall(rb'"[a-z]+"', DATA))
    more = replace(
        MANIFEST,
        volume=2,
        volumes=3,
        there=(FilesThere("ab" * 8, ("f1" * 32,)),),
        wanted=("f2" * 32,),
        receipts=(PackageReceipt("dd" * 16, "ee" * 32, ("f3" * 32,)),),
    )
    assert read_manifest(more.to_bytes()) == more


@pytest.mark.parametrize("volume", [[0, 1], [3, 2], [1], [1, 2, 3], [True, 2], "1", [1, 10**9]])
def test_numbers_of_volumes_that_can_not_be_are_refused(volume: Any) -> None:
    found = canonical.decode_object(DATA)
    with pytest.raises(StationError, match="record-malformed"):
        read_manifest(canonical.encode({**found, "volume": volume}))
