"""A forgotten PIN on this PC: the challenge to read out to the county, and a new PIN by the code that it answers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from station_app.bootstrap.station_home import StationHome
from station_app.keys.phone_codes import Challenge, code_key, parse_code
from station_app.keys.pins import check_pin, plain_pin


def challenge(folder: Path, name: str) -> str:
    """Return what a worker reads out to the county; nothing changes here, and no network is needed.

    Raises:
        StationError: `not-enrolled`, `worker-unknown-here`, `phone-slot-missing`.
    """
    home = StationHome(folder)
    device = home.identity().device
    slot = home.slots().phone_slot(name)
    return Challenge.of(device, slot.person, slot.round).text


def reset_pin(folder: Path, name: str, code_text: str, pin: str) -> None:
    """Set a new PIN by the code that the county has read out; the worker's key stays the same.

    Raises:
        StationError: as `challenge`; `reset-code-malformed`, `reset-code-wrong`, `reset-code-wait`, PIN faults.
    """
    home = StationHome(folder)
    device = home.identity().device
    code = parse_code(code_text)
    check_pin(plain_pin(pin))
    slots = home.slots()
    slot = slots.phone_slot(name)
    slots.reset_pin(name, code_key(code, device, slot.person, slot.round), pin, datetime.now(UTC))
