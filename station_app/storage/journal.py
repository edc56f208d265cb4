"""The journal table: events to rows and back, bodies through a cipher where the store has one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, insert, select, update

from station_app.messages.deletions import Deleted
from station_app.protocol.event import Event
from station_app.storage.engine import log_deletion_after
from station_app.storage.rows import EventRow, OutboxRow, RefusalRow

_T = TypeVar("_T")
# The code of a tombstone whose event was taken in later.
ADMITTED = "admitted"


@dataclass(frozen=True, slots=True)
class BodyCipher:
    """How bodies lie on disk: seal and open, each with the event id bound to it."""

    seal: Callable[[bytes, bytes], bytes]
    open: Callable[[bytes, bytes], bytes]


PLAIN = BodyCipher(seal=lambda body, _id: body, open=lambda body, _id: body)


def chunks(found: Iterable[_T], size: int = 500) -> Iterator[list[_T]]:
    """Yield lists of at most `size`, so that no statement has more variables than SQLite takes."""
    iterator = iter(found)
    while chunk := list(islice(iterator, size)):
        yield chunk


def insert_events(connection: Connection, events: Sequence[Event], cipher: BodyCipher) -> None:
    """Append events that are not in the journal yet."""
    if events:
        connection.execute(insert(EventRow), [_values(event, cipher) for event in events])


def _values(event: Event, cipher: BodyCipher) -> dict[str, Any]:
    header = event.header
    return {
        "event_id": event.event_id,
        "origin": header.origin,
        "epoch": header.epoch,
        "seq": header.seq,
        "subject_kind": header.subject_kind,
        "subject_id": header.subject_id,
        "lamport": header.lamport,
        "header": event.header_bytes,
        "signature": event.signature,
        "person_signature": event.person_signature,
        "body": None if event.body is None else cipher.seal(event.body, event.event_id.encode()),
    }


EVENT_COLUMNS = (EventRow.event_id, EventRow.header, EventRow.signature, EventRow.person_signature, EventRow.body)


def event_of(row: Any, cipher: BodyCipher) -> Event:
    """Return the event of a row that has `EVENT_COLUMNS`."""
    body = None if row.body is None else cipher.open(row.body, row.event_id.encode())
    return Event(row.header, row.signature, row.person_signature, body)


def events_about(connection: Connection, subject_ids: Collection[str], cipher: BodyCipher) -> Mapping[str, list[Event]]:
    """Return the events of these subjects, each in order of arrival."""
    found: dict[str, list[Event]] = {subject_id: [] for subject_id in subject_ids}
    for chunk in chunks(subject_ids):
        query = select(*EVENT_COLUMNS, EventRow.subject_id).where(EventRow.subject_id.in_(chunk))
        for row in connection.execute(query.order_by(EventRow.arrival)):
            found[row.subject_id].append(event_of(row, cipher))
    return found


# Asked for each few hundred events: made once, for putting a statement together takes longer than running it.
_NEXT = (
    select(EventRow.arrival, *EVENT_COLUMNS)
    .where(EventRow.arrival > bindparam("last"))
    .order_by(EventRow.arrival)
    .limit(500)
)


def every_event(connection: Connection, cipher: BodyCipher) -> Iterator[Event]:
    """Yield all events in order of arrival, a few hundred in memory at a time."""
    last = 0
    while True:
        rows = connection.execute(_NEXT, {"last": last}).all()
        if not rows:
            return
        yield from (event_of(row, cipher) for row in rows)
        last = rows[-1].arrival


def events_by_id(connection: Connection, event_ids: Collection[str], cipher: BodyCipher) -> Mapping[str, Event]:
    """Return the events with these ids, as far as they are here."""
    found: dict[str, Event] = {}
    for chunk in chunks(event_ids):
        for row in connection.execute(select(*EVENT_COLUMNS).where(EventRow.event_id.in_(chunk))):
            found[row.event_id] = event_of(row, cipher)
    return found


_WAITING = (
    select(OutboxRow.link, *EVENT_COLUMNS)
    .join(EventRow, EventRow.event_id == OutboxRow.event_id)
    .where(OutboxRow.status == "")
    .order_by(OutboxRow.link)
    .limit(bindparam("most"))
)


def waiting_events(connection: Connection, limit: int, cipher: BodyCipher) -> list[tuple[int, Event]]:
    """Return the first events of the outbox that nobody has answered for, each with its number there."""
    return [(row.link, event_of(row, cipher)) for row in connection.execute(_WAITING, {"most": limit})]


def erase_bodies(connection: Connection, event_ids: Collection[str]) -> int:
    """Take bodies out of the journal and out of what lies beside it, and return how many there were."""
    erased, subjects = 0, set[str]()
    for chunk in chunks(event_ids):
        subjects.update(connection.scalars(select(EventRow.subject_id).where(EventRow.event_id.in_(chunk))))
        for row in (EventRow, RefusalRow):
            here = row.event_id.in_(chunk) & row.body.is_not(None)
            erased += connection.execute(update(row).where(here).values(body=None)).rowcount
    log_deletion_after(connection, Deleted.REMOVED, erased, subjects)
    return erased


def refusal_values(event: Event, code: str, place: tuple[str, str, int], cipher: BodyCipher) -> dict[str, Any]:
    """Return the row of an event that is kept but not applied; `place` is (device, epoch, link)."""
    device, epoch, link = place
    return {
        "event_id": event.event_id,
        "device": device,
        "epoch": epoch,
        "link": link,
        "code": code,
        "header": event.header_bytes,
        "signature": event.signature,
        "person_signature": event.person_signature,
        "body": None if event.body is None else cipher.seal(event.body, event.event_id.encode()),
    }


def insert_refusals(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Append tombstones."""
    if rows:
        connection.execute(insert(RefusalRow), list(rows))
