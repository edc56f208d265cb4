"""A center's vault that costs nothing: everything it gives tells what it was asked for."""

from __future__ import annotations

import hashlib


class FakeVault:
    """The port is usecases.center_ports.Vault."""

    def phone_code(self, device: str, person: str, number: int) -> str:
        return f"code {device} {person} {number}"

    def phone_public(self, device: str, person: str, number: int) -> bytes:
        return hashlib.sha256(self.phone_code(device, person, number).encode()).digest()

    def office_public(self, org: str, version: int) -> bytes:
        return hashlib.sha256(f"{org} {version}".encode()).digest()

    def office_wrap(self, org: str, version: int, device: str, box_public: bytes) -> bytes:
        return f"{org} {version} {device} ".encode() + box_public

    def center_public(self) -> bytes:
        return hashlib.sha256(b"center").digest()

    def open_carried(self, box: bytes, aad: bytes) -> bytes:
        return box.removeprefix(aad)
