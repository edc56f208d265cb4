"""Shipping code with one thing broken, to show that the simulator can fail: each with the invariants meant for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from station_app.center import epochs
from station_app.domain import document_numbers, fold
from station_app.domain.cases import Case, Obligation
from station_app.domain.effects import CustodyOp
from station_app.domain.fold import Entry, Verdict
from station_app.exchange import center, inbox, intake, projection, putting_away, rulings, serving
from station_app.exchange.limits import Limits
from station_app.protocol.exchange_records import FeedRow, PushStatus
from tests.fakes import MemoryBook, MemoryCenterBook
from tests.simulate.tree import NEXT_VILLAGE, VILLAGE

Patch = Callable[[pytest.MonkeyPatch], None]
Against = tuple[Verdict, str] | None


@dataclass(frozen=True, slots=True)
class Broken:
    """A broken program.

    Args:
        patch: breaks it.
        found_by: the invariants that are meant for it.
        in_worlds: the kinds of trouble that bring it to light soonest.
        first: the seed that begins the search; where it was found when that was last looked up, so only a shorter way.
    """

    patch: Patch
    found_by: set[str]
    in_worlds: set[str] = field(default_factory=set)
    first: int = 0


def _ack_without_storing(patch: pytest.MonkeyPatch) -> None:
    keep = intake.keep

    def forgetful(view: Any, plan: Any, event: Any) -> None:
        keep(view, plan, event)
        if event.header.type == "note":
            kept = plan.stored.pop()
            plan.placements = [placed for placed in plan.placements if placed.event_id != kept.event_id]

    patch.setattr(intake, "keep", forgetful)


def _cursor_without_rows(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(inbox, "_take_events", lambda book, events, checks: 0)


def _rows_skipped(patch: pytest.MonkeyPatch) -> None:
    serve, fresh = serving.serve_feed, inbox._fresh_rows

    def holed(book: Any, asker: Any, after: int, limit: int, floor: int) -> tuple[FeedRow, ...]:
        return tuple(row for row in serve(book, asker, after, limit, floor) if row.n % 7 or row.n == after + 1)

    def lenient(reply: Any, link: Any) -> Any:
        rows = tuple(row for row in reply.rows if row.n > link.cursor)
        return rows or fresh(reply, link)

    patch.setattr("station_app.center.exchanging.serve_feed", holed)
    patch.setattr(inbox, "_fresh_rows", lenient)


def _both_children_accepted(patch: pytest.MonkeyPatch) -> None:
    why_not = fold.why_not

    def blind(case: Case | None, entry: Entry) -> Against:
        if case is not None and entry.effects is not None and not entry.opens:
            duty = case.obligations.get(entry.grant or "")
            entry = replace(entry, base=duty.head if duty else case.custody.head)
        return why_not(case, entry)

    patch.setattr(rulings, "why_not", blind)


def _grant_not_checked(patch: pytest.MonkeyPatch) -> None:
    why_not = fold.why_not

    def trusting(case: Case | None, entry: Entry) -> Against:
        known = case is not None and entry.grant in case.obligations
        if case is not None and not entry.opens and not known:
            entry = replace(entry, grant=case.custody.grant, base=case.custody.head, org=_turn(case, entry))
        return why_not(case, entry)

    patch.setattr(rulings, "why_not", trusting)
    patch.setattr(rulings, "_why_not_allowed", lambda case, entry, bench: None)


def _turn(case: Case, entry: Entry) -> str:
    move, offer = (entry.effects.custody if entry.effects else None), case.custody.offer
    if offer is not None and move is not None and move.op in (CustodyOp.ACCEPT, CustodyOp.REJECT):
        return offer.to
    return case.custody.holder


def _number_instead_of_grant(patch: pytest.MonkeyPatch) -> None:
    """Fence by how many rulings there were, as programs do that count versions: any event made since then passes."""
    why_not = fold.why_not

    def counting(case: Case | None, entry: Entry) -> Against:
        if case is not None and not entry.opens and entry.lamport > case.last_ruling[0]:
            entry = replace(entry, base=case.custody.head) if entry.grant == case.custody.grant else entry
        return why_not(case, entry)

    patch.setattr(rulings, "why_not", counting)


def _anyone_may_accept(patch: pytest.MonkeyPatch) -> None:
    why_not = fold.why_not

    def trusting(case: Case | None, entry: Entry) -> Against:
        move = entry.effects.custody if entry.effects else None
        if case is not None and case.custody.offer and move is not None and move.op is CustodyOp.ACCEPT:
            entry = replace(entry, org=case.custody.offer.to)
        return why_not(case, entry)

    patch.setattr(rulings, "why_not", trusting)
    patch.setattr(rulings, "_why_not_allowed", lambda case, entry, bench: None)


def _token_ignored(patch: pytest.MonkeyPatch) -> None:
    def trusting(obligation: Obligation, entry: Entry) -> Against:
        return None

    patch.setattr(fold, "_against_obligation", trusting)
    patch.setattr(rulings, "_why_not_allowed", lambda case, entry, bench: None)


def _healing_center_rules(patch: pytest.MonkeyPatch) -> None:
    setting = MemoryCenterBook.setting

    def cheerful(self: MemoryCenterBook, name: str) -> Any:
        found = setting(self, name)
        return {**found, "healing": False} if name == "center" else found

    def rule_pending(book: Any, *rest: Any) -> int:
        with pytest.MonkeyPatch.context() as inside:
            inside.setattr(MemoryCenterBook, "setting", cheerful)
            return center.rule_pending(book, *rest)

    patch.setattr("tests.simulate.center_work.rule_pending", rule_pending)


def _rules_for_others(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rulings, "ruler_of", lambda case, entry, organisations: "")


def _numbers_outside_transaction(patch: pytest.MonkeyPatch) -> None:
    """Feed positions come from a counter that no rollback takes back: what is rolled back leaves a hole."""
    heads: dict[tuple[int, str], int] = {}

    def allot(self: MemoryCenterBook, org: str) -> int:
        key = (id(self.tables), org)
        heads[key] = max(heads.get(key, 0), self.tables.feed_heads.get(org, 0)) + 1
        self.tables.feed_heads[org] = heads[key]
        return heads[key]

    patch.setattr(MemoryCenterBook, "_allot", allot)


def _seq_reused(patch: pytest.MonkeyPatch) -> None:
    """A restored PC goes on in its epoch, and its center takes whatever nonce it names."""

    def admit(store: Any, clerk: Any, station: Any, request: Any, nonce: str) -> Any:
        known = store.epoch(station.device, request.epoch)
        return known or epochs._open(store, clerk, station, request)

    patch.setattr("station_app.center.exchanging.admit", admit)
    patch.setattr(MemoryBook, "start_epoch", lambda self, epoch: None)


def _nonce_without_predecessor(patch: pytest.MonkeyPatch) -> None:
    turn = epochs.turn_nonce

    def forgetful(store: Any, clerk: Any, epoch: Any, named: str, *, forked: bool) -> Any:
        turned = turn(store, clerk, epoch, named, forked=forked)
        newest = store.epoch(epoch.device, epoch.epoch)
        fresh = replace(newest, nonce=clerk.entropy(16).hex())
        store.save_epoch(replace(fresh, previous=fresh.nonce))
        return fresh if turned else turned

    patch.setattr("station_app.center.exchanging.turn_nonce", forgetful)


def _purge_on_revoke(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("tests.fake_station.may_forget", lambda events, org, unsettled: True)


def _ruling_to_origin_only(patch: pytest.MonkeyPatch) -> None:
    place = MemoryCenterBook.place

    def narrow(self: MemoryCenterBook, placements: Any) -> None:
        events = self.tables.events
        subjects = self.tables.subjects

        def is_author(placed: Any) -> bool:
            event = events.get(placed.event_id)
            first = subjects[event.header.subject_id][0] if event is not None else None
            return placed.kind != "ruling" or first is None or first.header.org == placed.org

        place(self, [placed for placed in placements if is_author(placed)])

    patch.setattr(MemoryCenterBook, "place", narrow)


def _opinions_for_all(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(serving, "may_read", lambda audience, author, asker: True)


def _late_without_a_word(patch: pytest.MonkeyPatch) -> None:
    case_of = projection.case_of

    def silent(events: Any, own_device: str, refused: Any = None) -> Case | None:
        case = case_of(events, own_device, refused)
        return None if case is None else replace(case, not_standing={})

    patch.setattr("tests.fake_station.case_of", silent)
    patch.setattr("tests.simulate.at_rest.case_of", silent)


def _unacked_deleted(patch: pytest.MonkeyPatch) -> None:
    settle = MemoryBook.settle

    def tidy(self: MemoryBook, statuses: Any, at: str) -> None:
        settle(self, statuses, at)
        for link in [link for link, row in self.tables.outbox.items() if row.status == "refused"]:
            del self.tables.outbox[link]

    patch.setattr(MemoryBook, "settle", tidy)


def _gap_blocks(patch: pytest.MonkeyPatch) -> None:
    def strict(plan: Any, event: Any, head: Any) -> str:
        prev, seq = event.header.prev or "", event.header.seq
        if prev == head.event_id and seq == head.seq + 1:
            return "next"
        return "branch" if plan.seqs.get(prev) == seq - 1 else "ahead"

    patch.setattr(intake, "_place", strict)


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


def _noted_serials_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(MemoryBook, "raise_serial", lambda self, name, value: None)


def _limit_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Limits, "against", lambda limits, event, *, branch=False: "")


def _blocks_of_other_epochs(patch: pytest.MonkeyPatch) -> None:
    def all_held(blocks: Any, epoch: str) -> list[Any]:
        return sorted((replace(held, epoch=epoch) for held in blocks), key=lambda held: held.block)

    def without(blocks: Any, epoch: str, number: Any) -> list[Any]:
        return [replace(held, next=number.number + 1) if held.block.has(number) else held for held in blocks]

    patch.setattr(document_numbers, "held_under", all_held)
    patch.setattr("station_app.usecases.leased_numbers.without", without)


def _stays_put_away(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(MemoryCenterBook, "call_back", lambda self, org, subjects: None)


def _found_and_not_brought(patch: pytest.MonkeyPatch) -> None:
    bring = putting_away.bring_case

    def say(book: Any, org: str, number: str) -> bool:
        with pytest.MonkeyPatch.context() as inside:
            inside.setattr(MemoryCenterBook, "call_back", lambda self, org, subjects: None)
            return bring(book, org, number)

    patch.setattr("station_app.center.exchanging.bring_case", say)


def _shown_to_neighbours(patch: pytest.MonkeyPatch) -> None:
    first_viewers = intake.first_viewers

    def seen_by(event: Any) -> tuple[str, ...]:
        found = first_viewers(event)
        return (*found, NEXT_VILLAGE) if found == (VILLAGE,) else found

    patch.setattr(intake, "first_viewers", seen_by)


BROKEN = {
    "the center acks without storing": Broken(_ack_without_storing, {"I1"}),
    "a restored PC goes on in its epoch": Broken(_seq_reused, {"I1", "I5", "I10"}, {"restores"}, 1),
    "a revoke is obeyed while own work is unsent": Broken(_purge_on_revoke, {"I8", "I13"}, {"restores", "rogues"}, 49),
    "serials do not go on behind what was noted beside the journal": Broken(
        _noted_serials_forgotten, {"I2"}, {"restores"}, 3
    ),
    "both children of a base are accepted": Broken(_both_children_accepted, {"I3"}, first=13),
    "the grant is not checked": Broken(_grant_not_checked, {"I3"}, first=5),
    "a number is compared instead of the grant": Broken(_number_instead_of_grant, {"I3"}, first=13),
    "an office takes what was not offered to it": Broken(_anyone_may_accept, {"I3"}, {"rogues"}, 5),
    "the token of an obligation is ignored": Broken(_token_ignored, {"I3"}, {"rogues"}, 6),
    "a healing center rules": Broken(_healing_center_rules, {"I3"}, {"restores"}),
    "a center rules in place of another": Broken(_rules_for_others, {"I3"}, first=2),
    "the limit of a revoked PC is not looked at": Broken(_limit_ignored, {"I3"}, {"revocations"}, 2),
    "a ruling goes to the origin only": Broken(_ruling_to_origin_only, {"I4"}),
    "what is put away is not called back": Broken(_stays_put_away, {"I4", "I5"}, {"days"}, 4),
    "a case that is asked for is found and not brought": Broken(_found_and_not_brought, {"I4"}, {"days"}, 37),
    "the cursor is saved without the rows": Broken(_cursor_without_rows, {"I5"}),
    "feed rows are skipped": Broken(_rows_skipped, {"I5"}),
    "feed positions are allotted outside the transaction": Broken(_numbers_outside_transaction, {"I5"}, first=3),
    "refused rows are tidied away": Broken(_unacked_deleted, {"I7"}, {"rogues"}, 5),
    "a late event vanishes without a word": Broken(_late_without_a_word, {"I8"}, first=6),
    "opinions go to villages": Broken(_opinions_for_all, {"I9"}, first=4),
    "a case is shown to the neighbours": Broken(_shown_to_neighbours, {"I9"}),
    "a tombstone blocks what follows it": Broken(_gap_blocks, {"I10"}, {"rogues"}, 27),
    "the nonce before the last is not taken": Broken(_nonce_without_predecessor, {"I10"}),
    "a request again asks for rulings again": Broken(_replay_fills_again, {"I11"}, first=1),
    "a restored PC goes on with its block of numbers": Broken(_blocks_of_other_epochs, {"I14"}, {"restores"}, 21),
    "a refused event still counts at home": Broken(_own_refused_still_counts, {"I13"}, {"rogues"}, 6),
}
