"""What the center's own use cases need: accounts, stations, codes, drafts, documents, and its signing key."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from station_app.domain.organisations import Organisations
from station_app.domain.people import Worker
from station_app.exchange.ports import Epoch
from station_app.protocol.event import Event
from station_app.protocol.signed import Signed


@dataclass(frozen=True, slots=True)
class Station:
    """An enrolled PC.

    Args:
        challenge: the nonce that a PC has to name which came with another than the one expected; "" while none has.
        cloned: two copies of it were alive at once; it has to be enrolled anew.
        is_center: it is no PC but the center of this county, a client of the city's.
    """

    device: str
    org: str
    public_key: bytes
    enrolled_at: str
    last_seen_at: str = ""
    challenge: str = ""
    cloned: bool = False
    is_center: bool = False
    box_key: bytes = b""


@dataclass(frozen=True, slots=True)
class Account:
    """A worker's account; `code_hash` while an activation code is open, `secret` for work at the center itself."""

    worker: Worker
    disabled: bool = False
    code_hash: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class DirectoryDraft:
    """A submitted directory on its way to release."""

    number: int
    content: Mapping[str, Any]
    submitted_by: str
    approved_by: str
    published: bool


@dataclass(frozen=True, slots=True)
class PhoneRound:
    """Which code by telephone is the next for a worker of a PC.

    Args:
        number: the round, 1 for the first.
        public: X25519 public key of that code, 32 bytes.
        issued: the code has been read out; the PC gets the key of the next round with its next exchange.
    """

    device: str
    person: str
    number: int
    public: bytes
    issued: bool = False


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Something that was done at the center itself, by whom, and when (UTC stamp).

    Args:
        what: pin-reset, revoke, user-disable, held-admit, remove-bodies, refused-export, by-window.
        by, second: names of those who signed in for it, "" where nobody has to.
    """

    at: str
    what: str
    by: str
    second: str
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """An event that is held for a person, by its number, with the reason."""

    number: int
    code: str
    event: Event


@dataclass(frozen=True, slots=True)
class RefusedEvent:
    """A tombstone by its number: which PC sent the event under which epoch and link number, and the reason.

    Args:
        event: without its body.
    """

    number: int
    code: str
    device: str
    epoch: str
    link: int
    event: Event


class Vault(Protocol):
    """What the center derives from a secret outside its database."""

    def phone_code(self, device: str, person: str, number: int) -> str: ...
    def phone_public(self, device: str, person: str, number: int) -> bytes: ...
    def office_public(self, org: str, version: int) -> bytes: ...
    def office_wrap(self, org: str, version: int, device: str, box_public: bytes) -> bytes: ...
    def center_public(self) -> bytes: ...
    def open_carried(self, box: bytes, aad: bytes) -> bytes: ...


class Registry(Protocol):
    """The center's office tables in one transaction."""

    def setting(self, name: str) -> Any: ...
    def save_setting(self, name: str, value: Any) -> None: ...
    def organisations(self) -> Organisations: ...
    def station(self, device: str) -> Station | None: ...
    def stations(self) -> Sequence[Station]: ...
    def stations_of(self, org: str) -> Sequence[Station]: ...
    def save_station(self, station: Station) -> None: ...
    def epoch(self, device: str, epoch: str) -> Epoch | None: ...
    def epochs(self, device: str) -> Sequence[Epoch]: ...
    def save_epoch(self, found: Epoch) -> None: ...
    def account(self, person: str) -> Account | None: ...
    def account_named(self, name: str) -> Account | None: ...
    def accounts(self) -> Sequence[Account]: ...
    def save_account(self, account: Account) -> None: ...
    def add_code(self, code_hash: str, org: str) -> None: ...
    def code(self, code_hash: str) -> tuple[str, str] | None: ...
    def codes(self) -> Sequence[str]:
        """Return the hashes of all enrolment codes that were ever given, used ones too."""
        ...

    def use_code(self, code_hash: str, device: str) -> None: ...
    def save_credential(self, signed: Signed) -> None: ...
    def holders_of(self, public_key: bytes) -> set[str]:
        """Return the persons and devices ("" stands for a device) that a key was ever certified for."""
        ...

    def document(self, kind: str) -> Signed | None: ...
    def last_document(self, kind: str) -> int: ...
    def save_document(self, kind: str, number: int, signed: Signed) -> None: ...
    def show_again(self, org: str) -> None:
        """Put all events that an office sees on their way to it, and its cases before the ruler again.

        What the feed has brought and the office sees no more is taken from it.
        """
        ...

    def place_document(self, orgs: Iterable[str], kind: str, number: int) -> None: ...
    def devices_of(self, person: str) -> set[str]:
        """Return the PCs on which a person was ever certified."""
        ...

    def certified_for(self, org: str) -> set[str]:
        """Return the PCs that were ever certified for an office, also such as no enrolment is known of any more."""
        ...

    def events_by(self, devices: Collection[str]) -> Iterable[Event]:
        """Yield the events that these devices wrote."""
        ...

    def chain_heads(self, devices: Collection[str]) -> Mapping[tuple[str, str], int]:
        """Return the last seq taken in of each epoch of these devices, tombstones included."""
        ...

    def phone_rounds(self) -> Sequence[PhoneRound]: ...
    def phone_rounds_of(self, device: str) -> Sequence[PhoneRound]: ...
    def save_phone_round(self, found: PhoneRound) -> None: ...
    def add_audit(self, entry: AuditEntry) -> None: ...
    def audits(self) -> Sequence[AuditEntry]:
        """Return what was done at the center, in order."""
        ...

    def add_draft(self, content: Mapping[str, Any], submitted_by: str) -> int: ...
    def draft(self, number: int) -> DirectoryDraft | None: ...
    def save_draft(self, draft: DirectoryDraft) -> None: ...


@dataclass(frozen=True, slots=True)
class CenterClerk:
    """What the center signs and counts with.

    Args:
        sign: signs a payload in a context with the center's key.
        now: UTC clock.
        entropy: random bytes.
        vault: gives codes read out by telephone and the keys of the offices.
    """

    sign: Callable[[str, bytes], bytes]
    now: Callable[[], datetime]
    entropy: Callable[[int], bytes]
    vault: Vault

    def signed(self, context: str, payload: bytes) -> Signed:
        """Return the payload with the center's signature."""
        return Signed(payload, self.sign(context, payload))
