"""A forgotten PIN by telephone: the challenge that a PC shows, the code that the county reads out, and its key."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from argon2.low_level import Type, hash_secret_raw

from station_app.domain.errors import StationError
from station_app.domain.numbers import check_digit, is_valid, plain_digits
from station_app.keys.sealing import KEY_BYTES, BoxKey, box_key_of
from station_app.keys.slot_file import SALT_BYTES, PinCost

# Both sides must come to the same key, so neither may choose.
COST: Final = PinCost()
MOST_ROUNDS: Final = 1000
_TAG_DIGITS: Final = 6
_ROUND_DIGITS: Final = 3
_CHALLENGE_DIGITS: Final = 2 * _TAG_DIGITS + _ROUND_DIGITS + 1
_CODE_DIGITS: Final = 20
_CODE_PURPOSE: Final = b"station phone code 1"
_SALT_PURPOSE: Final = b"station phone salt 1"
_TAG_PURPOSE: Final = b"station phone tag 1"


@dataclass(frozen=True, slots=True)
class Challenge:
    """What is read out to the county: which PC and which account, by short tags, and which round it is.

    Args:
        round: from 0 to 999, the round modulo a thousand.
    """

    device_tag: str
    person_tag: str
    round: int

    @classmethod
    def of(cls, device: str, person: str, number: int) -> Challenge:
        return cls(_tag(device), _tag(person), number % MOST_ROUNDS)

    @property
    def text(self) -> str:
        """The challenge as shown: 16 digits in groups of four, the last of them a check digit."""
        digits = f"{self.device_tag}{self.person_tag}{self.round:0{_ROUND_DIGITS}d}"
        return _grouped(digits + check_digit(digits), 4)


def parse_challenge(text: str) -> Challenge:
    """Read a challenge as heard and typed.

    Raises:
        StationError: `challenge-malformed` with the expected and the found number of digits, or a wrong check digit.
    """
    digits = plain_digits(text)
    if not _are_whole(digits, _CHALLENGE_DIGITS):
        raise StationError("challenge-malformed", expected=_CHALLENGE_DIGITS, found=len(digits))
    return Challenge(digits[:_TAG_DIGITS], digits[_TAG_DIGITS : 2 * _TAG_DIGITS], int(digits[2 * _TAG_DIGITS : -1]))


def make_code(secret: bytes, device: str, person: str, number: int) -> str:
    """Return the one code of this PC, worker and round: 20 digits of HMAC-SHA256 (66 bits) and a check digit."""
    mac = hmac.digest(secret, _named(_CODE_PURPOSE, device, person, number), "sha256")
    digits = f"{int.from_bytes(mac, 'big') % 10**_CODE_DIGITS:0{_CODE_DIGITS}d}"
    return digits + check_digit(digits)


def code_text(code: str) -> str:
    """Return a code as it is read out, in groups of three."""
    return _grouped(code, 3)


def parse_code(text: str) -> str:
    """Return the 21 digits of a code as typed.

    Raises:
        StationError: `reset-code-malformed` with the expected and the found number of digits, or a wrong check digit.
    """
    digits = plain_digits(text)
    if not _are_whole(digits, _CODE_DIGITS + 1):
        raise StationError("reset-code-malformed", expected=_CODE_DIGITS + 1, found=len(digits))
    return digits


def code_key(code: str, device: str, person: str, number: int) -> BoxKey:
    """Return the X25519 key pair that a code stands for (Argon2id, RFC 9106; about 0.1 s)."""
    salt = hashlib.sha256(_named(_SALT_PURPOSE, device, person, number)).digest()[:SALT_BYTES]
    cost = (COST.time_cost, COST.memory_kib, COST.parallelism)
    return box_key_of(hash_secret_raw(code.encode(), salt, *cost, KEY_BYTES, Type.ID))


def _named(purpose: bytes, device: str, person: str, number: int) -> bytes:
    return b"\0".join((purpose, device.encode(), person.encode(), str(number).encode()))


def _tag(found: str) -> str:
    hashed = hashlib.sha256(_TAG_PURPOSE + found.encode()).digest()
    return f"{int.from_bytes(hashed, 'big') % 10**_TAG_DIGITS:0{_TAG_DIGITS}d}"


def _are_whole(digits: str, expected: int) -> bool:
    return len(digits) == expected and is_valid(digits)


def _grouped(digits: str, size: int) -> str:
    return " ".join(digits[start : start + size] for start in range(0, len(digits), size))
