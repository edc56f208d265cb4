"""The center's side of an exchange: take in, rule, serve the feed; each in one transaction of the book it is given."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from station_app.domain.cases import POSSIBLE_DUPLICATE
from station_app.domain.effects import Effects
from station_app.domain.fold import Verdict, fold
from station_app.domain.lanes import Audience, SubjectKind
from station_app.domain.organisations import Organisations
from station_app.exchange.authentic import RULING, Credentials, VerifyMany, readable, ruling_of, split
from station_app.exchange.duplicates import Errand, errand_of, pairs, remark_on
from station_app.exchange.files_named import note_files
from station_app.exchange.healing_state import is_healing
from station_app.exchange.intake import admit, take_in
from station_app.exchange.intake_records import IntakePlan, Pusher
from station_app.exchange.intake_view import intake_view
from station_app.exchange.numbers_seen import note_numbers
from station_app.exchange.obeying import obey_removals
from station_app.exchange.overdue_offers import seen_by_at
from station_app.exchange.ports import CenterBook, Head, Placement, Refusal, Subject
from station_app.exchange.relayed import take_relayed
from station_app.exchange.removed import emptied_by
from station_app.exchange.rulings import Bench, NewRuling, judge_afar, rule
from station_app.exchange.unfolded import who_saw
from station_app.exchange.writing import Chain, Draft, Pen, write_event
from station_app.protocol.event import SALT_BYTES, Event
from station_app.protocol.exchange_records import BACKFILL, OWN, ExchangeRequest, PushStatus


@dataclass(frozen=True, slots=True)
class CenterDesk:
    """What a center needs to write its own events.

    Args:
        org: the center's office code.
        pen: its signing key.
        entropy: random bytes, for salts.
        keyed_hash: of a text, under a key that no database has; by it the same errand is found at two places.
    """

    org: str
    pen: Pen
    entropy: Callable[[int], bytes]
    keyed_hash: Callable[[str], str]


def accept_push(book: CenterBook, pusher: Pusher, request: ExchangeRequest, verify_many: VerifyMany) -> IntakePlan:
    """Take in the events of a request and return what to answer; the caller commits before it answers."""
    view = intake_view(book, request.events, pusher)
    plan = take_in(view, pusher, request.first_link, request.events, verify_many)
    book.add_refusals(pusher.device, pusher.epoch, plan.refused)
    book.save_heads(plan.heads)
    plan.unruled += _waited_for(book, [r.event for r in plan.refused if readable(r.event)], view.viewers)
    write_plan(book, plan)
    epoch = book.epoch(pusher.device, pusher.epoch)
    if epoch is not None and epoch.link != plan.link_head:
        book.save_epoch(replace(epoch, link=plan.link_head))
    return plan


def _waited_for(book: CenterBook, refused: Sequence[Event], known: Collection[Subject]) -> list[str]:
    """Return the cases in which an answer that came first has waited for an event that is refused now."""
    ids = {event.event_id for event in refused}
    cases = {event.header.subject_id for event in refused if event.header.subject in known}
    streams = book.case_events(cases) if cases else {}
    return [case for case, stream in streams.items() if any(event.header.base in ids for event in stream)]


def call_back_brought(book: CenterBook, org: str, events: Sequence[Event]) -> None:
    """Call back, for an office, the subjects of which it brings something, as far as it was taken in or known before.

    Whoever brings what was known was set back to before it was put away, and may have only a part of it. What is new
    does so too, also where no feed here gets it any more: a request that comes twice finds no more to do than once.
    """
    here = book.seqs([event.event_id for event in events])
    book.call_back(org, sorted({event.header.subject for event in events if event.event_id in here}))


def accept_link(
    book: CenterBook,
    pusher: Pusher,
    request: ExchangeRequest,
    verify_many: VerifyMany,
    may_bring: Callable[[str], bool],
    county: str,
) -> IntakePlan:
    """Take in what the center of a county relays: events of its own offices, under the numbers of its link alone."""
    epoch = book.epoch(pusher.device, pusher.epoch)
    link_head = epoch.link if epoch else 0
    if request.events and request.first_link > link_head + 1:
        late = [
            PushStatus(request.first_link + offset, "waiting", str(link_head + 1))
            for offset in range(len(request.events))
        ]
        return IntakePlan(statuses=late, link_head=link_head)
    # What a case begins with may have been refused there, or lost; the rest of it is known there and here all the same.
    view = replace(intake_view(book, request.events, None), restored=True)
    relayed = take_relayed(view, request.events, verify_many, may_bring)
    plan = relayed.plan
    for link, (event, code) in enumerate(zip(request.events, relayed.codes, strict=True), start=request.first_link):
        plan.statuses.append(PushStatus(link, "refused" if code else "stored", code))
        if code and link > link_head:
            plan.refused.append(Refusal(link, event, code))
    plan.link_head = max(link_head, request.first_link + len(request.events) - 1)
    book.add_refusals(pusher.device, pusher.epoch, plan.refused)
    _mark_as_own(plan, book.organisations(), county)
    write_plan(book, plan)
    _tell_authors(book, plan.stored)
    if epoch is not None and epoch.link != plan.link_head:
        book.save_epoch(replace(epoch, link=plan.link_head))
    return plan


def admit_held(book: CenterBook, event: Event, verify_many: VerifyMany) -> str:
    """Take in one event that was held; its place in its chain stays that of its tombstone. Return "" or why not."""
    plan, code = admit(intake_view(book, [event], None), event, verify_many)
    write_plan(book, plan)
    return code


def _mark_as_own(plan: IntakePlan, organisations: Organisations, county: str) -> None:
    """Mark what goes into the feed of the center that has just brought it: it comes back there as its id alone."""
    plan.placements = [
        replace(placed, kind=OWN)
        if placed.kind != BACKFILL and placed.org in organisations and organisations.is_served_by(placed.org, county)
        else placed
        for placed in plan.placements
    ]


def write_plan(book: CenterBook, plan: IntakePlan) -> None:
    """Write what was taken in: journal, viewers, feeds, and what goes before the ruler."""
    book.add_events(plan.stored)
    book.release(plan.released)
    book.fill_bodies(plan.filled)
    book.save_viewers(plan.viewers)
    book.place(plan.placements)
    book.place(_told_of_rulings(book, plan.stored))
    for (_, subject_id), orgs in plan.widened.items():
        events = book.case_events([subject_id]).get(subject_id, ())
        book.place([Placement(org, BACKFILL, event.event_id) for event in events for org in orgs])
    book.add_reviews(plan.reviews)
    note_numbers(book, [*plan.stored, *plan.filled])
    note_files(book, [*plan.stored, *plan.filled])
    book.mark_unruled(plan.unruled)
    obey_removals(book, [*plan.stored, *plan.filled], [refusal.event for refusal in plan.refused])


def _told_of_rulings(book: CenterBook, stored: Sequence[Event]) -> list[Placement]:
    """Return what tells each author of another center's word on an event, also where it sees the case no more."""
    ruled = {ruling.event_id: event for event in stored if (ruling := ruling_of(event)) is not None}
    streams = book.case_events({event.header.subject_id for event in ruled.values()}) if ruled else {}
    judged = [event for stream in streams.values() for event in stream if event.event_id in ruled]
    return [Placement(event.header.org, "ruling", ruled[event.event_id].event_id) for event in judged]


