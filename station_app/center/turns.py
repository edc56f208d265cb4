"""Turns of the devices that exchange: each has one call at work, so that no one of them keeps the others waiting."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from station_app.domain.errors import StationError

# From this on, and up to so much later by chance, so that those who were sent away do not come back together.
COME_AGAIN_S, SPREAD_S = 5, 25
# A station that has given up on an answer asks again while the center is still at the first one.
MOST_OF_A_DEVICE = 3


def busy() -> StationError:
    """Return what sends a caller away, with the time after which to come again."""
    return StationError("center-busy", retry_after_s=COME_AGAIN_S + secrets.randbelow(SPREAD_S))


@dataclass(slots=True)
class _Line:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    calls: int = 0


class Turns:
    """Lets calls of one device work one behind the other, and sends away what a device has too many of."""

    def __init__(self, most: int = MOST_OF_A_DEVICE) -> None:
        self._most = most
        self._lines: dict[str, _Line] = {}

    @asynccontextmanager
    async def of(self, device: str) -> AsyncIterator[None]:
        """Wait for the turn of a call that has been read whole: a line that hangs in the middle of one takes none.

        Raises:
            StationError: `center-busy` (retry_after_s): the device has so many calls here already.
        """
        line = self._lines.setdefault(device, _Line())
        if line.calls >= self._most:
            raise busy()
        line.calls += 1
        try:
            async with line.turn:
                yield
        finally:
            line.calls -= 1
            if not line.calls:
                del self._lines[device]
