"""When the last good backup was made, when the next one is due, and what people are told about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from station_app.domain.errors import StationError

# A weekend and a day: a stick that is forgotten once is no alarm yet.
OLD_AFTER = timedelta(days=3)
NEVER_AFTER = timedelta(days=7)
AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LastBackup:
    """How the backups of a machine went.

    Args:
        good_at: when the last good one was made, "" for none; ISO 8601 with the offset, local time.
        file: where it lies.
        failed_at, code: when a try failed since, and why; "" for none.
    """

    good_at: str = ""
    file: str = ""
    failed_at: str = ""
    code: str = ""


def time_noted(text: str, now: datetime) -> datetime | None:
    """Return a time that was noted; None for none, and for one that a clock which was ahead has left."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found <= now else None


def may_try(now: datetime, last: LastBackup) -> bool:
    """Tell whether a try may be made: one that failed is made again after an hour."""
    tried = time_noted(last.failed_at, now)
    return tried is None or now - tried >= AGAIN_AFTER


def is_due_today(now: datetime, last: LastBackup) -> bool:
    """Tell whether a PC should make its backup of this day now; `now` is local time."""
    done = time_noted(last.good_at, now)
    return (done is None or done.astimezone(now.tzinfo).date() < now.date()) and may_try(now, last)


def backup_warning(now: datetime, last: LastBackup, joined_at: datetime) -> StationError | None:
    """Return what a worker is told: `backup-old` (days), `backup-never`; None while all is well.

    Args:
        joined_at: since when this PC has had something to lose.
    """
    done = time_noted(last.good_at, now)
    if done is not None:
        return StationError("backup-old", days=(now - done).days) if now - done > OLD_AFTER else None
    return StationError("backup-never") if now - joined_at > NEVER_AFTER else None
