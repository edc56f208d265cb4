"""Applying a center's reply to the station's journal: rows, acknowledgements and cursor in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from station_app.domain.errors import StationError
from station_app.exchange.asked_cases import next_asked, take_answer
from station_app.exchange.authentic import BY_CENTER, VerifyMany, faults, readable
from station_app.exchange.id_sums import IdSum, bucket_of
from station_app.exchange.leased import take_leases
from station_app.exchange.limits import HELD
from station_app.exchange.ports import NOTHING, Hop, Link, Repair, StationBook, Subject
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import BACKFILL, OWN, PUT_AWAY, REVOKE, ExchangeReply, FeedRow
from station_app.protocol.signed import CENTERS, Signed, keys_of_centers, read_document

DOCUMENT_CONTEXT = "station document 1"
CREDENTIAL_CONTEXT = "station credential 1"
RECEIPT_CONTEXT = "station receipt 1"


class VerifyCenter(Protocol):
    """Tells whether a center that counts here has signed a record."""

    def __call__(self, context: str, signed: Signed, named: Collection[bytes] = (), /) -> bool:
        """Check it; `named` are keys that documents of the same reply name, which count for credentials."""
        ...


@dataclass(frozen=True, slots=True)
class Checks:
    """How signatures are checked: many events at once, and single records of the pinned center; and new epochs."""

    verify_many: VerifyMany
    by_center: VerifyCenter
    fresh_epoch: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Applied:
    """What a reply changed.

    Args:
        more: there is more to fetch.
        pulled: events that were not here before.
        again: nothing was taken in; the center expects the nonce that is in the link now.
        differs: what is here and what the center has for this office are not the same, though nothing is on its way.
        repair: what a comparison found that each side lacks.
        answered: the center has said whether it found the case that was asked for.
    """

    link: Link
    more: bool
    pulled: int
    settled: int
    again: bool = False
    differs: bool = False
    repair: Repair = NOTHING
    answered: bool = False


def apply_reply(
    book: StationBook, reply: ExchangeReply, checks: Checks, at: str, returned: Collection[str] = ()
) -> Applied:
    """Write a reply into the journal; the caller commits. Applying the same reply again changes nothing.

    Args:
        returned: what the request had given back.

    Raises:
        StationError: `feed-gap` or `center-record-forged`; then nothing may be committed.
    """
    link = book.link()
    if reply.again:
        return _ask_again(book, link, reply, checks)
    rows = () if reply.reset else _fresh_rows(reply, link)
    _check_center(reply, rows, checks)
    book.save_credentials(reply.credentials)
    book.settle(reply.statuses, at)
    for row in rows:
        if row.document is not None:
            book.save_document(read_document(row.document))
    _note(book, reply)
    owes = [event_id for event_id in link.owes if event_id not in returned] + _whole_here(book, rows)
    pulled = _take_rows(book, reply, rows, checks)
    if reply.reset:
        # What goes up again is not forgotten before.
        book.reopen(reply.link_head)
        book.call_all_back()
    _obey(book, reply)
    after = replace(_link_after(link, reply, rows, at), owes=list(dict.fromkeys(owes)))
    same = _is_same(book, reply, after)
    if same:
        # In a center's new numbering nothing has to be fetched that is here already; but who was told that it sees a
        # case no more reads it from the start: the center may have forgotten that, and count the case as seen. So does
        # who lacks a document: sums count events alone.
        reads_again = reply.reset and (book.has_revocations() or _lacks_documents(book, reply.numbers))
        after = replace(after, equal_at=at, cursor=after.cursor if reads_again else reply.head)
    book.save_link(after)
    repair = _repair_of(book, reply.differ) if reply.differ is not None else NOTHING
    answered = reply.case is not None and after.cursor >= reply.head and take_answer(book, reply.case)
    more = after.lost or after.cursor < reply.head or bool(after.owes) or (answered and bool(next_asked(book)))
    return Applied(
        after,
        more and not reply.standing,
        pulled,
        len(reply.statuses),
        differs=same is False and not reply.reset,
        repair=repair,
        answered=answered,
    )


def _note(book: StationBook, reply: ExchangeReply) -> None:
    """Keep what the center has told this PC alone."""
    if reply.receipt is not None:
        book.save_receipt(reply.receipt)
    book.save_heard(reply.heard)
    if reply.seen:
        book.save_seen_below(dict(reply.seen))
    if reply.phone:
        book.save_phone_keys({person: (number, public) for person, number, public in reply.phone})
    book.save_tag(reply.tag)
    if reply.leases is not None:
        take_leases(book, reply.leases)


def _ask_again(book: StationBook, link: Link, reply: ExchangeReply, checks: Checks) -> Applied:
    """Take the nonce that is expected. Where the center knows more of this epoch than this PC, it is a restored backup
    (or a clone): it goes on under a new epoch, and what it had sent comes back by the feed.

    A center that was restored itself knows less, or has told less; then the epoch stays, and what it lost goes up
    again. Where it has not noticed that it was restored, its own receipt shows it.
    """
    taken_before = reply.nonce == link.nonce
    lost = link.lost if taken_before else _is_behind(reply, link) and not link.lost
    is_new = reply.incarnation != link.incarnation
    if is_new:
        book.reopen(reply.link_head)
    if reply.epoch_known and not taken_before and (is_new or not lost):
        book.start_epoch(checks.fresh_epoch())
    # A center above that was restored has to be told again whose center this is, before it takes anything in.
    book.save_heard(reply.heard)
    after = replace(link, nonce=reply.nonce, center_time=reply.center_time, lost=lost, healing=reply.healing)
    book.save_link(after)
    return Applied(after, more=True, pulled=0, settled=0, again=True)


def _take_rows(book: StationBook, reply: ExchangeReply, rows: Sequence[FeedRow], checks: Checks) -> int:
    events = [row.event for row in rows if row.event is not None] + list(reply.found)
    # What was asked for to mend a difference is what the center counts, but where it has put that away since; a reply
    # that comes twice has its rows no more then.
    put_away = {subject for subject, is_away in _away_after(reply.rows).items() if is_away}
    wanted = [event.header.subject for event in reply.found if readable(event)]
    book.call_back([subject for subject in wanted if subject not in put_away])
    away = _away_after(rows)
    book.call_back([subject for subject, is_away in away.items() if not is_away])
    seen = _seen_after(rows)
    again = book.show_again([subject for subject, sees in seen.items() if sees])
    book.admit_own([*(row.event_id for row in rows if row.kind == OWN), *(event.event_id for event in events)])
    late = _good_after_all(book)
    pulled = _take_events(book, [*events, *late], checks)
    book.refold(again)
    book.put_away([subject for subject, is_away in away.items() if is_away])
    book.save_hops([Hop(row.event_id, *row.hop) for row in rows if row.hop is not None])
    # Both may be of a subject that is seen no more, and have brought again what had to be forgotten.
    brought = [*wanted, *(event.header.subject for event in late)]
    forgotten = book.forgotten([subject_id for _, subject_id in brought])
    hidden = [subject for subject, sees in seen.items() if not sees]
    hidden += [subject for subject in brought if subject[1] in forgotten]
    book.revoke(list(dict.fromkeys(hidden)))
    return pulled


def _obey(book: StationBook, reply: ExchangeReply) -> None:
    """Forget what this office sees no more, but not while the center heals.

    Until then it does not know who sees what, and may have to be given back what lies here.
    """
    if not reply.healing:
        book.obey_revocations()


def _seen_after(rows: Sequence[FeedRow]) -> Mapping[Subject, bool]:
    """Return which subjects this office sees no more, and which it sees again: of several rows the last counts."""
    seen: dict[Subject, bool] = {}
    for row in rows:
        if row.kind == REVOKE and row.subject is not None:
            seen[row.subject] = False
        elif (subject := _backfilled(row)) is not None:
            seen[subject] = True
    return seen


def _away_after(rows: Sequence[FeedRow]) -> Mapping[Subject, bool]:
    """Return which subjects are put away, and which are called back: of several rows the last counts."""
    away: dict[Subject, bool] = {}
    for row in rows:
        if row.kind == PUT_AWAY and row.subject is not None:
            away[row.subject] = True
        elif (subject := _backfilled(row)) is not None:
            away[subject] = False
    return away


def _backfilled(row: FeedRow) -> Subject | None:
    is_readable = row.kind == BACKFILL and row.event is not None and readable(row.event)
    return row.event.header.subject if is_readable and row.event is not None else None


def _fresh_rows(reply: ExchangeReply, link: Link) -> tuple[FeedRow, ...]:
    if reply.incarnation != link.incarnation and link.cursor:
        raise StationError("feed-gap", expected=link.cursor + 1, found=0)
    fresh = tuple(row for row in reply.rows if row.n > link.cursor)
    floor, last = _floor_after(link, reply), link.cursor
    for row in fresh:
        # Up to the floor rows may be left out, but not that of the floor itself.
        if row.n <= last or (row.n != last + 1 and row.n > floor):
            raise StationError("feed-gap", expected=max(last + 1, floor), found=row.n)
        last = row.n
    return fresh


def _floor_after(link: Link, reply: ExchangeReply) -> int:
    """Return the floor by which the reply's rows are read: the one it names to a fresh PC, or the one named before."""
    if reply.reset:
        return 0
    return link.floor if reply.floor is None else reply.floor


