"""The center's side of an exchange: take in, rule, serve the feed; each in one transaction of the book it is given."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from station_app.domain.errors import StationError
from station_app.domain.lanes import Audience, SubjectKind
from station_app.domain.organisations import Organisations
from station_app.exchange.authentic import RULING, Credentials, VerifyMany, split
from station_app.exchange.intake import IntakePlan, IntakeView, admit, take_in
from station_app.exchange.ports import CenterBook, Head, Placement, Subject
from station_app.exchange.rulings import NewRuling, rule
from station_app.exchange.writing import Chain, Draft, Pen, write_event
from station_app.protocol.event import SALT_BYTES, Event
from station_app.protocol.wire import ExchangeRequest, FeedRow

# A page that a slow line can carry and that stays far below what a station takes at once; at least one row goes.
PAGE_BYTES = 2 * 1024 * 1024
Level = str
LevelOf = Callable[[str], Level]


@dataclass(frozen=True, slots=True)
class CenterDesk:
    """What a center needs to write its own events.

    Args:
        org: the center's office code.
        pen: its signing key.
        entropy: random bytes, for salts.
    """

    org: str
    pen: Pen
    entropy: Callable[[int], bytes]


def accept_push(book: CenterBook, device: str, request: ExchangeRequest, verify_many: VerifyMany) -> IntakePlan:
    """Take in the events of a request and return what to answer; the caller commits before it answers."""
    chain = (device, request.epoch)
    plan = take_in(_view(book, chain, request), chain, request.first_link, request.events, verify_many)
    book.add_events(plan.stored)
    book.add_refusals(device, request.epoch, plan.refused)
    book.save_heads(plan.heads)
    book.save_viewers(plan.viewers)
    book.place(plan.placements)
    book.mark_unruled(plan.unruled)
    book.save_link_head(device, request.epoch, plan.link_head)
    return plan


def admit_held(book: CenterBook, event: Event, verify_many: VerifyMany) -> str:
    """Take in one event that was held; its place in its chain stays that of its tombstone. Return "" or why not."""
    header = event.header
    request = ExchangeRequest(header.epoch, "", 0, 0, (event,), 0)
    plan, code = admit(_view(book, (header.origin, header.epoch), request), event, verify_many)
    book.add_events(plan.stored)
    book.save_viewers(plan.viewers)
    book.place(plan.placements)
    book.mark_unruled(plan.unruled)
    return code


def _view(book: CenterBook, chain: tuple[str, str], request: ExchangeRequest) -> IntakeView:
    readable = [event for event in request.events if _readable(event)]
    heads = book.heads([chain])
    head = heads.get(chain, Head(0, ""))
    places = [(e.header.origin, e.header.epoch, e.header.seq) for e in readable]
    past = [place for place in places if place[:2] != chain or place[2] <= head.seq]
    return IntakeView(
        link_head=book.link_head(*chain),
        heads=heads,
        ids_at=book.ids_at(past) if past else {},
        refused=book.refused_ids([head.event_id, *_ids_and_prevs(request.events)]),
        viewers=book.viewers({event.header.subject for event in readable}),
        lamport=book.highest_lamport(),
        organisations=book.organisations(),
        known=book.credentials({event.header.origin for event in readable}),
        limits=book.limits(),
    )


def _ids_and_prevs(events: Sequence[Event]) -> list[str]:
    found = [event.event_id for event in events]
    return found + [event.header.prev for event in events if _readable(event) and event.header.prev]


def _readable(event: Event) -> bool:
    try:
        return bool(event.header)
    except StationError:
        return False


def rule_pending(book: CenterBook, desk: CenterDesk, claimed_at: str, limit: int) -> int:
    """Rule on at most `limit` cases that wait for it and return how many there were; one transaction for all."""
    waiting = book.unruled(limit)
    if not waiting:
        return 0
    streams = book.case_events(waiting)
    known = book.credentials({event.header.origin for events in streams.values() for event in events})
    before = book.viewers([(SubjectKind.CASE.value, case_id) for case_id in waiting])
    refused = _refused_bases(book, streams)
    round_ = _Round(desk, claimed_at, known, book.chain(), dict(before), refused, book.organisations())
    for case_id in waiting:
        _rule_case(round_, case_id, streams[case_id])
    book.add_events(round_.written)
    book.save_heads({(round_.chain.origin, round_.chain.epoch): Head(round_.chain.seq, round_.chain.prev or "")})
    book.save_viewers({subject: orgs for subject, orgs in round_.viewers.items() if orgs != before.get(subject)})
    book.place(round_.placements)
    book.mark_ruled(waiting)
    return len(waiting)


def _refused_bases(book: CenterBook, streams: Mapping[str, Sequence[Event]]) -> frozenset[str]:
    events = [event for stream in streams.values() for event in stream]
    missing = {event.header.base for event in events if event.header.base} - {event.event_id for event in events}
    return frozenset(book.refused_ids(missing)) if missing else frozenset()


@dataclass(slots=True)
class _Round:
    """One transaction's rulings on the way to the book, so that all of them are written with a few statements."""

    desk: CenterDesk
    claimed_at: str
    known: Credentials
    chain: Chain
    viewers: dict[Subject, tuple[str, ...]]
    refused_bases: frozenset[str]
    organisations: Organisations
    written: list[Event] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)


