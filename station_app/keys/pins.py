"""Rules for PINs, and how long a worker waits after wrong ones."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from itertools import pairwise
from typing import Final

from station_app.domain.errors import StationError

PIN_MIN_DIGITS: Final = 6
PIN_MAX_DIGITS: Final = 12
MAX_WAIT_S: Final = 15 * 60
_FREE_TRIES: Final = 3
_FIRST_WAIT_S: Final = 15
_MAX_PERIOD: Final = 3


def plain_pin(typed: str) -> str:
    """Return the PIN in ASCII: a Chinese input method left in full-width mode types １２３ for 123."""
    return unicodedata.normalize("NFKC", typed)


def check_pin(pin: str) -> None:
    """Refuse a PIN that is no PIN or that anybody would try first.

    Raises:
        StationError: "pin-length" unless 6 to 12 digits 0-9; "pin-too-simple" for a run up or down (123456,
            890123, 654321) or a repeated block of up to three digits (111111, 121212, 123123).
    """
    if not re.fullmatch(rf"[0-9]{{{PIN_MIN_DIGITS},{PIN_MAX_DIGITS}}}", pin):
        raise StationError("pin-length", min_digits=PIN_MIN_DIGITS, max_digits=PIN_MAX_DIGITS)
    if _is_run(pin) or _is_repetition(pin):
        raise StationError("pin-too-simple")


def wait_after(wrong: int) -> int:
    """Return the seconds to wait after so many wrong PINs in a row: 0, 0, 15, 30, 60 ... at most 15 minutes."""
    if wrong < _FREE_TRIES:
        return 0
    # The exponent is capped before the power is taken: the count comes from a file.
    return min(_FIRST_WAIT_S << min(wrong - _FREE_TRIES, 10), MAX_WAIT_S)


def remaining_wait(wrong: int, wrong_at_s: int, now: datetime) -> int:
    """Return the seconds still to wait; `now` is aware.

    The clock of the PC may have been set back since the last wrong PIN: then this is more than `wait_after`, and
    the caller starts the wait anew from `now`.
    """
    wait_s = wait_after(wrong)
    return max(0, wrong_at_s + wait_s - int(now.timestamp())) if wait_s else 0


def _is_run(pin: str) -> bool:
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return steps in ({1}, {9})


def _is_repetition(pin: str) -> bool:
    return any(pin == (pin[:period] * len(pin))[: len(pin)] for period in range(1, _MAX_PERIOD + 1))
