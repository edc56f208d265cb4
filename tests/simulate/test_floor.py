"""A new PC that starts from the floor, in the simulated city: what it gets, and that it is equal to its center."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from station_app.domain.cases import Case, CaseState
from station_app.exchange.loading import loaded
from station_app.exchange.station import Load, Wake
from station_app.usecases.hand_over import Count, receive_batch
from station_app.usecases.run_action import act_on_case
from tests.fakes import Change
from tests.simulate import machines
from tests.simulate.happenings import moves, restores
from tests.simulate.machines import Pc
from tests.simulate.story import Story
from tests.simulate.tree import FAR_TOWNSHIP, TOWNSHIP, VILLAGE


class Years(Story):
    """A world with a case that was taken over by the township, and one that was not; old ones are put away by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.old, self.recent = self.register(), self.register()
        number = self.offer(self.old, self.recent)
        self.sync(self.village, self.township)
        receive_batch(self.township.desks[0], number, Count())
        self.sync(self.township, self.village)
        self.rest()

    def put_away(self, *orgs: str) -> None:
        with self.county.store.write() as book:
            for org in orgs or (VILLAGE, TOWNSHIP):
                book.put_away(org, [("case", self.old.case_id)])

    def replaced(self, pc: Pc) -> Pc:
        """Put a new PC in the place of one."""
        place = self.world.pcs.index(pc)
        self.draw()
        self.world.enrol_anew(pc)
        return self.world.pcs[place]

    def has(self, pc: Pc) -> set[str]:
        return {name for name in ("old", "recent") if getattr(self, name).case_id in pc.store.tables.cases}

    def is_equal(self, pc: Pc) -> bool:
        with self.county.store.read() as book, pc.store.read() as own:
            same: bool = book.kept_sum(pc.org) == own.id_sum()
        return same and pc.link().cursor == self.county.store.tables.feed_heads[pc.org]


def test_a_new_pc_gets_what_goes_on_and_the_old_one_keeps_all() -> None:
    years = Years()
    years.put_away()
    years.sync(years.village, years.township)
    fresh = years.replaced(years.township)
    years.sync(fresh)
    assert (years.has(fresh), years.has(years.village)) == ({"recent"}, {"old", "recent"})
    assert fresh.link().floor == years.county.store.tables.away[TOWNSHIP, years.old.case_id][1]
    assert years.shown(years.village, years.old).state is CaseState.RECEIVED
    assert all(years.is_equal(pc) for pc in (fresh, years.village))
    years.rest()


def _one_page(years: Years, pc: Pc, cut: str) -> None:
    """Let a PC exchange, and go off when one reply is applied, or before the second is."""
    look = pc.store.watch
    assert look is not None

    def look_and_go_off(change: Change) -> None:
        look(change)
        pc.store.cut = "before"

    pc.store.cut = "after" if cut == "after" else ""
    pc.store.watch = look if cut == "after" else look_and_go_off
    years.sync(pc)
    pc.store.cut, pc.store.watch = "", look


