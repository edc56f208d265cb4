"""A hand-over that nobody answers comes to its arbiter by itself, once its time lock is over, and goes again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import pytest

from station_app.domain.effects import CustodyMove, CustodyOp, Effects
from station_app.domain.lanes import SubjectKind
from station_app.exchange import overdue_offers
from station_app.exchange.overdue_offers import has_to_look_at_the_road, look_at_the_road
from station_app.exchange.ports import CenterBook
from station_app.protocol.event import Event
from tests.exchange.makers import ACCEPT, CASE, COUNTY, OFFER, OPEN, TOWNSHIP, VILLAGE
from tests.exchange.story import CITY, RECLAIM, Story, asked_back

OFFERED = "2026-03-02T00:00:00Z"
LAST_HOUR, OVER = "2026-03-04T23:30:00Z", "2026-03-05T00:00:00Z"


def fail(error: Exception) -> None:
    raise error


def look(story: Story, now: str, log: Callable[[Exception], None] = fail) -> bool:
    """Let the center look, and rule on what it finds."""
    with story.center.store.write() as book:
        more = look_at_the_road(book, COUNTY, now, log)
    story.center.rule(now)
    return more


def waiting(story: Story) -> None:
    """Let the center pass three days on which it looks."""
    for now in (OFFERED, LAST_HOUR):
        assert not look(story, now)
    assert story.viewers == (VILLAGE, TOWNSHIP)
    assert not story.center.book.feed(COUNTY, 0, 100)


def test_the_arbiter_sees_it_when_the_time_lock_is_over_and_no_more_when_it_is_answered() -> None:
    story = Story()
    offer = story.offered()
    waiting(story)
    look(story, OVER)
    assert story.viewers == (VILLAGE, TOWNSHIP, COUNTY)
    rows = story.center.book.feed(COUNTY, 0, 100)
    assert [row.event for row in rows] == list(story.center.store.tables.subjects[CASE])
    assert {row.kind for row in rows} == {"backfill"}
    # What goes on meanwhile it sees as well, and once.
    story.now = "2026-03-05T08:00:00Z"
    story.says(story.village, "note", Effects(remark={"kind": "note", "text": "请接收"}))
    look(story, "2026-03-05T09:00:00Z")
    assert len(story.center.book.feed(COUNTY, 0, 100)) == len(rows) + 1
    story.says(story.town, "accept_handover", ACCEPT, story.opened, offer)
    *_, last = story.center.book.feed(COUNTY, 0, 100)
    assert (last.kind, last.subject) == ("revoke", ("case", CASE))
    assert story.viewers == (VILLAGE, TOWNSHIP)


def test_it_may_reclaim_what_it_was_shown() -> None:
    story = Story()
    offer = story.offered()
    waiting(story)
    look(story, OVER)
    story.now = OVER
    reclaim = story.says(story.county, "reclaim", RECLAIM, story.opened, offer)
    assert story.verdict(reclaim) == ("accepted", "")


def test_who_writes_on_the_case_does_not_keep_it_from_the_arbiter() -> None:
    story = Story()
    story.offered()
    look(story, OFFERED)
    story.now = "2026-03-04T12:00:00Z"
    story.says(story.village, "note", Effects(remark={"kind": "note", "text": "还没有人接"}))
    look(story, OVER)
    assert story.viewers == (VILLAGE, TOWNSHIP, COUNTY)


@pytest.mark.parametrize("answer", [True, False])
def test_what_was_answered_or_is_for_another_center_is_shown_to_nobody(answer: bool) -> None:
    story = Story()
    if answer:
        story.accepted()
    else:
        elsewhere = Effects(custody=CustodyMove(CustodyOp.OFFER, to=TOWNSHIP, arbiter=CITY))
        story.says(story.village, "offer", elsewhere, story.opened, story.opened)
    for now in (OFFERED, LAST_HOUR, OVER):
        look(story, now)
    # The center of another arbiter gets it at once, to rule on the answer; the office here is shown nothing.
    assert story.viewers == ((VILLAGE, TOWNSHIP) if answer else (VILLAGE, TOWNSHIP, CITY))
    assert not story.center.book.feed(COUNTY, 0, 100)


def test_who_sees_it_because_it_was_asked_is_told_nothing_twice() -> None:
    story = Story()
    asked_back(story)
    look(story, OFFERED)
    before = story.center.book.feed(COUNTY, 0, 100)
    look(story, OVER)
    assert story.center.book.feed(COUNTY, 0, 100) == before


def test_it_looks_slice_by_slice_at_each_event_once_and_not_while_it_heals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overdue_offers, "EVENTS_AT_ONCE", 3)
    story = Story()
    story.offered()
    look(story, OFFERED)
    with story.center.store.write() as book:
        center = book.setting("center")
        book.save_setting("center", {**center, "healing": True})
        assert not has_to_look_at_the_road(book, OVER)
        book.save_setting("center", center)
        assert has_to_look_at_the_road(book, OVER)
    assert [look(story, OVER), look(story, OVER)] == [True, False]
    assert story.viewers == (VILLAGE, TOWNSHIP, COUNTY)
    with story.center.store.write() as book:
        assert not has_to_look_at_the_road(book, OVER)
        # Until the offer is answered its case is looked at once an hour.
        assert not has_to_look_at_the_road(book, "2026-03-05T00:59:00Z")
        # Of what is old enough one note is kept.
        look_at_the_road(book, COUNTY, "2026-03-20T00:00:00Z", fail)
        assert len(book.setting(overdue_offers.ARRIVALS)) == 2


# -- clocks that differ, and a clock that was wrong --------------------------------------------------------------------


def test_an_offer_that_was_ruled_by_a_clock_ahead_is_shown_when_its_lock_is_over() -> None:
    story = Story()
    story.now = "2026-03-02T00:10:00Z"
    offer = story.offered()
    waiting(story)
    look(story, OVER)
    assert story.viewers == (VILLAGE, TOWNSHIP)
    look(story, "2026-03-05T01:00:00Z")
    assert story.viewers == (VILLAGE, TOWNSHIP, COUNTY)
    # An answer ends it: nothing is looked at again.
    story.now = "2026-03-05T02:00:00Z"
    story.says(story.town, "accept_handover", ACCEPT, story.opened, offer)
    look(story, "2026-03-05T02:00:00Z")
    assert story.center.book.setting(overdue_offers.WAITING) == []


def test_a_clock_that_was_once_far_ahead_loses_no_offer_for_ever() -> None:
    story = Story()
    look(story, "2027-01-01T00:00:00Z")
    story.offered()
    waiting(story)
    look(story, OVER)
    assert story.viewers == (VILLAGE, TOWNSHIP, COUNTY)


def test_what_a_clock_ahead_showed_too_early_is_shown_again_in_time() -> None:
    story = Story()
    story.offered()
    look(story, OFFERED)
    look(story, "2027-01-01T00:00:00Z")
    assert COUNTY in story.viewers
    story.now = "2026-03-03T00:00:00Z"
    story.says(story.village, "offer", OFFER, story.opened, story.opened)
    assert COUNTY not in story.viewers
    look(story, LAST_HOUR)
    assert COUNTY not in story.viewers
    look(story, OVER)
    assert story.viewers == (VILLAGE, TOWNSHIP, COUNTY)


# -- a case that can't be looked at ------------------------------------------------------------------------------------


def test_a_case_that_cannot_be_read_keeps_no_other_from_being_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    story, logged, damaged = Story(), list[Exception](), "9" * 32
    opened = story.village.write("register", OPEN, subject=(SubjectKind.CASE, damaged))
    story.center.push(story.village, [opened], first_link=len(story.village.wrote))
    story.offered()
    waiting(story)
    book = type(story.center.book)
    real = book.case_events

    def case_events(self: CenterBook, cases: Collection[str]) -> Mapping[str, Sequence[Event]]:
        if damaged in cases:
            raise ValueError("damaged")
        return real(self, cases)

    monkeypatch.setattr(book, "case_events", case_events)
    with story.center.store.write() as written:
        assert not look_at_the_road(written, COUNTY, OVER, logged.append)
    assert [str(error) for error in logged] == ["damaged"]
    story.center.rule(OVER)
    assert story.viewers == (VILLAGE, TOWNSHIP, COUNTY)
    assert story.center.book.setting(overdue_offers.LOOKED) > 0
