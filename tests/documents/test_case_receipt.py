"""The receipt a villager takes home, and the stub that stays."""

from __future__ import annotations

import pypdfium2
import pypdfium2.raw
import pytest

from station_app.documents.case_receipt import CaseReceipt, render_case_receipt
from station_app.domain.errors import StationError
from tests.documents.papers import (
    CASE_NUMBER,
    LONG_ITEM,
    RARE_NAMES,
    SHORT_MATERIALS,
    YI_NAME,
    barcodes,
    long_materials,
    page_texts,
    picture,
    receipt,
    text_of,
)

TWO_UP = receipt()
TWO_SHEETS = receipt(YI_NAME, LONG_ITEM, long_materials(12), "申请人本人不便到场，由女儿代交。")


def squeezed(words: str) -> str:
    return "".join(words.split())


def _count(papers: int) -> str:
    return f"{papers} 份" if papers else "—"


def extents(pdf: bytes) -> list[tuple[float, float, float, float, float]]:
    """Return left, bottom, right, top and type size of every printed character, in points."""
    found = []
    for sheet in pypdfium2.PdfDocument(pdf):
        words = sheet.get_textpage()
        for index in range(words.count_chars()):
            size = pypdfium2.raw.FPDFText_GetFontSize(words.raw, index)
            if words.get_text_range(index, 1).strip():
                found.append((*words.get_charbox(index), size))
    return found


@pytest.mark.parametrize("name", RARE_NAMES)
def test_the_name_is_printed_on_both_copies(name: str) -> None:
    assert text_of(render_case_receipt(receipt(name))).count(f"申请人 {name} 证件号码") == 2


def test_few_materials_leave_room_for_both_copies_on_one_sheet() -> None:
    assert len(page_texts(render_case_receipt(TWO_UP))) == 1
    assert len(page_texts(render_case_receipt(receipt(materials=SHORT_MATERIALS, note="由女儿代交。")))) == 1


def test_many_materials_give_each_copy_a_sheet_of_its_own() -> None:
    applicant, point = page_texts(render_case_receipt(TWO_SHEETS))
    assert "第一联（申请人留存）" in applicant
    assert "第二联（代办点存根）" in point
    assert "第 1 页 共 1 页" in applicant
    assert "第 1 页 共 1 页" in point


def test_a_very_long_list_flows_over_and_each_copy_counts_its_own_pages() -> None:
    sheets = page_texts(render_case_receipt(receipt(materials=long_materials(30))))
    assert len(sheets) == 4
    assert ["第 1 页 共 2 页" in sheet for sheet in sheets] == [True, False, True, False]
    assert ["第 2 页 共 2 页" in sheet for sheet in sheets] == [False, True, False, True]
    assert all("代办登记号 511133201201 261122 0100234" in sheet for sheet in sheets)
    for line in range(1, 31):
        assert squeezed("".join(sheets)).count(f"会议记录第{line}号附页") == 2


@pytest.mark.parametrize("paper", [TWO_UP, TWO_SHEETS], ids=["two-up", "two sheets"])
def test_both_copies_carry_the_promises_and_the_particulars(paper: CaseReceipt) -> None:
    words = squeezed(text_of(render_case_receipt(paper)))
    lines = [squeezed(f"{material.name} {_count(material.originals)}") for material in paper.materials]
    for expected in (
        "代办收件凭证，不等于行政机关受理",
        "免费代办，不收取任何费用",
        paper.item_name,
        paper.id_number_masked,
        paper.phone_masked,
        paper.point_name,
        paper.point_phone,
        paper.agent_name,
        "2026年11月22日",
        paper.decided_by,
        squeezed(paper.limit_text),
        "申请人（签名或捺印）：",
        "代办员（签名）：",
        *lines,
    ):
        assert words.count(expected) == 2, expected
    assert words.count(f"代办登记号{paper.number}") >= 2
    assert words.count("居民身份证原件核对后当场退还") == 1
    assert words.count("原件已领回（签名）：") == 1


def test_the_totals_add_up_the_lines() -> None:
    assert "共 4 项材料 3 份 4 份" in text_of(render_case_receipt(TWO_UP)).replace("\r\n", " ")


@pytest.mark.parametrize("paper", [TWO_UP, TWO_SHEETS], ids=["two-up", "two sheets"])
def test_a_scanner_reads_the_number_on_both_copies(paper: CaseReceipt) -> None:
    pdf = render_case_receipt(paper)
    assert [code for sheet in range(len(page_texts(pdf))) for code in barcodes(pdf, sheet)] == [CASE_NUMBER] * 2


@pytest.mark.parametrize("paper", [TWO_UP, TWO_SHEETS], ids=["two-up", "two sheets"])
def test_type_is_large_enough_and_inside_the_printable_part(paper: CaseReceipt) -> None:
    for left, bottom, right, top, size in extents(render_case_receipt(paper)):
        assert size >= 10.5
        assert left >= 38
        assert right <= 595 - 38
        assert bottom >= 18
        assert top <= 842 - 18


def test_nothing_is_printed_across_the_cut_line() -> None:
    pdf = render_case_receipt(receipt(materials=SHORT_MATERIALS, note="由女儿代交。"))
    middle = 842 / 2
    near = [box for box in extents(pdf) if box[1] < middle + 10 and box[3] > middle - 10]
    assert len(near) == len("沿此线裁开")


def test_markup_in_the_words_is_printed_literally() -> None:
    words = text_of(render_case_receipt(receipt("王<b>&", item="<i>甲</i>&amp;乙", note="<para>丙&")))
    assert words.count("王<b>&") == 2
    assert words.count("<i>甲</i>&amp;乙") == 2
    assert words.count("<para>丙&") == 2


def test_a_name_that_cannot_be_printed_whole_is_refused() -> None:
    with pytest.raises(StationError) as refusal:
        render_case_receipt(receipt("王\ue000"))
    assert refusal.value.params == {"character": "\ue000", "code_point": "U+E000"}


def test_sample_papers_say_so_and_real_ones_do_not() -> None:
    plain, marked = render_case_receipt(TWO_UP), render_case_receipt(receipt(sample=True))
    assert "示例数据" not in squeezed(text_of(plain))
    assert picture(plain, 0, 40).tobytes() != picture(marked, 0, 40).tobytes()
    assert barcodes(marked, 0) == [CASE_NUMBER] * 2
