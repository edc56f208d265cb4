"""What may stand in a person's name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.errors import StationError
from station_app.domain.names import check_name

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)


def refused(text: str) -> StationError:
    with pytest.raises(StationError) as caught:
        check_name(text)
    return caught.value


@pytest.mark.parametrize(
    "name",
    [
        "李𬭎",
        "䶮𠅤",
        "𣵦〇",
        "吉克·阿依木呷",
        "ꆈꌠ",
        "Jean-Luc O’Neil",
        "J. Smith",
        "ئابدۇرەھىم",
        "བཀྲ་ཤིས",
        "朗\N{CJK COMPATIBILITY IDEOGRAPH-F929}",
        "葛\N{VARIATION SELECTOR-17}飾",
        # Ext. H, I and J are newer than Python's own tables.
        "\U00031350\U0002ebf0\U00033000",
    ],
)
def test_names_of_every_people_are_taken_as_they_are(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize("dot", "・•．‧∙⋅･·")
def test_every_middle_dot_becomes_the_same_one(dot: str) -> None:
    assert check_name(f"阿依{dot}古丽") == "阿依·古丽"


def test_white_space_around_a_name_is_dropped() -> None:
    assert check_name(" \u3000李秀英\t\n") == "李秀英"


def test_length_is_counted_in_characters_not_in_utf_16_units() -> None:
    assert check_name("𠅤" * 50) == "𠅤" * 50
    assert (refused("𠅤" * 51).code, refused("𠅤" * 51).params["length"]) == ("name-too-long", 51)


@pytest.mark.parametrize("text", ["", "  ", "·", "- -", "\N{COMBINING ACUTE ACCENT}"])
def test_a_name_needs_a_letter(text: str) -> None:
    assert refused(text).code == "name-empty"


@pytest.mark.parametrize("character", list('1１<>&"`/\\*?;=|🙂①⿰⼈，。\u200b\u202e\ufeff\x00\x07\n\r'))
def test_a_character_that_is_no_letter_is_refused(character: str) -> None:
    error = refused(f"李{character}英")
    assert error.code == "name-character"
    assert error.params["code_point"] == f"U+{ord(character):04X}"
    assert str(error.params["character"]).isprintable()


@pytest.mark.parametrize("character", ["\ue863", "\uf8ff", "\U000f0000", "\U0010fffd"])
def test_a_private_character_is_sent_to_the_note(character: str) -> None:
    error = refused(f"李{character}")
    assert (error.code, error.params) == ("name-private-use", {"code_point": f"U+{ord(character):04X}"})


@pytest.mark.parametrize("character", ["\ud840", "\uffff", "\U0002ffff", "\U000e0fff", "\u0378"])
def test_surrogates_and_unassigned_code_points_are_refused(character: str) -> None:
    assert refused(f"李{character}").code == "name-character"


@given(st.text(HAN, min_size=1, max_size=50))
def test_every_common_chinese_name_is_taken(name: str) -> None:
    assert check_name(name) == name


@given(st.text(max_size=60))
def test_a_checked_name_stays_as_it_is(text: str) -> None:
    try:
        name = check_name(text)
    except StationError:
        return
    assert check_name(name) == name
    assert 1 <= len(name) <= 50
