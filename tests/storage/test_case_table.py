"""Cases as rows: what an index answers alone, what is written anew and what is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.event import listen, remove

from station_app.domain.case_cards import CaseQuery, Place, Standpoint
from station_app.domain.cases import Case, CaseState
from station_app.storage.case_lists import CaseLists
from station_app.storage.case_numbers import PLACES, STATES
from station_app.storage.engine import open_encrypted, writing
from station_app.storage.projector import Projector
from station_app.storage.rows import SHARED, tables
from station_app.storage.schema import prepare
from station_app.storage.station_rows import PLACE_DONE, STATION
from station_app.usecases.ports import Slice
from tests.domain.casework import ORGANISATIONS, VILLAGE, calendar, closed, decided, delivered, registered

SEEN_FROM = Standpoint(VILLAGE, ORGANISATIONS, calendar())
BASE = registered().case


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = open_encrypted(tmp_path / "journal.db", bytes(32))
    prepare(engine, tables(SHARED + STATION))
    with writing(engine) as opened:
        yield opened


def case(number: int, **changed: Any) -> Case:
    return replace(BASE, case_id=f"{number:032x}", **changed)


def statements(connection: Connection, query: CaseQuery, cut: Slice) -> list[tuple[str, Any]]:
    """Return what a slice asks of the database."""
    seen: list[tuple[str, Any]] = []

    def note(*told: Any) -> None:
        seen.append((told[2], told[3]))

    listen(connection, "before_cursor_execute", note)
    CaseLists(connection).case_slice(query, cut)
    remove(connection, "before_cursor_execute", note)
    return seen


def plan(connection: Connection, statement: str, values: Any = ()) -> list[str]:
    return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]


@pytest.mark.parametrize("older", [True, False])
@pytest.mark.parametrize(
    ("query", "index"),
    [
        (CaseQuery(state=CaseState.ACCEPTED), "COVERING INDEX cases_state (state=?"),
        (CaseQuery(place=Place.HERE), "COVERING INDEX cases_place (place=?"),
        (CaseQuery(place=Place.RETURNED), "COVERING INDEX cases_place_state (place=? AND state=?"),
        (
            CaseQuery(place=Place.HERE, state=CaseState.RECEIVED),
            "COVERING INDEX cases_place_state (place=? AND state=?",
        ),
        (CaseQuery(taken_by="a"), "COVERING INDEX cases_taken_by (taken_by=?"),
        (CaseQuery(branch="b"), "COVERING INDEX cases_branch (branch=?"),
        (CaseQuery(branch="b", place=Place.DONE), "COVERING INDEX cases_branch_place (branch=? AND place=?"),
        (CaseQuery(branch="b", state=CaseState.CLOSED), "COVERING INDEX cases_branch_state (branch=? AND state=?"),
        (CaseQuery("王"), "case_words VIRTUAL TABLE"),
        (CaseQuery("王", CaseState.ACCEPTED, Place.HERE, "a"), "case_words VIRTUAL TABLE"),
        (CaseQuery(state=CaseState.ACCEPTED, taken_by="a"), "cases_taken_by_state (taken_by=? AND state=?"),
        (CaseQuery(place=Place.HERE, taken_by="a"), "cases_taken_by_place (taken_by=? AND place=?"),
        (
            CaseQuery(place=Place.RETURNED, taken_by="a"),
            "cases_taken_by_place_state (taken_by=? AND place=? AND state=?",
        ),
    ],
)
@pytest.mark.parametrize("position", [None, 2])
def test_an_index_alone_tells_a_page_in_its_order(
    connection: Connection, query: CaseQuery, index: str, position: int | None, older: bool
) -> None:
    asked = statements(connection, query, Slice(position, 50, 7, older))
    [steps] = [plan(connection, *one) for one in asked if "LIMIT" in one[0]]
    assert index in steps[0]
    # No second step: nothing is sorted, no row is looked at.
    assert len(steps) == 1


@pytest.mark.parametrize("text", ["", "李"])
def test_the_cases_of_one_worker_are_found_whatever_else_is_asked(connection: Connection, text: str) -> None:
    lists = CaseLists(connection)
    lists.put_cases([case(number, opened_by="ab"[number % 2] * 32) for number in range(4)], SEEN_FROM)
    lists.put_cases([case(4, opened_by="b" * 32, state=CaseState.RETURNED)], SEEN_FROM)
    found = {
        (worker, place, state): [
            int(p.card.case_id, 16)
            for p in lists.case_slice(CaseQuery(text, state, place, worker * 32), Slice(None, 9))
        ]
        for worker in "abc"
        for place in (Place.ALL, Place.HERE, Place.RETURNED, Place.DONE)
        for state in (None, CaseState.REGISTERED)
    }
    assert found["a", Place.ALL, None] == found["a", Place.HERE, CaseState.REGISTERED] == [2, 0]
    assert found["b", Place.ALL, None] == [4, 3, 1]
    assert found["b", Place.ALL, CaseState.REGISTERED] == [3, 1]
    assert found["b", Place.RETURNED, None] == [4]
    assert not any(numbers for (worker, place, _), numbers in found.items() if worker == "c" or place is Place.DONE)


def test_the_whole_list_is_counted_off_without_reading_any_index(connection: Connection) -> None:
    CaseLists(connection).put_cases([case(number) for number in range(5)], SEEN_FROM)
    asked = [statement for statement, _ in statements(connection, CaseQuery(), Slice(None, 2, 2))]
    assert not any("OFFSET" in statement or "ORDER BY cases" in statement for statement in asked)
    assert [p.position for p in CaseLists(connection).case_slice(CaseQuery(), Slice(None, 2, 2))] == [3, 2]


def test_boards_are_counted_from_an_index_of_what_is_not_done(connection: Connection) -> None:
    seen: list[str] = []
    listen(connection, "before_cursor_execute", lambda *told: seen.append(told[2]))
    CaseLists(connection).tally_cases()
    assert plan(connection, seen[0]) == ["SEARCH cases USING COVERING INDEX cases_open (place<?)"]


def test_positions_have_no_gaps_whatever_comes_in_which_order(connection: Connection) -> None:
    lists = CaseLists(connection)
    for numbers in ([3, 1], [1, 2, 3], [9, 2, 8]):
        lists.put_cases([case(number) for number in numbers], SEEN_FROM)
    found = lists.case_slice(CaseQuery(), Slice(None, 10))
    assert [p.position for p in found] == [5, 4, 3, 2, 1]
    assert [int(p.card.case_id, 16) for p in found] == [8, 9, 2, 1, 3]


@pytest.mark.parametrize(
    ("changed", "writes"),
    [
        ({"provisional": True}, 0),
        ({"not_standing": {"e": "base-passed"}}, 0),
        ({"state": CaseState.RECEIVED}, 1),
        ({"opened_by": "b" * 32}, 1),
        ({"fields": {**BASE.fields, "note": "急"}}, 0),
        ({"fields": {**BASE.fields, "applicant": {**BASE.applicant, "address": "二组"}}}, 0),
        ({"fields": {**BASE.fields, "applicant": {**BASE.applicant, "name": "王五"}}}, 1),
        ({"fields": {**BASE.fields, "applicant": {**BASE.applicant, "phone": "13900139000"}}}, 1),
    ],
)
def test_words_are_written_anew_only_when_they_change(
    connection: Connection, changed: dict[str, Any], writes: int
) -> None:
    lists = CaseLists(connection)
    lists.put_cases([case(1)], SEEN_FROM)
    seen: list[str] = []
    listen(connection, "before_cursor_execute", lambda *told: seen.append(told[2]))
    lists.put_cases([case(1, **changed)], SEEN_FROM)
    assert sum("case_words" in statement for statement in seen) == writes


def test_a_case_is_no_longer_found_by_what_it_was(connection: Connection) -> None:
    lists = CaseLists(connection)
    lists.put_cases([case(1)], SEEN_FROM)
    renamed = {**BASE.fields, "applicant": {**BASE.applicant, "name": "王五"}}
    lists.put_cases([case(1, fields=renamed)], SEEN_FROM)
    assert [len(lists.case_slice(CaseQuery(text), Slice(None, 5))) for text in ("李", "王", "lh", "ww")] == [0, 1, 0, 1]


def test_a_list_tells_the_decision_of_what_is_delivered_or_closed(connection: Connection) -> None:
    lists = CaseLists(connection)
    ended = [make(code).case for make in (decided, delivered, closed) for code in ("grant", "refuse")]
    cases = [registered().case, *ended]
    lists.put_cases([replace(one, case_id=f"{number:032x}") for number, one in enumerate(cases)], SEEN_FROM)
    told = [placed.card.decision for placed in lists.case_slice(CaseQuery(), Slice(None, len(cases)))]
    assert told[::-1] == [one.decision for one in cases]
    assert told.count(CaseState.REFUSED) == 3


def test_clocks_that_no_longer_run_are_gone(connection: Connection) -> None:
    lists = CaseLists(connection)
    lists.put_cases([case(1)], SEEN_FROM)
    count = "SELECT count(*) FROM case_clocks"
    assert connection.exec_driver_sql(count).scalar() == 1
    lists.put_cases([case(1, state=CaseState.CLOSED)], SEEN_FROM)
    assert connection.exec_driver_sql(count).scalar() == 0


def test_every_place_and_state_has_a_number_of_its_own() -> None:
    assert set(PLACES) == set(Place) - {Place.RETURNED}
    assert set(STATES) == set(CaseState)
    assert len(set(PLACES.values())) == len(PLACES)
    assert len(set(STATES.values())) == len(STATES)
    assert max(PLACES.values()) == PLACES[Place.DONE] == PLACE_DONE


def test_a_case_that_cannot_be_read_keeps_no_other_from_being_looked_at_anew(connection: Connection) -> None:
    projector = Projector(connection)
    projector.put_cases([case(1), case(2), case(3)], replace(SEEN_FROM, calendar=None))
    connection.exec_driver_sql("UPDATE case_folds SET folded = '{}' WHERE position = 2")
    assert projector.look_anew_after(0, 3, SEEN_FROM) == [1, 2, 3]
    clocks = connection.exec_driver_sql("SELECT DISTINCT position FROM case_clocks ORDER BY position")
    assert [row[0] for row in clocks] == [1, 3]
