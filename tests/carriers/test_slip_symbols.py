"""The symbols of a slip: what they carry comes back, and nothing else ever does."""

from __future__ import annotations

import string
from dataclasses import replace

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from station_app.carriers import slip_symbols
from station_app.carriers.slip_bytes import pack, unpack
from station_app.carriers.slip_symbols import MOST_CASES, MOST_DIGITS, Recipient, read_symbol, symbols_of
from station_app.domain.errors import StationError
from station_app.domain.item_terms import Handling
from station_app.domain.slips import SlipMaterial
from station_app.keys.sealing import seal_to
from tests.carriers.slips import (
    HEAD,
    KEYS,
    OTHER,
    RARE_NAMES,
    TO,
    TOWNSHIP,
    entropy,
    from_township,
    key_of,
    slip_case,
    slip_cases,
)

SEVEN = symbols_of(HEAD, slip_cases(7), TO, entropy())
REFUSALS = {"slip-misread", "slip-newer", "office-key-missing", "slip-not-for-us", "slip-malformed"}


def _read(digits: str, org: str = TOWNSHIP):
    return read_symbol(digits, org, key_of(org))


def test_seven_cases_take_three_symbols_and_come_back_whole_in_any_order() -> None:
    parts = [_read(symbol.digits) for symbol in reversed(SEVEN)]
    assert [(part.place, part.total) for part in parts] == [(3, 3), (2, 3), (1, 3)]
    assert {part.head for part in parts} == {HEAD}
    assert [case for part in reversed(parts) for case in part.cases] == slip_cases(7)
    assert [len(symbol.cases) for symbol in SEVEN] == [MOST_CASES, MOST_CASES, 1]
    assert max(len(symbol.digits) for symbol in SEVEN) <= MOST_DIGITS
    assert {symbol.digits[:1] for symbol in SEVEN} == {"1"}


def test_rare_characters_and_what_another_office_opened_survive() -> None:
    cases = [replace(slip_case(1), name="".join(RARE_NAMES)), from_township(slip_case(2))]
    (symbol,) = symbols_of(HEAD, cases, TO, entropy())
    assert list(_read(symbol.digits).cases) == cases


def test_white_space_from_a_scanner_is_no_matter() -> None:
    digits = SEVEN[0].digits
    assert _read(f"  {digits[:500]}\r\n{digits[500:]}\n") == _read(digits)


def test_what_was_sealed_to_an_older_version_opens_and_an_unknown_one_says_which_it_is() -> None:
    old = Recipient(TOWNSHIP, 1, KEYS[TOWNSHIP, 1].public)
    (symbol,) = symbols_of(HEAD, slip_cases(1), old, entropy())
    assert _read(symbol.digits).cases == (slip_case(1),)
    (symbol,) = symbols_of(HEAD, slip_cases(1), replace(TO, version=3), entropy())
    with pytest.raises(StationError) as refused:
        _read(symbol.digits)
    assert (refused.value.code, refused.value.params) == ("office-key-missing", {"version": 3})


def test_another_office_reads_nothing_nor_one_that_has_the_key_under_its_own_code() -> None:
    with pytest.raises(StationError, match="slip-not-for-us"):
        _read(SEVEN[0].digits, OTHER)
    with pytest.raises(StationError, match="slip-not-for-us"):
        read_symbol(SEVEN[0].digits, OTHER, key_of(TOWNSHIP))


def test_a_case_with_much_to_say_takes_a_symbol_of_its_own_and_one_with_too_much_is_named() -> None:
    extra = SlipMaterial(0, "".join(chr(0x4E00 + 89 * k) for k in range(60)), Handling.COLLECT, 1, 0)
    long = replace(slip_case(2), materials=(extra,))
    groups = [len(symbol.cases) for symbol in symbols_of(HEAD, [slip_case(1), long, slip_case(3)], TO, entropy())]
    assert sum(groups) == 3
    assert len(groups) > 1
    names = [replace(extra, name="".join(chr(0x4E00 + 97 * n + k) for k in range(190))) for n in range(3)]
    with pytest.raises(StationError, match="slip-case-too-long") as refused:
        symbols_of(HEAD, [slip_case(1), replace(slip_case(2), materials=tuple(names))], TO, entropy())
    assert refused.value.params == {"number": slip_case(2).number}


