"""When a worker is told of the clock and the disk of the PC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.exchange.ports import Link
from station_app.messages import text_of
from station_app.usecases.pc_health import CLOCK_OFF_BY, LOW_DISK_BYTES, clock_offset, pc_warnings
from station_app.usecases.times import stamp

CENTER = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ROOM = LOW_DISK_BYTES


def after_exchange(off_by: timedelta) -> Link:
    return Link(center_time=stamp(CENTER), last_success_at=stamp(CENTER + off_by))


def test_nothing_is_said_before_the_first_exchange() -> None:
    assert clock_offset(CENTER, Link()) is None
    assert pc_warnings(CENTER, Link(), ROOM) == ()


@given(st.timedeltas(-CLOCK_OFF_BY, CLOCK_OFF_BY), st.timedeltas(timedelta(0), timedelta(days=30)))
def test_nothing_is_said_of_a_clock_within_ten_minutes(off_by: timedelta, since: timedelta) -> None:
    assert clock_offset(CENTER + off_by + since, after_exchange(off_by)) is None


@given(st.timedeltas(timedelta(minutes=10, seconds=1), timedelta(days=8000)), st.booleans())
def test_a_clock_that_is_further_off_is_told_with_its_direction(off_by: timedelta, behind: bool) -> None:
    found = -off_by if behind else off_by
    offset = clock_offset(CENTER + found, after_exchange(found))
    assert offset is not None
    assert abs(offset - found) <= timedelta(seconds=1)


def test_a_clock_that_falls_back_is_told_without_any_exchange() -> None:
    exchanged = after_exchange(timedelta(0))
    assert clock_offset(datetime(2009, 1, 1, tzinfo=UTC), exchanged) == datetime(2009, 1, 1, tzinfo=UTC) - CENTER
    # A clock that runs ahead can't be told from time that has passed.
    assert clock_offset(CENTER + timedelta(days=3), exchanged) is None


@pytest.mark.parametrize(
    ("off_by", "says"),
    [
        (datetime(2009, 1, 1, tzinfo=UTC) - CENTER, "慢约 18 年"),
        (timedelta(days=3), "快约 3 天"),
        (-timedelta(hours=8), "慢约 8 小时"),
        (timedelta(minutes=12), "快约 12 分钟"),
    ],
)
def test_the_offset_is_said_in_words(off_by: timedelta, says: str) -> None:
    [warning] = pc_warnings(CENTER + off_by, after_exchange(off_by), ROOM)
    assert text_of(warning).startswith(f"电脑时间不正确，比县中心{says}。请把日期和时间调准")


def test_a_disk_that_gets_full_is_told_while_there_is_still_room() -> None:
    link = after_exchange(timedelta(0))
    assert pc_warnings(CENTER, link, LOW_DISK_BYTES) == ()
    [warning] = pc_warnings(CENTER, link, LOW_DISK_BYTES - 1)
    assert (warning.code, warning.params) == ("disk-low", {"free_mb": 199})
    assert "请清理磁盘" in text_of(warning)
