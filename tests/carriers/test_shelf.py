"""Files on the disk: whole under their address or not there, and what comes of others in parts."""

from __future__ import annotations

import errno
import hashlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from station_app.carriers.shelf import Shelf
from station_app.domain.errors import StationError

DATA = os.urandom(300_000)
ADDRESS = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_a_file_that_is_put_is_here_whole_under_its_address(shelf: Shelf, tmp_path: Path) -> None:
    assert (shelf.has(ADDRESS), shelf.come(ADDRESS)) == (False, 0)
    shelf.put(ADDRESS, DATA)
    assert (shelf.has(ADDRESS), shelf.come(ADDRESS), shelf.read(ADDRESS)) == (True, len(DATA), DATA)
    assert shelf.read(ADDRESS, 299_990, 100) == DATA[299_990:]
    assert [path.name for path in (tmp_path / "attachments" / ADDRESS[:2]).iterdir()] == [ADDRESS]


def test_a_file_that_comes_in_parts_counts_with_its_last_byte(shelf: Shelf) -> None:
    shelf.begin(ADDRESS)
    assert shelf.add(ADDRESS, 0, DATA[:1000])
    assert (shelf.settle(ADDRESS, len(DATA)), shelf.has(ADDRESS)) == (1000, False)
    with pytest.raises(StationError) as missing:
        shelf.read(ADDRESS)
    assert missing.value.code == "file-missing"
    assert shelf.add(ADDRESS, 1000, DATA[1000:])
    assert (shelf.settle(ADDRESS, len(DATA)), shelf.has(ADDRESS)) == (len(DATA), True)
    assert shelf.settle(ADDRESS, len(DATA)) == len(DATA)
    assert shelf.read(ADDRESS) == DATA


def test_nothing_is_written_behind_a_gap_or_into_a_file_that_is_whole(shelf: Shelf) -> None:
    assert not shelf.add(ADDRESS, 0, DATA)
    assert shelf.settle(ADDRESS, len(DATA)) == 0
    shelf.begin(ADDRESS)
    assert not shelf.add(ADDRESS, 1, DATA[1:])
    shelf.put(ADDRESS, DATA)
    shelf.drop(ADDRESS)
    assert not shelf.add(ADDRESS, 0, b"x")


def test_who_brings_the_same_once_more_changes_nothing(shelf: Shelf) -> None:
    shelf.begin(ADDRESS)
    for at, end in ((0, 2000), (1000, 3000), (2000, 2500), (3000, len(DATA))):
        assert shelf.add(ADDRESS, at, DATA[at:end])
    shelf.settle(ADDRESS, len(DATA))
    assert shelf.read(ADDRESS) == DATA


def test_what_is_as_long_and_another_file_is_thrown_away(shelf: Shelf) -> None:
    shelf.begin(ADDRESS)
    shelf.add(ADDRESS, 0, bytes(len(DATA)))
    with pytest.raises(StationError) as differs:
        shelf.settle(ADDRESS, len(DATA))
    assert differs.value.code == "file-differs"
    assert (shelf.come(ADDRESS), shelf.has(ADDRESS)) == (0, False)


def test_a_file_that_nothing_names_any_more_goes_whole_or_in_part_and_is_logged(
    shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.put(ADDRESS, DATA)
    with caplog.at_level(logging.WARNING):
        shelf.drop(ADDRESS)
    assert [ADDRESS in line.message for line in caplog.records] == [True]
    shelf.begin(ADDRESS)
    shelf.add(ADDRESS, 0, DATA[:10])
    shelf.drop(ADDRESS)
    shelf.drop(ADDRESS)
    assert shelf.come(ADDRESS) == 0


def test_a_full_disk_is_told_and_what_is_here_stays(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.begin(ADDRESS)
    shelf.add(ADDRESS, 0, DATA[:1000])
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", _full)
        for work in (lambda: shelf.settle(ADDRESS, len(DATA)), lambda: shelf.put("ab" * 32, DATA)):
            with pytest.raises(StationError) as full:
                work()
            assert full.value.code == "disk-full"
    assert (shelf.come(ADDRESS), shelf.has("ab" * 32)) == (1000, False)


def _full(_descriptor: int) -> Iterator[None]:
    raise OSError(errno.ENOSPC, "no room")
