"""Days and instants as a worker says them: today, tomorrow, three days late, nothing heard for two days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from station_app.domain.calendar import SHANGHAI
from station_app.domain.clocks import Clock
from station_app.ui.tokens import Tone
from station_app.usecases.times import local_day

_WEEKDAYS = "一二三四五六日"
_SOON_DAYS = 2


@dataclass(frozen=True, slots=True)
class Word:
    """A text and what it means."""

    text: str
    tone: Tone = Tone.PLAIN


def weekday_text(day: date) -> str:
    """Return a day in full: 2026年11月23日 星期一."""
    return f"{day.year}年{day_text(day)} 星期{_WEEKDAYS[day.weekday()]}"


def day_text(day: date) -> str:
    """Return a day without its year: 11月23日."""
    return f"{day.month}月{day.day}日"


def ago_text(days: int) -> str:
    """Return how many days of the calendar ago something was: 今天, 3 天前."""
    return f"{days} 天前" if days else "今天"


def handed_text(giver: str, days: int) -> str:
    """Return who handed something over how long ago: 示例一村今天交出, 示例一村 3 天前交出."""
    return f"{giver}{' ' if days else ''}{ago_text(days)}交出"


def due_word(clock: Clock | None, today: date) -> Word:
    """Return how long a limit still runs, counted in days of the calendar; "" where none runs."""
    if clock is None:
        return Word("")
    left = (clock.due_on - today).days
    note = "（暂定）" if clock.provisional else ""
    if left < 0:
        return Word(f"超 {-left} 天{note}", Tone.BAD)
    if left == 0:
        return Word(f"今天到期{note}", Tone.BAD)
    when = "明天" if left == 1 else day_text(clock.due_on)
    return Word(f"{when}到期{note}", Tone.WARN if left <= _SOON_DAYS else Tone.PLAIN)


def heard_word(last_at: datetime | None, now: datetime, *, stale: bool) -> Word:
    """Return when an office was last heard of; what is stale is unknown, never good."""
    if last_at is None:
        return Word("还没有消息", Tone.STALE)
    if not stale:
        return Word(instant_text(last_at, now), Tone.GOOD)
    days = (local_day(now) - local_day(last_at)).days
    return Word(f"{days} 天没有消息" if days else instant_text(last_at, now), Tone.STALE)


def instant_text(at: datetime, now: datetime) -> str:
    """Return an instant: 今天 09:12, 昨天 16:20, 11月18日 09:12."""
    days = (local_day(now) - local_day(at)).days
    day = {0: "今天", 1: "昨天"}.get(days, day_text(local_day(at)))
    return f"{day} {at.astimezone(SHANGHAI):%H:%M}"