def _tell_authors(book: CenterBook, stored: Sequence[Event]) -> None:
    """Tell whoever wrote what was relayed now, and does not see the case here, what centers have ruled in it.

    An office of another county may see it there all the same: that county was restored, and knows only by the rulings
    who sees the case.
    """
    brought = {event.event_id for event in stored}
    streams = book.case_events({event.header.subject_id for event in stored})
    viewers = book.viewers({event.header.subject for event in stored})
    found: list[Placement] = []
    for stream in streams.values():
        seen_by = viewers.get(stream[0].header.subject, ()) if stream else ()
        rulings = [event for event in stream if event.header.type == RULING]
        authors = {event.header.org for event in stream if event.event_id in brought and event.header.actor is not None}
        found += [Placement(org, "ruling", r.event_id) for r in rulings for org in sorted(authors.difference(seen_by))]
    book.place(found)


def next_unruled(book: CenterBook, limit: int, passed_over: Collection[str] = ()) -> list[str]:
    """Return at most `limit` cases that wait to be ruled on, but for some."""
    if is_healing(book):
        return []
    return [case for case in book.unruled(limit + len(passed_over)) if case not in passed_over][:limit]


def rule_pending(
    book: CenterBook, desk: CenterDesk, claimed_at: str, limit: int, passed_over: Collection[str] = ()
) -> int:
    """Rule on at most `limit` cases that wait for it and return how many there were; one transaction for all."""
    waiting = next_unruled(book, limit, passed_over)
    rule_cases(book, desk, claimed_at, waiting)
    return len(waiting)


def rule_cases(book: CenterBook, desk: CenterDesk, claimed_at: str, waiting: Sequence[str]) -> None:
    """Rule on these cases in one transaction."""
    if not waiting:
        return
    streams = book.case_events(waiting)
    known = book.credentials({event.header.origin for events in streams.values() for event in events})
    before = book.viewers([(SubjectKind.CASE.value, case_id) for case_id in waiting])
    bench = Bench(
        here=desk.org,
        organisations=book.organisations(),
        now=claimed_at,
        refused=_refused_bases(book, streams),
        reviews=_reviews(book, [event for events in streams.values() for event in events]),
    )
    round_ = _Round(desk, bench, known, book.chain(), dict(before))
    for case_id in waiting:
        _rule_case(round_, case_id, streams[case_id])
    _tell_duplicates(book, round_)
    book.add_events(round_.written)
    book.save_heads({(round_.chain.origin, round_.chain.epoch): Head(round_.chain.seq, round_.chain.prev or "")})
    book.save_viewers({subject: orgs for subject, orgs in round_.viewers.items() if orgs != before.get(subject)})
    book.place(round_.placements)
    book.place_revocations(round_.revoked)
    book.mark_ruled(waiting)


