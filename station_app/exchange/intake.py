"""Taking in what a station pushes: a pure judgement of each event, in order, against what the center holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from station_app.domain.fold import WITHDRAW_REQUEST
from station_app.domain.lanes import SubjectKind
from station_app.exchange.authentic import VerifyMany, entry_of, faults, readable
from station_app.exchange.first_viewers import SEEN_BY_OTHERS, first_viewers
from station_app.exchange.intake_records import IntakePlan, IntakeView, Pusher
from station_app.exchange.limits import place_of
from station_app.exchange.overtaking import answers_offer, was_shown_to
from station_app.exchange.ports import Head, Placement, Refusal
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import BACKFILL, PushStatus

# An honest PC is ahead of its center by the events it has written since it last heard of it.
MOST_AHEAD = 1_000_000


def take_in(
    view: IntakeView, pusher: Pusher, first_link: int, events: Sequence[Event], verify_many: VerifyMany
) -> IntakePlan:
    """Return the plan for a push. Every authentic event is stored, whatever will be ruled on it later (sync.md §3).

    Args:
        pusher: it pushes only its own events, of its present epoch and of those before.
        first_link: outbox number of the first event.
    """
    known = {**dict.fromkeys(view.seqs, ""), **view.refused}
    plan = IntakePlan(link_head=view.link_head, known=known, seqs=dict(view.seqs), heads=dict(view.heads))
    plan.damaged.update(view.tombstones)
    codes = faults(events, view.known, verify_many)
    # A restored center may have forgotten a chain that good events of the push go on with.
    good = {(pusher.device, event.header.epoch) for event, code in zip(events, codes, strict=True) if not code}
    own = {*view.chains, *view.heads, *good}
    chains = [_chain_of(event, own) for event in events]
    for offset, (event, code) in enumerate(zip(events, codes, strict=True)):
        chain = _chain_around(events, chains, offset)
        _take_one(view, plan, _Pushed(pusher, first_link + offset, event, code, chain))
    return plan


def _chain_of(event: Event, own: Collection[tuple[str, str]]) -> tuple[str, str] | None:
    """Return the chain that an event says it belongs to, None where what it says can't be so."""
    chain = (event.header.origin, event.header.epoch) if readable(event) else None
    return chain if chain in own else None


def _chain_around(
    events: Sequence[Event], chains: Sequence[tuple[str, str] | None], offset: int
) -> tuple[str, str] | None:
    """Return the chain in which damaged bytes are missed: their own, or that which goes on behind them.

    Where nothing comes behind, or what begins its chain, they belong to the one before; None where that does not tell
    either: what comes next tells by the numbers of the outbox that it is behind them.
    """
    for place in range(offset, len(events)):
        if (chain := chains[place]) is not None:
            if place == offset or events[place].header.prev is not None:
                return chain
            break
    return next((before for before in reversed(chains[:offset]) if before is not None), None)


@dataclass(frozen=True, slots=True)
class _Pushed:
    by: Pusher
    link: int
    event: Event
    code: str
    place_of_damaged: tuple[str, str] | None

    @property
    def chain(self) -> tuple[str, str]:
        """Return the chain that an event belongs to whose header is as it was signed."""
        return self.by.device, self.event.header.epoch


def _take_one(view: IntakeView, plan: IntakePlan, pushed: _Pushed) -> None:
    event_id = pushed.event.event_id
    before = plan.known.get(event_id)
    if pushed.link > plan.link_head + 1:
        plan.statuses.append(PushStatus(pushed.link, "waiting", str(plan.link_head + 1)))
    elif before is not None:
        if not before:
            _pass_head(plan, pushed)
            fill(view, plan, pushed.event, pushed.code)
        _answer(plan, pushed, "refused" if before else "exists", before)
    elif pushed.code:
        # What its header says of its place can't be relied on: it comes in the place of the one that should be here,
        # unless that one was taken in before, when its bytes were still good.
        code, chain = _held_behind(view, plan, pushed) or pushed.code, pushed.place_of_damaged
        if chain is not None and pushed.link > plan.link_head:
            plan.heads[chain] = Head(plan.heads.get(chain, Head(0, "")).seq + 1, event_id)
        plan.damaged.add(pushed.link)
        _refuse(plan, pushed, code)
    else:
        _take_authentic(view, plan, pushed)


