"""What the windows of a center's office ask of the center for an administrator; all of it in jobs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from station_app.bootstrap.station_line import line_to
from station_app.keys.phone_codes import code_text
from station_app.protocol.fleet_records import Fleet
from station_app.protocol.joining_records import JoinFile
from station_app.protocol.requests import ENROLMENT_CODES_PATH, GRANTS_PATH, PIN_CODES_PATH, REVOCATIONS_PATH
from station_app.sync.center_client import Administrator, CenterClient
from station_app.ui.ports import GrantFile, NewCode, ReadOut
from station_app.usecases.reference import organisation_names

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

    def enrolment_code(self, org: str) -> NewCode:
        """Return a code by which one PC joins an office."""
        found = self._administer(ENROLMENT_CODES_PATH, {"org": org})
        return NewCode(str(found["name"]), str(found["code"]), self.signed_in.home.identity().center_url)

    def grant(self, request: str, path: str) -> GrantFile:
        """Answer the request in a file by a grant in another one.

        Raises:
            StationError: those of `read_request`, `write_grant`, and of the center. A grant that could not be written
                is made again from the same request.
        """
        from station_app.carriers.join_file import read_request, write_grant

        asked = read_request(Path(request))
        record = {"kind": asked.kind, "device": asked.device, "contents": asked.contents.hex()}
        found = self._administer(GRANTS_PATH, record)
        made = JoinFile(str(found["kind"]), str(found["device"]), bytes.fromhex(found["contents"]))
        return GrantFile(str(write_grant(Path(path), made)), str(found["office"]), str(found["worker"]))

    def revoke(self, device: str, reason: str) -> int:
        """Revoke a PC; return how many of its events the center has, which count."""
        found = self._administer(REVOCATIONS_PATH, {"device": device, "reason": reason})
        return sum(int(entry["seq"]) for entry in found["valid_up_to"])

    def pin_code(self, challenge: str, second: str, pin: str) -> ReadOut:
        """Return the code to be read out; another administrator signs too, opened by name and PIN.

        Raises:
            StationError: `worker-unknown-here`, `pin-wrong`, `two-administrators-needed`, and those of the center.
        """
        from station_app.bootstrap.station import administrator_of, now

        other = administrator_of(self.signed_in.home.slots().unlock(second, pin, now()))
        found = self._administer(PIN_CODES_PATH, {"challenge": challenge}, other)
        with self.signed_in.desk.read_book() as book:
            office = organisation_names(book).get(str(found["org"]), str(found["org"]))
        return ReadOut(str(found["name"]), office, code_text(str(found["code"])))

    def _administer(self, path: str, record: Mapping[str, Any], *others: Administrator) -> dict[str, Any]:
        with self._client() as center:
            return center.administer(path, record, [self.signed_in.administrator, *others])

    @contextmanager
    def _client(self) -> Iterator[CenterClient]:
        me = self.signed_in.home.identity()
        with line_to(me.center_url, me.authority_pem) as line:
            yield CenterClient(line, self.signed_in.device_key, bytes.fromhex(me.center_key))
