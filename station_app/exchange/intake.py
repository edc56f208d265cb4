"""Taking in what a station pushes: a pure judgement of each event, in order, against what the center holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from station_app.domain.lanes import SubjectKind
from station_app.domain.organisations import Organisations
from station_app.exchange.authentic import Credentials, VerifyMany, entry_of, faults
from station_app.exchange.limits import Limits
from station_app.exchange.ports import Head, Placement, Refusal, Subject
from station_app.protocol.event import Event
from station_app.protocol.wire import PushStatus

# An honest PC is ahead of its center by the events it has written since it last heard of it.
MOST_AHEAD = 1_000_000


@dataclass(frozen=True, slots=True)
class IntakeView:
    """What the center holds that matters to one push.

    Args:
        link_head: last outbox number taken in from this device and epoch.
        heads: the chains that the events belong to.
        ids_at: ids held at (origin, epoch, seq), refused ones included.
        refused: events refused before, the head of the chain among them, with the reason, by id.
        viewers: of the subjects that exist.
        lamport: the highest that the center has seen.
        organisations: the offices in force.
        known: credentials of the signers.
        limits: how far the events of revoked PCs and disabled workers count.
    """

    link_head: int
    heads: Mapping[tuple[str, str], Head]
    ids_at: Mapping[tuple[str, str, int], str]
    refused: Mapping[str, str]
    viewers: Mapping[Subject, tuple[str, ...]]
    lamport: int
    organisations: Organisations
    known: Credentials
    limits: Limits = field(default_factory=Limits)


@dataclass
class IntakePlan:
    """What to write, in one transaction, and what to answer.

    `known` has what is held or was refused, by id: "" or the code.
    """

    statuses: list[PushStatus] = field(default_factory=list)
    stored: list[Event] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    heads: dict[tuple[str, str], Head] = field(default_factory=dict)
    viewers: dict[Subject, tuple[str, ...]] = field(default_factory=dict)
    placements: list[Placement] = field(default_factory=list)
    unruled: list[str] = field(default_factory=list)
    link_head: int = 0
    known: dict[str, str] = field(default_factory=dict)


def take_in(
    view: IntakeView, chain: tuple[str, str], first_link: int, events: Sequence[Event], verify_many: VerifyMany
) -> IntakePlan:
    """Return the plan for a push. Every authentic event is stored, whatever will be ruled on it later (sync.md §3).

    Args:
        chain: the (device, epoch) that signed the request; it pushes only its own events.
        first_link: outbox number of the first event.
    """
    plan = IntakePlan(link_head=view.link_head, known={**dict.fromkeys(view.ids_at.values(), ""), **view.refused})
    codes = faults(events, view.known, verify_many)
    for offset, (event, code) in enumerate(zip(events, codes, strict=True)):
        _take_one(view, plan, _Pushed(chain, first_link + offset, event, code))
    return plan


@dataclass(frozen=True, slots=True)
class _Pushed:
    chain: tuple[str, str]
    link: int
    event: Event
    code: str


def _take_one(view: IntakeView, plan: IntakePlan, pushed: _Pushed) -> None:
    head = plan.heads.get(pushed.chain) or view.heads.get(pushed.chain) or Head(0, "")
    event_id = pushed.event.event_id
    before = plan.known.get(event_id)
    if pushed.link > plan.link_head + 1:
        plan.statuses.append(PushStatus(pushed.link, "waiting", str(plan.link_head + 1)))
    elif before is not None:
        _answer(plan, pushed, _word(before) if before else "exists", before)
    elif pushed.code:
        # What its header says of its place can't be relied on: it comes in the place of the one that should be here,
        # unless that one was taken in before, when its bytes were still good.
        new = pushed.link > plan.link_head
        _refuse(plan, pushed, pushed.code, Head(head.seq + 1, event_id) if new else head)
    else:
        _take_authentic(view, plan, pushed, head)


def _take_authentic(view: IntakeView, plan: IntakePlan, pushed: _Pushed, head: Head) -> None:
    header = pushed.event.header
    if (header.origin, header.epoch) != pushed.chain:
        _refuse(plan, pushed, "origin-foreign", head)
    elif header.seq <= head.seq:
        _refuse(plan, pushed, "fork", head)
    elif header.seq > head.seq + 1 or not _follows(plan, header.prev or "", head):
        plan.statuses.append(PushStatus(pushed.link, "waiting", str(head.seq + 1)))
    elif code := view.limits.against(pushed.event) or _misplaced(view, plan, pushed.event):
        _refuse(plan, pushed, code, Head(header.seq, pushed.event.event_id))
    else:
        _store(view, plan, pushed)


def admit(view: IntakeView, event: Event, verify_many: VerifyMany) -> tuple[IntakePlan, str]:
    """Return the plan for an event that was held until two persons took it in, or why it can't be taken in."""
    plan = IntakePlan(link_head=view.link_head)
    code = faults([event], view.known, verify_many)[0] or _misplaced(view, plan, event)
    if not code:
        _store(view, plan, _Pushed((event.header.origin, event.header.epoch), 0, event, ""))
    return plan, code