def _pass_head(plan: IntakePlan, pushed: _Pushed) -> None:
    """Move the head of a chain past an event that others had brought back before its author pushed it again."""
    header = pushed.event.header
    head = plan.heads.get(pushed.chain, Head(0, ""))
    if header.seq == head.seq + 1:
        plan.heads[pushed.chain] = Head(header.seq, pushed.event.event_id)


def _take_authentic(view: IntakeView, plan: IntakePlan, pushed: _Pushed) -> None:
    header = pushed.event.header
    head = plan.heads.get(pushed.chain, Head(0, ""))
    if header.origin != pushed.by.device:
        _refuse(plan, pushed, "origin-foreign")
        return
    place = _place(plan, pushed.event, head)
    if place == "ahead" and _has_gone_astray(
        plan, pushed.chain, loses=not view.limits.against(pushed.event, branch=True)
    ):
        place = "next"
    if place in ("ahead", "lost") and _cannot_tell(view, plan, pushed):
        place = "next" if header.seq > head.seq else "branch"
    if place == "lost":
        _refuse(plan, pushed, _held_behind(view, plan, pushed) or "fork")
    elif place == "ahead":
        plan.statuses.append(PushStatus(pushed.link, "waiting", str(head.seq + 1)))
    else:
        plan.forked |= (place == "branch" or place_of(pushed.event) in view.brought) and header.epoch == pushed.by.epoch
        after = Head(max(head.seq, header.seq), pushed.event.event_id if header.seq > head.seq else head.event_id)
        held = view.limits.against(pushed.event, branch=place == "branch" or place_of(pushed.event) in view.taken)
        code = held or misplaced(view, plan, pushed.event)
        plan.heads[pushed.chain] = after
        if code:
            _refuse(plan, pushed, code)
        else:
            _store(view, plan, pushed)


def _place(plan: IntakePlan, event: Event, head: Head) -> str:
    """Tell where an event goes: next in its chain, on a branch beside it (kept as well), ahead of it, or nowhere."""
    header = event.header
    prev = header.prev or ""
    if header.seq == head.seq + 1 and _follows(plan, prev, head):
        return "next"
    if header.seq > head.seq and plan.known.get(prev):
        # Behind a tombstone, wherever that was counted.
        return "next"
    before = plan.seqs.get(prev, 0 if header.prev is None else None)
    if before == header.seq - 1:
        # Others may have brought what it follows, which moved no head.
        return "branch" if header.seq <= head.seq else "next"
    return "ahead" if header.seq > head.seq else "lost"


def _cannot_tell(view: IntakeView, plan: IntakePlan, pushed: _Pushed) -> bool:
    """Tell whether it is not known what an event comes behind: it is taken in, and what is lacking may come yet.

    That came as damaged bytes, whose place a copy of this PC has taken; or the center was restored and has forgotten
    it, and heals, or its author is one of two copies, with which it compares nothing.
    """
    forgotten = view.healing or (view.restored and bool(pushed.by.review))
    return forgotten or pushed.link - 1 in plan.damaged


def _has_gone_astray(plan: IntakePlan, chain: tuple[str, str], *, loses: bool) -> bool:
    """Tell whether the event that is missed came damaged and was counted in another chain, which loses it again.

    It came alone, and its bytes did not say to which of the PC's chains it belongs.

    Args:
        loses: the other chain does so; not that of a revoked PC, where a place that counts would be free by it.
    """
    for other, head in plan.heads.items():
        if other != chain and other[0] == chain[0] and plan.known.get(head.event_id):
            if loses:
                plan.heads[other] = Head(head.seq - 1, head.event_id)
            return True
    return False


