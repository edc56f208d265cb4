"""How old news are: of the offices below, and our own, without which those of all others are unknown."""

from __future__ import annotations

from datetime import datetime, timedelta

from station_app.ui.models.dates import Word, heard_word, instant_text
from station_app.ui.tokens import Tone
from station_app.usecases.home import STALE_HOURS, OfficeFreshness


def is_old(at: datetime | None, now: datetime) -> bool:
    """Tell whether our own last exchange is so long ago that what others do is unknown."""
    return at is None or now - at > timedelta(hours=STALE_HOURS)


def own_sync_word(at: datetime | None, now: datetime) -> Word:
    """Return when this station itself last exchanged, and what that means for what it shows."""
    if at is None:
        return Word("本站还没有同步过，别处的情况不知道", Tone.STALE)
    if is_old(at, now):
        return Word(f"别处的情况截至 {instant_text(at, now)}，之后的不知道", Tone.STALE)
    return Word(f"本站上次同步 {instant_text(at, now)}", Tone.INFO)


def office_word(office: OfficeFreshness, own_sync_at: datetime | None, now: datetime) -> Word:
    """Return how fresh an office's news are; when our own are old, those of all others are unknown."""
    word = heard_word(office.last_seen_at, now, stale=office.stale or is_old(own_sync_at, now))
    return word if word.tone is Tone.GOOD else Word(word.text, Tone.STALE)
