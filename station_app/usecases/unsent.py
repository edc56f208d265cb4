"""What is not at the center yet, for the outbox page: whose, since when, why, and when it is tried next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from station_app.domain.errors import StationError
from station_app.exchange.curable import Remedy, remedy_of
from station_app.protocol.event import Event
from station_app.usecases.home import STALE_HOURS
from station_app.usecases.look_up import Waiting, outbox
from station_app.usecases.ports import Book
from station_app.usecases.reference import organisation_names
from station_app.usecases.standing import left_to_do
from station_app.usecases.times import read_stamp

MOST_LISTED = 200
CASE, SENT_BATCH, COUNTED_BATCH = "case", "sent_batch", "counted_batch"
_AT_CENTER = ("stored", "exists")


@dataclass(frozen=True, slots=True)
class Unsent:
    """A case or batch of which the center has not everything.

    Args:
        kind: `CASE`, `SENT_BATCH`, `COUNTED_BATCH`, or "" for something else.
        label: its printed number.
        who: the applicant's name, or the other office of the batch.
        about: the item's name, or how many cases the batch has.
        code: why it waits or was refused, "" while it simply waits for its turn.
        remedy: what can be done about what the center did not take, None where it refused nothing.
        to_be_retried: it is given back to the center with the next exchange.
        retried_at: when somebody here last wanted that.
        since: the day of the first step that is not there, None if no step tells.
    """

    subject_id: str
    kind: str
    label: str
    who: str
    about: str
    events: int
    code: str
    remedy: Remedy | None
    since: datetime | None
    next_attempt: datetime | None
    to_be_retried: bool = False
    retried_at: datetime | None = None

    @property
    def refused(self) -> bool:
        """Tell whether the center did not take something of it."""
        return self.remedy is not None


@dataclass(frozen=True, slots=True)
class UnsentPage:
    """What the outbox page shows.

    Args:
        more: so many are not listed.
        stale: the last exchange is too long ago.
        left: what else keeps it from being said that all is well, as `left_to_do` gives it.
    """

    entries: tuple[Unsent, ...]
    more: int
    last_ok_at: datetime | None
    stale: bool
    left: tuple[StationError, ...] = ()


def unsent(book: Book, now: datetime) -> UnsentPage:
    """Return what the center has not got, what it refused first."""
    status = book.sync_status()
    waiting = outbox(book, status.code, _instant(status.next_attempt))
    having_refused = {entry.subject_id for entry in book.outbox_entries() if entry.code}
    waiting = sorted(waiting, key=lambda entry: entry.subject_id not in having_refused)
    last, refused = _instant(status.last_ok_at), book.refused_events()
    return UnsentPage(
        entries=tuple(_entry(book, found, refused) for found in waiting[:MOST_LISTED]),
        more=max(0, len(waiting) - MOST_LISTED),
        last_ok_at=last,
        stale=last is None or now - last > timedelta(hours=STALE_HOURS),
        left=left_to_do(book),
    )


def _entry(book: Book, found: Waiting, refused: Mapping[str, str]) -> Unsent:
    kind, who, about = _what(book, found.subject_id)
    events = book.subject_events(found.subject_id)
    # The others follow the first: what becomes of that is what becomes of them.
    of_it = [event.event_id for event in events if event.event_id in refused]
    code = refused[of_it[0]] if of_it else ""
    retried = book.retried()
    return Unsent(
        subject_id=found.subject_id,
        kind=kind,
        label=found.label,
        who=who,
        about=about,
        events=found.events,
        code=code or found.reason,
        remedy=remedy_of(code) if of_it else None,
        since=_since(book, events),
        next_attempt=_instant(found.next_attempt),
        to_be_retried=any(event_id in book.link().owes for event_id in of_it),
        retried_at=_instant(max((retried.get(event_id, "") for event_id in of_it), default="")),
    )


def _what(book: Book, subject_id: str) -> tuple[str, str, str]:
    case = book.case(subject_id)
    if case is not None:
        return CASE, str(case.applicant.get("name", "")), str(case.item.get("name", ""))
    batch = book.batch(subject_id)
    if batch is not None:
        sent = batch.from_org == book.identity().org
        other = batch.to_org if sent else batch.from_org
        kind = SENT_BATCH if sent else COUNTED_BATCH
        return kind, organisation_names(book).get(other, other), f"{len(batch.lines)} 件"
    return "", "", ""


def _since(book: Book, events: Sequence[Event]) -> datetime | None:
    own = book.statuses_of([event.event_id for event in events])
    pending = [e.header.claimed_at for e in events if e.event_id in own and own[e.event_id][0] not in _AT_CENTER]
    return _instant(min(pending, default=""))


def _instant(text: str) -> datetime | None:
    return read_stamp(text) if text else None
