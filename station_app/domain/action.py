"""What an action is: data and one pure function. Menu, form, permission, sync and center read it from the registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from station_app.domain.calendar import Calendar
from station_app.domain.cases import STATE_LABELS, Case, CaseState
from station_app.domain.effects import CustodyOp, Effects, ObligationOp
from station_app.domain.errors import StationError
from station_app.domain.forms import Field
from station_app.domain.items import Item
from station_app.domain.lanes import Audience, Lane
from station_app.domain.organisations import Organisation, Organisations
from station_app.domain.people import ROLE_LABELS, Role, Worker


class Turn(StrEnum):
    """Whose turn an action is."""

    OPENER = "opener"
    CUSTODIAN = "custodian"
    TAKER = "taker"
    OBLIGEE = "obligee"
    VIEWER = "viewer"
    COLLEAGUE = "colleague"
    ARBITER = "arbiter"


@dataclass(frozen=True, slots=True)
class ActionContext:
    """Everything an action may look at besides the case and the form; no clock, disk or chance behind it.

    Args:
        office: where the worker sits.
        device: this PC's id.
        today: the local date (Asia/Shanghai).
        now: UTC stamp of this PC's clock.
        item: for an opening, the item chosen, from the directory in force.
        directory: for an opening, the directory it comes from: number, hash, version, sample.
        number: for an opening, the 代办登记号 allotted to it.
        batch: for a hand-over, the batch it belongs to.
        document_number: the 文号 allotted to the paper, "" where it is numbered by hand.
    """

    office: Organisation
    worker: Worker
    device: str
    today: date
    calendar: Calendar
    organisations: Organisations
    item: Item | None = None
    directory: Mapping[str, Any] | None = None
    number: str = ""
    batch: str | None = None
    now: str = ""
    document_number: str = ""


Apply = Callable[[Case | None, Mapping[str, Any], ActionContext], Effects]
Guard = Callable[[Case, Organisation, str], None]


def nothing_more(_case: Case, _office: Organisation, _person: str) -> None:
    """Guard nothing beyond turn, role and state."""


def at_any_time(_case: Case, _now: str) -> bool:
    """Let an action be done whenever its turn is."""
    return True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an action may do to state, custody and obligations; a center lets nothing else stand under its name."""

    state: CaseState | None = None
    move: CustodyOp | None = None
    duty: ObligationOp | None = None


def outcome_of(effects: Effects) -> Outcome:
    """Return what effects do to state, custody and obligations."""
    move, duty = effects.custody, effects.obligation
    return Outcome(effects.state, move.op if move else None, duty.op if duty else None)


@dataclass(frozen=True, slots=True)
class CaseAction:
    """One thing that can happen to a case.

    Args:
        code: stable name, the event's type.
        label: what the worker reads on the button.
        help: one sentence: when to use it.
        turn: whose turn it is.
        roles: who may do it; one of them is enough.
        from_states: states it starts from; empty for an opening.
        fields: the form.
        apply: (case, form values, context) to effects; pure.
        guard: (case, office, person id) refuses with a StationError what can be told before the form is filled in; a
            menu leaves it out then, and a center rules by it as well.
        outcome: what it does to state, custody and obligations.
        lane: custody or open.
        audience: who receives the body.
        in_batch: done for many cases at once through a batch, not alone.
        prints: the document that goes with it, by name.
        online: only where the center has just answered; never offline.
        is_time: (case, UTC stamp) tells whether it may be done yet; a menu leaves it out before.
        for_batch: can be done at once for every case that is on the road with this one.
        numbers: the fact that holds the 文号 of its paper, "" for none; the form's field is `document_number`.
        takes_files: its form holds a file, so it has a place of its own in the windows and stands in no menu.
    """

    code: str
    label: str
    help: str
    turn: Turn
    roles: frozenset[Role]
    from_states: frozenset[CaseState]
    fields: tuple[Field, ...]
    apply: Apply
    lane: Lane = Lane.CUSTODY
    audience: Audience = Audience.PARTIES
    in_batch: bool = False
    guard: Guard = nothing_more
    outcome: Outcome = Outcome()
    prints: str | None = None
    online: bool = False
    is_time: Callable[[Case, str], bool] = at_any_time
    for_batch: bool = False
    numbers: str = ""
    takes_files: bool = False


@dataclass(frozen=True, slots=True)
class Fence:
    """What a custody-lane event names: the custody (or obligation) it is under, and the event it follows."""

    grant: str | None = None
    base: str | None = None


def fence(action: CaseAction, case: Case | None, office: str, device: str) -> Fence:
    """Return the grant and base for the action, having made sure that it is this office's and this PC's turn.

    Raises:
        StationError: `case-on-the-road`, `case-ended`, `not-the-holder`, `held-by-other-pc`, `not-offered`,
            `no-obligation`, `not-a-party`, `needs-upgrade`, `nothing-to-reclaim`, `held-by-this-pc`.
    """
    if action.turn is Turn.OPENER or case is None:
        return Fence()
    if action.turn is Turn.VIEWER:
        # An arbiter that has the case was asked, or the time lock of the hand-over is over.
        if office not in case.seen_by and not case.waits_for(office):
            raise StationError("not-a-party", case=case.number)
        return Fence()
    if case.needs_upgrade:
        raise StationError("needs-upgrade", case=case.number)
    if action.turn is Turn.OBLIGEE:
        duty = case.open_obligation("deliver", office)
        if duty is None:
            raise StationError("no-obligation", case=case.number)
        return Fence(duty.token, duty.head)
    _check_turn(action.turn, case, office, device)
    return Fence(case.custody.grant, case.custody.head)


def _check_turn(turn: Turn, case: Case, office: str, device: str) -> None:
    offer = case.custody.offer
    if turn is Turn.TAKER:
        if offer is None or offer.to != office:
            raise StationError("not-offered", case=case.number)
    elif turn is Turn.ARBITER:
        if offer is None or offer.arbiter != office:
            raise StationError("nothing-to-reclaim", case=case.number)
    else:
        _check_holder(case, office)
        _check_pc(turn, case, device)


def _check_pc(turn: Turn, case: Case, device: str) -> None:
    mine = case.custody.device == device
    if turn is Turn.COLLEAGUE and mine:
        raise StationError("held-by-this-pc", case=case.number)
    if turn is not Turn.COLLEAGUE and not mine:
        raise StationError("held-by-other-pc", case=case.number)


def _check_holder(case: Case, office: str) -> None:
    custody = case.custody
    if custody.ended:
        raise StationError("case-ended", case=case.number)
    if custody.holder != office:
        raise StationError("not-the-holder", case=case.number, holder=custody.holder)
    if custody.offer is not None:
        raise StationError("case-on-the-road", case=case.number, to=custody.offer.to)


def check_may(action: CaseAction, case: Case | None, worker: Worker) -> None:
    """Refuse an action that this worker or this state does not allow: `role-missing`, `state-wrong`.

    And one on a case that this office had to forget (`case-not-seen`): what was written on it nobody here would see.
    """
    if not action.roles & worker.roles:
        allowed = "、".join(sorted(ROLE_LABELS[role] for role in action.roles))
        raise StationError("role-missing", action=action.label, roles=allowed)
    if case is not None and action.from_states and case.state not in action.from_states:
        raise StationError("state-wrong", action=action.label, case=case.number, state=STATE_LABELS[case.state])
    if case is not None and case.forgotten:
        raise StationError("case-not-seen", case=case.number)