@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_new_pc_that_goes_off_at_every_page_goes_on_where_it_was(cut: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station_app.exchange.station.PULL_LIMIT", 2)
    years = Years()
    years.put_away()
    fresh = years.replaced(years.township)
    links = []
    while not years.is_equal(fresh):
        _one_page(years, fresh, cut)
        links.append(fresh.link())
    cursors = [link.cursor for link in links]
    assert len(cursors) > 4
    assert cursors == sorted(set(cursors))
    assert {link.floor for link in links} == {years.county.store.tables.away[TOWNSHIP, years.old.case_id][1]}
    assert years.has(fresh) == {"recent"}
    years.rest()


@pytest.mark.parametrize("order", list(permutations(("put away", "note", "new PC"))))
def test_a_note_brings_the_case_back_whenever_the_pc_came(order: tuple[str, ...]) -> None:
    years = Years()
    steps: dict[str, Callable[[], object]] = {
        "put away": years.put_away,
        "note": lambda: (years.note(years.village, years.old), years.sync(years.village)),
        "new PC": lambda: years.sync(years.replaced(years.township)),
    }
    for name in order:
        steps[name]()
    years.rest()
    fresh = years.pc(TOWNSHIP)
    is_away = order.index("put away") > order.index("note")
    came_before = order.index("new PC") < order.index("put away")
    assert years.has(fresh) == ({"recent"} if is_away and not came_before else {"old", "recent"})
    assert years.is_equal(fresh)
    assert years.is_equal(years.village)


def test_a_request_of_a_moved_village_does_the_same_twice() -> None:
    """What its PC pushed to its former center went up, into no feed that called the case back; what was known did."""
    years = Years()
    years.put_away()
    moves.move(years.world, years.county.boss, VILLAGE, FAR_TOWNSHIP)
    years.sync(years.county)
    years.note(years.village, years.old)
    years.world.happen(years.village, Wake())
    asked = years.world.parcels[0]
    years.world.deliver(asked)
    head = years.county.store.tables.feed_heads[VILLAGE]
    assert (VILLAGE, years.old.case_id) not in years.county.store.tables.away
    years.world.deliver(asked)
    assert years.county.store.tables.feed_heads[VILLAGE] == head
    years.rest()


def test_an_older_program_gets_every_row_and_counts_every_event(monkeypatch: pytest.MonkeyPatch) -> None:
    """It passes over the rows of a kind that it does not know."""

    def before_floors(book: Any, load: Load) -> Any:
        return replace(loaded(book, load), floor=None, fresh=False)

    years = Years()
    years.put_away()
    monkeypatch.setattr(machines, "loaded", before_floors)
    monkeypatch.setattr("tests.fakes.MemoryBook.put_away", lambda self, subjects: None)
    old = years.replaced(years.township)
    years.sync(old)
    assert years.has(old) == {"old", "recent"}
    with years.county.store.read() as book, old.store.read() as own:
        assert own.id_sum() == book.feed_sum(TOWNSHIP) != book.kept_sum(TOWNSHIP)
    before = old.link().equal_at
    years.world.steps += 10
    years.sync(old)
    assert old.link().equal_at > before


def test_a_pc_that_was_upgraded_goes_on_counting_everything() -> None:
    """It has passed over rows that put something away before it knew of them."""
    years = Years()
    years.put_away()
    with years.township.store.write() as book:
        head = years.county.store.tables.feed_heads[TOWNSHIP]
        book.save_link(replace(book.link(), cursor=head, heeds=False))
    years.note(years.village, years.recent)
    years.sync(years.village, years.township)
    with years.county.store.read() as book, years.township.store.read() as own:
        assert own.id_sum() == book.feed_sum(TOWNSHIP)
    years.rest()


def test_a_pc_that_was_set_back_to_before_its_first_exchange_gets_the_case_whole() -> None:
    years = Years()
    fresh = years.replaced(years.village)
    case = years.register(fresh)
    backup = years.backup(fresh)
    years.sync(fresh)
    years.old = case
    years.put_away(VILLAGE)
    years.sync(fresh)
    assert case.case_id in fresh.store.tables.put_away
    restores._put(years.world, fresh, backup)
    years.draw()
    years.world.restart(fresh)
    years.sync(fresh)
    assert (VILLAGE, case.case_id) not in years.county.store.tables.away
    years.rest()
    assert years.is_equal(fresh)


@pytest.mark.parametrize("late", [False, True], ids=["while it heals", "after it has put away again"])
def test_a_restored_center_drops_its_marks_and_so_do_its_stations(*, late: bool) -> None:
    years = Years()
    years.put_away()
    years.sync(years.village, years.township)
    assert years.old.case_id in years.township.store.tables.put_away
    with years.county.store.write() as book:
        book.start_center_epoch("a" * 16)
    years.county.restored += 1
    years.draw()
    if late:
        with years.county.store.write() as book:
            book.save_setting("center", {**book.setting("center"), "healing": False})
        years.put_away()
    years.sync(years.village, years.township)
    marked = years.old.case_id in years.township.store.tables.put_away
    assert marked is late
    years.rest()
    assert years.is_equal(years.township)
    fresh = years.replaced(years.township)
    years.sync(fresh)
    assert years.has(fresh) == ({"recent"} if late else {"old", "recent"})


def test_a_step_of_another_office_brings_the_whole_case_to_who_does_without_it() -> None:
    """The township works on a case that was put away for the village alone: the village gets all of it again."""
    years = Years()
    years.put_away(VILLAGE)
    fresh = years.replaced(years.village)
    years.sync(fresh)
    assert years.has(fresh) == {"recent"}
    years.draw()
    act_on_case(years.township.desks[0], years.old.case_id, "note", {"text": "备注"})
    years.sync(years.township, fresh)
    assert years.has(fresh) == {"old", "recent"}
    seen: Case = years.shown(fresh, years.old)
    assert (seen.state, len(seen.remarks)) == (CaseState.RECEIVED, 1)
    years.rest()
