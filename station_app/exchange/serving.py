"""What a center gives to whoever asks: rows of a feed, events by name, and what tells two sides apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from station_app.domain.lanes import Audience
from station_app.exchange.id_sums import IdSum, bucket_of, by_bucket, differing
from station_app.exchange.ports import CenterBook
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import OWN, FeedRow

# A page that a slow line can carry and that stays far below what a station takes at once; at least one row goes.
PAGE_BYTES = 2 * 1024 * 1024
# Of 256; more than these differ only where nearly everything is missing, and then the next comparison goes on.
BUCKETS_AT_ONCE = 32
Level = str


def serve_feed(book: CenterBook, asker: Asker, after: int, limit: int, floor: int = 0) -> tuple[FeedRow, ...]:
    """Return the rows of the asker's office after `after`: each body only where the office is its audience.

    Up to `floor` those of what was put away are left out.

    An event that came from the asker (that its device wrote in its present epoch, or that it relayed, as its row says)
    comes back as its id alone, where the center has its body.
    """
    rows: list[FeedRow] = []
    size = 0
    for row in book.feed(asker.org, after, limit, floor):
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

    def made(self, event: Event) -> bool:
        """Tell whether the asker holds the event already, because its device wrote it."""
        return (event.header.origin, event.header.epoch) == (self.device, self.epoch)


def _row_for(asker: Asker, row: FeedRow) -> FeedRow:
    event = row.event
    if event is None:
        return row
    # Of one without contents the asker is to see that they are not here: it may have them.
    if (row.kind == OWN or asker.made(event)) and event.body is not None:
        return FeedRow(row.n, OWN, event_id=event.event_id)
    return replace(row, kind="new" if row.kind == OWN else row.kind, event=_as_read_by(asker, event))


def _as_read_by(asker: Asker, event: Event) -> Event:
    if may_read(event.header.audience, event.header.org, asker):
        return event
    return Event(event.header_bytes, event.signature, event.person_signature, None)


def serve_wanted(book: CenterBook, asker: Asker, wanted: Collection[str]) -> tuple[Event, ...]:
    """Return those of the wanted events that the asker's office sees, as its feed would bring them."""
    events = book.events_in_feed(asker.org, wanted) if wanted else ()
    return tuple(_as_read_by(asker, event) for event in events)


def as_rows(events: Collection[Event]) -> list[FeedRow]:
    """Return events as rows, for what looks at rows."""
    return [FeedRow(0, "new", event) for event in events]


def differing_ids(here: Iterable[str], there: Mapping[str, tuple[int, str]]) -> dict[str, tuple[str, ...]]:
    """Return the ids that the center has for an office in the buckets whose sums differ from those given."""
    ids = list(here)
    sums = {bucket: IdSum(*found) for bucket, found in there.items()}
    names = differing(by_bucket(ids), sums, BUCKETS_AT_ONCE)
    found: dict[str, list[str]] = {name: [] for name in names}
    for event_id in ids:
        if bucket_of(event_id) in found:
            found[bucket_of(event_id)].append(event_id)
    return {name: tuple(sorted(entries)) for name, entries in found.items()}


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
