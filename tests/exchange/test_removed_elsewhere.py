"""A case whose contents one county removed, in a village that is another's now: who rules on what still comes."""

from __future__ import annotations

from station_app.domain.effects import Effects
from station_app.domain.fold import Verdict
from station_app.domain.organisations import Level
from station_app.domain.removals import Reach, Removal
from station_app.exchange.authentic import ruling_of
from station_app.exchange.removed import removable
from station_app.exchange.removing import write_removal
from station_app.protocol.event import Event
from tests.exchange.centers import AT, Node, Pc, office
from tests.exchange.makers import CASE
from tests.exchange.test_city import A_VILLAGE, B_TOWN, OPEN, A, B, Region, offer_to


def _remove(node: Node) -> None:
    with node.store.write() as book:
        events = list(book.case_events([CASE])[CASE])
        named = tuple(event.event_id for event in events if removable(event))
        write_removal(book, node.desk, events, Removal(Reach.ALL, "保管期满", ("王五", "赵六"), named), AT)


def _of_case(node: Node) -> dict[str, Event]:
    return {event.event_id: event for event in node.store.tables.subjects[CASE]}


def test_a_step_on_a_case_without_contents_is_ruled_by_the_county_that_removed_them_and_all_have_the_same() -> None:
    """The new county could not tell who saw the case: it ruled for its village alone, which nobody else heard of."""
    region = Region()
    opened = region.pcs[A_VILLAGE].write("register", OPEN)
    region.settle()
    _remove(region.a)
    region.settle()
    region.city.import_offices(office(A_VILLAGE, Level.VILLAGE, B_TOWN))
    region.settle()
    region.pcs[A_VILLAGE] = Pc(A_VILLAGE, number=1).enrol(region.b)
    region.settle()
    named = {"grant": opened.event_id, "base": opened.event_id}
    stale = region.pcs[A_VILLAGE].write("offer", offer_to(B_TOWN, B), **named)
    region.settle()
    assert _of_case(region.a) == _of_case(region.b) == _of_case(region.city)
    rulings = [ruling for event in _of_case(region.a).values() if (ruling := ruling_of(event)) is not None]
    [ruling] = [ruling for ruling in rulings if ruling.event_id == stale.event_id]
    assert (ruling.org, ruling.verdict, ruling.reason) == (A, Verdict.NEEDS_REVIEW, "content-removed")
    assert ruling_ids(region.pcs[A_VILLAGE]) >= {stale.event_id}


def test_who_removed_them_after_the_village_had_moved_gets_a_note_that_still_comes() -> None:
    """It had not heard of the move. The city did not look again who has to have the case: it brought it nothing."""
    region = Region()
    region.pcs[A_VILLAGE].write("register", OPEN)
    region.settle()
    region.city.import_offices(office(A_VILLAGE, Level.VILLAGE, B_TOWN))
    region.settle()
    region.pcs[A_VILLAGE] = Pc(A_VILLAGE, number=1).enrol(region.b)
    region.settle()
    _remove(region.a)
    region.settle()
    note = region.pcs[A_VILLAGE].write("note", Effects(remark={"kind": "note", "text": "补记"}))
    region.settle()
    assert note.event_id in _of_case(region.a)
    assert _of_case(region.a) == _of_case(region.b) == _of_case(region.city)


def ruling_ids(pc: Pc) -> set[str]:
    return {ruling.event_id for event in pc.events_of() if (ruling := ruling_of(event)) is not None}
