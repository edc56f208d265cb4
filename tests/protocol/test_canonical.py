"""One way to write a JSON value, and nothing else is read."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.errors import StationError
from station_app.protocol.canonical import decode, decode_object, encode

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = TEXT.map(lambda text: unicodedata.normalize("NFC", text))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_is_read_back_and_written_the_same_way(value: object) -> None:
    data = encode(value)
    assert decode(data) == value
    assert encode(decode(data)) == data
    assert json.loads(data) == value


@given(st.dictionaries(KEYS, st.integers(), max_size=8))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert encode(dict(reversed(value.items()))) == encode(value)


def test_the_form_is_short_sorted_and_not_escaped() -> None:
    assert (
        encode({"乙": 1, "a": [True, None, "/\n\u2028"], "B": ""})
        == '{"B":"","a":[true,null,"/\\n\u2028"],"乙":1}'.encode()
    )


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b'{"a":{"b":1,"b":2}}',
        b'{"a":1,"\\u0061":2}',
        b"1.0",
        b"1e3",
        b"-0.0",
        b"[NaN]",
        b"[Infinity]",
        b"[-Infinity]",
        '{"e\u0301":1}'.encode(),
        b'{"e\\u0301":1}',
        b'"\\ud800"',
        b'{"a":["\\uDC00"]}',
        b'"\\ud800\\u0041"',
        b'{"\\udfff":1}',
        b"\xff",
        b"\xef\xbb\xbf{}",
        b"\xed\xa0\x80",
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"9" * 5000,
        b"{}x",
        b"",
        b"'a'",
        b'"\x01"',
    ],
    ids=lambda data: repr(data[:24]),
)
def test_what_is_not_one_value_in_one_form_is_refused(data: bytes) -> None:
    with pytest.raises(StationError, match="record-malformed"):
        decode(data)


def test_a_whole_surrogate_pair_is_a_letter_like_any_other() -> None:
    assert decode(b'"\\ud840\\udc0b"') == "𠀋"
    assert decode(encode("\\ud800")) == "\\ud800"


def _nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), {"a": 0.5}, {1: 2}, {"e\u0301": 1}, b"bytes", {"a": {1, 2}}, "\ud800", {"\udfff": 1}, 10**5000],
    ids=[
        "float",
        "nan",
        "inner float",
        "number as key",
        "key outside NFC",
        "bytes",
        "set",
        "half a pair",
        "half a pair in a key",
        "digits",
    ],
)
def test_what_could_not_be_read_back_is_not_written(value: object) -> None:
    with pytest.raises(StationError, match="record-malformed"):
        encode(value)


def test_depth_that_could_not_be_read_back_is_not_written() -> None:
    with pytest.raises(StationError, match="record-malformed"):
        encode(_nested(100_000))


def test_large_integers_keep_every_digit() -> None:
    assert decode(encode(10**4000 + 7)) == 10**4000 + 7


@pytest.mark.parametrize("data", [b"[]", b"1", b'"a"', b"null"])
def test_only_an_object_is_a_record(data: bytes) -> None:
    with pytest.raises(StationError, match="record-malformed"):
        decode_object(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_nothing_else(data: bytes) -> None:
    try:
        encode(decode(data))
    except StationError as error:
        assert error.code == "record-malformed"
