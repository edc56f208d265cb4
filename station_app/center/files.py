"""Who may send a file of an attachment up and who may fetch it: by the events that name it (docs/sync.md §19)."""

from __future__ import annotations

import re
from collections.abc import Callable

from station_app.center.calls import Call
from station_app.center.ports import CenterParts, CenterStore, FileShelf
from station_app.domain.errors import StationError
from station_app.domain.lanes import SubjectKind
from station_app.exchange.file_book import NamedFile
from station_app.exchange.uplink import may_relay
from station_app.keys.signing import REPLY
from station_app.protocol.requests import reply_bytes
from station_app.usecases.center_ports import Station
from station_app.usecases.holding import is_revoked

_ADDRESS = re.compile(r"[0-9a-f]{64}")


class FileDesk:
    """Lets calls on files in, and answers them under the center's key."""

    def __init__(self, parts: CenterParts) -> None:
        self._parts = parts

    @property
    def shelf(self) -> FileShelf:
        """Return where the files lie."""
        return self._parts.shelf

    def admit(self, call: Call, address: str) -> list[int]:
        """Return how many bytes a file that may be sent up has, as each says who named it, the least first.

        Raises:
            StationError: `file-unknown`, and those of `Call.station`.
        """
        with self._parts.read() as store:
            station = call.station(store, self._parts)
            return _sizes(store, station, address, _may_send(store, station))

    def find(self, call: Call, address: str) -> int:
        """Return how many bytes a file that may be fetched has; `file-unknown`, and those of `Call.station`."""
        with self._parts.read() as store:
            station = call.station(store, self._parts)
            if station.cloned or is_revoked(store, station.device):
                raise StationError("file-unknown")
            _sizes(store, station, address, lambda _org: False)
        if not self._parts.shelf.has(address):
            raise StationError("file-unknown")
        return self._parts.shelf.come(address)

    def sign_reply(self, call: Call, body: bytes) -> str:
        """Return the center's signature over a reply to this call, in hex."""
        return self._parts.clerk.sign(REPLY, reply_bytes(call.signed_bytes, body)).hex()


def _may_send(store: CenterStore, station: Station) -> Callable[[str], bool]:
    """Return whether the caller brings what an office has written, whoever sees the case."""
    organisations = store.organisations()
    if station.is_center:
        return may_relay(organisations, station.org)
    # What an office below has written may come by hand to this one, which has a line.
    return lambda org: org == station.org or (org in organisations and organisations.is_below(org, station.org))


def _sizes(store: CenterStore, station: Station, address: str, brings: Callable[[str], bool]) -> list[int]:
    # Before anything is looked for under it on the disk.
    named = store.files_named(address) if _ADDRESS.fullmatch(address) else ()
    viewers = store.viewers({(SubjectKind.CASE.value, file.case_id) for file in named})

    def counts(file: NamedFile) -> bool:
        return station.org in viewers.get((SubjectKind.CASE.value, file.case_id), ()) or brings(file.org)

    sizes = sorted({file.size for file in named if counts(file)})
    if not sizes:
        raise StationError("file-unknown")
    return sizes
