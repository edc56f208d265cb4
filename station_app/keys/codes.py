"""One-time codes that people read out and type: enrolment of a PC and activation of a worker."""

from __future__ import annotations

import hashlib
import hmac
import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from station_app.domain.errors import StationError

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base32: no I, L, O, U
_READ_AS: Final = str.maketrans("OIL", "011")
# Separators are dropped: spaces (Z*), dashes (Pd), control and zero-width characters that copying brings (C*), and
# what input methods and word processors make of a hyphen.
_SEPARATOR_CATEGORIES: Final = frozenset({"Zs", "Zl", "Zp", "Pd", "Cc", "Cf"})
_SEPARATORS: Final = frozenset("−ー_~·.")
_SECRET_CHARS: Final = 10
_HASH_CHARS: Final = 20
_BACKUP_CHARS: Final = 25
_GROUP_CHARS: Final = 5
_BITS_PER_CHAR: Final = 5


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """A one-time secret and the beginning of the hash of the center's key, which the new station pins by it.

    Args:
        secret: 10 Crockford base32 characters, 50 random bits.
        key_hash: 20 such characters, the first 100 bits of SHA-256 of the center's Ed25519 public key.
    """

    secret: str
    key_hash: str

    @classmethod
    def new(cls, center_public: bytes, entropy: Callable[[int], bytes] = os.urandom) -> EnrolmentCode:
        return cls(_random_secret(entropy), _key_hash(center_public))

    @property
    def text(self) -> str:
        """The code as printed, in six groups of five."""
        return _grouped(self.secret + self.key_hash)

    def matches(self, center_public: bytes) -> bool:
        """Tell whether this code was made for the center with that Ed25519 public key."""
        return hmac.compare_digest(self.key_hash, _key_hash(center_public))


def parse_enrolment_code(text: str) -> EnrolmentCode:
    """Read what a person typed: lower case, full width, spaces, any dashes, O for 0, I and L for 1 are all right.

    Raises:
        StationError: "code-malformed" with the expected and the found number of characters.
    """
    chars = _canonical(text, _SECRET_CHARS + _HASH_CHARS)
    return EnrolmentCode(chars[:_SECRET_CHARS], chars[_SECRET_CHARS:])


def new_activation_code(entropy: Callable[[int], bytes] = os.urandom) -> str:
    """Return a worker's activation code, 50 random bits in two groups of five."""
    return _grouped(_random_secret(entropy))


def parse_activation_code(text: str) -> str:
    """Return the ten characters of an activation code, as tolerant as `parse_enrolment_code`.

    Raises:
        StationError: "code-malformed" with the expected and the found number of characters.
    """
    return _canonical(text, _SECRET_CHARS)


def new_backup_code(entropy: Callable[[int], bytes] = os.urandom) -> str:
    """Return the code by which a center's backups are opened, 125 random bits in five groups of five."""
    return _grouped(_base32(entropy(16), _BACKUP_CHARS))


def parse_backup_code(text: str) -> str:
    """Return the 25 characters of the code of a backup, as tolerant as `parse_enrolment_code`.

    Raises:
        StationError: "code-malformed" with the expected and the found number of characters.
    """
    return _canonical(text, _BACKUP_CHARS)


def hash_code(secret: str) -> bytes:
    """Return what a center stores in place of a code's secret (ten canonical characters, no dash).

    A plain hash is enough here and a slow one is not needed: the secret is 50 random bits chosen by no person,
    and by the time anyone had tried a good part of them the code is used or expired.
    """
    return hashlib.sha256(b"station one-time code 0\0" + secret.encode()).digest()


def _canonical(text: str, expected: int) -> str:
    upper = unicodedata.normalize("NFKC", text).upper()
    chars = "".join(char for char in upper if not _is_separator(char)).translate(_READ_AS)
    if len(chars) != expected or not set(chars) <= set(_ALPHABET):
        raise StationError("code-malformed", expected=expected, found=len(chars))
    return chars


def _is_separator(char: str) -> bool:
    return char in _SEPARATORS or unicodedata.category(char) in _SEPARATOR_CATEGORIES


def _grouped(chars: str) -> str:
    return "-".join(chars[start : start + _GROUP_CHARS] for start in range(0, len(chars), _GROUP_CHARS))


def _random_secret(entropy: Callable[[int], bytes]) -> str:
    return _base32(entropy(7), _SECRET_CHARS)


def _key_hash(center_public: bytes) -> str:
    return _base32(hashlib.sha256(center_public).digest(), _HASH_CHARS)


def _base32(data: bytes, chars: int) -> str:
    """Write the first 5 * chars bits of data."""
    number = int.from_bytes(data, "big") >> (8 * len(data) - _BITS_PER_CHAR * chars)
    return "".join(_ALPHABET[number >> _BITS_PER_CHAR * place & 31] for place in reversed(range(chars)))
