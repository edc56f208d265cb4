"""Broken centers: what they take in and acknowledge, and what they bring to whom."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from sqlalchemy import Engine, update

from station_app.center import epochs, exchanging
from station_app.center.group_commit import GroupCommit
from station_app.domain.lanes import SubjectKind
from station_app.exchange import center, inbox, intake, serving
from station_app.exchange.authentic import ruling_of
from station_app.protocol.exchange_records import FeedRow, PushStatus
from station_app.storage.center_rows import FeedHeadRow
from station_app.storage.feeds import FeedTables
from station_app.storage.feeds_put_away import FeedsPutAway
from tests.simulate.tree import NEXT_VILLAGE, VILLAGE


def ack_before_commit(patch: pytest.MonkeyPatch) -> None:
    """Whoever brings events has the answer as soon as they are written; the commit comes after that, and may fail.

    One that brings none waits for it as ever: what gets lost with such a commit is a nonce, and no event.
    """

    def hasty(self: Any, group: Sequence[Any]) -> None:
        try:
            with self._write() as store:
                for job in group:
                    job.result = job.work(store)
                    job.settled = bool(getattr(job.result, "plan", None) and job.result.plan.stored)
        except Exception as error:
            for job in [job for job in group if not job.settled]:
                job.error = error
        for job in group:
            job.settled = True

    patch.setattr(GroupCommit, "_settle", hasty)


def rows_skipped(patch: pytest.MonkeyPatch) -> None:
    serve, fresh = serving.serve_feed, inbox._fresh_rows

    def holed(book: Any, asker: Any, after: int, limit: int, floor: int) -> tuple[FeedRow, ...]:
        return tuple(row for row in serve(book, asker, after, limit, floor) if row.n % 7 or row.n == after + 1)

    def lenient(reply: Any, link: Any) -> Any:
        rows = tuple(row for row in reply.rows if row.n > link.cursor)
        return rows or fresh(reply, link)

    patch.setattr(exchanging, "serve_feed", holed)
    patch.setattr(inbox, "_fresh_rows", lenient)


def positions_outside_transaction(patch: pytest.MonkeyPatch) -> None:
    """Feed positions come from a counter that no rollback takes back: what is rolled back leaves a hole."""
    allot = FeedTables._allot
    counters: WeakKeyDictionary[Engine, dict[str, int]] = WeakKeyDictionary()

    def counted(self: FeedTables, org: str, count: int, event_ids: Collection[str] = ()) -> int:
        counter = counters.setdefault(self._connection.engine, {})
        if counter.get(org, 0) > self.feed_head(org):
            of_org = update(FeedHeadRow).where(FeedHeadRow.org == org)
            self._connection.execute(of_org.values(head=counter[org]))
        first = allot(self, org, count, list(event_ids))
        counter[org] = first + count - 1
        return first

    patch.setattr(FeedTables, "_allot", counted)


def nonce_without_predecessor(patch: pytest.MonkeyPatch) -> None:
    turn = epochs.turn_nonce

    def forgetful(store: Any, clerk: Any, epoch: Any, named: str, *, forked: bool) -> Any:
        turned = turn(store, clerk, epoch, named, forked=forked)
        newest = store.epoch(epoch.device, epoch.epoch)
        store.save_epoch(replace(newest, previous=newest.nonce))
        return turned

    patch.setattr(exchanging, "turn_nonce", forgetful)


def ruling_to_author_only(patch: pytest.MonkeyPatch) -> None:
    rule_case = center._rule_case

    def narrow(round_: Any, case_id: str, events: Any) -> None:
        placed, first = round_.placements, len(round_.placements)
        rule_case(round_, case_id, events)
        orgs = {event.event_id: event.header.org for event in events}
        written = [event for event in round_.written if event.header.subject_id == case_id]
        authors = {event.event_id: orgs[ruling_of(event).event_id] for event in written}  # type: ignore[union-attr]
        placed[first:] = [p for p in placed[first:] if p.kind != "ruling" or p.org == authors[p.event_id]]

    patch.setattr(center, "_rule_case", narrow)


def opinions_for_all(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(serving, "may_read", lambda audience, author, asker: True)


def gap_blocks(patch: pytest.MonkeyPatch) -> None:
    def strict(plan: Any, event: Any, head: Any) -> str:
        prev, seq = event.header.prev or "", event.header.seq
        if prev == head.event_id and seq == head.seq + 1:
            return "next"
        return "branch" if plan.seqs.get(prev) == seq - 1 else "ahead"

    patch.setattr(intake, "_place", strict)


def replay_fills_again(patch: pytest.MonkeyPatch) -> None:
    answer = intake._answer

    def counting(plan: Any, pushed: Any, status: str, code: str = "") -> None:
        answer(plan, pushed, status, code)
        if status == "exists":
            plan.statuses[-1] = PushStatus(pushed.link, "stored")
            plan.unruled.append(pushed.event.header.subject_id)

    patch.setattr(intake, "_answer", counting)


def stays_put_away(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(FeedsPutAway, "call_back", lambda self, org, subjects: None)


def found_and_not_brought(patch: pytest.MonkeyPatch) -> None:
    def say(book: Any, org: str, number: str) -> bool:
        asked = [(SubjectKind.CASE.value, case_id) for case_id in book.cases_numbered(number)]
        return any(org in viewers for viewers in book.viewers(asked).values())

    patch.setattr(exchanging, "bring_case", say)


def shown_to_neighbours(patch: pytest.MonkeyPatch) -> None:
    first_viewers = intake.first_viewers

    def seen_by(event: Any) -> tuple[str, ...]:
        found = first_viewers(event)
        return (*found, NEXT_VILLAGE) if found == (VILLAGE,) else found

    patch.setattr(intake, "first_viewers", seen_by)
