"""Contents are removed at the end of retention: what goes, what stays, and what comes later, at a center."""

from __future__ import annotations

from dataclasses import replace

import pytest

from station_app.domain.effects import CustodyMove, CustodyOp, Effects
from station_app.domain.lanes import SubjectKind
from station_app.domain.removals import BODY_REMOVED, Reach, Removal
from station_app.exchange.authentic import RULING, faults, ruling_of
from station_app.exchange.removed import removable, removal_of, to_empty, told_of
from station_app.exchange.removing import write_removal
from station_app.protocol.event import Event
from station_app.usecases.audit import check_chain
from tests.exchange.closed import BASIS, BY, DESK, ID_NUMBER, NAME, REMOVED_AT, ClosedCase
from tests.exchange.makers import CASE, COUNTY, NOTE, OTHER, TAKE_ON, TOWNSHIP, VILLAGE, Device
from tests.fakes import center_store, fake_verify_many


@pytest.fixture
def case() -> ClosedCase:
    return ClosedCase(center_store().book(center_store().tables))


def texts(events: list[Event]) -> str:
    return "".join((event.body or b"").decode() for event in events)


def test_every_body_but_rulings_goes_and_all_that_is_signed_stays(case: ClosedCase) -> None:
    before = case.events
    assert NAME in texts(before)
    removal = case.remove()
    after = case.events
    assert [event.header_bytes for event in after[:-1]] == [event.header_bytes for event in before]
    assert {event.header.type for event in after if event.body is not None} == {RULING, BODY_REMOVED}
    assert [ruling_of(event) for event in after] == [ruling_of(event) for event in before] + [None]
    assert NAME not in texts(after)
    assert after[-1].event_id == removal.event_id
    known = case.book.credentials({event.header.origin for event in after})
    assert set(faults(after, known, fake_verify_many)) == {""}
    assert check_chain(event for event in after if event.header.org == VILLAGE) == "ok"


def test_everybody_who_saw_wrote_or_was_offered_the_case_is_told(case: ClosedCase) -> None:
    assert set(told_of(case.events, [OTHER])) == {OTHER, VILLAGE, TOWNSHIP, COUNTY}
    removal = case.remove()
    for org in (VILLAGE, TOWNSHIP):
        rows = case.book.feed(org, 0, 1000)
        assert rows[-1].event.event_id == removal.event_id


def test_a_removal_at_the_villages_leaves_the_center_whole(case: ClosedCase) -> None:
    before = case.events
    case.remove(Reach.VILLAGE)
    assert case.events[:-1] == before
    assert to_empty(case.events, village=True) == {event.event_id for event in before if removable(event)}
    assert to_empty(case.events, village=False) == set()


def test_what_has_the_words_of_the_person_beside_the_journal_goes_too(case: ClosedCase) -> None:
    assert [errand.number for errand in case.book.errands([f"111\0{ID_NUMBER}\0T-1"])] != []
    case.remove()
    assert case.book.errands([f"111\0{ID_NUMBER}\0T-1"]) == []


def test_a_body_that_is_given_back_is_dropped_again(case: ClosedCase) -> None:
    whole = case.events
    case.remove()
    head = case.book.feed_head(VILLAGE)
    case.give_back(whole)
    assert NAME not in texts(case.events)
    assert case.book.feed_head(VILLAGE) == head
    assert case.events[0].body is None


def test_the_same_removal_again_changes_nothing(case: ClosedCase) -> None:
    case.remove()
    before, head = case.events, case.book.feed_head(VILLAGE)
    case.give_back(before)
    assert (case.events, case.book.feed_head(VILLAGE)) == (before, head)


def test_a_center_that_was_set_back_erases_again_when_the_removal_comes_back(case: ClosedCase) -> None:
    removal = case.remove()
    set_back = ClosedCase(center_store().book(center_store().tables))
    assert {event.event_id for event in set_back.events} < {event.event_id for event in case.events}
    assert NAME in texts(set_back.events)
    set_back.give_back([removal])
    assert texts(set_back.events) == texts(case.events)


