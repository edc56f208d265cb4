"""The first screens: what waits, what runs out, how fresh it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from station_app.domain.organisations import Level
from station_app.usecases.drafts import save_draft
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.home import Board, VillageHome, Wall, WallRow, county_wall, township_board, village_home
from station_app.usecases.ports import SyncStatus
from station_app.usecases.run_action import act_on_case, register_case
from tests.domain.casework import (
    COUNTY,
    COUNTY_ITEM,
    OTHER_TOWNSHIP,
    OTHER_VILLAGE,
    TOWNSHIP,
    TOWNSHIP_ITEM,
    VILLAGE,
    directory,
    registration,
)
from tests.usecases.county import NOON, County, Office


def register(county: County, item: str = TOWNSHIP_ITEM, office: Office | None = None, person: str = "a") -> str:
    return register_case((office or county.village).desk(person=person), registration(item)).case_id


def home(county: County, person: str = "a", now: datetime = NOON) -> VillageHome:
    with county.village.read_book() as book:
        return village_home(book, county.village.desk(person=person).worker.person_id, now)


def board(county: County, now: datetime = NOON) -> Board:
    with county.township.read_book() as book:
        return township_board(book, now)


def wall(county: County, now: datetime = NOON) -> Wall:
    with county.county.read_book() as book:
        return county_wall(book, now)


def hand_over(county: County, giver: Office, to: str, *cases: str) -> str:
    number = offer_batch(giver.desk(), to, cases).batch.number
    county.settle()
    return number


def receive(county: County, taker: Office, number: str, rejected: dict[str, str] | None = None) -> None:
    receive_batch(taker.desk(), number, Count(rejected=rejected or {}))
    county.settle()


def act(county: County, office: Office, case_id: str, code: str, form: Any = None, person: str = "a") -> None:
    act_on_case(office.desk(person=person), case_id, code, form or {})
    county.settle()


def clocks(found: Board) -> dict[str, tuple[int, int, int, int]]:
    ticking = [c for c in found.clocks if c.overdue or c.today or c.soon or c.later]
    return {clock.kind: (clock.overdue, clock.today, clock.soon, clock.later) for clock in ticking}


def test_a_village_sees_what_waits_for_it(county: County) -> None:
    mine, other, sent, taken, back = (register(county, person=p) for p in "abaaa")
    number = hand_over(county, county.village, TOWNSHIP, taken, back)
    receive(county, county.township, number, {back: "缺申请表"})
    hand_over(county, county.village, TOWNSHIP, sent)
    save_draft(county.village.desk(), "d1", "register", "李𬭎", {})
    save_draft(county.village.desk(person="b"), "d2", "register", "王五", {})
    found = home(county)
    assert (found.to_hand_over, found.to_hand_over_all) == (1, 2)
    assert (found.returned, found.on_the_road, found.above, found.to_deliver, found.drafts) == (1, 1, 1, 0, 1)
    assert home(county, "b").to_hand_over == 1
    assert {mine, other} == {line.case_id for line in home(county, now=NOON + timedelta(days=2)).due_soon} - {back}


def test_a_village_sees_what_nobody_has_taken_for_a_week(county: County) -> None:
    case_id = register(county)
    hand_over(county, county.village, TOWNSHIP, case_id)
    assert home(county, now=NOON + timedelta(days=6)).silent == ()
    [line] = home(county, now=NOON + timedelta(days=7)).silent
    assert (line.case_id, line.on_the_road_to) == (case_id, "玉津镇便民服务中心")


def test_a_clock_of_ours_is_due_soon_one_working_day_ahead_and_after_its_end(county: County) -> None:
    case_id = register(county)
    # Three working days from Monday the 23rd: Thursday the 26th.
    assert home(county, now=NOON + timedelta(days=1)).due_soon == ()
    for days in (2, 3, 4, 40):
        assert [line.case_id for line in home(county, now=NOON + timedelta(days=days)).due_soon] == [case_id]
    hand_over(county, county.village, TOWNSHIP, case_id)
    assert home(county, now=NOON + timedelta(days=40)).due_soon == ()


def test_results_come_home_to_be_delivered(county: County) -> None:
    case_id = register(county)
    receive(county, county.township, hand_over(county, county.village, TOWNSHIP, case_id))
    act(county, county.township, case_id, "accept_application")
    assert board(county).to_decide == 1
    act(county, county.township, case_id, "grant", person="b")
    assert (home(county).to_deliver, board(county).results_home, board(county).here) == (1, 1, 0)
    assert [line.case_id for line in home(county, now=NOON + timedelta(days=13)).due_soon] == [case_id]
    act(county, county.village, case_id, "deliver", {"signed_by": "李𬭎", "method": "in_person"})
    assert (home(county).to_deliver, board(county).results_home) == (0, 0)


def test_a_township_sees_batches_and_tasks_and_its_clocks(county: County) -> None:
    decide, forward, coming = register(county), register(county, COUNTY_ITEM), register(county)
    first = hand_over(county, county.village, TOWNSHIP, decide, forward)
    hand_over(county, county.village, TOWNSHIP, coming)
    found = board(county)
    assert (found.batches_to_come, found.cases_to_come, found.here) == (2, 3, 0)
    assert clocks(found) == {}
    receive(county, county.township, first)
    found = board(county)
    assert (found.batches_to_come, found.cases_to_come, found.here) == (1, 1, 2)
    assert (found.to_accept, found.to_forward, found.to_decide) == (1, 1, 0)
    # To accept or to notify by Monday the 30th, to send up by Wednesday the 25th.
    assert clocks(found) == {"notice": (0, 0, 0, 1), "forward": (0, 0, 1, 0)}
    assert clocks(board(county, NOON + timedelta(days=2))) == {"notice": (0, 0, 0, 1), "forward": (0, 1, 0, 0)}
    assert clocks(board(county, NOON + timedelta(days=8))) == {"notice": (1, 0, 0, 0), "forward": (1, 0, 0, 0)}
    assert [clock.label for clock in found.clocks][:3] == ["代办交接时限", "上报时限", "五日内受理或告知"]


def test_a_county_sees_each_township_and_its_own_counter(county: County) -> None:
    up, coming = register(county, COUNTY_ITEM), register(county, COUNTY_ITEM)
    receive(county, county.township, hand_over(county, county.village, TOWNSHIP, up, coming))
    receive(county, county.county, hand_over(county, county.township, COUNTY, up))
    hand_over(county, county.township, COUNTY, coming)
    register(county, "SAMPLE-SC-099", county.county)
    found = wall(county)
    assert [row.office.org for row in found.rows] == [TOWNSHIP, OTHER_TOWNSHIP, COUNTY]
    assert _figures(found.rows[0]) == (1, 1, 0, 0, 0, 0, 0)
    assert _figures(found.rows[1]) == (0,) * 7
    assert _figures(found.rows[2]) == (0, 1, 0, 0, 0, 0, 0)
    assert _figures(found.totals) == (1, 2, 0, 0, 0, 0, 0)
    # To accept or to notify by Monday the 30th.
    assert [_figures(wall(county, NOON + timedelta(days=days)).totals) for days in (3, 4, 7, 8)] == [
        (1, 2, 0, 1, 0, 0, 0),
        (1, 2, 0, 1, 0, 0, 0),
        (1, 2, 0, 0, 1, 0, 0),
        (1, 2, 0, 0, 0, 1, 0),
    ]
    act(county, county.county, up, "accept_application")
    assert _figures(wall(county).rows[0]) == (1, 0, 1, 0, 0, 0, 0)
    act(county, county.county, up, "grant", person="b")
    assert _figures(wall(county).rows[0]) == (1, 0, 0, 0, 0, 0, 1)


def test_a_county_sees_how_long_the_oldest_hand_over_has_been_on_the_road(county: County) -> None:
    first, second = register(county, COUNTY_ITEM), register(county, COUNTY_ITEM)
    receive(county, county.township, hand_over(county, county.village, TOWNSHIP, first, second))
    assert [row.longest_days for row in wall(county).rows] == [None, None]
    oldest = hand_over(county, county.township, COUNTY, first)
    county.now += timedelta(days=2)
    hand_over(county, county.township, COUNTY, second)

    def seen(days: int) -> tuple[int | None, bool]:
        found = wall(county, NOON + timedelta(days=days))
        assert (found.rows[1].longest_days, found.rows[1].handed_too_long) == (None, False)
        assert (found.totals.longest_days, found.totals.handed_too_long) == _road(found.rows[0])
        return _road(found.rows[0])

    # Handed over on Monday the 23rd: three working days are the 24th, 25th and 26th.
    assert [seen(days) for days in (0, 3, 4, 12)] == [(0, False), (3, False), (4, True), (12, True)]
    receive(county, county.county, oldest)
    assert [seen(days) for days in (2, 5)] == [(0, False), (3, False)]


def _road(row: WallRow) -> tuple[int | None, bool]:
    return row.longest_days, row.handed_too_long


def _figures(row: WallRow) -> tuple[int, ...]:
    return (
        row.on_the_road,
        row.here,
        row.in_hand,
        row.soon,
        row.today,
        row.overdue,
        row.decided_undelivered,
    )


def test_an_office_that_has_not_exchanged_for_a_day_is_unknown(county: County) -> None:
    with county.township.open_book() as book:
        book.save_seen_below({VILLAGE: "2026-11-22T04:00:00Z", "511123999999": "2026-11-22T04:00:00Z"})
    first, second = board(county).offices
    assert (first.org, first.name, first.level) == (VILLAGE, "荷花村代办点", Level.VILLAGE)
    assert (first.last_seen_at, first.stale) == (datetime(2026, 11, 22, 4, tzinfo=UTC), False)
    assert (second.org, second.last_seen_at, second.stale) == (OTHER_VILLAGE, None, True)
    assert board(county, NOON + timedelta(seconds=1)).offices[0].stale


def test_a_board_says_when_we_last_exchanged_ourselves(county: County) -> None:
    assert board(county).own_sync_at is None
    for office in (county.township, county.county):
        with office.open_book() as book:
            book.save_sync_status(SyncStatus("no-network", {}, "", "2026-11-22T04:00:00Z"))
    assert board(county).own_sync_at == wall(county).own_sync_at == datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.mark.parametrize("screen", [home, board, wall])
def test_every_first_screen_names_the_directory_in_force(county: County, screen: Any) -> None:
    found = screen(county).reference
    assert (found.number, found.version, found.sample, found.calendar_until) == (1, directory().version, True, 2026)
