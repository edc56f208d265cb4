"""Whether a worker's certificate on this PC has run out; entry goes on, for the clock of the PC may be wrong."""

from __future__ import annotations

from datetime import datetime

from station_app.domain.people import Worker
from station_app.usecases.ports import Book
from station_app.usecases.times import local_day, read_stamp


def expired_on(book: Book, worker: Worker, now: datetime) -> str:
    """Return the day (China) on which the newest certificate of this worker here ran out, "" while it holds."""
    credential = book.credentials().person(worker.person_id, book.identity().device)
    if credential is None:
        return ""
    ends_at = read_stamp(credential.valid_to)
    return local_day(ends_at).isoformat() if ends_at <= now else ""