def _check_center(reply: ExchangeReply, rows: Sequence[FeedRow], checks: Checks) -> None:
    documents = [row.document for row in rows if row.document is not None]
    records = [(DOCUMENT_CONTEXT, signed) for signed in documents]
    records += [(RECEIPT_CONTEXT, reply.receipt)] if reply.receipt is not None else []
    for context, signed in records:
        if not checks.by_center(context, signed):
            raise StationError("center-record-forged", record=context)
    # Who reads the feed from far back learns of a center and of what it has signed in one and the same reply.
    read = [document for document in map(read_document, documents) if document.kind == CENTERS]
    named = [key for document in read for key in keys_of_centers(document.content[CENTERS])]
    for credential in reply.credentials:
        if not checks.by_center(CREDENTIAL_CONTEXT, credential, named):
            raise StationError("center-record-forged", record=CREDENTIAL_CONTEXT)


def _take_events(book: StationBook, events: Sequence[Event], checks: Checks) -> int:
    known = book.known_ids([event.event_id for event in events])
    book.arrived(known)
    bodies = [event for event in events if event.event_id in known and event.body is not None]
    filled = [event for event in bodies if event.body_matches()]
    book.fill_bodies(filled)
    new = [event for event in events if event.event_id not in known]
    # What was held aside may have come once more, and lie here without the body that came now.
    whole = {event.event_id: event for event in new if event.body is not None}
    fresh = list({event.event_id: whole.get(event.event_id, event) for event in new}.values())
    good: list[Event] = []
    limits = book.limits()
    for event, fault in zip(fresh, faults(fresh, book.credentials(), checks.verify_many), strict=True):
        code = fault or limits.against(event)
        if code:
            book.hold(event, code)
        else:
            good.append(event)
    book.add_foreign(good)
    subjects: list[Subject] = list(dict.fromkeys(event.header.subject for event in [*filled, *good]))
    book.refold(subjects)
    return len(good)