def _held_behind(view: IntakeView, plan: IntakePlan, pushed: _Pushed) -> str:
    """Return why an event is held whose place its own chain has passed, "" for one that counts or is no such.

    Whatever else is wrong with it, it was not here when the limit was set; judged anew it would count by its number.
    But a center that was restored may have lost it.
    """
    if not readable(pushed.event) or pushed.event.header.origin != pushed.by.device:
        return ""
    header = pushed.event.header
    if header.seq > plan.heads.get((header.origin, header.epoch), Head(0, "")).seq:
        return ""
    return view.limits.against(pushed.event, branch=not view.restored or place_of(pushed.event) in view.taken)


def admit(view: IntakeView, event: Event, verify_many: VerifyMany) -> tuple[IntakePlan, str]:
    """Return the plan for an event that was held until two persons took it in, or why it can't be taken in."""
    plan = IntakePlan(seqs=dict(view.seqs))
    code = faults([event], view.known, verify_many)[0] or misplaced(view, plan, event)
    if not code:
        keep(view, plan, event)
    return plan, code


def _follows(plan: IntakePlan, prev: str, head: Head) -> bool:
    # The bytes behind a tombstone may be damaged ones: then the next event names a hash that nobody has. Or the event
    # before this one is a tombstone itself, whose place in the chain another one has.
    return prev == head.event_id or bool(plan.known.get(head.event_id)) or bool(plan.known.get(prev))


def too_far_ahead(view: IntakeView, event: Event) -> bool:
    """Tell whether an event would let the numbers run out of all who go on with it."""
    return event.header.lamport > view.lamport + MOST_AHEAD


def misplaced(view: IntakeView, plan: IntakePlan, event: Event) -> str:
    """Return "" where an event of its author's office may go on with its subject or begin it, or why it may not."""
    header = event.header
    if too_far_ahead(view, event):
        return "lamport-ahead"
    viewers = plan.viewers.get(header.subject, view.viewers.get(header.subject))
    if viewers is None:
        return _why_not_new(view, plan, event)
    if view.healing:
        # Who sees it is not known again before its opening has come back, and has been ruled on.
        return ""
    lost = view.restored and header.base is not None and header.base not in plan.seqs
    if header.org in viewers or lost or _overtakes(view, plan, event):
        return ""
    if _begins_late(view, plan, event):
        return _why_not_for(view, event)
    # Who names an event of the case has seen it: an answer to an offer that was reclaimed meanwhile is kept, and ruled.
    has_seen = any(held.event_id == header.base or was_shown_to(event, held) for held in view.held(plan, event))
    return "" if has_seen else "not-a-party"


def _why_not_new(view: IntakeView, plan: IntakePlan, event: Event) -> str:
    header = event.header
    under_other_kinds = [(kind.value, header.subject_id) for kind in SubjectKind]
    taken = any(subject in view.viewers or subject in plan.viewers for subject in under_other_kinds)
    if taken or not (begins(view, event) or _overtakes(view, plan, event)):
        return "subject-unknown"
    return _why_not_for(view, event)


def _overtakes(view: IntakeView, plan: IntakePlan, event: Event) -> bool:
    base = event.header.base or ""
    return not (base in plan.seqs or base in view.refused or plan.known.get(base)) and answers_offer(event)


def _why_not_for(view: IntakeView, event: Event) -> str:
    """Return "" where an event may begin its subject for whoever sees that from then on, or why it may not."""
    org = event.header.org
    to = set(first_viewers(event)) - {org}
    return "" if all(view.organisations.has_batches_between(org, other) for other in to) else "not-a-party"


def begins_subject(event: Event) -> bool:
    """Tell whether an event is the one with which a subject begins, whatever has come before it."""
    return entry_of(event, "").opens or len(first_viewers(event)) > 1


