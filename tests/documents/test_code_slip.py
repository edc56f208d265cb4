"""The slip with codes: a scanner reads back from the page what was put in, and people see what it is about."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
import zxingcpp

from station_app.documents import page
from station_app.documents.code_slip import render_code_slip
from tests.documents.papers import (
    BATCH_NUMBER,
    barcodes,
    code_digits,
    code_slip,
    page_texts,
    picture,
    slip_row,
    text_of,
)


@cache
def thirty() -> bytes:
    """Return the slip of thirty cases."""
    return render_code_slip(code_slip(30, sample=True))


@pytest.mark.parametrize("dots_per_inch", [120, 300])
def test_codes_are_read_back_from_the_page_digit_by_digit(dots_per_inch: int) -> None:
    slip = code_slip(7, sample=True)
    seen = picture(render_code_slip(slip), 0, dots_per_inch)
    found = zxingcpp.read_barcodes(seen, formats=zxingcpp.BarcodeFormat.QRCode)
    assert [code.text for code in found] == [code.digits for code in slip.codes]
    assert {code.ec_level for code in found} == {"M"}


def test_the_largest_code_has_ninety_three_modules_of_half_a_millimetre() -> None:
    width, height = page.QrBlock(code_digits(1, 1400)).wrap(1000, 1000)
    assert width == height == (93 + 8) * page.QR_MODULE
    assert round(page.QR_MODULE / 72 * 25.4, 3) == 0.508


def test_only_digits_become_a_code() -> None:
    with pytest.raises(ValueError, match="digits"):
        page.QrBlock("12A")


def test_thirty_cases_go_over_numbered_pages_that_all_name_the_batch_and_no_code_is_cut() -> None:
    sheets = page_texts(thirty())
    for index, sheet in enumerate(sheets, start=1):
        assert f"第 {index} 页 共 {len(sheets)} 页" in sheet
        assert "511133201201 261122 01000237" in sheet
    seen = [code for sheet in range(len(sheets)) for code in barcodes(thirty(), sheet)]
    assert seen == [BATCH_NUMBER, *(code_digits(place) for place in range(1, 11))]
    words = text_of(thirty())
    assert [words.count(f"（{place}/10）") for place in range(1, 11)] == [1] * 10
    assert words.replace(" ", "").count(slip_row(30).case_number) == 1


def test_people_see_who_what_how_many_papers_and_when_it_was_printed() -> None:
    words = text_of(render_code_slip(code_slip(7)))
    for expected in ("7 件，3 张码", "2026-11-22 16:40", "阿＊", "材料 5 份", "户口簿 1 件、林权证 2 件", "张䶮"):
        assert expected in words


def test_a_case_with_very_many_originals_still_has_room_beside_its_code() -> None:
    slip = code_slip(3)
    rows = tuple(replace(row, originals=(("四邻意见书、村民小组会议记录", 1),) * 90) for row in slip.codes[0].rows)
    words = text_of(render_code_slip(replace(slip, codes=(replace(slip.codes[0], rows=rows),))))
    assert words.count("……") == 3