def _rule_case(round_: _Round, case_id: str, events: Sequence[Event]) -> None:
    entries, rulings = split(events, "", round_.known)
    found, _ = rule(entries, rulings, round_.organisations, round_.refused_bases)
    subject = (SubjectKind.CASE.value, case_id)
    viewers = round_.viewers.get(subject, ())
    previous = max(rulings, key=lambda ruling: ruling.number).ruling_id if rulings else None
    so_far = [event.event_id for event in events]
    lamport = max(event.header.lamport for event in events)
    for verdict in found:
        event = _write_ruling(round_, case_id, verdict, previous, lamport)
        previous = event.event_id
        lamport = event.header.lamport
        so_far.append(previous)
        round_.placements += [Placement(org, "ruling", previous) for org in viewers]
        for org in verdict.newcomers:
            round_.placements += [Placement(org, "backfill", event_id) for event_id in so_far]
        viewers = (*viewers, *verdict.newcomers)
    round_.viewers[subject] = viewers


def _write_ruling(round_: _Round, case_id: str, verdict: NewRuling, previous: str | None, lamport: int) -> Event:
    draft = Draft(
        type=RULING,
        subject=(SubjectKind.CASE, case_id),
        org=round_.desk.org,
        actor=None,
        claimed_at=round_.claimed_at,
        effects=verdict.effects(previous),
    )
    chain = replace(round_.chain, lamport=max(round_.chain.lamport, lamport))
    event, round_.chain = write_event(draft, chain, round_.desk.pen, round_.desk.entropy(SALT_BYTES))
    round_.written.append(event)
    return event


def serve_feed(book: CenterBook, asker: Asker, after: int, limit: int) -> tuple[FeedRow, ...]:
    """Return the rows of the asker's office after `after`: each body only where the office is its audience.

    An event that the asking device wrote itself in its present epoch comes back as its id alone.
    """
    rows: list[FeedRow] = []
    size = 0
    for row in book.feed(asker.org, after, limit):
        rows.append(_row_for(asker, row))
        size += _size(rows[-1])
        if size > PAGE_BYTES:
            break
    return tuple(rows)


def _size(row: FeedRow) -> int:
    document = len(row.document.payload) if row.document else 0
    return document + (len(row.event.header_bytes) + len(row.event.body or b"") if row.event else 0)


@dataclass(frozen=True, slots=True)
class Asker:
    """Who pulls: its device, its present epoch, its office and the office's level."""

    device: str
    epoch: str
    org: str
    level: Level


def _row_for(asker: Asker, row: FeedRow) -> FeedRow:
    event = row.event
    if event is None:
        return row
    header = event.header
    if (header.origin, header.epoch) == (asker.device, asker.epoch):
        return FeedRow(row.n, "own", event_id=event.event_id)
    if may_read(header.audience, header.org, asker):
        return row
    return FeedRow(row.n, row.kind, Event(event.header_bytes, event.signature, event.person_signature, None))


def may_read(audience: str, author_org: str, asker: Asker) -> bool:
    """Tell whether an office that sees the subject is also the audience of a body (sync.md §1)."""
    if audience == Audience.PARTIES or author_org == asker.org:
        return True
    if audience == Audience.HANDLING:
        return asker.level != "village"
    return audience == Audience.SUPERVISION and asker.level in ("county", "city")


def signers(rows: Collection[FeedRow]) -> tuple[set[str], set[tuple[str, str]]]:
    """Return the devices and the (person, device) pairs behind a page, whose credentials must travel with it."""
    devices: set[str] = set()
    people: set[tuple[str, str]] = set()
    for row in rows:
        if row.event is not None:
            header = row.event.header
            devices.add(header.origin)
            if header.actor is not None:
                people.add((header.actor, header.origin))
    return devices, people
