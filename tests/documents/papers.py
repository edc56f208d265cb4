"""Sample papers, and eyes to read the printed ones: text, picture, barcodes."""

from __future__ import annotations

from datetime import date
from functools import cache

import pypdfium2
import zxingcpp
from PIL import Image

from station_app.documents.batch_slip import BatchSlip, SlipRow
from station_app.documents.case_receipt import CaseReceipt, ReceiptMaterial
from station_app.documents.code_slip import Code, CodeRow, CodeSlip

CASE_NUMBER = "5111332012012611220100234"
BATCH_NUMBER = "51113320120126112201000237"
LONG_ITEM = "农村村民住宅用地审批与乡村建设规划许可联合办理（含不动产首次登记的代办申请全程）"
YI_NAME = "阿苏吉木尔古惹阿木嘎"
RARE_NAMES = ("李𬭎", "张䶮", "𠅤", "𪚥", YI_NAME)

SHORT_MATERIALS = (
    ReceiptMaterial("居民身份证", 1, 1, "原件当场退还"),
    ReceiptMaterial("户口簿（户主页、本人页）", 1, 2, "原件当场退还"),
    ReceiptMaterial("本人银行卡复印件", 0, 1, "收取"),
    ReceiptMaterial("高龄津贴申请表", 1, 0, "收取"),
    ReceiptMaterial("代办委托书", 1, 0, "收取"),
    ReceiptMaterial("残疾人证", 1, 1, "原件当场退还"),
)


def long_materials(count: int) -> tuple[ReceiptMaterial, ...]:
    name = "农村宅基地和建房（规划许可）申请表及四邻意见书、村民小组会议记录第{}号附页说明"
    return tuple(ReceiptMaterial(name.format(line), line % 3, 1, "收取，办结后退还") for line in range(1, count + 1))


def receipt(
    applicant: str = "李𬭎",
    item: str = "高龄津贴申领",
    materials: tuple[ReceiptMaterial, ...] = SHORT_MATERIALS[:4],
    note: str = "",
    *,
    sample: bool = False,
) -> CaseReceipt:
    return CaseReceipt(
        number=CASE_NUMBER,
        item_name=item,
        applicant_name=applicant,
        id_number_masked="511***********002X",
        phone_masked="138****5678",
        point_name="示例县示例镇荷花村便民服务代办点",
        point_phone="0833-5550123",
        agent_name="张䶮",
        received_on=date(2026, 11, 22),
        materials=materials,
        decided_by="示例县民政局（经示例镇便民服务中心报送）",
        limit_text="代办点 3 个工作日内送镇便民服务中心；办理时限从有权机关受理之日起算，承诺 10 个工作日。",
        note=note,
        sample=sample,
    )


def slip_row(line: int) -> SlipRow:
    return SlipRow(
        case_number=f"511133201201261122{line:06d}{line % 10}",
        applicant_masked="𪚥＊" if line % 4 == 0 else "阿＊",
        item_name=LONG_ITEM if line % 3 == 0 else "高龄津贴申领",
        papers=3 + line % 4,
        originals=(("户口簿", 1), ("林权证", 2)) if line % 2 else (),
        remark="补录" if line % 5 == 0 else "",
    )


def slip(rows: int, *, sample: bool = False) -> BatchSlip:
    return BatchSlip(
        number=BATCH_NUMBER,
        from_name="示例县示例镇荷花村便民服务代办点",
        to_name="示例县示例镇便民服务中心",
        offered_on=date(2026, 11, 22),
        offered_by="张䶮",
        rows=tuple(slip_row(line) for line in range(1, rows + 1)),
        sample=sample,
    )


@cache
def page_texts(pdf: bytes) -> list[str]:
    return [sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(pdf)]


def text_of(pdf: bytes) -> str:
    return "\n".join(page_texts(pdf))


def picture(pdf: bytes, sheet: int, dpi: int) -> Image.Image:
    return pypdfium2.PdfDocument(pdf)[sheet].render(scale=dpi / 72).to_pil().convert("L")


def barcodes(pdf: bytes, sheet: int) -> list[str]:
    """Return what a scanner reads on the page, from top to bottom."""
    kinds = [zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode]
    seen = [code for kind in kinds for code in zxingcpp.read_barcodes(picture(pdf, sheet, 300), formats=kind)]
    return [code.text for code in sorted(seen, key=lambda code: code.position.top_left.y)]


def code_digits(place: int, many: int = 1186) -> str:
    """Return digits like those of a symbol: no row of them repeats itself."""
    return "".join(f"{(place * 7919 + k) ** 3 % 9973:04d}" for k in range(many // 4 + 1))[:many]


def code_slip(cases: int, *, sample: bool = False) -> CodeSlip:
    rows = [slip_row(line) for line in range(1, cases + 1)]
    few = [CodeRow(r.case_number, r.applicant_masked, r.item_name, r.papers, r.originals) for r in rows]
    groups = [tuple(few[at : at + 3]) for at in range(0, cases, 3)]
    return CodeSlip(
        number=BATCH_NUMBER,
        from_name="示例县示例镇荷花村便民服务代办点",
        to_name="示例县示例镇便民服务中心",
        offered_on=date(2026, 11, 22),
        offered_by="张䶮",
        printed_at="2026-11-22 16:40",
        codes=tuple(Code(code_digits(place), group) for place, group in enumerate(groups, start=1)),
        sample=sample,
    )
