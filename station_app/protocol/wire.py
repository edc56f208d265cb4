"""What station and center say to each other in one exchange, to and from compressed bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import zstandard

from station_app.domain.errors import StationError
from station_app.protocol.event import PROTO, Event
from station_app.protocol.signed import Signed

MAX_MESSAGE_BYTES = 64 * 1024 * 1024
MAX_REQUEST_BYTES = 16 * 1024 * 1024
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ExchangeRequest:
    """Hello, push and pull in one.

    Args:
        epoch: the epoch that the station writes in now.
        incarnation: the center's incarnation that `cursor` belongs to, "" before the first exchange.
        cursor: number of the last feed row that the station holds.
        first_link: outbox number of the first event; the others follow without a gap.
        events: at most a batch of the outbox, in order.
        pull_limit: at most so many feed rows in the reply.
    """

    epoch: str
    incarnation: str
    cursor: int
    first_link: int
    events: tuple[Event, ...]
    pull_limit: int


@dataclass(frozen=True, slots=True)
class PushStatus:
    """What became of one pushed event: stored, exists, waiting, fork or refused; `code` says why."""

    link: int
    status: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One row of an office's feed.

    Args:
        n: position, without gaps in the incarnation.
        kind: new, backfill, ruling, own, document, receipt or revoke.
        event: for new, backfill, ruling; without its body where the office is not its audience.
        event_id: for own: the asking device made the event and holds it.
        document: for document.
    """

    n: int
    kind: str
    event: Event | None = None
    event_id: str = ""
    document: Signed | None = None


@dataclass(frozen=True, slots=True)
class ExchangeReply:
    """The center's answer.

    Args:
        incarnation: of the center's feed numbering.
        nonce: to be named in the next request.
        center_time: the center's UTC clock, ISO 8601.
        link_head: last outbox number durably taken in, stored or refused.
        statuses: one for each event of the request.
        receipt: the center's signed word on `link_head`, absent when nothing was pushed.
        head: last row of this office's feed.
        rows: feed rows after the cursor, in order, contiguous.
        credentials: of every device and person who signed an event in `rows`.
        reset: the cursor belongs to another incarnation; ask again from 0.
        pending: events of this request still wait for their rulings; ask again soon.
        seen: (office, UTC stamp of its last exchange) of the offices below the asking one; empty where not asked for.
        phone: (person, round, public key in hex) of the next code by telephone, for the workers of the asking PC.
        code: why there are no rows for this station, "" where there is nothing against it.
    """

    incarnation: str
    nonce: str
    center_time: str
    link_head: int
    statuses: tuple[PushStatus, ...]
    receipt: Signed | None
    head: int
    rows: tuple[FeedRow, ...]
    credentials: tuple[Signed, ...]
    reset: bool = False
    pending: bool = False
    seen: tuple[tuple[str, str], ...] = ()
    phone: tuple[tuple[str, int, str], ...] = ()
    code: str = ""


