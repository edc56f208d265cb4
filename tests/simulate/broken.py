"""Shipping code with one thing broken, to show that the simulator can fail: each with the invariant meant for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from station_app.domain import fold
from station_app.domain.cases import Case
from station_app.domain.effects import CustodyOp
from station_app.domain.fold import Entry, Verdict
from station_app.exchange import center, inbox, intake, projection, rulings
from station_app.protocol.wire import FeedRow, PushStatus
from tests.fakes import MemoryBook, MemoryCenterBook

Patch = Callable[[pytest.MonkeyPatch], None]


def _ack_without_storing(patch: pytest.MonkeyPatch) -> None:
    store = intake._store

    def forgetful(view: Any, plan: Any, pushed: Any, head: Any) -> None:
        store(view, plan, pushed, head)
        if pushed.event.header.type == "note":
            kept = plan.stored.pop()
            plan.placements = [placed for placed in plan.placements if placed.event_id != kept.event_id]

    patch.setattr(intake, "_store", forgetful)


def _cursor_without_rows(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(inbox, "_take_events", lambda book, events, checks: 0)


def _rows_skipped(patch: pytest.MonkeyPatch) -> None:
    serve, fresh = center.serve_feed, inbox._fresh_rows

    def holed(book: Any, asker: Any, after: int, limit: int) -> tuple[FeedRow, ...]:
        return tuple(row for row in serve(book, asker, after, limit) if row.n % 7 or row.n == after + 1)

    def lenient(reply: Any, link: Any) -> Any:
        rows = tuple(row for row in reply.rows if row.n > link.cursor)
        return rows or fresh(reply, link)

    patch.setattr("station_app.center.service.serve_feed", holed)
    patch.setattr(inbox, "_fresh_rows", lenient)


def _base_not_checked(patch: pytest.MonkeyPatch) -> None:
    why_not = fold.why_not

    def blind(case: Case | None, entry: Entry) -> tuple[Verdict, str] | None:
        if case is not None and entry.effects is not None and not entry.opens:
            duty = case.obligations.get(entry.grant or "")
            entry = replace(entry, base=duty.head if duty else case.custody.head)
        return why_not(case, entry)

    patch.setattr(rulings, "why_not", blind)


def _anyone_may_accept(patch: pytest.MonkeyPatch) -> None:
    why_not = fold.why_not

    def trusting(case: Case | None, entry: Entry) -> tuple[Verdict, str] | None:
        move = entry.effects.custody if entry.effects else None
        if case is not None and case.custody.offer and move is not None and move.op is CustodyOp.ACCEPT:
            entry = replace(entry, org=case.custody.offer.to)
        return why_not(case, entry)

    patch.setattr(rulings, "why_not", trusting)
    patch.setattr(rulings, "_why_not_allowed", lambda case, entry, organisations: None)


def _opinions_for_all(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(center, "may_read", lambda audience, author, asker: True)


def _late_without_a_word(patch: pytest.MonkeyPatch) -> None:
    case_of = projection.case_of

    def silent(events: Any, own_device: str, refused: Any = None) -> Case | None:
        case = case_of(events, own_device, refused)
        return None if case is None else replace(case, not_standing={})

    patch.setattr("tests.fake_station.case_of", silent)
    patch.setattr("tests.simulate.invariants.case_of", silent)


def _unacked_deleted(patch: pytest.MonkeyPatch) -> None:
    settle = MemoryBook.settle

    def tidy(self: MemoryBook, statuses: Any, at: str) -> None:
        settle(self, statuses, at)
        for link in [link for link, row in self.tables.outbox.items() if row.status == "refused"]:
            del self.tables.outbox[link]

    patch.setattr(MemoryBook, "settle", tidy)


def _placed_twice(patch: pytest.MonkeyPatch) -> None:
    place = MemoryCenterBook.place

    def twice(self: MemoryCenterBook, placements: Any) -> None:
        place(self, placements)
        for placed in placements:
            if self.tables.events[placed.event_id].header.type == "note":
                del self.tables.in_feed[placed.org, placed.event_id]
                place(self, [placed])

    patch.setattr(MemoryCenterBook, "place", twice)


def _gap_blocks(patch: pytest.MonkeyPatch) -> None:
    def strict(plan: Any, prev: str, head: Any) -> bool:
        return bool(prev == head.event_id)

    patch.setattr(intake, "_follows", strict)


def _own_refused_still_counts(patch: pytest.MonkeyPatch) -> None:
    case_of = projection.case_of
    patch.setattr("tests.fake_station.case_of", lambda events, device, refused=None: case_of(events, device))


def _replay_fills_again(patch: pytest.MonkeyPatch) -> None:
    answer = intake._answer

    def counting(plan: Any, pushed: Any, status: str, code: str = "") -> None:
        answer(plan, pushed, status, code)
        if status == "exists":
            plan.statuses[-1] = PushStatus(pushed.link, "stored")
            plan.unruled.append(pushed.event.header.subject_id)

    patch.setattr(intake, "_answer", counting)


BROKEN: dict[str, tuple[Patch, str]] = {
    "the center acks without storing": (_ack_without_storing, "I1"),
    "a note is put into a feed twice": (_placed_twice, "I2"),
    "the base is not checked": (_base_not_checked, "I3"),
    "an office takes what was not offered to it": (_anyone_may_accept, "I3"),
    "the cursor is saved without the rows": (_cursor_without_rows, "I5"),
    "feed rows are skipped": (_rows_skipped, "I5"),
    "refused rows are tidied away": (_unacked_deleted, "I7"),
    "a late event vanishes without a word": (_late_without_a_word, "I8"),
    "opinions go to villages": (_opinions_for_all, "I9"),
    "a tombstone blocks what follows it": (_gap_blocks, "I10"),
    "a request again asks for rulings again": (_replay_fills_again, "I11"),
    "a refused event still counts at home": (_own_refused_still_counts, "I13"),
}
