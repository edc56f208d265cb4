"""文号: how they are written, and how blocks of them are used up in one epoch."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.document_numbers import (
    BLOCK,
    Block,
    DocumentNumber,
    HeldBlock,
    all_series_of,
    next_number,
    numbers_left,
    parse_document_number,
    series_of,
    with_leased,
    without,
)
from station_app.domain.organisations import Level, Organisation

SERIES, EPOCH = "海便受字", "e" * 16
FIRST = Block(SERIES, 2026, 1, BLOCK)


def test_a_number_is_written_as_on_the_paper() -> None:
    assert DocumentNumber(SERIES, 2026, 123).text == "海便受字〔2026〕第0123号"


@given(st.integers(1, 999_999))
def test_what_is_written_is_read_back(number: int) -> None:
    found = DocumentNumber(SERIES, 2026, number)
    assert parse_document_number(found.text) == found


@pytest.mark.parametrize(
    "text", ["海便受字〔2026〕1号", "海便受字[2026]第1号", "〔2026〕第1号", "海便受字〔2026〕第1234567号", ""]
)
def test_what_is_written_in_another_way_is_no_number_of_a_series(text: str) -> None:
    assert parse_document_number(text) is None


def test_a_series_is_the_short_name_and_the_paper() -> None:
    named = Organisation("T", "海棠镇便民服务中心", Level.TOWNSHIP, "C", short_name="海便")
    assert series_of(named, "acceptance_document") == SERIES
    assert all_series_of(named) == (SERIES,)
    assert Organisation.from_json(named.to_json()) == named


def test_an_office_without_a_short_name_has_no_series_and_its_record_is_as_before() -> None:
    plain = Organisation("T", "海棠镇便民服务中心", Level.TOWNSHIP, "C")
    assert (series_of(plain, "acceptance_document"), all_series_of(plain)) == ("", ())
    assert "short_name" not in plain.to_json()


def test_numbers_are_given_in_order_until_none_is_left() -> None:
    blocks = with_leased((), EPOCH, [Block(SERIES, 2026, 41, 42), Block(SERIES, 2026, 7, 7)], ())
    found = []
    while (number := next_number(blocks, EPOCH, SERIES, 2026)) is not None:
        found.append(number.number)
        blocks = without(blocks, EPOCH, number)
    assert found == [7, 41, 42]
    assert numbers_left(blocks, EPOCH, SERIES, 2026) == 0


def test_a_block_counts_in_its_epoch_and_its_year_alone() -> None:
    blocks = [HeldBlock(FIRST, EPOCH, 5)]
    assert numbers_left(blocks, EPOCH, SERIES, 2026) == BLOCK - 4
    assert next_number(blocks, "f" * 16, SERIES, 2026) is None
    assert next_number(blocks, EPOCH, SERIES, 2027) is None
    assert next_number(blocks, EPOCH, "海便决字", 2026) is None


def test_a_block_that_is_told_again_stays_as_far_as_it_was_used() -> None:
    blocks = [HeldBlock(FIRST, EPOCH, 5)]
    assert with_leased(blocks, EPOCH, [FIRST], ()) == blocks


def test_of_a_void_block_nothing_more_is_given() -> None:
    blocks = with_leased([HeldBlock(FIRST, EPOCH, 5)], EPOCH, (), [FIRST])
    assert next_number(blocks, EPOCH, SERIES, 2026) is None


@pytest.mark.parametrize(
    ("other", "meets"),
    [
        (Block(SERIES, 2026, 20, 39), True),
        (Block(SERIES, 2026, 21, 40), False),
        (Block(SERIES, 2027, 1, 20), False),
        (Block("沙便受字", 2026, 1, 20), False),
    ],
)
def test_blocks_meet_where_they_have_a_number_in_common(*, other: Block, meets: bool) -> None:
    assert (FIRST.overlaps(other), other.overlaps(FIRST)) == (meets, meets)
