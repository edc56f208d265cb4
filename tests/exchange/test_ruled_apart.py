"""Two centers that each followed another branch of a case: in the end one stands everywhere, and everybody is told."""

from __future__ import annotations

import pytest

from station_app.domain.effects import CustodyMove, CustodyOp, Effects
from station_app.domain.fold import Entry, Ruling, Verdict
from station_app.domain.organisations import Level
from station_app.exchange.authentic import split
from station_app.exchange.ruled_apart import beside_the_chain
from station_app.protocol.event import Event
from tests.exchange.centers import Node, Pc, office
from tests.exchange.makers import ACCEPT, CASE, TAKE_ON
from tests.exchange.test_city import A_TOWN, A_VILLAGE, B_TOWN, OPEN, A, B, Region, move_to_b, offer_to

# -- at the centers ----------------------------------------------------------------------------------------------------


@pytest.fixture
def moved_back() -> tuple[Region, Pc]:
    """A village of A was B's for a while; A has heard that it came back, B has not, and each has a PC of it."""
    region = Region()
    region.pcs[A_VILLAGE].write("register", OPEN)
    region.settle()
    move_to_b(region)
    other = Pc(A_VILLAGE, number=1).enrol(region.b)
    other.sync()
    region.city.import_offices(office(A_VILLAGE, Level.VILLAGE, A_TOWN))
    region.a.exchange_up()
    return region, other


def write(pc: Pc, center: Node, effects: Effects) -> Event:
    """Write the next step on what this PC sees; its center rules on it, and tells no other center."""
    pc.sync()
    event = pc.write("offer", effects, **pc.head())
    pc.sync()
    center.rule()
    return event


def reason(node: Node, event: Event) -> str | None:
    """Return why an event does not stand at a center, None where it does."""
    return node.case().not_standing.get(event.event_id)


def test_what_two_counties_ruled_apart_is_one_case_everywhere_and_its_author_is_told(
    moved_back: tuple[Region, Pc],
) -> None:
    """The one county's ruling went no further than that county; found by the simulator (seed 2192)."""
    region, other = moved_back
    first = write(region.pcs[A_VILLAGE], region.a, offer_to(A_TOWN, A))
    second = write(other, region.b, offer_to(B_TOWN, B))
    assert [reason(region.a, first), reason(region.b, second)] == [None, None]
    region.settle()
    streams = [{e.event_id for e in node.store.tables.subjects[CASE]} for node in region.centers]
    assert streams[0] == streams[1] == streams[2]
    assert region.city.case() == region.a.case() == region.b.case()
    told = [reason(region.city, event) for event in (first, second)]
    assert set(told) == {None, "base-passed"}
    seen = region.pcs[A_VILLAGE].case()
    assert seen is not None
    assert seen.not_standing == region.city.case().not_standing


def test_who_has_no_say_leaves_the_branch_to_who_has(moved_back: tuple[Region, Pc]) -> None:
    region, other = moved_back
    write(region.pcs[A_VILLAGE], region.a, offer_to(A_TOWN, A))
    write(other, region.b, offer_to(B_TOWN, B))
    region.settle()
    _, words = split(region.city.store.tables.subjects[CASE], "")
    home = region.city.organisations.center_of(region.city.case().custody.holder)
    assert [word.org for word in words if word.verdict is Verdict.LATE] == [home.code]


# -- what is left out for good -----------------------------------------------------------------------------------------


def entry(name: str, base: str | None, effects: Effects, org: str = A_VILLAGE, grant: str | None = "open") -> Entry:
    return Entry(
        event_id=name,
        type=name,
        case_id=CASE,
        origin=f"pc of {org}",
        org=org,
        actor="p1",
        seq=1,
        lamport=1,
        claimed_at="2026-03-02T00:00:00Z",
        grant=grant if base else None,
        base=base,
        effects=effects,
    )


PLAIN = Effects(fields={"note": "1"})
OPENED = entry("open", None, OPEN)
ONE, OTHER = entry("one", "open", PLAIN), entry("other", "open", PLAIN)
AFTER = entry("after", "other", PLAIN)


def accepted(*entries: Entry) -> list[Ruling]:
    return [Ruling(n, e.event_id, Verdict.ACCEPTED, "", None, f"r{n}") for n, e in enumerate(entries, start=1)]


def names(entries: list[Entry], rulings: list[Ruling]) -> list[str]:
    return [found.event_id for found in beside_the_chain(entries, rulings)]


def test_a_second_child_and_all_that_follows_it_are_beside_the_chain() -> None:
    entries = [OPENED, ONE, OTHER, AFTER]
    assert names(entries, accepted(OPENED, ONE, OTHER, AFTER)) == ["other", "after"]
    assert names(entries, accepted(OPENED, OTHER, AFTER, ONE)) == ["one"]


def test_what_waits_for_a_ruling_that_is_on_its_way_is_not() -> None:
    """A ruling may come before the one on the event that it follows: to say too late then would be for good."""
    entries = [OPENED, OTHER, AFTER]
    assert names(entries, [*accepted(OPENED), accepted(OPENED, OTHER, AFTER)[2]]) == []
    assert names([AFTER], accepted(AFTER)) == []


def test_what_follows_a_step_that_was_set_aside_is() -> None:
    late = Ruling(9, "other", Verdict.LATE, "base-passed", None, "r9")
    assert names([OPENED, ONE, OTHER, AFTER], [*accepted(OPENED, ONE, OTHER, AFTER), late]) == ["after"]


def test_an_answer_under_a_custody_that_another_answer_has_ended_is() -> None:
    offered = entry("offered", "open", Effects(custody=CustodyMove(CustodyOp.OFFER, to=A_TOWN, arbiter=A)))
    taken = entry("taken", "offered", ACCEPT, org=A_TOWN)
    again = entry("again", "offered", ACCEPT, org=A_TOWN)
    on = entry("on", "again", TAKE_ON, org=A_TOWN, grant="again")
    assert names([OPENED, offered, taken, again, on], accepted(OPENED, offered, taken, again, on)) == ["again", "on"]