def unknown(case: ClosedCase) -> Event:
    """Return a note that this center refuses, with the words of the person in it."""
    said = Effects(remark={"kind": "note", "text": NAME})
    return case.village.write("note", said, actor="f" * 32)


def aside(case: ClosedCase) -> list[Event]:
    return [refusal.event for _, _, refusal in case.book.tables.refusals.values()]


@pytest.mark.parametrize("removed_first", [False, True])
def test_a_tombstone_loses_its_body_where_the_removal_names_it(case: ClosedCase, *, removed_first: bool) -> None:
    """Another center had taken the event in; here it lay beside the journal with the whole body, for good."""
    refused = unknown(case)
    named = (refused.event_id, *(event.event_id for event in case.events if removable(event)))
    steps = [
        lambda: case.push(case.village, [refused], len(case.village.wrote)),
        lambda: write_removal(case.book, DESK, case.events, Removal(Reach.ALL, BASIS, BY, named), REMOVED_AT),
    ]
    for step in reversed(steps) if removed_first else steps:
        step()
    assert case.book.refused_ids([refused.event_id]) == {refused.event_id: "person-unknown"}
    assert [event.header_bytes for event in aside(case)] == [refused.header_bytes]
    assert NAME not in texts(aside(case))


def test_a_tombstone_of_another_case_keeps_its_body(case: ClosedCase) -> None:
    other = case.village.write("note", NOTE, actor="f" * 32, subject=(SubjectKind.CASE, "b" * 32))
    case.push(case.village, [other], len(case.village.wrote))
    write_removal(case.book, DESK, case.events, Removal(Reach.ALL, BASIS, BY, (other.event_id,)), REMOVED_AT)
    assert [event.body for event in aside(case)] == [other.body]


def test_a_note_that_comes_later_is_kept_and_a_step_goes_to_a_person(case: ClosedCase) -> None:
    case.remove()
    note = case.write(case.village, "note")
    late = case.write(case.village, "deliver", TAKE_ON, grant=case.closed.header.grant, base=case.closed.event_id)
    events = {event.event_id: event for event in case.events}
    assert events[note.event_id].body is not None
    assert verdict_on(case, late) == ("needs_review", "content-removed")


def test_a_step_of_a_cloned_pc_goes_to_a_person_because_the_contents_are_gone(case: ClosedCase) -> None:
    """With the other reason it would wait for a person, and what is left of the case could never be removed."""
    case.remove()
    late = case.village.write("deliver", TAKE_ON, grant=case.closed.header.grant, base=case.closed.event_id)
    case.push(case.village, [late], len(case.village.wrote), review="cloned-pc")
    case.rule()
    assert verdict_on(case, late) == ("needs_review", "content-removed")


def verdict_on(case: ClosedCase, event: Event) -> tuple[str, str]:
    [found] = [word for one in case.events if (word := ruling_of(one)) and word.event_id == event.event_id]
    return found.verdict.value, found.reason


def test_a_removal_of_somebody_who_is_no_center_erases_nothing(case: ClosedCase) -> None:
    forged = case.village.write(BODY_REMOVED, case.remove(Reach.VILLAGE).effects or {}, actor=None)
    whole = [event for event in case.events if event.body is not None]
    case.push(case.village, [forged], len(case.village.wrote))
    assert case.book.refused_ids([forged.event_id]) == {forged.event_id: "ruling-not-by-center"}
    assert [event for event in case.events if event.body is not None] == whole


def test_a_removal_names_neither_rulings_nor_another_case(case: ClosedCase) -> None:
    removal = removal_of(case.remove())
    assert removal is not None
    rulings = [event for event in case.events if event.header.type == RULING]
    stranger = Device(OTHER).write("register", Effects(custody=CustodyMove(CustodyOp.OPEN)))
    wide = replace(removal, events=(*removal.events, stranger.event_id, *(event.event_id for event in rulings)))
    says_more = Device(COUNTY).write(BODY_REMOVED, wide.to_json())
    assert not to_empty([*case.events, says_more], village=False) & {event.event_id for event in rulings}
    batch = Device(COUNTY).write(BODY_REMOVED, wide.to_json(), subject=(SubjectKind.BATCH, CASE))
    assert removal_of(batch) is None
