"""Broken rules: what a center lets stand, and what everybody folds by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pytest

from station_app.domain import fold
from station_app.domain.cases import Case, Obligation
from station_app.domain.effects import CustodyOp
from station_app.domain.fold import Entry, Ruling, Verdict
from station_app.exchange import center, projection, ruled_apart, rulings
from station_app.exchange.limits import Limits
from tests.simulate.broken.variants import put_instead

Against = tuple[Verdict, str] | None


def both_children_accepted(patch: pytest.MonkeyPatch) -> None:
    why_not = fold.why_not

    def blind(case: Case | None, entry: Entry) -> Against:
        if case is not None and entry.effects is not None and not entry.opens:
            duty = case.obligations.get(entry.grant or "")
            entry = replace(entry, base=duty.head if duty else case.custody.head)
        return why_not(case, entry)

    put_instead(patch, why_not, blind)


def grant_not_checked(patch: pytest.MonkeyPatch) -> None:
    """The fence is gone, and with it what names a place behind it."""
    why_not = fold.why_not

    def trusting(case: Case | None, entry: Entry) -> Against:
        if case is not None and not entry.opens and entry.grant not in (case.custody.grant, *case.obligations):
            entry = replace(entry, grant=case.custody.grant, base=case.custody.head)
        return why_not(case, entry)

    put_instead(patch, why_not, trusting)


def number_instead_of_grant(patch: pytest.MonkeyPatch) -> None:
    """Fence by how many rulings there were, as programs do that count versions: any event made since then passes."""
    why_not = fold.why_not

    def counting(case: Case | None, entry: Entry) -> Against:
        if case is not None and not entry.opens and entry.lamport > case.last_ruling[0]:
            entry = replace(entry, base=case.custody.head) if entry.grant == case.custody.grant else entry
        return why_not(case, entry)

    put_instead(patch, why_not, counting)


def anyone_may_accept(patch: pytest.MonkeyPatch) -> None:
    why_not = fold.why_not

    def trusting(case: Case | None, entry: Entry) -> Against:
        move = entry.effects.custody if entry.effects else None
        if case is not None and case.custody.offer and move is not None and move.op is CustodyOp.ACCEPT:
            entry = replace(entry, org=case.custody.offer.to)
        return why_not(case, entry)

    put_instead(patch, why_not, trusting)
    patch.setattr(rulings, "_why_not_allowed", lambda case, entry, bench: None)


def token_ignored(patch: pytest.MonkeyPatch) -> None:
    def trusting(obligation: Obligation, entry: Entry) -> Against:
        return None

    patch.setattr(fold, "_against_obligation", trusting)
    patch.setattr(rulings, "_why_not_allowed", lambda case, entry, bench: None)


def healing_center_rules(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(center, "next_unruled", lambda book, limit, passed_over=(): list(book.unruled(limit)))


def rules_for_others(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rulings, "ruler_of", lambda case, entry, organisations: "")


def limit_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Limits, "against", lambda limits, event, *, branch=False: "")


def ordered_by_the_clock(patch: pytest.MonkeyPatch) -> None:
    """Rulings count in the order of the clocks of their centers: as long as all are right, that is theirs."""

    def by_clock(rulings: Iterable[Ruling]) -> list[Ruling]:
        def key(ruling: Ruling) -> tuple[str, tuple[int, str]]:
            return ruling.at, ruling.place

        last = {ruling.event_id: ruling for ruling in sorted(rulings, key=key)}
        return sorted(last.values(), key=key)

    patch.setattr(fold, "in_order", by_clock)


def late_without_a_word(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(fold, "set_aside_by", lambda rulings, refused: {})


def unread_passed_over(patch: pytest.MonkeyPatch) -> None:
    """A step that stands and that the program can't read is left out without a word."""
    ruled = fold._ruled

    def silent(by_id: Mapping[str, Entry], counting: Sequence[Ruling]) -> Case | None:
        case = ruled(by_id, counting)
        return replace(case, needs_upgrade=False) if case else None

    patch.setattr(fold, "_ruled", silent)


def waits_for_ever(patch: pytest.MonkeyPatch) -> None:
    """What was set aside for a base that was refused stays so, also when that base is given back and taken in."""
    put_instead(patch, ruled_apart.let_wait_no_more, lambda entries, rulings: set())


def own_refused_still_counts(patch: pytest.MonkeyPatch) -> None:
    shipping = fold.fold
    patch.setattr(
        projection, "fold", lambda entries, given, _refused=None, head=None: shipping(entries, given, None, head)
    )
