"""PIN rules and the wait after wrong PINs."""

from __future__ import annotations

import pytest

from station_app.domain.errors import StationError
from station_app.keys.pins import check_pin, wait_after


@pytest.mark.parametrize(
    "pin", ["", "12345", "1234567890123", "12a456", "12 456", "１２３４５７", "-12345", "428591\n"]
)
def test_a_pin_has_six_to_twelve_plain_digits(pin: str) -> None:
    with pytest.raises(StationError) as caught:
        check_pin(pin)
    assert caught.value.code == "pin-length"
    assert caught.value.params == {"min_digits": 6, "max_digits": 12}


@pytest.mark.parametrize(
    "pin", ["123456", "654321", "890123", "111111", "000000000000", "121212", "1212121", "123123", "3210987"]
)
def test_what_anybody_tries_first_is_refused(pin: str) -> None:
    with pytest.raises(StationError, match="pin-too-simple"):
        check_pin(pin)


@pytest.mark.parametrize("pin", ["428591", "112233", "135790", "123457", "123456123457"])
def test_an_ordinary_pin_is_fine(pin: str) -> None:
    check_pin(pin)


def test_the_wait_doubles_from_the_third_wrong_pin_to_a_quarter_of_an_hour() -> None:
    assert [wait_after(wrong) for wrong in range(11)] == [0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900]
    assert wait_after(10**9) == 900
