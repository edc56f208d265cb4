"""What the center's application is given by bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from station_app.exchange.center import CenterDesk
from station_app.exchange.relay_port import SharingBook
from station_app.protocol.signed import Signed
from station_app.usecases.center_ports import CenterClerk, Registry


class CenterStore(SharingBook, Registry, Protocol):
    """The center's journal and office tables in one transaction."""

    def waits_for_ruling(self, org: str) -> bool: ...
    def start_center_epoch(self, epoch: str) -> None: ...
    def refusals_by_device(self) -> Mapping[str, tuple[int, int]]:
        """Return for each PC of which events were not taken in how many, and how many of these are held for people."""
        ...

    def signed_credentials(
        self, devices: Collection[str], people: Collection[tuple[str, str]]
    ) -> tuple[Signed, ...]: ...


class FileShelf(Protocol):
    """Where files of attachments lie: `carriers.shelf.Shelf`, which says what each does."""

    def has(self, address: str) -> bool: ...
    def come(self, address: str) -> int: ...
    def begin(self, address: str) -> None: ...
    def add(self, address: str, at: int, data: bytes) -> bool: ...
    def cut(self, address: str, at: int) -> None: ...
    def settle(self, address: str, *sizes: int) -> int: ...
    def read(self, address: str, start: int = 0, most: int | None = None) -> bytes: ...
    def drop(self, address: str) -> bool: ...


OpenStore = Callable[[], AbstractContextManager[CenterStore]]


@dataclass(frozen=True, slots=True)
class CenterParts:
    """The real parts of a center.

    Args:
        write: opens the writing transaction.
        read: opens a reading transaction.
        clerk: signs documents, credentials, receipts and replies.
        desk: writes rulings.
        authority_pem: the certificate that stations pin.
        public_key: the center's key.
        recovery_public: the key to which stations seal their database key.
        shelf: the files of attachments.
        recover: opens such a box of a device and seals the key anew to a public key; for an activation on a locked PC.
    """

    write: OpenStore
    read: OpenStore
    clerk: CenterClerk
    desk: CenterDesk
    authority_pem: str
    public_key: bytes
    recovery_public: bytes
    recover: Callable[[bytes, str, bytes], bytes]
    verify: Callable[[bytes, str, bytes, bytes], bool]
    verify_many: Callable[[Sequence[tuple[bytes, str, bytes, bytes]]], list[bool]]
    log_error: Callable[[str, BaseException], None]
    shelf: FileShelf
