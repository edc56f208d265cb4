"""The slip both sides count and sign."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from station_app.documents.batch_slip import render_batch_slip
from tests.documents.papers import BATCH_NUMBER, barcodes, page_texts, slip, slip_row, text_of


@cache
def two_hundred() -> bytes:
    """Return the slip of two hundred rows."""
    return render_batch_slip(slip(200))


def test_a_usual_batch_of_seven_fits_on_one_sheet_with_its_signatures() -> None:
    (words,) = page_texts(render_batch_slip(slip(7)))
    for expected in ("差异记录", "交出人签名：", "接收人签名：", "第 1 页 共 1 页", "2026 年 11 月 22 日", "张䶮"):
        assert expected in words
    assert words.count("示例县示例镇荷花村便民服务代办点") == 2
    assert words.count("示例县示例镇便民服务中心") == 2


def test_the_totals_count_cases_papers_and_originals() -> None:
    words = text_of(render_batch_slip(slip(7)))
    papers = sum(slip_row(line).papers for line in range(1, 8))
    assert "7 件" in words
    assert f"{papers} 份" in words
    assert "12 件" in words


def test_two_hundred_rows_are_each_printed_once() -> None:
    words = text_of(two_hundred()).replace(" ", "")
    for line in range(1, 201):
        assert words.count(slip_row(line).case_number) == 1


def test_two_hundred_rows_take_nineteen_numbered_pages_that_all_name_the_batch() -> None:
    sheets = page_texts(two_hundred())
    assert len(sheets) == 19
    for index, sheet in enumerate(sheets, start=1):
        assert f"第 {index} 页 共 19 页" in sheet
        assert "511133201201 261122 01000237" in sheet
        assert sheet.count("代办登记号") == 1
    assert ["差异记录" in sheet for sheet in sheets] == [False] * 18 + [True]


def test_a_scanner_reads_every_case_in_the_order_of_the_rows() -> None:
    seen = [code for sheet in range(19) for code in barcodes(two_hundred(), sheet)]
    assert seen == [BATCH_NUMBER, *(slip_row(line).case_number for line in range(1, 201))]


def test_originals_are_named_with_their_counts_and_their_absence_too() -> None:
    words = text_of(render_batch_slip(slip(2)))
    assert re.search(r"户口簿 1 件\s+林权证 2 件", words)
    assert re.search(r"2\s+511133201201 261122 0000022\s+阿＊ 高龄津贴申领 5 无", words)


def test_a_masked_rare_name_is_printed() -> None:
    assert "𪚥＊" in text_of(render_batch_slip(slip(4)))


def test_an_empty_batch_still_gives_a_paper() -> None:
    assert "0 件" in text_of(render_batch_slip(slip(0)))


def test_a_case_that_holds_more_originals_than_a_page_takes_goes_on_in_further_rows() -> None:
    """Such a row was taller than a page: the whole batch had no slip, though it was handed over."""
    many = replace(
        slip(2), rows=(slip_row(1), replace(slip_row(2), originals=tuple((f"材料{n}" * 12, n) for n in range(1, 41))))
    )
    sheets = page_texts(render_batch_slip(many))
    words = re.sub(r"\s", "", "".join(sheets))
    assert len(sheets) > 2
    assert all(f"{f'材料{n}' * 12}{n}件" in words for n in range(1, 41))
    assert words.count(slip_row(2).case_number) == 1 and "（原件续上）" in words
