"""Applying a center's reply to the station's journal: rows, acknowledgements and cursor in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from station_app.domain.errors import StationError
from station_app.exchange.authentic import VerifyMany, faults
from station_app.exchange.ports import Link, StationBook, Subject
from station_app.protocol.event import Event
from station_app.protocol.signed import Signed, read_document
from station_app.protocol.wire import ExchangeReply, FeedRow

DOCUMENT_CONTEXT = "station document 0"
CREDENTIAL_CONTEXT = "station credential 0"
RECEIPT_CONTEXT = "station receipt 0"

VerifyCenter = Callable[[str, Signed], bool]


@dataclass(frozen=True, slots=True)
class Checks:
    """How signatures are checked: many events at once, and single records of the pinned center."""

    verify_many: VerifyMany
    by_center: VerifyCenter


@dataclass(frozen=True, slots=True)
class Applied:
    """What a reply changed.

    Args:
        more: there is more to fetch.
        pulled: events that were not here before.
    """

    link: Link
    more: bool
    pulled: int
    settled: int


def apply_reply(book: StationBook, reply: ExchangeReply, checks: Checks, at: str) -> Applied:
    """Write a reply into the journal; the caller commits. Applying the same reply again changes nothing.

    Raises:
        StationError: `feed-gap` or `center-record-forged`; then nothing may be committed.
    """
    link = book.link()
    rows = () if reply.reset else _fresh_rows(reply, link)
    _check_center(reply, rows, checks)
    book.save_credentials(reply.credentials)
    book.settle(reply.statuses, at)
    if reply.receipt is not None:
        book.save_receipt(reply.receipt)
    for row in rows:
        if row.document is not None:
            book.save_document(read_document(row.document))
    if reply.seen:
        book.save_seen_below(dict(reply.seen))
    if reply.phone:
        book.save_phone_keys({person: (number, public) for person, number, public in reply.phone})
    book.admit_own([row.event_id for row in rows if row.kind == "own"])
    pulled = _take_events(book, [row.event for row in rows if row.event is not None], checks)
    after = _link_after(link, reply, rows, at)
    book.save_link(after)
    return Applied(after, reply.reset or after.cursor < reply.head, pulled, len(reply.statuses))


def _fresh_rows(reply: ExchangeReply, link: Link) -> tuple[FeedRow, ...]:
    if reply.incarnation != link.incarnation and link.cursor:
        raise StationError("feed-gap", expected=link.cursor + 1, found=0)
    fresh = tuple(row for row in reply.rows if row.n > link.cursor)
    for expected, row in enumerate(fresh, start=link.cursor + 1):
        if row.n != expected:
            raise StationError("feed-gap", expected=expected, found=row.n)
    return fresh


def _check_center(reply: ExchangeReply, rows: Sequence[FeedRow], checks: Checks) -> None:
    records = [(CREDENTIAL_CONTEXT, credential) for credential in reply.credentials]
    records += [(DOCUMENT_CONTEXT, row.document) for row in rows if row.document is not None]
    records += [(RECEIPT_CONTEXT, reply.receipt)] if reply.receipt is not None else []
    for context, signed in records:
        if not checks.by_center(context, signed):
            raise StationError("center-record-forged", record=context)


def _take_events(book: StationBook, events: Sequence[Event], checks: Checks) -> int:
    known = book.known_ids([event.event_id for event in events])
    fresh = list({event.event_id: event for event in events if event.event_id not in known}.values())
    good: list[Event] = []
    limits = book.limits()
    for event, fault in zip(fresh, faults(fresh, book.credentials(), checks.verify_many), strict=True):
        code = fault or limits.against(event)
        if code:
            book.hold(event, code)
        else:
            good.append(event)
    book.add_foreign(good)
    subjects: list[Subject] = list(dict.fromkeys(event.header.subject for event in good))
    book.refold(subjects)
    return len(good)


def _link_after(link: Link, reply: ExchangeReply, rows: Sequence[FeedRow], at: str) -> Link:
    cursor = 0 if reply.reset else (rows[-1].n if rows else link.cursor)
    return replace(
        link,
        incarnation=reply.incarnation,
        cursor=cursor,
        nonce=reply.nonce,
        acked=max(link.acked, reply.link_head),
        last_success_at=at,
        center_time=reply.center_time,
    )