def _lacks_documents(book: StationBook, numbers: Mapping[str, int]) -> bool:
    """Tell whether the center has a newer document of any kind than this PC, which may have been set back."""
    here = {document.kind: document.number for document in map(read_document, book.documents_behind({}))}
    return any(number > here.get(kind, 0) for kind, number in numbers.items())


def _whole_here(book: StationBook, rows: Sequence[FeedRow]) -> list[str]:
    """Return the events that the center has without their contents, and this store with them: it gives them back.

    Who gave them back before may have had to forget them (docs/sync.md §7).
    """
    empty = [row.event.event_id for row in rows if row.event is not None and row.event.body is None]
    return [event.event_id for event in book.events_named(empty) if event.body is not None] if empty else []


def _good_after_all(book: StationBook) -> list[Event]:
    """Return what was held aside, and counts by what is known now.

    A program of before held aside, as lacking a person, what it did not know that a center writes. A center that was
    set back before anybody noticed may have forgotten the limit of a PC, and takes in what lies behind it.
    """
    held, limits = book.held_with(("person-missing", *HELD)), book.limits()
    return [e for e, code in held if (not limits.against(e) if code in HELD else e.header.type in BY_CENTER)]


def _link_after(link: Link, reply: ExchangeReply, rows: Sequence[FeedRow], at: str) -> Link:
    cursor = 0 if reply.reset else (rows[-1].n if rows else link.cursor)
    return replace(
        link,
        incarnation=reply.incarnation,
        cursor=cursor,
        nonce=reply.nonce,
        acked=reply.link_head if reply.reset else max(link.acked, reply.link_head),
        last_success_at=at,
        center_time=reply.center_time,
        standing=reply.standing,
        healing=reply.healing,
        # At first the newest of each kind is shown, whatever its number: that may have been used a second time.
        numbers={} if reply.reset else dict(reply.numbers),
        lost=_shows_loss(link, reply),
        floor=_floor_after(link, reply),
        heeds=link.heeds_from_now,
    )


def _shows_loss(link: Link, reply: ExchangeReply) -> bool:
    """Tell whether the center has less than it gave its word on: the next request shows it the receipt.

    Where it does not begin to heal by that, it is not asked again before the next rest.
    """
    if reply.nonce == link.nonce:
        return link.lost
    return not reply.reset and _is_behind(reply, link) and not link.lost


def _is_behind(reply: ExchangeReply, link: Link) -> bool:
    """Tell whether the center has taken in, or told this office, less than this PC knows of, or may have.

    One of another numbering may have been set back to before this PC's: its receipt tells.
    """
    if link.incarnation and reply.incarnation != link.incarnation:
        return True
    return reply.link_head < link.acked or reply.head < link.cursor


def _is_same(book: StationBook, reply: ExchangeReply, link: Link) -> bool | None:
    """Tell whether this PC has what the center has for its office; None where the two speak of different moments.

    They speak of the same moment where all rows are here and the outbox is empty, or begins with what the center has
    just put off: what that waits for may lie here, given away before and lost there since, and then only a repair
    brings it.
    """
    if reply.sum is None or (link.cursor < reply.head and not reply.reset):
        return None
    put_off = {status.link for status in reply.statuses if status.status == "waiting"}
    outbox = book.outbox(1)
    # What comes behind one that was put off waits as well.
    if any(place not in put_off for place, _ in outbox):
        return None
    same = book.id_sum() == IdSum(*reply.sum)
    return None if same and outbox else same


def _repair_of(book: StationBook, differ: Mapping[str, Sequence[str]]) -> Repair:
    here: dict[str, set[str]] = {bucket: set() for bucket in differ}
    for event_id in book.shared_ids():
        if bucket_of(event_id) in here:
            here[bucket_of(event_id)].add(event_id)
    there = {event_id for ids in differ.values() for event_id in ids}
    mine = {event_id for ids in here.values() for event_id in ids}
    return Repair(tuple(sorted(there - mine)), tuple(sorted(mine - there)))
