"""What a worker should be told of this PC before it becomes a trouble: its clock, the room on its disk."""

from __future__ import annotations

from datetime import datetime, timedelta

from station_app.domain.errors import StationError
from station_app.exchange.ports import Link
from station_app.usecases.times import read_stamp

# A line of 600 ms and a slow commit make seconds; ten minutes are a clock that somebody must set.
CLOCK_OFF_BY = timedelta(minutes=10)
# Enough for some thousand cases, and for the days until somebody has cleared the disk.
LOW_DISK_BYTES = 200 * 1024 * 1024
_MIB = 1024 * 1024


def clock_offset(now: datetime, link: Link) -> timedelta | None:
    """Return how far this PC's clock is ahead of the center's (negative: behind), None within ten minutes or unknown.

    The center's time comes with every reply and is kept with the time that this PC had then. Without an exchange one
    thing is still known: a clock that shows less than the center had already told is behind, by at least that much.

    Args:
        now: this PC's clock.
        link: as saved with the last reply.
    """
    if not link.center_time or not link.last_success_at:
        return None
    center = read_stamp(link.center_time)
    found = now - center if now < center - CLOCK_OFF_BY else read_stamp(link.last_success_at) - center
    return found if abs(found) > CLOCK_OFF_BY else None


def pc_warnings(now: datetime, link: Link, free_bytes: int) -> tuple[StationError, ...]:
    """Return what to tell: `clock-wrong` (direction, offset), `disk-low` (free_mb); nothing while all is well."""
    found = []
    offset = clock_offset(now, link)
    if offset is not None:
        direction = "快" if offset > timedelta(0) else "慢"
        found.append(StationError("clock-wrong", direction=direction, offset=_length(abs(offset))))
    if free_bytes < LOW_DISK_BYTES:
        found.append(StationError("disk-low", free_mb=free_bytes // _MIB))
    return tuple(found)


def _length(span: timedelta) -> str:
    if span >= timedelta(days=365):
        return f"约 {round(span / timedelta(days=365.25))} 年"
    if span >= timedelta(days=1):
        return f"约 {round(span / timedelta(days=1))} 天"
    if span >= timedelta(hours=1):
        return f"约 {round(span / timedelta(hours=1))} 小时"
    return f"约 {round(span / timedelta(minutes=1))} 分钟"