def _follows(plan: IntakePlan, prev: str, head: Head) -> bool:
    # The bytes behind a tombstone may be damaged ones: then the next event names a hash that nobody has. Or the event
    # before this one is a tombstone itself, a fork, whose place in the chain another one has.
    return prev == head.event_id or bool(plan.known.get(head.event_id)) or bool(plan.known.get(prev))


def _misplaced(view: IntakeView, plan: IntakePlan, event: Event) -> str:
    header = event.header
    if header.lamport > view.lamport + MOST_AHEAD:
        return "lamport-ahead"
    viewers = plan.viewers.get(header.subject) or view.viewers.get(header.subject)
    if viewers is None:
        return _why_not_new(view, plan, event)
    return "" if header.org in viewers else "not-a-party"


def _why_not_new(view: IntakeView, plan: IntakePlan, event: Event) -> str:
    header = event.header
    under_other_kinds = [(kind.value, header.subject_id) for kind in SubjectKind]
    taken = any(subject in view.viewers or subject in plan.viewers for subject in under_other_kinds)
    if taken or not (header.subject_kind == SubjectKind.BATCH or entry_of(event, "").opens):
        return "subject-unknown"
    superior = view.organisations.parent(header.org) if header.org in view.organisations else None
    to = set(first_viewers(event)) - {header.org}
    return "not-a-party" if to - {superior.code if superior else ""} else ""


def _refuse(plan: IntakePlan, pushed: _Pushed, code: str, head: Head) -> None:
    plan.refused.append(Refusal(pushed.link, pushed.event, code))
    plan.heads[pushed.chain] = head
    plan.known[pushed.event.event_id] = code
    _answer(plan, pushed, _word(code), code)


def _word(code: str) -> str:
    return "fork" if code == "fork" else "refused"


def _store(view: IntakeView, plan: IntakePlan, pushed: _Pushed) -> None:
    event, header = pushed.event, pushed.event.header
    plan.stored.append(event)
    plan.known[event.event_id] = ""
    plan.heads[pushed.chain] = Head(header.seq, event.event_id)
    viewers = plan.viewers.get(header.subject) or view.viewers.get(header.subject)
    if viewers is None:
        viewers = first_viewers(event)
        plan.viewers[header.subject] = viewers
    plan.placements.extend(Placement(org, "new", event.event_id) for org in viewers)
    if header.subject_kind == SubjectKind.CASE and entry_of(event, "").in_custody_lane:
        plan.unruled.append(header.subject_id)
    _answer(plan, pushed, "stored")


def first_viewers(event: Event) -> tuple[str, ...]:
    """Return who sees a subject from its first event on: the office that made it, and for a batch whom it is for."""
    org = event.header.org
    if event.header.subject_kind != SubjectKind.BATCH:
        return (org,)
    batch = (event.effects or {}).get("batch", {})
    to = batch.get("to") if isinstance(batch, dict) else None
    return (org, to) if isinstance(to, str) and to != org else (org,)


def _answer(plan: IntakePlan, pushed: _Pushed, status: str, code: str = "") -> None:
    plan.statuses.append(PushStatus(pushed.link, status, code))
    plan.link_head = max(plan.link_head, pushed.link)
