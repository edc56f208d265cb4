"""Every text and background that occur together can be read: at least 4.5:1 in both themes."""

from __future__ import annotations

import re

import pytest

from station_app.paths import resource
from station_app.ui.tokens import DARK, LIGHT, SCALES, TEXT_PAIRS, Palette, Sizes, contrast
from station_app.ui.widgets.theme import style_sheet


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#777777") == pytest.approx(1.0)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_a_text_stands_out_from_its_background(palette: Palette, text: str, ground: str) -> None:
    assert contrast(getattr(palette, text), getattr(palette, ground)) >= 4.5


def test_every_pair_of_the_style_sheet_is_among_those_computed() -> None:
    sheet = resource("app.qss").read_text("utf-8")
    rules = re.findall(r"\{([^}]*)\}", sheet)
    for rule in rules:
        text = re.search(r"(?<![-\w])color: @(\w+)", rule)
        ground = re.search(r"(?<!-)background(?:-color)?: @(\w+)", rule)
        if text and ground:
            assert (text[1], ground[1]) in TEXT_PAIRS, rule


@pytest.mark.parametrize("scale", SCALES)
def test_no_text_is_smaller_than_14_pixels(scale: int) -> None:
    sizes = Sizes().scaled(scale)
    assert min(sizes.small, sizes.body, sizes.strong, sizes.title, sizes.display) >= 14
    assert "@" not in style_sheet(LIGHT, sizes)


def test_colours_and_font_sizes_stand_in_the_tokens_alone() -> None:
    sheet = resource("app.qss").read_text("utf-8")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b", sheet)
    assert not re.search(r"font-size: \d", sheet)


def test_the_themes_differ_in_colours_alone() -> None:
    sheets = {re.sub(r"#[0-9a-fA-F]{6}", "#", style_sheet(palette, Sizes())) for palette in (LIGHT, DARK)}
    assert len(sheets) == 1
