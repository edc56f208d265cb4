"""Rows, clocks and words are compared with the cases; each way in which they can differ is found and named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from station_app.domain.batches import Batch, BatchLine
from station_app.domain.cases import CaseState
from station_app.domain.organisations import Organisations
from station_app.storage.case_checks import CaseChecks
from station_app.storage.engine import open_encrypted, writing
from station_app.storage.projector import Projector
from station_app.storage.rows import SHARED, tables
from station_app.storage.schema import prepare
from station_app.storage.station_rows import STATION
from tests.domain.casework import TOWNSHIP, VILLAGE, calendar
from tests.storage.test_case_table import BASE, SEEN_FROM, case

RENAMED = {**BASE.fields, "applicant": {**BASE.applicant, "name": "王五"}}
CASES = [case(1), case(2, fields=RENAMED), case(3, state=CaseState.CLOSED), case(4, opened_by="b" * 32)]
SECOND = f"{2:032x}"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = open_encrypted(tmp_path / "journal.db", bytes(32))
    prepare(engine, tables(SHARED + STATION))
    with writing(engine) as opened:
        CaseChecks(opened).put_cases([case(1), case(2), case(3), case(4)], SEEN_FROM)
        CaseChecks(opened).put_cases(CASES, SEEN_FROM)
        yield opened


def test_what_was_just_written_has_no_fault_however_often_it_was_written(connection: Connection) -> None:
    assert CaseChecks(connection).first_fault(CASES, SEEN_FROM) == ""
    assert CaseChecks(connection).first_fault(CASES, SEEN_FROM) == ""


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE cases SET applicant = '王六' WHERE position = 2", f"row {SECOND}"),
        ("UPDATE cases SET state = 7 WHERE position = 2", f"row {SECOND}"),
        ("UPDATE cases SET state = 99 WHERE position = 2", f"row {SECOND}"),
        ("UPDATE cases SET taken_by = 2 WHERE position = 2", f"row {SECOND}"),
        ("DELETE FROM case_clocks WHERE position = 2", f"clocks {SECOND}"),
        ("UPDATE case_clocks SET due_on = '2027-01-01' WHERE position = 2", f"clocks {SECOND}"),
        ("UPDATE case_clocks SET place = 2 WHERE position = 2", f"clocks {SECOND}"),
        ("INSERT INTO case_clocks VALUES (2, 'supply', '2026-01-01', '2026-01-02', 0, 1, '')", f"clocks {SECOND}"),
        ("UPDATE cases SET words_hash = x'00' WHERE position = 2", f"words {SECOND}"),
        ("DELETE FROM case_words WHERE rowid = 2", f"words {SECOND}"),
        ("REPLACE INTO case_words(rowid, words) VALUES (2, 'c738b')", f"words {SECOND}"),
        ("INSERT INTO case_words(rowid, words) VALUES (9, 'c738b')", "rows 0"),
    ],
)
def test_each_difference_is_named(connection: Connection, statement: str, fault: str) -> None:
    connection.exec_driver_sql(statement)
    assert CaseChecks(connection).first_fault(CASES, SEEN_FROM) == fault


def test_clocks_counted_by_another_calendar_are_a_fault(connection: Connection) -> None:
    closed = frozenset(date(2026, 1, 1) + timedelta(days=day) for day in range(365))
    elsewhere = replace(SEEN_FROM, calendar=replace(calendar(), local_days_off=closed))
    assert CaseChecks(connection).first_fault(CASES, elsewhere) == f"clocks {1:032x}"


def test_a_case_that_is_done_may_stand_where_older_organisations_had_it_but_an_open_one_may_not(
    connection: Connection,
) -> None:
    township = replace(SEEN_FROM, org=TOWNSHIP)
    nobody = replace(township, organisations=Organisations())
    wanted = [case(1, state=CaseState.CLOSED), case(2, state=CaseState.CLOSED), *CASES[2:]]
    CaseChecks(connection).put_cases(wanted, township)
    assert CaseChecks(connection).first_fault(wanted, nobody) == f"row {4:032x}"
    CaseChecks(connection).put_cases(wanted[3:], nobody)
    assert CaseChecks(connection).first_fault(wanted, nobody) == ""
    assert CaseChecks(connection).first_fault(wanted, township) == f"row {4:032x}"


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("SELECT 1", ""),
        ("UPDATE batches SET number = 'x' WHERE batch_id = 'b2'", "batch b2"),
        ("UPDATE batches SET open = 0 WHERE batch_id = 'b2'", "batch b2"),
        ("DELETE FROM batches WHERE batch_id = 'b2'", "batch b2"),
        ("UPDATE batches SET batch_id = 'b3' WHERE batch_id = 'b2'", "batch b2"),
        ("INSERT INTO batches VALUES ('b3', 'n', '2026-01-01', 'a', 'b', 1, '{}')", "batches 1"),
    ],
)
def test_each_difference_of_a_batch_is_named(connection: Connection, statement: str, fault: str) -> None:
    lines = (BatchLine("c1", "n1", 3, ()),)
    batches = [Batch(f"b{n}", f"number {n}", VILLAGE, TOWNSHIP, "2026-03-02", "a" * 32, lines) for n in (1, 2)]
    Projector(connection).put_batches(batches)
    connection.exec_driver_sql(statement)
    assert CaseChecks(connection).first_batch_fault(batches) == fault


def test_rows_that_no_event_stands_behind_and_cases_without_a_row_are_faults(connection: Connection) -> None:
    assert CaseChecks(connection).first_fault(CASES[:3], SEEN_FROM) == "rows 1"
    assert CaseChecks(connection).first_fault([*CASES, case(5)], SEEN_FROM) == f"row {5:032x}"
