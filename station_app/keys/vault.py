"""What a center derives from one secret in a file outside its database: codes read out by telephone, office keys."""

from __future__ import annotations

from typing import Final

from station_app.keys.phone_codes import code_key, make_code
from station_app.keys.sealing import BoxKey, box_key_of, derive_key, open_box, seal_to

_PHONE_PURPOSE: Final = b"station phone secret 1"
_OFFICE_PURPOSE: Final = b"station office secret 1\0"
_WRAP_PURPOSE: Final = b"station office key 1"
_CENTER_PURPOSE: Final = b"station center box 1"


class CenterVault:
    """Keeps nothing but the secret: the same question gets the same code or key, also after a restore.

    Args:
        secret: 32 bytes; who has it can make every code and open what was sealed to any office.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def phone_code(self, device: str, person: str, number: int) -> str:
        """Return the code that is read out when this worker of this PC has forgotten the PIN, in this round."""
        return make_code(derive_key(self._secret, _PHONE_PURPOSE), device, person, number)

    def phone_public(self, device: str, person: str, number: int) -> bytes:
        """Return the X25519 public key that the PC seals to; the code gives the private one."""
        return code_key(self.phone_code(device, person, number), device, person, number).public

    def office_public(self, org: str, version: int) -> bytes:
        """Return the X25519 public key of an office."""
        return self._office_key(org, version).public

    def office_wrap(self, org: str, version: int, device: str, box_public: bytes) -> bytes:
        """Return the private key of an office for one of its PCs alone.

        Raises:
            ValueError: `box_public` is no usable X25519 key.
        """
        return seal_to(box_public, self._office_key(org, version).private, _wrap_aad(org, version, device))

    def center_public(self) -> bytes:
        """Return the X25519 key to which what is carried to this center is sealed."""
        return self._center_key().public

    def open_carried(self, box: bytes, aad: bytes) -> bytes:
        """Return what was sealed to `center_public`; `sealed-data-damaged` where it was not, or not for this."""
        return open_box(self._center_key().private, box, aad)

    def _center_key(self) -> BoxKey:
        return box_key_of(derive_key(self._secret, _CENTER_PURPOSE))

    def _office_key(self, org: str, version: int) -> BoxKey:
        return box_key_of(derive_key(self._secret, _OFFICE_PURPOSE + f"{org}\0{version}".encode()))


def open_wrap(private: bytes, wrap: bytes, org: str, version: int, device: str) -> BoxKey:
    """At a PC: return the key of its office from the wrap that was made for it.

    Raises:
        StationError: `sealed-data-damaged`: made for another PC, office or version, or damaged.
    """
    return box_key_of(open_box(private, wrap, _wrap_aad(org, version, device)))


def _wrap_aad(org: str, version: int, device: str) -> bytes:
    return b"\0".join((_WRAP_PURPOSE, org.encode(), str(version).encode(), device.encode()))
