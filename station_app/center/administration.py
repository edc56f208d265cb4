"""What administrators ask of their center from a PC of its own office, and who may (docs/sync.md §20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from station_app.center.calls import Call
from station_app.center.fleet import fleet_of
from station_app.center.ports import CenterParts, CenterStore
from station_app.domain.errors import StationError
from station_app.domain.people import Worker
from station_app.keys.signing import ADMINISTRATOR, REPLY
from station_app.protocol.fleet_records import fleet_to_wire
from station_app.protocol.requests import reply_bytes
from station_app.protocol.signed import PersonCredential
from station_app.protocol.wire import pack
from station_app.usecases.center_ports import Station
from station_app.usecases.holding import is_revoked
from station_app.usecases.times import stamp
from station_app.usecases.two_persons import require_administrator

_DAY = len("2026-11-22")


@dataclass(frozen=True, slots=True)
class Signer:
    """A person who has signed a request besides the PC."""

    person: str
    signature: bytes


class Administration:
    """Answers the calls of administrators.

    Args:
        parts: store, keys, clock.
        program: version of this program.
    """

    def __init__(self, parts: CenterParts, program: str) -> None:
        self._parts = parts
        self._program = program

    def sign_reply(self, call: Call, body: bytes) -> str:
        """Return the center's signature over a reply to this call."""
        return self._parts.clerk.sign(REPLY, reply_bytes(call.signed_bytes, body)).hex()

    def fleet(self, call: Call, signers: Sequence[Signer]) -> bytes:
        """Return how all PCs of this center are."""
        with self._parts.read() as store:
            self._require(store, call, signers, "看站点总览")
            return pack(fleet_to_wire(fleet_of(store, self._parts.clerk.now(), self._program)))

    def _require(self, store: CenterStore, call: Call, signers: Sequence[Signer], action: str) -> list[Worker]:
        """Return the administrators who want it.

        Raises:
            StationError: `device-unknown`, `request-not-signed`, `device-revoked`, `cloned`, `role-missing`,
                `administration-elsewhere`, `certificate-expired`, `worker-disabled`, `worker-elsewhere`.
        """
        station = call.station(store, self._parts)
        if not signers:
            raise StationError("request-not-signed")
        if is_revoked(store, station.device):
            raise StationError("device-revoked")
        if station.cloned:
            raise StationError("cloned")
        if station.is_center or station.org != store.setting("center")["org"]:
            raise StationError("administration-elsewhere")
        return [self._administrator(store, call, station, signer, action) for signer in signers]

    def _administrator(self, store: CenterStore, call: Call, station: Station, signer: Signer, action: str) -> Worker:
        credential = self._signed_under(store, call, station, signer)
        account = store.account(signer.person)
        if credential is None or account is None:
            raise StationError("request-not-signed")
        if credential.valid_to < stamp(self._parts.clerk.now()):
            raise StationError("certificate-expired", day=credential.valid_to[:_DAY])
        if account.disabled:
            raise StationError("worker-disabled", name=account.worker.name)
        if account.worker.org != station.org:
            raise StationError("worker-elsewhere", name=account.worker.name)
        # As the account is now: a certificate may say what was so some weeks ago.
        require_administrator(account.worker, action)
        return account.worker

    def _signed_under(
        self, store: CenterStore, call: Call, station: Station, signer: Signer
    ) -> PersonCredential | None:
        """Return the credential on this PC of the key by which this person signed; None where none of them did."""
        held = store.credentials({station.device}).people.get((signer.person, station.device), ())
        signed = call.signed_bytes
        for credential in held:
            if self._parts.verify(credential.public_key, ADMINISTRATOR, signed, signer.signature):
                return credential
        return None
