"""What is wrong with a new PIN or a code from a paper slip, in words, while it is being typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from station_app.domain.errors import StationError
from station_app.keys.pins import PIN_MAX_DIGITS, PIN_MIN_DIGITS, check_pin, plain_pin
from station_app.messages import text_of

PIN_RULE = f"{PIN_MIN_DIGITS} 到 {PIN_MAX_DIGITS} 位数字；不要用 123456、111111 这样一猜就中的。"
DIFFERENT = "两次输入的 PIN 不一样。请把这一遍重输，和上面的相同。"


def pin_problem(pin: str) -> str:
    """Return why this can't be a new PIN; "" when it can, or when nothing has been typed yet."""
    return _problem(check_pin, plain_pin(pin))


def repeat_problem(pin: str, again: str) -> str:
    """Return that the second PIN is not the first one; "" when it is, or when nothing has been typed yet."""
    return DIFFERENT if again and plain_pin(again) != plain_pin(pin) else ""


def new_pin_problem(pin: str, again: str) -> tuple[str, str] | None:
    """Return which box of a new PIN is wrong (pin, again) and why; None when both are filled well."""
    problems = (("pin", pin_problem(pin)), ("again", repeat_problem(pin, again)))
    return next((found for found in problems if found[1]), None)


def code_problem(parse: Callable[[str], Any], text: str) -> str:
    """Return why this can't be the code on the slip; "" when it can, or when nothing has been typed yet."""
    return _problem(parse, text)


def _problem(check: Callable[[str], Any], text: str) -> str:
    if not text.strip():
        return ""
    try:
        check(text)
    except StationError as error:
        return text_of(error)
    return ""
