"""The digits of a slip's symbols: cases packed, sealed to the office that takes them, and written as numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate, pairwise

import zstandard

from station_app.carriers.slip_bytes import pack, unpack
from station_app.domain.errors import StationError
from station_app.domain.slips import MOST_SYMBOLS, SlipCase, SlipHead, SlipPart
from station_app.keys.sealing import open_box, seal_to

# A QR code of version 19 with level M holds 1,500 digits; at half a millimetre a module it is 5 cm wide.
MOST_DIGITS = 1400
MOST_CASES = 3
FORMAT = "1"
_LENGTHS = (1, 2, 2, 4)  # of format, place, how many, key version
_HEADER = sum(_LENGTHS)
_CHECK = 6
_AAD = b"station slip 1\0"
_AS_IT_IS, _PACKED = b"\0", b"\1"
_BOX_OVERHEAD = 60
_MOST_UNPACKED = 64 * 1024
_GROUP = 7
_DIGITS_OF = (0, 3, 5, 8, 10, 13, 15, 17)
"""How many digits a group of so many bytes takes."""
_MOST_VERSION = 10 ** _LENGTHS[3] - 1


@dataclass(frozen=True, slots=True)
class Recipient:
    """The office that takes the cases, with its X25519 public key (32 bytes) in a version."""

    org: str
    version: int
    public: bytes


@dataclass(frozen=True, slots=True)
class Symbol:
    """A finished symbol and the cases in it."""

    digits: str
    cases: tuple[SlipCase, ...]


def symbols_of(
    head: SlipHead, cases: Sequence[SlipCase], to: Recipient, entropy: Callable[[int], bytes]
) -> list[Symbol]:
    """Return the symbols of a slip, as few as have room for all cases.

    Raises:
        StationError: `slip-case-too-long` (number), `slip-too-many` (cases, most).
    """
    groups = list(_groups(head, cases))
    if len(groups) > MOST_SYMBOLS:
        raise StationError("slip-too-many", cases=len(cases), most=sum(len(group) for group in groups[:MOST_SYMBOLS]))
    if not 0 < to.version <= _MOST_VERSION:
        raise ValueError(f"version {to.version} has no room on a slip")
    return [
        Symbol(
            _digits(f"{FORMAT}{place:02d}{len(groups):02d}{to.version:04d}", _plain(head, group), to, entropy), group
        )
        for place, group in enumerate(groups, start=1)
    ]


def _groups(head: SlipHead, cases: Sequence[SlipCase]) -> Iterator[tuple[SlipCase, ...]]:
    left = tuple(cases)
    while left:
        fitting = [many for many in range(1, MOST_CASES + 1) if _is_short(_plain(head, left[:many]))]
        if not fitting:
            raise StationError("slip-case-too-long", number=left[0].number)
        yield left[: fitting[-1]]
        left = left[fitting[-1] :]


def _is_short(plain: bytes) -> bool:
    groups, rest = divmod(len(plain) + _BOX_OVERHEAD, _GROUP)
    return _HEADER + groups * _DIGITS_OF[_GROUP] + _DIGITS_OF[rest] + _CHECK <= MOST_DIGITS


def _plain(head: SlipHead, cases: Sequence[SlipCase]) -> bytes:
    content = pack(head, cases)
    packed = zstandard.ZstdCompressor(level=19).compress(content)
    return min(_AS_IT_IS + content, _PACKED + packed, key=len)


def _digits(header: str, plain: bytes, to: Recipient, entropy: Callable[[int], bytes]) -> str:
    box = seal_to(to.public, plain, _aad(to.org, header), entropy)
    groups = (box[at : at + _GROUP] for at in range(0, len(box), _GROUP))
    digits = header + "".join(f"{int.from_bytes(group, 'big'):0{_DIGITS_OF[len(group)]}d}" for group in groups)
    return digits + _check(digits)


def _aad(org: str, header: str) -> bytes:
    return _AAD + org.encode("utf-8") + b"\0" + header.encode("ascii")


def _check(digits: str) -> str:
    return f"{int.from_bytes(sha256(digits.encode('ascii')).digest(), 'big') % 10**_CHECK:0{_CHECK}d}"


def read_symbol(text: str, org: str, private_key: Callable[[int], bytes]) -> SlipPart:
    """Return what a scanned symbol says to this office.

    Args:
        text: the digits as they came; white space between them is no matter.
        org: this office.
        private_key: of the office in a version, 32 bytes; refuses one that is not here.

    Raises:
        StationError: `slip-misread`, `slip-newer`, `office-key-missing` (version), `slip-not-for-us`, `slip-malformed`.
    """
    digits = "".join(text.split())
    if not (digits.isascii() and digits.isdigit()) or _check(digits[:-_CHECK]) != digits[-_CHECK:]:
        raise StationError("slip-misread")
    if digits[0] != FORMAT:
        raise StationError("slip-newer", format=digits[0])
    header, box = digits[:_HEADER], _bytes_of(digits[_HEADER:-_CHECK])
    ends = list(accumulate(_LENGTHS))
    place, total, version = (int(header[a:b]) for a, b in pairwise(ends))
    private = private_key(version)
    try:
        plain = open_box(private, box, _aad(org, header))
    except StationError:
        raise StationError("slip-not-for-us") from None
    if not 1 <= place <= total:
        raise StationError("slip-malformed")
    head, cases = unpack(_unpacked(plain))
    return SlipPart(head, place, total, cases)


def _bytes_of(digits: str) -> bytes:
    whole, rest = divmod(len(digits), _DIGITS_OF[_GROUP])
    if rest not in _DIGITS_OF[:_GROUP]:
        raise StationError("slip-misread")
    lengths = [*[_GROUP] * whole, *([_DIGITS_OF.index(rest)] if rest else [])]
    found, at = b"", 0
    for length in lengths:
        value = int(digits[at : at + _DIGITS_OF[length]])
        if value >= 256**length:
            raise StationError("slip-misread")
        found += value.to_bytes(length, "big")
        at += _DIGITS_OF[length]
    return found


def _unpacked(plain: bytes) -> bytes:
    form, content = plain[:1], plain[1:]
    if form == _AS_IT_IS:
        return content
    try:
        if form == _PACKED:
            # Through a reader: what a frame says of its own size is not to be trusted.
            unpacked = zstandard.ZstdDecompressor().stream_reader(content).read(_MOST_UNPACKED + 1)
            if len(unpacked) <= _MOST_UNPACKED:
                return unpacked
    except zstandard.ZstdError:
        pass
    raise StationError("slip-malformed")
