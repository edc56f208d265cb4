"""Masks for screens and posters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.masking import mask_id_number, mask_name, mask_phone


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("51112319491231002X", "511***********002X"),
        ("110105491231002", "110********1002"),
        ("E12345678", "E******78"),
        ("123456", "******"),
        ("1234567", "1****67"),
        ("", ""),
    ],
)
def test_a_number_shows_its_ends_only(number: str, masked: str) -> None:
    assert mask_id_number(number) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("李四", "李*"),
        ("李秀英", "李**"),
        ("吉克·阿依木呷", "吉**"),
        ("𬭎𠅤", "𬭎*"),
        ("葛\N{VARIATION SELECTOR-17}飾", "葛\N{VARIATION SELECTOR-17}*"),
        ("李", "*"),
        ("e\N{COMBINING ACUTE ACCENT}", "*"),
        ("", ""),
    ],
)
def test_a_name_shows_its_first_character_only(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"), [("13812345678", "138****5678"), ("2123456", "*****56"), ("12345", "*****"), ("", "")]
)
def test_a_phone_number_shows_its_ends_only(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@given(st.text("0123456789X", max_size=40))
def test_a_mask_keeps_the_length_and_hides_at_least_a_third(text: str) -> None:
    for mask in (mask_id_number, mask_phone):
        assert len(mask(text)) == len(text)
        assert mask(text).count("*") * 3 >= len(text)
