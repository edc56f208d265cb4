"""Every character prints with a font that has it, comes back as the same text, or refuses the paper."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4

from station_app.documents import fonts, page
from station_app.domain.errors import StationError
from station_app.paths import resource
from tests.documents.papers import RARE_NAMES, text_of

NAMES = st.text(
    st.one_of(
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5),
        st.characters(min_codepoint=0x20000, max_codepoint=0x2A6D6),
        st.sampled_from("䶮𬭎㛃·<>&\"'/;"),
    ),
    min_size=1,
    max_size=30,
)


def printed(words: str) -> str:
    area = page.frame("area", 40, 40, 500, 760)
    return text_of(page.build([page.text(words, 12)], [page.layout("sheet", A4, [area], lambda _canvas: None)], "试"))


def test_the_font_files_are_the_ones_named_in_their_readme() -> None:
    readme = resource("fonts/README.md").read_text(encoding="utf-8")
    named = dict(re.findall(r"^\| (\S+\.ttf) .*\| ([0-9a-f]{64}) \|$", readme, re.MULTILINE))
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in resource("fonts").glob("*.ttf")}
    assert len(found) == 4
    assert found == named


@pytest.mark.parametrize("name", RARE_NAMES)
def test_the_runs_of_a_rare_name_join_to_the_name(name: str) -> None:
    assert "".join(run for _font, run in fonts.runs(name)) == name


def test_only_what_the_main_font_lacks_goes_to_the_rare_font() -> None:
    assert fonts.runs("李𬭎𪚥龙") == [(fonts.REGULAR, "李𬭎"), (fonts.RARE, "𪚥"), (fonts.REGULAR, "龙")]
    assert fonts.runs("龙𪚥", bold=True) == [(fonts.BOLD, "龙"), (fonts.RARE, "𪚥")]


@pytest.mark.parametrize(
    ("character", "code_point"), [("\U0001f600", "U+1F600"), ("\ue000", "U+E000"), ("\x07", "U+0007")]
)
def test_a_character_without_glyph_refuses_the_paper_and_is_named(character: str, code_point: str) -> None:
    with pytest.raises(StationError) as refusal:
        page.text(f"王{character}", 12)
    assert refusal.value.code == "glyph-missing"
    assert refusal.value.params == {"character": character, "code_point": code_point}


@settings(max_examples=25, deadline=None)
@given(NAMES)
def test_any_name_with_glyphs_is_read_back_from_the_paper_character_by_character(name: str) -> None:
    assert "".join(printed(name).split()) == name


def test_markup_in_a_name_stays_text() -> None:
    assert printed("王<b>&lt;</b>").strip() == "王<b>&lt;</b>"
    assert printed("王<b>&</b><img src='x'/>").strip() == "王<b>&</b><img src='x'/>"


def test_line_breaks_are_kept() -> None:
    assert printed("户口簿\n林权证").split() == ["户口簿", "林权证"]


def test_more_than_a_hundred_characters_of_one_font_are_read_back() -> None:
    words = "".join(chr(point) for point in range(0x4E00, 0x4E00 + 400))
    assert "".join(printed(words).split()) == words


def test_a_barcode_takes_digits_only() -> None:
    with pytest.raises(ValueError, match="digits only"):
        page.barcode("51113３", 1, 20)


@pytest.mark.parametrize(("number", "symbols"), [("1234567890" * 2 + "12345", 17), ("1234567890" * 2 + "123456", 16)])
def test_pairs_of_digits_share_a_symbol(number: str, symbols: int) -> None:
    # start, pairs, [switch and the odd digit], check, stop
    code = page.barcode(number, 1, 20)
    code.validate()
    encoded = code.encode()
    assert encoded[0] == 105  # start in code set C
    assert len(encoded) == symbols
