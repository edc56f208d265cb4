"""Requests and replies to bytes and back; damage is refused. What protocol 1 looks like is in test_wire_proto1.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from station_app.domain.errors import StationError
from station_app.domain.numbers import batch_number, case_number
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import CaseAnswer, ExchangeReply, ExchangeRequest, FeedRow, PushStatus
from station_app.protocol.signed import Signed
from station_app.protocol.wire import (
    MAX_MESSAGE_BYTES,
    pack,
    pack_reply,
    pack_request,
    unpack,
    unpack_reply,
    unpack_request,
)
from tests.protocol.test_event import BODY, DATA

WHOLE = Event(DATA, b"\x01\x02", b"\x03", BODY)
BARE = Event(DATA, b"\x01\x02")
NUMBER = case_number("511102101001", date(2026, 3, 2), 42, 7)
SIGNED = Signed('{"名":1}'.encode(), b"\x09")
REQUEST = ExchangeRequest(
    epoch="b" * 16,
    incarnation="i1",
    cursor=7,
    first_link=3,
    events=(WHOLE, BARE),
    pull_limit=1000,
    seq=5,
    forked_from="a" * 16,
    tag=42,
    buckets={"0f": (2, "e" * 64)},
    wanted=("d" * 64,),
    returns=(BARE,),
    credentials=(SIGNED,),
    documents=(SIGNED,),
    sum=(4, "c" * 64),
    receipt=SIGNED,
    floor=7,
    fresh=True,
    case=NUMBER,
)
REPLY = ExchangeReply(
    incarnation="i1",
    nonce="n" * 32,
    center_time="2026-03-02T00:00:00Z",
    link_head=4,
    statuses=(PushStatus(3, "stored"), PushStatus(4, "refused", "not-a-party")),
    receipt=SIGNED,
    head=9,
    rows=(
        FeedRow(8, "new", WHOLE),
        FeedRow(9, "own", event_id="f" * 64),
        FeedRow(10, "document", document=SIGNED),
        FeedRow(11, "revoke", subject=("case", "c" * 32)),
        FeedRow(13, "put_away", subject=("case", "c" * 32)),
        FeedRow(14, "put_away"),
        FeedRow(12, "receipt", event_id="f" * 64, hop=("511100000000", "2026-03-02T00:00:00Z")),
    ),
    credentials=(SIGNED,),
    reset=True,
    pending=True,
    seen=(("511102101000", "2026-03-01T08:00:00Z"),),
    again=True,
    epoch_known=True,
    standing="cloned",
    healing=True,
    tag=42,
    sum=(2, "e" * 64),
    differ={"0f": ("d" * 64,)},
    found=(BARE,),
    heard=3,
    numbers={"calendar": 2},
    phone=(("e" * 32, 1, "ab" * 32),),
    floor=0,
    case=CaseAnswer(NUMBER, found=True),
)


def sample() -> dict[str, Any]:
    """Return both as they travel, before compression."""
    return {"request": unpack(pack_request(REQUEST)), "reply": unpack(pack_reply(REPLY))}


COUNTS = st.integers(0, 2**53 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
BYTES = st.binary(max_size=12)
EVENTS = st.builds(
    Event,
    header_bytes=TEXTS.map(str.encode),
    signature=BYTES,
    person_signature=BYTES,
    body=st.none() | TEXTS.map(str.encode),
)
RECORDS = st.builds(Signed, payload=TEXTS.map(str.encode), signature=BYTES)
PAIRS = st.tuples(TEXTS, TEXTS)
ROWS = st.builds(
    FeedRow,
    n=COUNTS,
    kind=TEXTS | st.just("put_away"),
    event=st.none() | EVENTS,
    event_id=TEXTS,
    document=st.none() | RECORDS,
    subject=st.none() | PAIRS,
    hop=st.none() | PAIRS,
)
SOME_EVENTS = st.lists(EVENTS, max_size=3).map(tuple)
SUMS = st.tuples(COUNTS, TEXTS)
# Credentials travel with the events that they vouch for.
RETURNS = st.tuples(SOME_EVENTS.filter(bool), st.lists(RECORDS, max_size=2).map(tuple)) | st.just(((), ()))


@given(
    st.builds(
        ExchangeRequest,
        epoch=st.text("0123456789abcdef", min_size=16, max_size=16),
        incarnation=TEXTS,
        cursor=COUNTS,
        # The numbers of the others follow, and are counts as well.
        first_link=st.integers(1, 2**53 - 4),
        events=st.lists(EVENTS, max_size=3).map(tuple),
        pull_limit=COUNTS,
        seq=COUNTS,
        forked_from=TEXTS,
        tag=COUNTS,
        buckets=st.none() | st.dictionaries(TEXTS, SUMS, max_size=3),
        wanted=st.lists(TEXTS, max_size=3).map(tuple),
        floor=st.none() | COUNTS,
        fresh=st.booleans(),
        case=st.just("") | st.just(NUMBER),
    ),
    RETURNS,
)
@settings(max_examples=50)
def test_a_request_comes_back_as_it_was_sent(request: ExchangeRequest, given_back: Any) -> None:
    returns, credentials = given_back
    request = replace(request, returns=returns, credentials=credentials)
    assert unpack_request(pack_request(request)) == request


@given(
    st.builds(
        ExchangeReply,
        incarnation=TEXTS,
        nonce=TEXTS,
        center_time=TEXTS,
        link_head=COUNTS,
        statuses=st.lists(st.builds(PushStatus, COUNTS, TEXTS, TEXTS), max_size=3).map(tuple),
        receipt=st.none() | RECORDS,
        head=COUNTS,
        rows=st.lists(ROWS, max_size=3).map(tuple),
        credentials=st.lists(RECORDS, max_size=2).map(tuple),
        reset=st.booleans(),
        pending=st.booleans(),
        seen=st.lists(PAIRS, max_size=2).map(tuple),
        again=st.booleans(),
        standing=TEXTS,
        healing=st.booleans(),
        tag=COUNTS,
        sum=st.none() | SUMS,
        differ=st.none() | st.dictionaries(TEXTS, st.lists(TEXTS, max_size=3).map(tuple), max_size=3),
        found=SOME_EVENTS,
        phone=st.lists(st.tuples(TEXTS, COUNTS, BYTES.map(bytes.hex)), max_size=2).map(tuple),
        floor=st.none() | COUNTS,
        case=st.none() | st.builds(CaseAnswer, TEXTS, st.booleans()),
    )
)
@settings(max_examples=50)
def test_a_reply_comes_back_as_it_was_sent(reply: ExchangeReply) -> None:
    assert unpack_reply(pack_reply(reply)) == reply


def test_the_bytes_of_a_header_travel_unchanged() -> None:
    spaced = replace(WHOLE, header_bytes=DATA + b" ")
    assert unpack_request(pack_request(replace(REQUEST, events=(spaced,)))).events[0].header_bytes == DATA + b" "


def refuses_a_field(code: str) -> bool:
    """Tell whether a message is refused by one of the codes of docs/sync.md §6: `case` has those of a number."""
    return code in ("record-malformed", "proto-unknown") or code.startswith("number-")


@given(st.integers(0, len(pack_request(REQUEST)) - 1), st.integers(1, 255))
@settings(max_examples=200)
def test_damage_on_the_way_is_refused_or_seen(place: int, mask: int) -> None:
    data = bytearray(pack_request(REQUEST))
    data[place] ^= mask
    try:
        unpack_request(bytes(data))
    except StationError as error:
        assert refuses_a_field(error.code)


@given(st.integers(0, len(pack_reply(REPLY)) - 1))
@settings(max_examples=100)
def test_a_message_cut_short_is_refused(length: int) -> None:
    with pytest.raises(StationError, match="record-malformed"):
        unpack_reply(pack_reply(REPLY)[:length])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(sample()["request"] | sample()["reply"])), JSON)
@example("case", "")
@example("case", "x")
@settings(max_examples=200)
def test_any_value_in_any_field_is_read_or_refused(name: str, value: object) -> None:
    for part, read in (("reply", unpack_reply), ("request", unpack_request)):
        found: dict[str, Any] = sample()[part]
        try:
            read(pack(found | {name: value}))
        except StationError as error:
            assert refuses_a_field(error.code)


@pytest.mark.parametrize("size", [100, 65_535, 65_536, 65_537, 200_000])
def test_a_message_as_long_as_the_limit_is_read_and_a_longer_one_refused(size: int) -> None:
    data = pack("字" + "x" * (size - len('"字"'.encode())))
    assert len(unpack(data, limit=size).encode()) == size - 2
    with pytest.raises(StationError, match="batch-too-large"):
        unpack(data, limit=size - 1)


def test_a_bomb_is_refused_before_it_has_grown() -> None:
    bomb = zstandard.ZstdCompressor(level=1).compress(b" " * (MAX_MESSAGE_BYTES + 1))
    assert len(bomb) < 20_000
    with pytest.raises(StationError, match="batch-too-large"):
        unpack(bomb)


@pytest.mark.parametrize("data", [b"", b"{}", b"\x28\xb5\x2f\xfd", zstandard.compress(b"[" * 100_000)], ids=len)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(StationError, match="record-malformed"):
        unpack(data)


def test_another_protocol_says_so() -> None:
    found = sample()
    for proto in (0, 2):
        with pytest.raises(StationError, match="proto-unknown"):
            unpack_reply(pack(found["reply"] | {"proto": proto}))
    for least, proto in ((0, 0), (2, 2)):
        with pytest.raises(StationError, match="proto-unknown"):
            unpack_request(pack(found["request"] | {"least": least, "proto": proto}))


def test_a_later_program_that_still_speaks_this_protocol_is_understood() -> None:
    found = sample()["request"]
    assert unpack_request(pack(found | {"proto": 2, "least": 1})) == REQUEST


def test_a_center_that_tells_nothing_of_other_offices_is_understood() -> None:
    found = sample()["reply"]
    del found["seen"]
    assert unpack_reply(pack(found)) == replace(REPLY, seen=())


@pytest.mark.parametrize("value", [5, [5], [["p", 1]], [["p", -1, ""]], [["p", 1, "zz"]], [[1, 1, ""]]], ids=str)
def test_a_key_for_a_code_by_telephone_that_is_none_is_refused(value: object) -> None:
    found = unpack(pack_reply(REPLY))
    with pytest.raises(StationError, match="record-malformed"):
        unpack_reply(pack(found | {"phone": value}))


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "number-length"),
        (NUMBER[:-1], "number-length"),
        (batch_number("511102101001", date(2026, 3, 2), 42, 7), "number-length"),
        (NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10), "number-check"),
        (NUMBER[:-1] + "X", "number-character"),
        ("511102101001", "number-length"),
        (NUMBER[:12] + " " + NUMBER[12:], "record-malformed"),
        (int(NUMBER), "record-malformed"),
        ([NUMBER], "record-malformed"),
    ],
)
def test_what_is_asked_for_by_anything_but_the_digits_of_a_case_is_refused(number: object, code: str) -> None:
    found = unpack(pack_request(REQUEST))
    with pytest.raises(StationError, match=code):
        unpack_request(pack(found | {"case": number}))


@pytest.mark.parametrize("answer", [NUMBER, [NUMBER], [5, True], [NUMBER, True, 1], 5, None], ids=str)
def test_an_answer_about_a_case_that_is_none_is_refused(answer: object) -> None:
    found = unpack(pack_reply(REPLY))
    with pytest.raises(StationError, match="record-malformed"):
        unpack_reply(pack(found | {"case": answer}))


def test_what_is_as_usual_takes_no_room() -> None:
    usual = replace(
        REPLY,
        again=False,
        epoch_known=False,
        standing="",
        healing=False,
        numbers={},
        sum=None,
        differ=None,
        found=(),
        floor=None,
        case=None,
    )
    record = unpack(pack_reply(usual))
    assert {"again", "standing", "healing", "sum", "differ", "found", "floor", "case"} & set(record) == set()
    assert unpack_reply(pack(record)) == usual
    asked = replace(REQUEST, buckets=None, wanted=(), returns=(), credentials=(), floor=None, fresh=False, case="")
    record = unpack(pack_request(asked))
    assert {"buckets", "wanted", "returns", "credentials", "floor", "fresh", "case"} & set(record) == set()
    assert unpack_request(pack(record)) == asked


def test_what_is_put_away_does_not_look_like_a_revocation_to_a_program_that_knows_no_such_rows() -> None:
    """The first programs of proto 1 took any row with `s` for one, and erased what others had written."""
    by_kind = {row["k"]: set(row) for row in sample()["reply"]["rows"][:5] if row["k"] in ("revoke", "put_away")}
    assert by_kind == {"revoke": {"n", "k", "s"}, "put_away": {"n", "k", "a"}}


def test_a_comparison_in_which_nothing_is_found_is_told_from_none() -> None:
    assert unpack_reply(pack_reply(replace(REPLY, differ={}))).differ == {}
    assert unpack_request(pack_request(replace(REQUEST, buckets={}))).buckets == {}


def test_outbox_numbers_that_run_beyond_what_a_count_may_be_are_refused() -> None:
    assert unpack_request(pack_request(replace(REQUEST, first_link=2**53 - 3))).first_link == 2**53 - 3
    with pytest.raises(StationError, match="record-malformed"):
        unpack_request(pack_request(replace(REQUEST, first_link=2**53 - 2)))


def test_a_field_of_a_later_program_does_not_disturb() -> None:
    found = sample()
    assert unpack_request(pack(found["request"] | {"news": [1]})) == REQUEST
