"""What the center's own use cases need: accounts, stations, codes, drafts, documents, and its signing key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from station_app.domain.people import Worker
from station_app.exchange.ports import Epoch
from station_app.protocol.signed import Signed

# The other centers that this one knows: [{"org", "device", "public_key"}], a setting and a kind of document.
CENTERS = "centers"


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


class Registry(Protocol):
    """The center's office tables in one transaction."""

    def setting(self, name: str) -> Any: ...
    def save_setting(self, name: str, value: Any) -> None: ...
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
    def use_code(self, code_hash: str, device: str) -> None: ...
    def save_credential(self, signed: Signed) -> None: ...
    def document(self, kind: str) -> Signed | None: ...
    def last_document(self, kind: str) -> int: ...
    def save_document(self, kind: str, number: int, signed: Signed) -> None: ...
    def show_again(self, org: str) -> None:
        """Put all events that an office sees on their way to it, and its cases before the ruler again."""
        ...

    def place_document(self, orgs: Iterable[str], kind: str, number: int) -> None: ...
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
    """

    sign: Callable[[str, bytes], bytes]
    now: Callable[[], datetime]
    entropy: Callable[[int], bytes]

    def signed(self, context: str, payload: bytes) -> Signed:
        """Return the payload with the center's signature."""
        return Signed(payload, self.sign(context, payload))
