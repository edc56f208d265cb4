"""A PC that asks its center for one case that was put away before it came, in the simulated city."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from station_app.domain.cases import Case, CaseState
from station_app.domain.numbers import case_number
from station_app.exchange.asked_cases import FOUND, NOT_FOUND, WAITING, ask
from station_app.exchange.station import Wake
from tests.simulate.happenings import restores
from tests.simulate.machines import Pc
from tests.simulate.test_floor import Years
from tests.simulate.tree import COUNTY, FAR_TOWNSHIP, TOWNSHIP, VILLAGE

NOBODYS = case_number("511199999999", date(2026, 3, 2), 1, 1)


class Asking(Years):
    """The years have passed: the old case is put away, and the township has a new PC that does without it."""

    def __init__(self) -> None:
        super().__init__()
        self.put_away()
        self.fresh = self.replaced(self.township)
        self.sync(self.fresh, self.village)
        assert self.has(self.fresh) == {"recent"}

    def ask(self, *numbers: str, pc: Pc | None = None) -> None:
        with (pc or self.fresh).store.write() as book:
            for number in numbers:
                ask(book, number)

    def answers(self, pc: Pc | None = None) -> Mapping[str, str]:
        with (pc or self.fresh).store.read() as book:
            found: Mapping[str, str] = book.asked_cases()
        return found

    def head(self, org: str = TOWNSHIP) -> int:
        return int(self.county.store.tables.feed_heads[org])

    def is_away(self, org: str = TOWNSHIP) -> bool:
        return (org, self.old.case_id) in self.county.store.tables.away


def test_a_new_pc_gets_the_one_case_that_it_asks_for() -> None:
    years = Asking()
    before = years.head(VILLAGE)
    years.ask(years.old.number)
    years.sync(years.fresh)
    assert years.answers() == {years.old.number: FOUND}
    assert years.shown(years.fresh, years.old) == years.shown(years.village, years.old)
    assert years.is_equal(years.fresh)
    assert not years.is_away()
    # Nothing changes for who has it.
    assert (years.head(VILLAGE), years.is_away(VILLAGE)) == (before, True)
    years.rest()


@pytest.mark.parametrize("who", [COUNTY, FAR_TOWNSHIP], ids=["of the same center", "of another"])
def test_an_office_that_does_not_see_it_learns_no_more_than_of_none(who: str) -> None:
    years = Asking()
    stranger = years.pc(who)
    center = stranger.boss.store.tables
    years.sync(stranger)
    before = dict(center.feed_heads)
    years.ask(years.old.number, NOBODYS, pc=stranger)
    years.sync(stranger)
    assert years.answers(stranger) == {years.old.number: NOT_FOUND, NOBODYS: NOT_FOUND}
    assert center.feed_heads == before
    assert years.is_away()
    years.rest()


def test_what_is_here_already_is_found_and_nothing_comes() -> None:
    years = Asking()
    before = years.head()
    years.ask(years.recent.number)
    years.sync(years.fresh)
    assert years.answers() == {years.recent.number: FOUND}
    assert years.head() == before


def test_several_are_asked_for_one_behind_the_other_and_a_later_question_drops_old_answers() -> None:
    years = Asking()
    years.ask(NOBODYS, years.old.number, years.recent.number)
    years.sync(years.fresh)
    answers = {NOBODYS: NOT_FOUND, years.old.number: FOUND, years.recent.number: FOUND}
    assert years.answers() == answers
    years.ask(NOBODYS)
    assert years.answers() == {NOBODYS: WAITING}


@pytest.mark.parametrize("where", ["request", "reply"])
@pytest.mark.parametrize("times", [1, 3])
def test_what_gets_lost_is_asked_for_again_and_comes_once(where: str, times: int) -> None:
    years = Asking()
    years.ask(years.old.number)
    events = len(years.county.store.tables.subjects[years.old.case_id])
    before = years.head()
    for _ in range(times):
        years.draw()
        years.world.happen(years.fresh, Wake())
        if where == "reply":
            years.world.deliver(years.world.parcels[-1])
        years.world.lose(years.world.parcels[-1])
        assert years.answers() == {years.old.number: WAITING}
        assert years.is_away() == (where == "request")
    years.sync(years.fresh)
    assert years.answers() == {years.old.number: FOUND}
    assert years.head() == before + events
    years.rest()


def test_a_request_that_arrives_twice_brings_it_once() -> None:
    years = Asking()
    years.ask(years.old.number)
    years.draw()
    years.world.happen(years.fresh, Wake())
    parcel = years.world.parcels[-1]
    years.world.deliver(replace(parcel, attempt=0))
    once = years.head()
    years.world.deliver(parcel)
    assert years.head() == once
    years.rest()
    assert years.answers() == {years.old.number: FOUND}


def test_it_is_not_said_that_there_is_none_before_all_that_the_center_has_is_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("station_app.exchange.station.PULL_LIMIT", 2)
    years = Asking()
    fresh = years.fresh = years.replaced(years.fresh)
    years.ask(NOBODYS)
    years.draw()
    years.world.happen(fresh, Wake())
    while fresh.link().cursor < years.head():
        assert years.answers() == {NOBODYS: WAITING}
        years.world.deliver(next(parcel for parcel in years.world.parcels if parcel.client is fresh))
    assert years.answers() == {NOBODYS: NOT_FOUND}


def test_a_new_pc_may_ask_before_it_has_anything() -> None:
    years = Asking()
    fresh = years.fresh = years.replaced(years.fresh)
    years.ask(years.old.number)
    years.sync(fresh)
    assert years.answers() == {years.old.number: FOUND}
    assert years.has(fresh) == {"old", "recent"}
    assert years.is_equal(fresh)
    years.rest()


def test_the_case_goes_on_and_may_be_put_away_and_asked_for_again() -> None:
    years = Asking()
    years.ask(years.old.number)
    years.sync(years.fresh)
    years.note(years.village, years.old)
    years.sync(years.village, years.fresh)
    assert len(years.shown(years.fresh, years.old).remarks) == 1
    years.put_away()
    years.sync(years.fresh, years.village)
    assert all(years.is_equal(pc) for pc in (years.fresh, years.village))
    assert years.has(years.fresh) == {"old", "recent"}
    years.fresh = years.replaced(years.fresh)
    years.sync(years.fresh)
    assert years.has(years.fresh) == {"recent"}
    years.ask(years.old.number)
    years.sync(years.fresh)
    seen: Case = years.shown(years.fresh, years.old)
    assert (seen.state, len(seen.remarks)) == (CaseState.RECEIVED, 1)
    years.rest()


def test_a_center_that_heals_does_not_answer_and_is_asked_again() -> None:
    """It may have forgotten the case: that there is none it says when it has got back what the stations hold."""
    years = Asking()
    years.ask(years.old.number, NOBODYS)
    with years.county.store.write() as book:
        book.start_center_epoch("a" * 16)
    years.county.restored += 1
    years.sync(years.fresh)
    assert years.answers() == {years.old.number: WAITING, NOBODYS: WAITING}
    years.rest()
    assert years.answers() == {years.old.number: FOUND, NOBODYS: NOT_FOUND}
    assert years.has(years.fresh) == {"old", "recent"}


def test_a_pc_that_was_set_back_to_before_the_answer_asks_again() -> None:
    years = Asking()
    years.ask(years.old.number)
    backup = years.backup(years.fresh)
    years.sync(years.fresh)
    years.note(years.village, years.old)
    years.sync(years.village, years.fresh)
    restores._put(years.world, years.fresh, backup)
    years.draw()
    years.world.restart(years.fresh)
    assert years.has(years.fresh) == {"recent"}
    years.sync(years.fresh)
    assert years.answers() == {years.old.number: FOUND}
    assert years.has(years.fresh) == {"old", "recent"}
    years.rest()


def test_a_center_that_was_set_back_behind_the_answer_has_it_put_away_no_more() -> None:
    """It drops its marks; the PC that asked gives back nothing and is equal to it in the end."""
    years = Asking()
    backup = years.county.store.take_copy()
    years.ask(years.old.number)
    years.sync(years.fresh)
    years.county.store.put_copy(backup)
    with years.county.store.write() as book:
        book.start_center_epoch("a" * 16)
    years.county.restored += 1
    years.rest()
    assert years.has(years.fresh) == {"old", "recent"}
    assert years.is_equal(years.fresh)


def test_a_cloned_pc_is_told_nothing() -> None:
    years = Asking()
    years.ask(years.old.number)
    with years.county.store.write() as book:
        book.save_station(replace(book.station(years.fresh.device), cloned=True))
    years.sync(years.fresh)
    assert years.answers() == {years.old.number: WAITING}
    assert years.is_away()


def test_a_center_of_before_says_nothing_and_the_question_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    def before(store: Any, org: str, request: Any) -> None:
        return None

    years = Asking()
    years.ask(years.old.number)
    with monkeypatch.context() as patch:
        patch.setattr("station_app.center.exchanging._asked_case", before)
        years.sync(years.fresh)
        assert years.answers() == {years.old.number: WAITING}
    years.sync(years.fresh)
    assert years.answers() == {years.old.number: FOUND}
