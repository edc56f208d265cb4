"""The file of a backup: whatever becomes of its bytes, it is read as it was written or refused."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station_app.carriers import backup_writing
from station_app.carriers.backup_file import (
    CENTER,
    STATION,
    BackupFile,
    Box,
    Contents,
    Part,
    end_of,
    open_backup,
)
from station_app.carriers.backup_writing import Meter, Source, file_source, write_backup
from station_app.domain.errors import StationError

SECRET = bytes(range(32))
PARTS = {"journal.db": b"j" * 5000, "attachments/ab/cd": b"", "slots.json": b"{}"}
ABOUT = Contents(STATION, "0.1.0", 6, "2026-12-01T07:00:00Z", "d" * 32, "e" * 16, 3, (Box("p", 1, b"box"),), ())


def make(path: Path, contents: Contents = ABOUT, parts: dict[str, bytes] | None = None) -> BackupFile:
    sources = [Source(name, lambda data=data: iter([data])) for name, data in (parts or PARTS).items()]
    return write_backup(path, sources, lambda found: replace(contents, parts=found), SECRET, Meter(lambda *_: None, 1))


def all_of(found: BackupFile) -> dict[str, bytes]:
    return {part.name: b"".join(found.read(part, 1000)) for part in found.contents.parts}


def refusal(path: Path, kind: str = STATION, schema: int = 6) -> str:
    with pytest.raises(StationError) as refused:
        all_of(open_backup(path, kind, schema))
    return refused.value.code


def rewrite(path: Path, raw: bytes) -> None:
    """Write a backup of no parts with these contents, as who has the secret could."""
    path.write_bytes(raw + end_of(raw, SECRET))


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("one") / "one.backup"
    make(path)
    return path.read_bytes()


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "one.backup"
    made = make(path)
    found = open_backup(path, STATION, 6)
    assert found.contents == made.contents
    assert all_of(found) == PARTS
    assert found.is_proved_by(SECRET)
    assert not found.is_proved_by(bytes(32))
    assert list(tmp_path.iterdir()) == [path]


@given(at=st.integers(0, 10**6), flip=st.integers(1, 255))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_changed_byte_anywhere_is_noticed(one: bytes, tmp_path: Path, at: int, flip: int) -> None:
    changed = bytearray(one)
    changed[at % len(one)] ^= flip
    path = tmp_path / "changed.backup"
    path.write_bytes(changed)
    try:
        found = open_backup(path, STATION, 6)
        all_of(found)
    except StationError as error:
        assert error.code in ("backup-damaged", "backup-newer")
    else:
        # The proof itself was changed: who restores looks at it.
        assert not found.is_proved_by(SECRET)


@given(length=st.integers(0, 10**6), more=st.binary(max_size=40))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_cut_off_or_longer_is_refused(one: bytes, tmp_path: Path, length: int, more: bytes) -> None:
    content = one[: length % len(one)] + more
    if content == one:
        return
    path = tmp_path / "cut.backup"
    path.write_bytes(content)
    assert refusal(path) in ("backup-damaged", "backup-newer")


def test_a_part_among_many_is_read_without_looking_at_the_others(tmp_path: Path) -> None:
    parts = {f"attachments/{number:04}": b"%d" % number for number in range(3000)}
    found = make(tmp_path / "one.backup", parts=parts)
    assert all_of(found) == parts
    alone = replace(found, contents=replace(found.contents, parts=()))
    assert b"".join(alone.read(found.contents.parts[-1])) == b"2999"


def test_parts_in_each_others_place_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "one.backup"
    make(path, parts={"a": b"one", "b": b"two"})
    content = path.read_bytes()
    path.write_bytes(content[3:6] + content[:3] + content[6:])
    assert refusal(path) == "backup-damaged"


@pytest.mark.parametrize(
    "change",
    [
        {"parts": [["../journal.db", 0, "0" * 64]]},
        {"parts": [["/etc/x", 0, "0" * 64]]},
        {"parts": [[".hidden", 0, "0" * 64]]},
        {"parts": [["a/../b", 0, "0" * 64]]},
        {"parts": [["a", 0, "0" * 64], ["a", 0, "0" * 64]]},
        {"parts": [["a", -1, "0" * 64]]},
        {"parts": [["a", 7, "0" * 64]]},
        {"parts": [["a", 0]]},
        {"parts": None},
        {"boxes": [[1, 1, ""]]},
        {"boxes": [["p", 1, "zz"]]},
        {"seq": True},
        {"device": 3},
        {"schema": "6"},
    ],
)
def test_contents_that_name_other_places_or_things_are_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    path = tmp_path / "one.backup"
    rewrite(path, json.dumps({**json.loads(ABOUT.to_bytes()), **change}).encode())
    assert refusal(path) == "backup-damaged"


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b"{}", b"[" * 100_000, b"\xff"])
def test_contents_that_are_none_are_refused(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "one.backup"
    rewrite(path, raw)
    assert refusal(path) == "backup-damaged"


def test_a_newer_program_s_is_refused_and_an_older_one_s_is_read(tmp_path: Path) -> None:
    path = tmp_path / "one.backup"
    make(path)
    assert refusal(path, schema=5) == "backup-newer"
    assert all_of(open_backup(path, STATION, 7)) == PARTS
    rewrite(path, json.dumps({"format": 2, "program": "9.0"}).encode())
    assert refusal(path) == "backup-newer"


def test_a_center_s_is_not_a_station_s(tmp_path: Path) -> None:
    path = tmp_path / "one.backup"
    make(path)
    assert refusal(path, kind=CENTER) == "backup-of-other-kind"


def test_a_file_that_is_not_there_or_no_file_is_told(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.backup") == "backup-unreadable"
    assert refusal(tmp_path) == "backup-unreadable"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "backup-disk-full"),
        (errno.EFBIG, "backup-too-large"),
        (errno.EIO, "backup-not-saved"),
        (errno.EROFS, "backup-not-saved"),
    ],
)
def test_a_medium_that_refuses_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    path = tmp_path / "one.backup"
    path.write_bytes(b"before")

    def refuse(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StationError) as refused:
        make(path)
    assert refused.value.code == code
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_medium_that_keeps_other_bytes_than_it_was_given_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "one.backup"

    def worn_out(file: Any) -> None:
        file.seek(100)
        file.write(b"?")
        file.flush()

    monkeypatch.setattr(backup_writing, "_let_go", worn_out)
    with pytest.raises(StationError) as refused:
        make(path)
    assert refused.value.code == "backup-not-saved"
    assert list(tmp_path.iterdir()) == []


def test_somebody_who_stops_it_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "one.backup"

    def stop(_done: int, _total: int) -> None:
        raise StationError("backup-stopped")

    sources = [Source("a", lambda: iter([b"1"]))]
    with pytest.raises(StationError) as stopped:
        write_backup(path, sources, lambda found: replace(ABOUT, parts=found), SECRET, Meter(stop, 10))
    assert stopped.value.code == "backup-stopped"
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_gone_by_its_turn_is_left_out_and_one_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "one.backup"
    (tmp_path / "here").write_bytes(b"1")
    names = {"attachments/ab": "gone", "written.json": "gone", "card.sealed": "gone", "here": "here"}
    sources = [file_source(name, tmp_path / file) for name, file in names.items()]
    made = write_backup(path, sources, lambda found: replace(ABOUT, parts=found), SECRET, Meter(lambda *_: None, 1))
    assert [part.name for part in made.contents.parts] == ["here"]
    with pytest.raises(StationError) as refused:
        write_backup(
            path,
            [file_source("folder", tmp_path)],
            lambda found: replace(ABOUT, parts=found),
            SECRET,
            Meter(lambda *_: None, 1),
        )
    assert refused.value.code == "backup-source-unread"
    assert all_of(open_backup(path, STATION, 6)) == {"here": b"1"}


@pytest.mark.parametrize("name", ["journal.db", "device.key", "recovery.key", "written"])
def test_a_backup_without_a_file_that_it_needs_is_not_made(tmp_path: Path, name: str) -> None:
    path = tmp_path / "one.backup"
    make(path)
    sources = [Source("a", lambda: iter([b"1"])), file_source(name, tmp_path / "gone")]
    with pytest.raises(StationError) as refused:
        write_backup(path, sources, lambda found: replace(ABOUT, parts=found), SECRET, Meter(lambda *_: None, 1))
    assert (refused.value.code, refused.value.params) == ("backup-source-unread", {"file": name})
    assert list(tmp_path.iterdir()) == [path]
    assert all_of(open_backup(path, STATION, 6)) == PARTS


def test_a_part_that_is_asked_for_and_not_there_is_a_damage(tmp_path: Path) -> None:
    made = make(tmp_path / "one.backup")
    assert made.part("slots.json") == Part("slots.json", 2, made.contents.parts[2].sha256)
    with pytest.raises(StationError) as refused:
        made.part("device.key")
    assert refused.value.code == "backup-damaged"
