"""What a package holds: its manifest, its parts, and the bytes of both (docs/sync.md §16)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from station_app.domain.errors import StationError
from station_app.protocol import canonical
from station_app.protocol.event import Event
from station_app.protocol.frames import pack_frames, unpack_frames
from station_app.protocol.signed import Signed
from station_app.protocol.wire import event_from_wire, event_to_wire, pack, unpack

MAGIC = b"STATION PACKAGE 1\n"
PACKAGE_CONTEXT = "station package 1"
MOST_MANIFEST_BYTES = 4 * 1024 * 1024
MOST_PART_BYTES = 64 * 1024 * 1024
MOST_PACKAGE_BYTES = 512 * 1024 * 1024
MOST_PARTS = 10_000
# A FAT32 stick takes no file of 4 GiB.
MOST_VOLUME_BYTES = 4 * 1024**3 - 64 * 1024**2
# Of files in one volume: a manifest that lists them stays small.
MOST_FILES = 8_000
MOST_COUNT = 1_000_000_000
# Of calls, or of events, in one part: a center takes 16 MiB at once.
MOST_IN_A_PART = 8 * 1024 * 1024
# The key version that names no key of an office: that of the center itself, of a reply that of the asking PC.
NO_VERSION = 0
_PART_PURPOSE = b"station package part 1"
_T = TypeVar("_T")


class PartKind(StrEnum):
    """What a part is."""

    REQUEST = "request"
    REPLY = "reply"
    CASES = "cases"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Part:
    """A sealed part of a package, as who only carries it sees it.

    Args:
        to: the office to which it is sealed; of a request that of the asking PC's center.
        key: version of the office's key; `NO_VERSION` for that of the center, or of the asking PC.
        device: the PC that asks, or asked.
        sealed: what only the holder of that key opens.
    """

    kind: str
    to: str
    key: int
    device: str
    sealed: bytes

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the sealed bytes, by which a part is told from another."""
        return hashlib.sha256(self.sealed).hexdigest()

    @property
    def aad(self) -> bytes:
        """Return what is authenticated with the sealed bytes."""
        return part_aad(self.kind, self.to, self.key, self.device)


def part_aad(kind: str, to: str, key: int, device: str) -> bytes:
    """Return what is authenticated with a sealed part: what it is, for whom, and whose."""
    return b"\0".join((_PART_PURPOSE, kind.encode(), to.encode(), str(key).encode(), device.encode()))


@dataclass(frozen=True, slots=True)
class Listed:
    """A part as the manifest lists it: all but its bytes."""

    kind: str
    to: str
    key: int
    device: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class PackageReceipt:
    """That a package has come: which, the SHA-256 of its manifest, and files that did not come with it."""

    package_id: str
    digest: str
    lacks: tuple[str, ...] = ()

    def to_wire(self) -> dict[str, Any]:
        """Return it as the manifest has it."""
        found: dict[str, Any] = {"package": self.package_id, "hash": self.digest}
        return {**found, "lacks": list(self.lacks)} if self.lacks else found


