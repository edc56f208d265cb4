"""The end of retention at a center: by whom, of which cases, and that it can be broken off; in memory and on disk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from station_app.domain.lanes import SubjectKind
from station_app.domain.organisations import Organisations
from station_app.domain.people import Role, Worker
from station_app.domain.removals import BODY_REMOVED, Reach
from station_app.exchange.ports import Refusal
from station_app.exchange.removed import removal_of
from station_app.messages.removals import WHY_LEFT
from station_app.protocol.signed import PersonCredential
from station_app.usecases.body_removal import Order, Progress, WhyLeft, order_removal, remove_next
from station_app.usecases.center_ports import AuditEntry
from tests.exchange.closed import BASIS, BY, DESK, NAME, ClosedCase
from tests.exchange.makers import CASE, COUNTY, NOTE, OPEN, ROLES, TAKE_ON, TOWNSHIP, VILLAGE, by_center
from tests.exchange.story import FAR_COUNTY, WIDE
from tests.usecases.registries import CLERK, refusal

ONE = Worker("1" * 32, BY[0], COUNTY, frozenset({Role.ADMIN}))
TWO = Worker("2" * 32, BY[1], COUNTY, frozenset({Role.ADMIN}))
LATER = replace(CLERK, now=lambda: datetime(2029, 6, 1, 2, 0, tzinfo=UTC))
DAY = date(2029, 1, 1)
ORDER = Order(DAY, Reach.ALL, BASIS, BY)


@pytest.fixture
def case(registry: Any) -> ClosedCase:
    return ClosedCase(registry)


def done(case: ClosedCase, order: Order = ORDER) -> Progress:
    return remove_next(case.book, LATER, DESK, order)


def left(case: ClosedCase, order: Order = ORDER) -> WhyLeft | None:
    """Return why the case of the fixture was left, None where its contents were removed."""
    found = done(case, order)
    assert found.removed + sum(found.left.values()) == len(case.book.cases_after("", 10))
    return None if found.removed else next(iter(found.left))


def readable(case: ClosedCase) -> bool:
    return NAME in "".join((event.body or b"").decode() for event in case.events)


def test_two_administrators_order_it_and_the_audit_has_it_before_anything_is_done(registry: Any) -> None:
    order = order_removal(registry, LATER, DAY, Reach.VILLAGE, f" {BASIS} ", (ONE, TWO))
    assert order == Order(DAY, Reach.VILLAGE, BASIS, BY)
    about = {"closed_before": "2029-01-01", "where": "village", "basis": BASIS}
    assert registry.audits() == [AuditEntry("2029-06-01T02:00:00Z", "remove-bodies", *BY, about)]


@pytest.mark.parametrize(
    ("persons", "day", "basis", "code"),
    [
        ((ONE, ONE), DAY, BASIS, "two-administrators-needed"),
        ((ONE, replace(TWO, roles=frozenset({Role.SUPERVISOR}))), DAY, BASIS, "role-missing"),
        ((ONE, TWO), DAY, " ", "removal-basis-missing"),
        ((ONE, TWO), DAY, "长" * 101, "removal-basis-missing"),
        ((ONE, TWO), date(2029, 6, 2), BASIS, "removal-date-ahead"),
    ],
)
def test_it_is_not_ordered_by_one_nor_without_a_basis_nor_ahead_of_time(
    registry: Any, persons: tuple[Worker, Worker], day: date, basis: str, code: str
) -> None:
    assert refusal(order_removal, registry, LATER, day, Reach.ALL, basis, persons) == code
    assert registry.audits() == []


def test_nothing_is_ordered_nor_removed_while_the_center_collects_what_it_lost(case: ClosedCase) -> None:
    case.book.save_setting("center", {**case.book.setting("center"), "healing": True})
    assert refusal(order_removal, case.book, LATER, DAY, Reach.ALL, BASIS, (ONE, TWO)) == "center-heals"
    assert refusal(remove_next, case.book, LATER, DESK, ORDER) == "center-heals"
    assert readable(case)


def test_a_closed_case_loses_its_contents_once(case: ClosedCase) -> None:
    assert done(case) == Progress(None, 1, {})
    assert not readable(case)
    assert done(case) == Progress(None, 0, {WhyLeft.DONE: 1})


def test_first_at_the_villages_and_then_everywhere(case: ClosedCase) -> None:
    village = replace(ORDER, where=Reach.VILLAGE)
    assert left(case, village) is None
    assert readable(case)
    assert left(case, village) is WhyLeft.DONE
    assert left(case) is None
    assert not readable(case)
    assert left(case, village) is WhyLeft.DONE


def test_what_is_written_later_goes_with_the_next_order(case: ClosedCase) -> None:
    done(case)
    note = case.write(case.village, "note")
    late = case.write(case.village, "deliver", TAKE_ON, grant=case.closed.header.grant, base=case.closed.event_id)
    assert left(case) is None
    assert {event.event_id for event in case.events if event.body is None} >= {note.event_id, late.event_id}
    assert left(case) is WhyLeft.DONE


def test_what_was_refused_goes_with_the_rest_also_where_the_rest_has_gone_before(case: ClosedCase) -> None:
    """Its author has it in its journal and the center as a tombstone, both with the words of the person, for good."""
    first, second = (case.village.write("note", NOTE, actor="f" * 32) for _ in range(2))
    case.push(case.village, [first], len(case.village.wrote) - 1)
    assert [event.event_id for event in case.book.beside()] == [first.event_id]
    assert left(case) is None
    assert case.book.beside() == []
    case.push(case.village, [second], len(case.village.wrote))
    assert left(case) is None
    assert case.book.beside() == []
    named = [removal_of(event) for event in case.events if event.header.type == BODY_REMOVED]
    assert [event.event_id in removal.events for event, removal in zip((first, second), named, strict=True)] == [
        True
    ] * 2
    assert left(case) is WhyLeft.DONE


@pytest.mark.parametrize("where", list(Reach))
def test_what_was_refused_and_counts_after_all_has_the_words_that_its_tombstone_kept(
    case: ClosedCase, where: Reach
) -> None:
    """Its author, a village, had lost them by the removal: it was taken in without them, and nobody else got them."""
    village = case.village
    note = village.write("note", NOTE, actor="f" * 32)
    case.push(village, [note], len(village.wrote))
    assert left(case, replace(ORDER, where=where)) is None
    dates = ("2026-01-01T00:00:00Z", "2030-01-01T00:00:00Z")
    known = PersonCredential(
        "f" * 32, "王六", VILLAGE, ROLES[VILLAGE], village.device, village.person_key.public, *dates
    )
    case.book.save_credential(by_center(known.to_payload()))
    case.give_back([replace(note, body=None)])
    [taken] = [event for event in case.events if event.event_id == note.event_id]
    assert taken.body == (note.body if where is Reach.VILLAGE else None)
    [row] = [row for row in case.book.feed(TOWNSHIP, 0, 1000) if row.event and row.event.event_id == note.event_id]
    assert row.event.body == taken.body


def test_a_case_that_was_closed_on_the_day_or_later_stays(case: ClosedCase) -> None:
    assert left(case, replace(ORDER, closed_before=date(2026, 3, 2))) is WhyLeft.LATER
    assert left(case, replace(ORDER, closed_before=date(2026, 3, 3))) is None


def test_an_open_case_stays(case: ClosedCase) -> None:
    done(case)
    case.write(case.village, "register", OPEN, subject=(SubjectKind.CASE, "d" * 32))
    assert done(case).left == {WhyLeft.DONE: 1, WhyLeft.OPEN: 1}


def test_a_case_with_a_step_that_nobody_has_ruled_on_stays(case: ClosedCase) -> None:
    late = case.village.write("deliver", NOTE, grant=case.closed.header.grant, base=case.closed.event_id)
    case.push(case.village, [late], len(case.village.wrote))
    assert left(case) is WhyLeft.UNRULED


def test_a_case_with_a_step_that_a_person_has_to_look_at_stays(case: ClosedCase) -> None:
    # Not by who owes the delivery.
    case.write(case.town, "deliver", NOTE, grant=case.closed.header.grant, base=case.closed.event_id)
    assert left(case) is WhyLeft.TO_REVIEW


def test_a_case_of_which_something_is_held_for_two_persons_stays(case: ClosedCase) -> None:
    stolen = case.village.write("note")
    case.book.add_refusals(case.village.device, case.village.epoch, [Refusal(99, stolen, "device-revoked")])
    assert left(case) is WhyLeft.HELD


def test_a_case_of_an_office_under_another_center_stays(case: ClosedCase) -> None:
    moved = Organisations(replace(o, parent=FAR_COUNTY) if o.code == VILLAGE else o for o in WIDE)
    case.book.save_setting("organisations", moved.to_json())
    assert left(case) is WhyLeft.ELSEWHERE


def test_the_event_says_who_where_and_on_what_basis(case: ClosedCase) -> None:
    done(case)
    [event] = [event for event in case.events if event.header.type == BODY_REMOVED]
    removal = removal_of(event)
    assert removal is not None
    assert (removal.where, removal.basis, removal.by) == (Reach.ALL, BASIS, BY)
    header = event.header
    assert (header.actor, header.org, header.subject, header.audience) == (None, COUNTY, ("case", CASE), "parties")


def test_broken_off_anywhere_it_goes_on_from_there(case: ClosedCase) -> None:
    found = remove_next(case.book, LATER, DESK, ORDER, most=1)
    assert (found.removed, found.after) == (1, CASE)
    assert remove_next(case.book, LATER, DESK, ORDER, found.after, most=1) == Progress(None, 0, {})


def test_each_reason_to_leave_a_case_has_its_words() -> None:
    assert set(WHY_LEFT) == {why.value for why in WhyLeft}