def test_more_than_ninety_nine_symbols_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slip_symbols, "MOST_SYMBOLS", 2)
    with pytest.raises(StationError, match="slip-too-many") as refused:
        symbols_of(HEAD, slip_cases(7), TO, entropy())
    assert refused.value.params == {"cases": 7, "most": 6}


def _refused(digits: str, org: str = TOWNSHIP) -> str:
    with pytest.raises(StationError) as refused:
        _read(digits, org)
    return refused.value.code


@given(at=st.integers(0, len(SEVEN[0].digits) - 1), other=st.sampled_from(string.digits))
@settings(max_examples=150)
def test_a_digit_read_wrong_is_told(at: int, other: str) -> None:
    digits = SEVEN[0].digits
    if digits[at] != other:
        assert _refused(digits[:at] + other + digits[at + 1 :]) in REFUSALS


@given(data=st.data())
@settings(max_examples=150)
def test_digits_lost_doubled_swapped_or_mixed_are_told(data: st.DataObject) -> None:
    digits, other = SEVEN[0].digits, SEVEN[1].digits
    at = data.draw(st.integers(1, len(digits) - 2))
    to = data.draw(st.integers(at, len(digits)))
    changed = data.draw(
        st.sampled_from(
            [
                digits[:at],
                digits[at:],
                digits[:at] + digits[to:],
                digits[:at] + digits[at - 1] + digits[at:],
                digits[: at - 1] + digits[at] + digits[at - 1] + digits[at + 1 :],
                digits[:at] + other[at:],
                digits + other,
            ]
        )
    )
    if changed not in (digits, other):
        assert _refused(changed) in REFUSALS


@given(st.text(alphabet=string.digits, max_size=1500))
def test_other_numbers_are_never_taken_for_a_slip(digits: str) -> None:
    assert _refused(digits) in REFUSALS


@pytest.mark.parametrize("digits", ["", "12a", "１２３", SEVEN[0].digits.replace("3", "３")])
def test_what_is_no_row_of_digits_is_misread(digits: str) -> None:
    assert _refused(digits) == "slip-misread"


def _with_check(digits: str) -> str:
    return digits + slip_symbols._check(digits)


def test_a_forged_check_gets_no_further_than_the_seal() -> None:
    digits = SEVEN[0].digits[:-6]
    assert _refused(_with_check("2" + digits[1:])) == "slip-newer"
    assert _refused(_with_check(digits[:1] + "02" + digits[3:])) == "slip-not-for-us"
    assert _refused(_with_check(digits[:3] + "99" + digits[5:])) == "slip-not-for-us"
    assert _refused(_with_check(digits[:-1])) in {"slip-misread", "slip-not-for-us"}
    assert _refused(_with_check(digits[:9] + "9" * 17 + digits[26:])) == "slip-misread"
    assert _refused(_with_check(digits[:9])) == "slip-not-for-us"
    assert _refused(_with_check(digits[:4])) in REFUSALS


def _sealed(plain: bytes, header: str = "101010002") -> str:
    box = seal_to(TO.public, plain, slip_symbols._aad(TOWNSHIP, header), entropy())
    groups = [box[at : at + 7] for at in range(0, len(box), 7)]
    digits = "".join(f"{int.from_bytes(g, 'big'):0{slip_symbols._DIGITS_OF[len(g)]}d}" for g in groups)
    return _with_check(header + digits)


def test_what_a_faulty_program_seals_is_malformed_and_no_crash() -> None:
    good = pack(HEAD, slip_cases(2))
    assert _read(_sealed(b"\0" + good)).cases == tuple(slip_cases(2))
    bomb = zstandard.ZstdCompressor().compress(b"\0" * 10_000_000)
    for plain in (b"", b"\0", b"\2" + good, b"\1" + good, b"\1" + bomb, b"\0" + good + b"\0", b"\0" + good[:-1]):
        assert _refused(_sealed(plain)) == "slip-malformed"
    assert _refused(_sealed(b"\0" + good, "100010002")) == "slip-malformed"
    assert _refused(_sealed(b"\0" + good, "102010002")) == "slip-malformed"


@given(data=st.data())
@settings(max_examples=200)
def test_any_bytes_are_read_the_way_they_are_written_or_not_at_all(data: st.DataObject) -> None:
    content = bytearray(pack(HEAD, slip_cases(2)))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        unpack(bytes(content))
    except StationError as error:
        assert error.code == "slip-malformed"