@dataclass(frozen=True, slots=True)
class FilesThere:
    """Files that the center has said to have whole, in one of its incarnations."""

    incarnation: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Who made a package, for whom, and what is in it. It is signed by the making PC.

    Args:
        package_id: random, 32 hex digits.
        number: 1, 2, 3, ... of the packages that this PC has made for that office under this epoch.
        made_at: UTC stamp, by the PC's clock.
        credential: that of the making PC.
        parts: in the order in which they lie behind the manifest.
        receipts: of the packages that have come from that office.
        volume: 1, 2, 3, ... of `volumes` that were written at once; they have consecutive numbers.
        there: of the files that came from that office.
        wanted: files that the making PC would like to have.
    """

    package_id: str
    number: int
    device: str
    epoch: str
    org: str
    to: str
    made_at: str
    credential: Signed
    parts: tuple[Listed, ...]
    receipts: tuple[PackageReceipt, ...] = ()
    volume: int = 1
    volumes: int = 1
    there: tuple[FilesThere, ...] = ()
    wanted: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        """Return the canonical bytes to sign; what programs of before did not know is there only where it is used."""
        more: dict[str, Any] = {}
        if self.volumes > 1:
            more["volume"] = [self.volume, self.volumes]
        if self.there:
            more["there"] = [{"incarnation": t.incarnation, "files": list(t.files)} for t in self.there]
        if self.wanted:
            more["wanted"] = list(self.wanted)
        return canonical.encode(
            {
                **more,
                "package": self.package_id,
                "number": self.number,
                "device": self.device,
                "epoch": self.epoch,
                "org": self.org,
                "to": self.to,
                "made_at": self.made_at,
                "credential": self.credential.to_wire(),
                "parts": [
                    {"kind": p.kind, "to": p.to, "key": p.key, "device": p.device, "size": p.size, "hash": p.digest}
                    for p in self.parts
                ],
                "receipts": [receipt.to_wire() for receipt in self.receipts],
            }
        )


def read_manifest(data: bytes) -> Manifest:
    """Return the manifest in these bytes; `record-malformed` where they are none."""
    found = canonical.decode_object(data)
    try:
        volume, volumes = _volume(found.get("volume", [1, 1]))
        return Manifest(
            package_id=_text(found, "package"),
            number=_count(found, "number"),
            device=_text(found, "device"),
            epoch=_text(found, "epoch"),
            org=_text(found, "org"),
            to=_text(found, "to"),
            made_at=_text(found, "made_at"),
            credential=Signed.from_wire(found["credential"]),
            parts=tuple(_listed(entry) for entry in _entries(found, "parts")),
            receipts=tuple(
                PackageReceipt(_text(r, "package"), _text(r, "hash"), _texts(r, "lacks"))
                for r in _entries(found, "receipts")
            ),
            volume=volume,
            volumes=volumes,
            there=tuple(
                FilesThere(_text(t, "incarnation"), _texts(t, "files"))
                for t in _entries({"there": [], **found}, "there")
            ),
            wanted=_texts(found, "wanted"),
        )
    except (KeyError, TypeError, AttributeError):
        raise StationError("record-malformed", reason="manifest") from None


def _listed(found: Mapping[str, Any]) -> Listed:
    return Listed(
        kind=_text(found, "kind"),
        to=_text(found, "to"),
        key=_count(found, "key"),
        device=_text(found, "device"),
        size=_count(found, "size"),
        digest=_text(found, "hash"),
    )


def _entries(found: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    entries = found[name]
    if not isinstance(entries, list) or len(entries) > MOST_PARTS or not all(isinstance(e, dict) for e in entries):
        raise StationError("record-malformed", reason=name)
    return entries


def _volume(found: Any) -> tuple[int, int]:
    numbers = found if isinstance(found, list) else []
    if [type(number) for number in numbers] != [int, int] or not 1 <= numbers[0] <= numbers[1] <= MOST_PARTS:
        raise StationError("record-malformed", reason="volume")
    return numbers[0], numbers[1]


def _texts(found: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = found.get(name, [])
    if not isinstance(values, list) or len(values) > MOST_PARTS:
        raise StationError("record-malformed", reason=name)
    return tuple(_text({name: value}, name) for value in values)


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found[name]
    if not isinstance(value, str) or not 1 <= len(value) <= 64:
        raise StationError("record-malformed", reason=name)
    return value


def _count(found: Mapping[str, Any], name: str) -> int:
    value = found[name]
    if type(value) is not int or not 0 <= value <= MOST_COUNT:
        raise StationError("record-malformed", reason=name)
    return value


@dataclass(frozen=True, slots=True)
class CarriedCall:
    """A request of a PC to its center that is carried: device, signature, and the bytes of the request."""

    device: str
    signature: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class CarriedReply:
    """The center's reply to a carried request.

    Args:
        answers: SHA-256, in hex, of what the asking PC has signed.
        signature: the center's, over the reply.
    """

    answers: str
    signature: bytes
    body: bytes


def in_parts(found: Sequence[_T], size_of: Callable[[_T], int], most: int) -> Iterator[list[_T]]:
    """Yield what is to be packed in lists of at most `most` bytes each, but at least one entry."""
    some: list[_T] = []
    size = 0
    for entry in found:
        if some and size + size_of(entry) > most:
            yield some
            some, size = [], 0
        some.append(entry)
        size += size_of(entry)
    if some:
        yield some


def pack_calls(calls: Sequence[CarriedCall]) -> bytes:
    """Return the contents of a part of the kind `request`."""
    return pack_frames([frame for call in calls for frame in (call.device.encode(), call.signature, call.body)])


def unpack_calls(data: bytes) -> list[CarriedCall]:
    """Return the calls in the contents of a part; `record-malformed` where they are none."""
    return [CarriedCall(_word(device), signature, body) for device, signature, body in _triples(data)]


def pack_replies(replies: Sequence[CarriedReply]) -> bytes:
    """Return the contents of a part of the kind `reply`."""
    found = [(bytes.fromhex(reply.answers), reply.signature, reply.body) for reply in replies]
    return pack_frames([frame for triple in found for frame in triple])


def unpack_replies(data: bytes) -> list[CarriedReply]:
    """Return the replies in the contents of a part; `record-malformed` where they are none."""
    return [CarriedReply(answers.hex(), signature, body) for answers, signature, body in _triples(data)]


def _triples(data: bytes) -> list[tuple[bytes, bytes, bytes]]:
    frames = unpack_frames(data)
    if len(frames) % 3:
        raise StationError("record-malformed", reason="frames")
    return [(frames[i], frames[i + 1], frames[i + 2]) for i in range(0, len(frames), 3)]


def pack_cases(events: Sequence[Event], credentials: Sequence[Signed]) -> bytes:
    """Return the contents of a `cases` part: events of cases and batches, and the credentials behind them."""
    return pack({"events": [event_to_wire(e) for e in events], "credentials": [c.to_wire() for c in credentials]})


def unpack_cases(data: bytes) -> tuple[list[Event], list[Signed]]:
    """Return events and credentials; `record-malformed` where these bytes are no such contents."""
    found = unpack(data)
    try:
        return [event_from_wire(e) for e in found["events"]], [Signed.from_wire(c) for c in found["credentials"]]
    except (KeyError, TypeError, AttributeError, ValueError):
        raise StationError("record-malformed", reason="cases") from None


def pack_part(part: Part) -> bytes:
    """Return a part with what it is, as a center answers one."""
    return pack_frames(
        [part.kind.encode(), part.to.encode(), str(part.key).encode(), part.device.encode(), part.sealed]
    )


def unpack_part(data: bytes) -> Part:
    """Return the part in these bytes; `record-malformed` where they are none."""
    frames = unpack_frames(data)
    if len(frames) != 5 or not frames[2].isdigit() or len(frames[2]) > 9:
        raise StationError("record-malformed", reason="part")
    return Part(_word(frames[0]), _word(frames[1]), int(frames[2]), _word(frames[3]), frames[4])


def _word(data: bytes) -> str:
    try:
        found = data.decode()
    except UnicodeDecodeError:
        raise StationError("record-malformed", reason="text") from None
    if not 1 <= len(found) <= 64:
        raise StationError("record-malformed", reason="text")
    return found
