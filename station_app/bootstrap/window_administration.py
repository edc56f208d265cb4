"""What the windows of a center's office ask of the center for an administrator; all of it in jobs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from station_app.bootstrap.station_line import line_to
from station_app.protocol.fleet_records import Fleet
from station_app.sync.center_client import CenterClient

if TYPE_CHECKING:
    from station_app.bootstrap.station import SignedIn


@dataclass(frozen=True, slots=True)
class WindowAdministration:
    """Calls of the worker who is signed in; whether that is an administrator, the center says."""

    signed_in: SignedIn

    def fleet(self) -> Fleet:
        """Return how all PCs of the center are."""
        with self._client() as center:
            return center.fleet([self.signed_in.administrator])

    @contextmanager
    def _client(self) -> Iterator[CenterClient]:
        me = self.signed_in.home.identity()
        with line_to(me.center_url, me.authority_pem) as line:
            yield CenterClient(line, self.signed_in.device_key, bytes.fromhex(me.center_key))
