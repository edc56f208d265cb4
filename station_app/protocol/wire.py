"""Requests and replies of an exchange to compressed bytes, and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import zstandard

from station_app.domain.errors import StationError
from station_app.domain.numbers import case_digits
from station_app.protocol.event import PROTO, Event
from station_app.protocol.exchange_records import (
    PUT_AWAY,
    CaseAnswer,
    ExchangeReply,
    ExchangeRequest,
    FeedRow,
    PushStatus,
)
from station_app.protocol.lease_wire import ask_from_wire, ask_to_wire, grant_from_wire, grant_to_wire
from station_app.protocol.pc_note import note_from_wire, note_to_wire
from station_app.protocol.signed import Signed

# Both sides say which protocol numbers they speak, from the least on; there is one so far.
LEAST_PROTO = 1
MAX_MESSAGE_BYTES = 64 * 1024 * 1024
MAX_REQUEST_BYTES = 16 * 1024 * 1024
# A read reserves as much as it may return; few messages are longer than this.
_MOSTLY_ENOUGH_BYTES = 64 * 1024
_T = TypeVar("_T")
_HEX = frozenset("0123456789abcdef")


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
        first = min(_MOSTLY_ENOUGH_BYTES, limit + 1)
        text = reader.read(first)
        if len(text) == first:
            text += reader.read(limit + 1 - first)
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
            "least": LEAST_PROTO,
            "epoch": request.epoch,
            "incarnation": request.incarnation,
            "cursor": request.cursor,
            "first_link": request.first_link,
            "events": [event_to_wire(event) for event in request.events],
            "pull_limit": request.pull_limit,
            "seq": request.seq,
            "forked_from": request.forked_from,
            "tag": request.tag,
            "sum": list(request.sum),
            **_repair_to_wire(request),
            **({} if request.floor is None else {"floor": request.floor}),
            **({"fresh": True} if request.fresh else {}),
            **({"case": request.case} if request.case else {}),
            **({} if request.pc is None else {"pc": note_to_wire(request.pc)}),
        }
    )


def _repair_to_wire(request: ExchangeRequest) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if request.buckets is not None:
        found["buckets"] = {bucket: list(entry) for bucket, entry in request.buckets.items()}
    if request.wanted:
        found["wanted"] = list(request.wanted)
    if request.returns:
        found["returns"] = [event_to_wire(event) for event in request.returns]
    if request.credentials:
        found["credentials"] = [credential.to_wire() for credential in request.credentials]
    if request.receipt is not None:
        found["receipt"] = request.receipt.to_wire()
    if request.documents:
        found["documents"] = [document.to_wire() for document in request.documents]
    if request.leases is not None:
        found["leases"] = ask_to_wire(request.leases)
    return found


def unpack_request(data: bytes) -> ExchangeRequest:
    """Read a request.

    Raises:
        StationError: `record-malformed`, `proto-unknown`, and those of `case_digits` where `case` is no such number.
    """
    return _reading(_read_request, unpack(data, MAX_REQUEST_BYTES))


def _read_request(found: Any) -> ExchangeRequest:
    if not (_count(found["least"]) <= PROTO and _count(found["proto"]) >= LEAST_PROTO):
        raise StationError("proto-unknown", proto=found["proto"])
    # The numbers that the answer gives are counts as well.
    _count(_count(found["first_link"]) + len(found["events"]))
    return ExchangeRequest(
        epoch=_epoch(found["epoch"]),
        incarnation=_text(found["incarnation"]),
        cursor=_count(found["cursor"]),
        first_link=_count(found["first_link"]),
        events=tuple(event_from_wire(entry) for entry in found["events"]),
        pull_limit=_count(found["pull_limit"]),
        seq=_count(found["seq"]),
        forked_from=_text(found["forked_from"]),
        tag=_count(found["tag"]),
        buckets=_sums(found["buckets"]) if "buckets" in found else None,
        wanted=tuple(_text(entry) for entry in found.get("wanted", ())),
        returns=tuple(event_from_wire(entry) for entry in found.get("returns", ())),
        credentials=tuple(Signed.from_wire(entry) for entry in found.get("credentials", ())),
        documents=tuple(Signed.from_wire(entry) for entry in found.get("documents", ())),
        sum=_sums({"": found["sum"]})[""],
        receipt=Signed.from_wire(found["receipt"]) if "receipt" in found else None,
        leases=ask_from_wire(found["leases"]) if "leases" in found else None,
        floor=_count(found["floor"]) if "floor" in found else None,
        fresh=found.get("fresh") is True,
        case=_case_number(found["case"]) if "case" in found else "",
        pc=note_from_wire(found.get("pc")),
    )


def _sums(found: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
    return {bucket: (_count(count), _text(total)) for bucket, (count, total) in found.items()}


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
            "tag": reply.tag,
            "heard": reply.heard,
            **_standing_to_wire(reply),
            **_comparison_to_wire(reply),
            **({"phone": [list(entry) for entry in reply.phone]} if reply.phone else {}),
            **({"leases": grant_to_wire(reply.leases)} if reply.leases is not None else {}),
            **({} if reply.floor is None else {"floor": reply.floor}),
            **({} if reply.case is None else {"case": [reply.case.number, reply.case.found]}),
        }
    )


def _standing_to_wire(reply: ExchangeReply) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if reply.again:
        found["again"] = {"epoch_known": reply.epoch_known}
    if reply.standing:
        found["standing"] = reply.standing
    if reply.healing:
        found["healing"] = True
    if reply.healing or reply.numbers:
        found["numbers"] = dict(reply.numbers)
    return found


def _comparison_to_wire(reply: ExchangeReply) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if reply.sum is not None:
        found["sum"] = list(reply.sum)
    if reply.differ is not None:
        found["differ"] = {bucket: list(ids) for bucket, ids in reply.differ.items()}
    if reply.found:
        found["found"] = [event_to_wire(event) for event in reply.found]
    return found


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
        seen=_pairs(found.get("seen", ())),
        again="again" in found,
        epoch_known="again" in found and found["again"]["epoch_known"] is True,
        standing=_text(found.get("standing", "")),
        healing=found.get("healing") is True,
        tag=_count(found["tag"]),
        heard=_count(found.get("heard", 0)),
        numbers={_text(kind): _count(number) for kind, number in found.get("numbers", {}).items()},
        sum=_sums({"": found["sum"]})[""] if "sum" in found else None,
        differ=_ids(found["differ"]) if "differ" in found else None,
        found=tuple(event_from_wire(entry) for entry in found.get("found", ())),
        phone=tuple((_text(who), _count(n), bytes.fromhex(key).hex()) for who, n, key in found.get("phone", ())),
        leases=grant_from_wire(found["leases"]) if "leases" in found else None,
        floor=_count(found["floor"]) if "floor" in found else None,
        case=_case_answer(*found["case"]) if "case" in found else None,
    )


def _case_answer(number: Any, found: Any) -> CaseAnswer:
    return CaseAnswer(_text(number), found is True)


def _pairs(found: Sequence[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((_text(one), _text(other)) for one, other in found)


def _ids(found: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {bucket: tuple(_text(entry) for entry in ids) for bucket, ids in found.items()}


def _row_to_wire(row: FeedRow) -> dict[str, Any]:
    found: dict[str, Any] = {"n": row.n, "k": row.kind}
    if row.event is not None:
        found["e"] = event_to_wire(row.event)
    if row.event_id:
        found["i"] = row.event_id
    if row.document is not None:
        found["d"] = row.document.to_wire()
    if row.subject is not None:
        # A program that knows no such rows takes any `s` for a revocation.
        found["a" if row.kind == PUT_AWAY else "s"] = list(row.subject)
    if row.hop is not None:
        found["r"] = list(row.hop)
    return found


def _rows(found: Sequence[Any]) -> tuple[FeedRow, ...]:
    return tuple(
        FeedRow(
            n=_count(row["n"]),
            kind=_text(row["k"]),
            event=event_from_wire(row["e"]) if "e" in row else None,
            event_id=_text(row.get("i", "")),
            document=Signed.from_wire(row["d"]) if "d" in row else None,
            subject=_subject(row),
            hop=_pairs((row["r"],))[0] if "r" in row else None,
        )
        for row in found
    )


def _subject(row: Mapping[str, Any]) -> tuple[str, str] | None:
    found = row.get("a" if row["k"] == PUT_AWAY else "s")
    return None if found is None else _pairs((found,))[0]


def _reading(read: Callable[[Any], _T], found: Any) -> _T:
    try:
        return read(found)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise StationError("record-malformed", reason=type(error).__name__) from None


def _check_proto(found: Any) -> None:
    if not LEAST_PROTO <= _count(found["proto"]) <= PROTO:
        raise StationError("proto-unknown", proto=found["proto"])


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text expected")
    return value


def _epoch(value: Any) -> str:
    # It is looked up and stored as it comes: whatever else it were, no store would hold it.
    if len(_text(value)) != 16 or not _HEX.issuperset(value):
        raise ValueError("epoch expected")
    return _text(value)


def _case_number(value: Any) -> str:
    if case_digits(_text(value)) != value:
        raise ValueError("digits alone expected")
    return _text(value)


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**53:
        raise TypeError("count expected")
    return value
