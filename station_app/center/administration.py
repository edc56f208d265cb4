"""What administrators ask of their center from a PC of its own office, and who may (docs/sync.md §20)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from station_app.center.calls import Call
from station_app.center.fleet import fleet_of
from station_app.center.granting import SERVED_AT, grant
from station_app.center.ports import CenterParts, CenterStore
from station_app.center.service import CenterService
from station_app.domain.errors import StationError
from station_app.domain.people import Worker
from station_app.keys.codes import EnrolmentCode, hash_code
from station_app.keys.phone_codes import Challenge, parse_challenge
from station_app.keys.signing import ADMINISTRATOR, REPLY
from station_app.protocol.fleet_records import fleet_to_wire
from station_app.protocol.joining_records import JoinFile
from station_app.protocol.requests import reply_bytes
from station_app.protocol.signed import PersonCredential
from station_app.protocol.wire import pack, unpack
from station_app.usecases.center_ports import AuditEntry, Station
from station_app.usecases.holding import is_revoked
from station_app.usecases.phone_resets import reset_code
from station_app.usecases.revoking import revoke
from station_app.usecases.run_center import open_enrolment, organisations_of
from station_app.usecases.times import stamp
from station_app.usecases.two_persons import require_administrator

_DAY = len("2026-11-22")
TWO = 2
# What it is called in the audit table that somebody did something from a window; what, stands beside it.
BY_WINDOW = "by-window"
MOST_BODY, MOST_CONTENTS, MOST_TEXT = 256 * 1024, 128 * 1024, 400


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

    def enrolment_code(self, call: Call, signers: Sequence[Signer]) -> bytes:
        """Return a new one-time code for a PC of an office."""
        with self._acting(call, signers, "开通电脑", "org") as (store, _persons):
            org = _text(call, "org")
            office = organisations_of(store).get(org)
            code = EnrolmentCode.new(self._parts.public_key)
            open_enrolment(store, org, hash_code(code.secret).hex())
        return pack({"org": org, "name": office.name, "code": code.text})

    def grant(self, call: Call, signers: Sequence[Signer]) -> bytes:
        """Return the grant for a request that a PC without a line has sent by file."""
        with self._acting(call, signers, "办批复", "kind", "device") as (store, _persons):
            served_at = store.setting(SERVED_AT) or ""
        try:
            contents = bytes.fromhex(_text(call, "contents", MOST_CONTENTS))
        except ValueError:
            raise StationError("record-malformed", reason="contents") from None
        request = JoinFile(_text(call, "kind"), _text(call, "device"), contents)
        # In transactions of its own, as if the PC had asked itself; the same request gives the same station.
        made = grant(self._parts, CenterService(self._parts, lambda: None), request, served_at)
        found = {"kind": made.file.kind, "device": made.file.device, "contents": made.file.contents.hex()}
        return pack({**found, "org": made.org, "office": made.office, "worker": made.worker})

    def revoke(self, call: Call, signers: Sequence[Signer]) -> bytes:
        """Revoke a PC for good, and return up to where it counts."""
        with self._acting(call, signers, "停用电脑", "device") as (store, persons):
            device, reason = _text(call, "device"), _text(call, "reason")
            entries = revoke(store, self._parts.clerk, device, reason, persons[0].name)
        return pack({"device": device, "valid_up_to": entries})

    def pin_code(self, call: Call, signers: Sequence[Signer]) -> bytes:
        """Return the code by which a worker sets a new PIN, for two administrators."""
        with self._acting(call, signers, "重置 PIN") as (store, persons):
            if len(persons) != TWO:
                raise StationError("two-administrators-needed", action="重置 PIN")
            challenge = parse_challenge(_text(call, "challenge"))
            found = reset_code(store, self._parts.clerk, lambda *who: Challenge.of(*who) == challenge, *persons)
        return pack({"name": found.name, "org": found.org, "device": found.device, "code": found.code})

    @contextmanager
    def _acting(
        self, call: Call, signers: Sequence[Signer], action: str, *named: str
    ) -> Iterator[tuple[CenterStore, list[Worker]]]:
        """Open the transaction in which something is done once, by whom it is noted.

        Args:
            named: the texts of the request that are noted too.

        Raises:
            StationError: those of `_require`; `request-used`: these very bytes were signed and served before.
        """
        digest = hashlib.sha256(call.signed_bytes).hexdigest()
        with self._parts.write() as store:
            persons = self._require(store, call, signers, action)
            if any(entry.what == BY_WINDOW and entry.about.get("request") == digest for entry in store.audits()):
                raise StationError("request-used")
            names = [person.name for person in persons] + [""]
            about = {"request": digest, "path": call.path, "pc": call.device}
            about |= {name: _text(call, name) for name in named}
            store.add_audit(AuditEntry(stamp(self._parts.clerk.now()), BY_WINDOW, names[0], names[1], about))
            yield store, persons

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


def _text(call: Call, name: str, most: int = MOST_TEXT) -> str:
    """Return a text of a request; `record-malformed` where there is none, or too long a one."""
    found = unpack(call.body, MOST_BODY)
    value = found.get(name) if isinstance(found, dict) else None
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        raise StationError("record-malformed", reason=name)
    return value
