"""What this PC tells its center of itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from station_app.protocol.pc_note import PcNote
from station_app.usecases.backups import LastBackup
from station_app.usecases.pc_health import LOW_DISK_BYTES
from station_app.usecases.pc_notes import pc_note
from station_app.usecases.ports import SyncStatus
from tests.usecases.test_standing import AT, EQUAL, book_with

NOW = datetime(2026, 11, 23, 4, 1, tzinfo=UTC)
ENOUGH = LOW_DISK_BYTES


def test_a_pc_that_is_well_tells_its_program_and_nothing_else() -> None:
    assert pc_note(book_with(EQUAL), NOW, ENOUGH, LastBackup(), "1.2") == PcNote(program="1.2")


def test_the_last_good_backup_is_told_in_utc_and_one_of_a_clock_that_was_ahead_is_not() -> None:
    book = book_with(EQUAL)
    last = LastBackup(good_at="2026-11-22T20:00:00+08:00")
    assert pc_note(book, NOW, ENOUGH, last, "1").backup == "2026-11-22T12:00:00Z"
    assert pc_note(book, NOW, ENOUGH, replace(last, good_at="2027-11-22T20:00:00+08:00"), "1").backup == ""


def test_what_does_not_go_as_it_should_is_told_by_its_code_once_each() -> None:
    book = book_with(replace(EQUAL, equal_at=AT))
    book.save_sync_status(SyncStatus("disk-full", {}, "", ""))
    found = pc_note(book, NOW, ENOUGH - 1, LastBackup(failed_at="x", code="disk-full"), "1")
    assert found.faults == ("disk-low", "data-differ", "disk-full")


@pytest.mark.parametrize("code", ["center-address-missing", "ruling-pending", "no-network"])
def test_what_is_no_fault_is_not_told(code: str) -> None:
    book = book_with(EQUAL)
    book.save_sync_status(SyncStatus(code, {}, "", ""))
    assert pc_note(book, NOW, ENOUGH, LastBackup(), "1").faults == ()
