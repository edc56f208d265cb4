"""Headers and bodies: what is a header, and what is only almost one."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.errors import StationError
from station_app.domain.lanes import Audience, SubjectKind
from station_app.protocol.event import (
    ALG,
    MAX_HEADER_BYTES,
    PROTO,
    Event,
    Header,
    hash_body,
    make_body,
    parse_header,
)

BODY = make_body({"remark": {"kind": "note", "text": "备注"}}, bytes(16))
HEADER = Header(
    proto=PROTO,
    alg=ALG,
    type="note",
    type_version=1,
    origin="a" * 32,
    epoch="b" * 16,
    seq=2,
    prev="c" * 64,
    subject_kind="case",
    subject_id="d" * 32,
    grant=None,
    base=None,
    actor="e" * 32,
    org="511102101001",
    claimed_at="2026-03-02T00:00:00Z",
    lamport=7,
    audience="parties",
    body_hash=hash_body(BODY),
)
DATA = HEADER.to_bytes()


def _with(**changes: Any) -> bytes:
    return json.dumps({**asdict(HEADER), **changes}).encode()


def _hex(size: int) -> st.SearchStrategy[str]:
    return st.text("0123456789abcdef", min_size=size, max_size=size)


NUMBERS = st.integers(0, 2**53 - 1)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=64)
HEADERS = st.builds(
    Header,
    proto=st.just(PROTO),
    alg=st.just(ALG),
    type=WORDS,
    type_version=NUMBERS,
    origin=_hex(32),
    epoch=_hex(16),
    seq=st.integers(1, 2**53 - 1),
    prev=st.none() | _hex(64),
    subject_kind=st.sampled_from([kind.value for kind in SubjectKind]),
    subject_id=_hex(32),
    grant=st.none() | _hex(64),
    base=st.none() | _hex(64),
    actor=st.none() | _hex(32),
    org=WORDS,
    claimed_at=WORDS,
    lamport=NUMBERS,
    audience=st.sampled_from([audience.value for audience in Audience]),
    body_hash=_hex(64),
)


@given(HEADERS)
def test_a_header_comes_back_as_it_was_written(header: Header) -> None:
    assert parse_header(header.to_bytes()) == header


@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_any_byte_changed_is_read_as_another_header_or_refused(place: int, mask: int) -> None:
    data = bytearray(DATA)
    data[place] ^= mask
    event = Event(bytes(data), b"")
    assert event.event_id != Event(DATA, b"").event_id
    try:
        assert event.header != HEADER or json.loads(bytes(data)) == json.loads(DATA)
    except StationError as error:
        assert error.code in ("record-malformed", "proto-unknown")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_header_or_refused(data: bytes) -> None:
    with pytest.raises(StationError):
        parse_header(data)


@given(
    st.sampled_from(sorted(asdict(HEADER))), st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text())
)
def test_any_value_in_any_field_is_taken_or_refused(name: str, value: object) -> None:
    try:
        assert getattr(parse_header(_with(**{name: value})), name) == value
    except StationError as error:
        assert error.code in ("record-malformed", "proto-unknown")


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": 0},
        {"seq": True},
        {"seq": 2**53},
        {"lamport": -1},
        {"type": ""},
        {"type": "x" * 65},
        {"origin": "A" * 32},
        {"origin": "a" * 31},
        {"origin": None},
        {"body_hash": None},
        {"prev": ""},
        {"subject_kind": "house"},
        {"audience": "everybody"},
        {"more": 1},
    ],
    ids=str,
)
def test_almost_a_header_is_none(changes: dict[str, Any]) -> None:
    with pytest.raises(StationError, match="record-malformed"):
        parse_header(_with(**changes))


def test_a_header_lacks_no_field() -> None:
    for name in asdict(HEADER):
        found = asdict(HEADER)
        del found[name]
        with pytest.raises(StationError, match="record-malformed"):
            parse_header(json.dumps(found).encode())


@pytest.mark.parametrize("changes", [{"proto": 0}, {"proto": 2}, {"alg": "sm2-sm3"}])
def test_a_header_of_another_protocol_says_so(changes: dict[str, Any]) -> None:
    with pytest.raises(StationError, match="proto-unknown"):
        parse_header(_with(**changes))


def test_a_header_that_is_too_long_is_not_even_parsed() -> None:
    with pytest.raises(StationError, match="record-malformed"):
        parse_header(DATA + b" " * MAX_HEADER_BYTES)


def test_a_body_is_bound_by_its_hash_and_a_missing_one_is_none_of_our_business() -> None:
    event = Event(DATA, b"", body=BODY)
    assert event.body_matches()
    assert event.effects == {"remark": {"kind": "note", "text": "备注"}}
    assert not replace(event, body=BODY + b" ").body_matches()
    assert replace(event, body=None).body_matches()
    assert replace(event, body=None).effects is None


def test_equal_effects_with_other_salts_have_other_hashes() -> None:
    assert hash_body(make_body({}, bytes(16))) != hash_body(make_body({}, b"1" * 16))


@pytest.mark.parametrize("body", [b"{}", b'{"effects":1}', b"[]", b"x"])
def test_a_body_without_effects_is_malformed(body: bytes) -> None:
    with pytest.raises(StationError, match="record-malformed"):
        _ = Event(DATA, b"", body=body).effects