def begins(view: IntakeView, event: Event) -> bool:
    """Tell whether a subject may begin with this event: an opening, a batch, or anything at a restored center."""
    return view.restored or event.header.subject_kind == SubjectKind.BATCH or entry_of(event, "").opens


def _refuse(plan: IntakePlan, pushed: _Pushed, code: str) -> None:
    plan.refused.append(Refusal(pushed.link, pushed.event, code))
    plan.known[pushed.event.event_id] = code
    _answer(plan, pushed, "refused", code)


def _store(view: IntakeView, plan: IntakePlan, pushed: _Pushed) -> None:
    keep(view, plan, pushed.event)
    note_review(plan, pushed.by, pushed.event)
    _answer(plan, pushed, "stored")


def note_review(plan: IntakePlan, by: Pusher, event: Event) -> None:
    """Let a person look at a custody event of a PC's own that it brings, where there is a reason to."""
    if by.review and event.header.subject_kind == SubjectKind.CASE and entry_of(event, "").in_custody_lane:
        plan.reviews[event.event_id] = by.review


def keep(view: IntakeView, plan: IntakePlan, event: Event) -> None:
    """Add an authentic event to the plan: into the journal, into the feeds of who sees it, before the ruler."""
    header = event.header
    before = plan.viewers.get(header.subject, view.viewers.get(header.subject))
    begins_now = begins_subject(event) if before is None else _begins_late(view, plan, event)
    plan.stored.append(event)
    plan.known[event.event_id] = ""
    plan.seqs[event.event_id] = header.seq
    if event.event_id in view.refused:
        plan.released.append(event.event_id)
    viewers = before or ()
    if begins_now:
        viewers = (*viewers, *(org for org in first_viewers(event) if org not in viewers))
    if before is None or viewers != before:
        # What goes on with a subject that has not come back yet says of nobody that he saw it.
        plan.viewers[header.subject] = viewers
    if before is not None and viewers != before:
        plan.widened[header.subject] = viewers
    # Its own office has it in any case, also where it sees the case no more; or both would never have the same.
    told = viewers if header.org in viewers or header.type in SEEN_BY_OTHERS else (*viewers, header.org)
    # A PC may have been told, in a numbering that is lost, that it sees the case no more.
    kind = BACKFILL if view.healing else "new"
    plan.placements.extend(Placement(org, kind if org in viewers else "new", event.event_id) for org in told)
    if header.subject_kind == SubjectKind.CASE and needs_ruler(event):
        plan.unruled.append(header.subject_id)


def _begins_late(view: IntakeView, plan: IntakePlan, event: Event) -> bool:
    """Tell whether a subject begins with this event, which comes after what goes on with it.

    Who writes once more what it has begun with comes to see nothing by that.
    """
    return begins_subject(event) and not any(begins_subject(held) for held in view.held(plan, event))


def fill(view: IntakeView, plan: IntakePlan, event: Event, code: str) -> None:
    """Add the body of an event that is held without it, and bring the event once more to those who see it."""
    if event.event_id in view.bodiless and event.body is not None and not code:
        plan.filled.append(event)
        viewers = view.viewers.get(event.header.subject, ())
        plan.placements.extend(Placement(org, BACKFILL, event.event_id) for org in viewers)
        if event.header.subject_kind == SubjectKind.CASE and needs_ruler(event):
            plan.unruled.append(event.header.subject_id)


def needs_ruler(event: Event) -> bool:
    """Tell whether a case has to go before the ruler because of an event: it is ruled, or changes who sees the case."""
    entry = entry_of(event, "")
    remark = entry.effects.remark if entry.effects else None
    asks_back = remark is not None and remark.get("kind") == WITHDRAW_REQUEST
    return entry.in_custody_lane or asks_back or event.header.type in SEEN_BY_OTHERS


def _answer(plan: IntakePlan, pushed: _Pushed, status: str, code: str = "") -> None:
    plan.statuses.append(PushStatus(pushed.link, status, code))
    plan.link_head = max(plan.link_head, pushed.link)