def _refused_bases(book: CenterBook, streams: Mapping[str, Sequence[Event]]) -> frozenset[str]:
    events = [event for stream in streams.values() for event in stream]
    missing = {event.header.base for event in events if event.header.base} - {event.event_id for event in events}
    return frozenset(book.refused_ids(missing)) if missing else frozenset()


def _reviews(book: CenterBook, events: Sequence[Event]) -> dict[str, str]:
    """Return which events a person has to look at, with the reason.

    Among them what came in after its PC was revoked: to a center that was restored and had forgotten the revocation.
    """
    limits = book.limits()
    late = {event.event_id: code for event in events if (code := limits.against(event))}
    return {**book.reviews([event.event_id for event in events]), **late}


@dataclass(slots=True)
class _Round:
    """One transaction's rulings on the way to the book, so that all of them are written with a few statements."""

    desk: CenterDesk
    bench: Bench
    known: Credentials
    chain: Chain
    viewers: dict[Subject, tuple[str, ...]]
    written: list[Event] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)
    revoked: list[tuple[str, Subject]] = field(default_factory=list)
    opened: list[Errand] = field(default_factory=list)


def _rule_case(round_: _Round, case_id: str, events: Sequence[Event]) -> None:
    entries, rulings = split(events, "", round_.known)
    before = round_.viewers.get((SubjectKind.CASE.value, case_id), ())
    previous = max(rulings, key=lambda ruling: ruling.place).ruling_id if rulings else None
    lamport = max(event.header.lamport for event in events)
    written: list[Event] = []
    remover = emptied_by(events)
    for verdict in rule(entries, rulings, round_.bench, emptied_by=remover):
        event = _write_ruling(round_, case_id, verdict, previous, lamport)
        previous, lamport = event.event_id, event.header.lamport
        written.append(event)
        ruled = next(entry for entry in entries if entry.event_id == verdict.event_id)
        errand = errand_of(ruled, round_.desk.keyed_hash) if verdict.verdict is Verdict.ACCEPTED else None
        round_.opened += [errand] if errand else []
        told = before if ruled.org in before else (*before, ruled.org)
        round_.placements += [Placement(org, "ruling", previous) for org in told]
    _show_and_hide(round_, case_id, [*events, *written], remover)


def _show_and_hide(round_: _Round, case_id: str, events: Sequence[Event], remover: str) -> None:
    """Give the whole case to offices that see it from now on, and tell those that see it no more.

    Args:
        remover: the office at whose center contents of it were removed, "" for none; it rules on what comes, and has to
            have it.
    """
    subject = (SubjectKind.CASE.value, case_id)
    before = round_.viewers.get(subject, ())
    entries, rulings = split(events, "", round_.known)
    case = fold(entries, rulings)
    if case is not None:
        seen_by = seen_by_at(case, round_.desk.org, round_.bench.now)
    else:
        seen_by = who_saw(entries, rulings, before, remover, round_.desk.org)
    if judge := judge_afar(case, seen_by, round_.bench):
        # What comes of the open lane meanwhile goes there as well.
        seen_by = (*seen_by, judge)
    for org in (org for org in seen_by if org not in before):
        round_.placements += [Placement(org, BACKFILL, event.event_id) for event in events]
    round_.revoked += [(org, subject) for org in before if org not in seen_by]
    round_.viewers[subject] = seen_by


def _tell_duplicates(book: CenterBook, round_: _Round) -> None:
    """Write into cases that were opened now, and into those before, that they may be the same errand."""
    if not round_.opened:
        return
    known = book.errands({errand.key for errand in round_.opened})
    book.add_errands(round_.opened)
    for errand, other in pairs(round_.opened, known):
        subject = (SubjectKind.CASE.value, errand.case_id)
        viewers = round_.viewers.get(subject) or book.viewers([subject]).get(subject, ())
        offices = round_.bench.organisations
        remark = remark_on(other, offices.get(other.org).name if other.org in offices else other.org)
        event = _write(round_, POSSIBLE_DUPLICATE, errand.case_id, remark, Audience.HANDLING)
        round_.placements += [Placement(org, "new", event.event_id) for org in viewers]


def _write_ruling(round_: _Round, case_id: str, verdict: NewRuling, previous: str | None, lamport: int) -> Event:
    round_.chain = replace(round_.chain, lamport=max(round_.chain.lamport, lamport))
    return _write(round_, RULING, case_id, verdict.effects(previous))


def _write(
    round_: _Round,
    event_type: str,
    case_id: str,
    effects: Effects | dict[str, object],
    audience: Audience = Audience.PARTIES,
) -> Event:
    draft = Draft(
        type=event_type,
        subject=(SubjectKind.CASE, case_id),
        org=round_.desk.org,
        actor=None,
        claimed_at=round_.bench.now,
        effects=effects,
        audience=audience,
    )
    event, round_.chain = write_event(draft, round_.chain, round_.desk.pen, round_.desk.entropy(SALT_BYTES))
    round_.written.append(event)
    return event
