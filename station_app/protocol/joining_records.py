"""Joining by file: what a request and a grant hold, and the bytes of both (docs/sync.md §16)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from station_app.domain.errors import StationError
from station_app.protocol.frames import pack_frames, unpack_frames
from station_app.protocol.package_records import CarriedCall, CarriedReply, unpack_calls, unpack_replies

REQUEST_MAGIC = b"STATION REQUEST 1\n"
GRANT_MAGIC = b"STATION GRANT 1\n"
MOST_FILE_BYTES = 64 * 1024 * 1024
_HASH_BYTES = 32
_DEVICE_DIGITS = 32
_FRAMES = 3
_REQUEST_PURPOSE = b"station activation request 1"
_GRANT_PURPOSE = b"station grant 1"


class JoinKind(StrEnum):
    """What is asked for or granted."""

    ENROL = "enrol"
    ACTIVATE = "activate"


@dataclass(frozen=True, slots=True)
class JoinFile:
    """A request or a grant, as who only carries it sees it.

    Args:
        kind: a `JoinKind`, or one of a newer program.
        device: the PC that asks or asked.
        contents: of a request to enrol the frames of a call; of the others a box.
    """

    kind: str
    device: str
    contents: bytes


def request_aad(device: str) -> bytes:
    """Return what is authenticated with the sealed contents of a request to activate."""
    return b"\0".join((_REQUEST_PURPOSE, device.encode()))


def grant_aad(kind: str, device: str) -> bytes:
    """Return what is authenticated with the sealed contents of a grant."""
    return b"\0".join((_GRANT_PURPOSE, kind.encode(), device.encode()))


def pack_join_file(magic: bytes, found: JoinFile) -> bytes:
    """Return the bytes of a file: a line that says what it is, a hash, and the frames."""
    frames = pack_frames([found.kind.encode(), found.device.encode(), found.contents])
    return magic + hashlib.sha256(frames).digest() + frames


def unpack_join_file(magic: bytes, data: bytes) -> JoinFile:
    """Return what is in a file that begins with this line; `record-malformed` where it is cut off or was changed."""
    body = data[len(magic) :]
    hashed, framed = body[:_HASH_BYTES], body[_HASH_BYTES:]
    frames = unpack_frames(framed) if hashlib.sha256(framed).digest() == hashed else []
    if len(frames) != _FRAMES:
        raise StationError("record-malformed", reason="file")
    try:
        found = JoinFile(frames[0].decode("ascii"), frames[1].decode("ascii"), frames[2])
    except UnicodeDecodeError:
        raise StationError("record-malformed", reason="text") from None
    if len(found.device) != _DEVICE_DIGITS:
        raise StationError("record-malformed", reason="device")
    return found


def only_call(contents: bytes) -> CarriedCall:
    """Return the one call in the contents of a request; `record-malformed` for none, or more than one."""
    calls = unpack_calls(contents)
    if len(calls) != 1:
        raise StationError("record-malformed", reason="calls")
    return calls[0]


def only_reply(contents: bytes) -> CarriedReply:
    """Return the one reply in the contents of a grant; `record-malformed` for none, or more than one."""
    replies = unpack_replies(contents)
    if len(replies) != 1:
        raise StationError("record-malformed", reason="replies")
    return replies[0]
