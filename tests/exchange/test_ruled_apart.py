"""Two centers that each followed another branch of a case: in the end one stands everywhere, and everybody is told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from station_app.domain.effects import Effects
from station_app.domain.fold import Entry, Ruling, Verdict
from station_app.domain.organisations import Level
from station_app.exchange.authentic import RULING, split
from station_app.exchange.ruled_apart import left_out
from station_app.exchange.rulings import Bench, rule
from station_app.protocol.event import Event
from tests.exchange.centers import CITY, Node, Pc, office
from tests.exchange.makers import CASE, COUNTY, GRANT, NOTE, ORGANISATIONS, TAKE_ON, VILLAGE
from tests.exchange.story import RECLAIM, Story
from tests.exchange.test_city import A_TOWN, A_VILLAGE, B_TOWN, B_VILLAGE, OPEN, A, B, Region, move_to_b, offer_to
from tests.exchange.test_uplink import known_pc, push

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


def test_who_brings_something_of_a_case_that_it_does_not_see_is_told_what_was_ruled_in_it() -> None:
    """A county that was restored counted an office as one that sees the case, and had nothing to tell by (1075)."""
    region = Region()
    region.up_to(CITY, B_VILLAGE, B_TOWN, B)
    assert [row for row in region.city.rows(A) if row.event] == []
    push(region, [known_pc(region, A_TOWN, by=region.a).write("note", NOTE)], 1)
    told = {row.event.event_id for row in region.city.rows(A) if row.event and row.event.header.type == RULING}
    assert told == {e.event_id for e in region.city.store.tables.subjects[CASE] if e.header.type == RULING}
    assert len(told) > 5


# -- what is ruled again -----------------------------------------------------------------------------------------------


def taken_and_lost() -> tuple[Story, Event]:
    """Return a case of which the center has the acceptance in law, and not the hand-over that it follows."""
    story = Story()
    taken = story.accepted()
    story.says(story.town, "accept_application", TAKE_ON, taken, taken)
    tables = story.center.store.tables
    tables.subjects[CASE] = tuple(e for e in tables.subjects[CASE] if e.event_id != taken.event_id)
    return story, taken


def ruled_without(story: Story, *lost: Event, refused: Sequence[str] = ()) -> list[tuple[str, str, str]]:
    """Return what the center rules where it has all of a case but its words on these events."""
    with story.center.store.read() as book:
        stream = story.center.store.tables.subjects[CASE]
        known = book.credentials({event.header.origin for event in stream})
    entries, words = split(stream, "", known)
    kept = [word for word in words if word.event_id not in {event.event_id for event in lost}]
    found = rule(entries, kept, Bench(COUNTY, ORGANISATIONS, story.now, refused))
    kinds = {event.event_id: event.header.type for event in stream}
    return [(kinds[new.event_id], new.verdict.value, new.reason) for new in found]


def test_where_the_word_on_a_step_was_lost_what_follows_it_stands_again_in_order() -> None:
    """What followed was judged first, by a chain that had lost the step, and was too late for good (seed 1272)."""
    story = Story()
    taken = story.accepted()
    on = story.says(story.town, "accept_application", TAKE_ON, taken, taken)
    story.says(story.town, "grant", GRANT, taken, on)
    assert ruled_without(story) == []
    assert ruled_without(story, on) == [("accept_application", "accepted", ""), ("grant", "accepted", "")]
    assert ruled_without(story, taken) == [
        ("accept_handover", "accepted", ""),
        ("accept_application", "accepted", ""),
        ("grant", "accepted", ""),
    ]


def test_what_another_center_has_accepted_is_not_set_aside_for_a_base_that_was_refused_here_alone() -> None:
    story, taken = taken_and_lost()
    assert ruled_without(story, refused=[taken.event_id]) == []


def test_what_was_accepted_is_judged_again_by_the_chain_alone() -> None:
    """Who signed it may have another office since, and a reclaim would seem to follow an offer of today."""
    story = Story()
    offer = story.offered()
    story.now = "2026-03-06T00:00:00Z"
    story.says(story.county, "reclaim", RECLAIM, story.opened, offer)
    story.now = "2026-03-06T00:00:01Z"
    assert ruled_without(story, offer) == [("offer", "accepted", ""), ("reclaim", "accepted", "")]


def test_what_follows_an_event_that_is_not_here_waits() -> None:
    """A word may come before the event that it follows: to say too late then would be for good."""
    story, _ = taken_and_lost()
    assert ruled_without(story) == []


def entry(name: str, base: str | None, effects: Effects | None) -> Entry:
    return Entry(
        event_id=name,
        type=name,
        case_id=CASE,
        origin="pc",
        org=VILLAGE,
        actor="p1",
        seq=1,
        lamport=1,
        claimed_at="2026-03-02T00:00:00Z",
        grant="open" if base else None,
        base=base,
        effects=effects,
    )


PLAIN = Effects(fields={"note": "1"})
OPENED = entry("open", None, OPEN)
ONE, OTHER, AFTER = entry("one", "open", PLAIN), entry("other", "open", PLAIN), entry("after", "other", PLAIN)


def names(entries: list[Entry], accepted: list[Entry]) -> list[str]:
    words = [Ruling(n, e.event_id, Verdict.ACCEPTED, "", None, f"r{n}") for n, e in enumerate(accepted, start=1)]
    return [found.event_id for found in left_out(entries, words)]


def test_a_second_child_and_what_follows_it_are_left_out_by_the_order_of_the_words() -> None:
    entries = [OPENED, ONE, OTHER, AFTER]
    assert names(entries, [OPENED, ONE, OTHER, AFTER]) == ["other", "after"]
    assert names(entries, [OPENED, OTHER, AFTER, ONE]) == ["one"]
    assert names(entries, [OPENED, AFTER, OTHER]) == ["after"]


def test_behind_an_event_that_can_not_be_read_nothing_is_ruled_again() -> None:
    entries = [OPENED, entry("one", "open", None), OTHER, AFTER]
    assert names(entries, [OPENED, entry("one", "open", None), OTHER, AFTER]) == []
