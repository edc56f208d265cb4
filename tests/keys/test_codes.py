"""Printed codes: read back as people type them, and never read as something else."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.errors import StationError
from station_app.keys.codes import EnrolmentCode, hash_code, new_activation_code, parse_activation_code
from station_app.keys.codes import parse_enrolment_code as parse

PUBLIC = bytes(range(32))
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@given(seed=st.binary(min_size=7, max_size=7), public=st.binary(min_size=32, max_size=32))
def test_a_printed_code_reads_back_and_matches_its_center(seed: bytes, public: bytes) -> None:
    code = EnrolmentCode.new(public, lambda size: seed[:size])
    assert parse(code.text) == code
    assert code.matches(public)
    assert not code.matches(bytes(reversed(public)) + b"x")


def test_the_code_is_six_groups_of_five_and_holds_the_first_hundred_bits_of_the_hash() -> None:
    code = EnrolmentCode.new(PUBLIC, lambda size: b"\xff" * size)
    groups = code.text.split("-")
    assert [len(group) for group in groups] == [5] * 6
    assert groups[:2] == ["ZZZZZ", "ZZZZZ"]
    number = 0
    for char in "".join(groups[2:]):
        number = number * 32 + CROCKFORD.index(char)
    assert number == int.from_bytes(hashlib.sha256(PUBLIC).digest(), "big") >> 156


def test_zero_and_one_may_be_typed_as_letters_in_any_case_width_and_grouping() -> None:
    code = EnrolmentCode("0123456789", "ABCDEFGHJKMNPQRSTVWX")
    for typed in (
        "0123456789ABCDEFGHJKMNPQRSTVWX",
        "oi234 56789 abcde fghjk mnpqr stvwx",
        "OL234—56789－ABCDE‐FGHJK−MNPQR·STVWX",
        "０１２３４－５６７８９－ＡＢＣＤＥ－ｆｇｈｊｋ－ＭＮＰＱＲ－ＳＴＶＷＸ　",
        "\ufeff01234-56789-\u200bABCDE-FGHJK-MNPQR-STVWX\r\n",
    ):
        assert parse(typed) == code


@pytest.mark.parametrize(
    ("typed", "found"),
    [("", 0), ("K7QM2", 5), ("0123456789ABCDEFGHJKMNPQRSTVW", 29), ("0123456789ABCDEFGHJKMNPQRSTVWXY", 31)],
)
def test_a_code_of_another_length_is_refused_with_both_lengths(typed: str, found: int) -> None:
    with pytest.raises(StationError) as caught:
        parse(typed)
    assert (caught.value.code, caught.value.params) == ("code-malformed", {"expected": 30, "found": found})


@pytest.mark.parametrize("char", ["U", "码", "?", "٣", "𠅤"])
def test_a_character_outside_the_alphabet_is_refused(char: str) -> None:
    with pytest.raises(StationError, match="code-malformed"):
        parse_activation_code("012345678" + char)


@given(st.text(max_size=60))
def test_any_text_gives_a_code_or_the_code_of_the_error(text: str) -> None:
    try:
        assert parse(parse(text).text) == parse(text)
    except StationError as error:
        assert error.code == "code-malformed"


def test_an_activation_code_is_two_groups_of_five_and_reads_back() -> None:
    code = new_activation_code()
    assert [len(group) for group in code.split("-")] == [5, 5]
    assert parse_activation_code(code.lower()) == code.replace("-", "")
    assert new_activation_code() != code


def test_the_stored_hash_depends_on_the_secret_and_is_not_a_bare_sha256() -> None:
    assert hash_code("0123456789") != hash_code("0123456788")
    assert hash_code("0123456789") != hashlib.sha256(b"0123456789").digest()
    assert len(hash_code("0123456789")) == 32