def pack(value: Any) -> bytes:
    """Return a message's bytes: JSON, compressed."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return zstandard.ZstdCompressor(level=3).compress(text.encode("utf-8"))


def unpack(data: bytes, limit: int = MAX_MESSAGE_BYTES) -> Any:
    """Return the JSON value of a message; `record-malformed` for anything else, `batch-too-large` beyond `limit` bytes.

    The limit counts what comes out of the compression: a kilobyte can hold gigabytes.
    """
    try:
        reader = zstandard.ZstdDecompressor(max_window_size=2**25).stream_reader(data)
        text = reader.read(limit + 1)
        if len(text) > limit:
            raise StationError("batch-too-large")
        return json.loads(text)
    except (zstandard.ZstdError, ValueError, RecursionError) as error:
        raise StationError("record-malformed", reason=type(error).__name__) from None


def event_to_wire(event: Event) -> dict[str, Any]:
    """Return the form in which an event travels: header and body verbatim, signatures in hex."""
    found = {"h": event.header_bytes.decode("utf-8"), "s": event.signature.hex()}
    if event.person_signature:
        found["p"] = event.person_signature.hex()
    if event.body is not None:
        found["b"] = event.body.decode("utf-8")
    return found


def event_from_wire(found: Any) -> Event:
    """Read the form in which an event travels."""
    body = found.get("b")
    return Event(
        header_bytes=found["h"].encode("utf-8"),
        signature=bytes.fromhex(found["s"]),
        person_signature=bytes.fromhex(found.get("p", "")),
        body=None if body is None else body.encode("utf-8"),
    )


def pack_request(request: ExchangeRequest) -> bytes:
    """Return the bytes of a request."""
    return pack(
        {
            "proto": PROTO,
            "epoch": request.epoch,
            "incarnation": request.incarnation,
            "cursor": request.cursor,
            "first_link": request.first_link,
            "events": [event_to_wire(event) for event in request.events],
            "pull_limit": request.pull_limit,
        }
    )


def unpack_request(data: bytes) -> ExchangeRequest:
    """Read a request; `record-malformed` or `proto-unknown`."""
    return _reading(_read_request, unpack(data, MAX_REQUEST_BYTES))


def _read_request(found: Any) -> ExchangeRequest:
    _check_proto(found)
    return ExchangeRequest(
        epoch=_text(found["epoch"]),
        incarnation=_text(found["incarnation"]),
        cursor=_count(found["cursor"]),
        first_link=_count(found["first_link"]),
        events=tuple(event_from_wire(entry) for entry in found["events"]),
        pull_limit=_count(found["pull_limit"]),
    )


def pack_reply(reply: ExchangeReply) -> bytes:
    """Return the bytes of a reply."""
    return pack(
        {
            "proto": PROTO,
            "incarnation": reply.incarnation,
            "nonce": reply.nonce,
            "center_time": reply.center_time,
            "link_head": reply.link_head,
            "statuses": [[status.link, status.status, status.code] for status in reply.statuses],
            "receipt": reply.receipt.to_wire() if reply.receipt else None,
            "head": reply.head,
            "rows": [_row_to_wire(row) for row in reply.rows],
            "credentials": [credential.to_wire() for credential in reply.credentials],
            "reset": reply.reset,
            "pending": reply.pending,
            "seen": [list(entry) for entry in reply.seen],
            **({"phone": [list(entry) for entry in reply.phone]} if reply.phone else {}),
            **({"code": reply.code} if reply.code else {}),
        }
    )


def unpack_reply(data: bytes) -> ExchangeReply:
    """Read a reply; `record-malformed` or `proto-unknown`."""
    return _reading(_read_reply, unpack(data))


def _read_reply(found: Any) -> ExchangeReply:
    _check_proto(found)
    return ExchangeReply(
        incarnation=_text(found["incarnation"]),
        nonce=_text(found["nonce"]),
        center_time=_text(found["center_time"]),
        link_head=_count(found["link_head"]),
        statuses=tuple(PushStatus(_count(a), _text(b), _text(c)) for a, b, c in found["statuses"]),
        receipt=None if found["receipt"] is None else Signed.from_wire(found["receipt"]),
        head=_count(found["head"]),
        rows=_rows(found["rows"]),
        credentials=tuple(Signed.from_wire(entry) for entry in found["credentials"]),
        reset=found["reset"] is True,
        pending=found["pending"] is True,
        seen=tuple((_text(org), _text(at)) for org, at in found.get("seen", ())),
        phone=tuple((_text(who), _count(n), bytes.fromhex(key).hex()) for who, n, key in found.get("phone", ())),
        code=_text(found.get("code", "")),
    )


def _row_to_wire(row: FeedRow) -> dict[str, Any]:
    found: dict[str, Any] = {"n": row.n, "k": row.kind}
    if row.event is not None:
        found["e"] = event_to_wire(row.event)
    if row.event_id:
        found["i"] = row.event_id
    if row.document is not None:
        found["d"] = row.document.to_wire()
    return found


def _rows(found: Sequence[Any]) -> tuple[FeedRow, ...]:
    return tuple(
        FeedRow(
            n=_count(row["n"]),
            kind=_text(row["k"]),
            event=event_from_wire(row["e"]) if "e" in row else None,
            event_id=_text(row.get("i", "")),
            document=Signed.from_wire(row["d"]) if "d" in row else None,
        )
        for row in found
    )


def _reading(read: Callable[[Any], _T], found: Any) -> _T:
    try:
        return read(found)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise StationError("record-malformed", reason=type(error).__name__) from None


def _check_proto(found: Any) -> None:
    if found["proto"] != PROTO:
        raise StationError("proto-unknown", proto=found["proto"])


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text expected")
    return value


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise TypeError("count expected")
    return value
