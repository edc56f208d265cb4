"""From cases and batches to printed papers: what stands on each, masked, and the PDF."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from station_app.carriers.slip_symbols import Recipient, symbols_of
from station_app.documents.batch_slip import BatchSlip, SlipRow, render_batch_slip
from station_app.documents.case_receipt import CaseReceipt, ReceiptMaterial, render_case_receipt
from station_app.documents.code_slip import Code, CodeRow, CodeSlip, render_code_slip
from station_app.domain.batches import Batch, BatchKind
from station_app.domain.cases import Case
from station_app.domain.deadlines import Unit
from station_app.domain.errors import StationError
from station_app.domain.masking import mask_id_number, mask_name, mask_phone
from station_app.domain.removals import removed_words
from station_app.domain.result_papers import home_of
from station_app.usecases.hand_over import find_batch
from station_app.usecases.ports import Book
from station_app.usecases.reference import organisation_names, reference_of
from station_app.usecases.run_action import find_case
from station_app.usecases.slips import PRINTING_BYTES, slip_content
from station_app.usecases.times import local_minute


@dataclass(frozen=True, slots=True)
class Paper:
    """A printed form: its name on the command line, what people call it, and what it is about."""

    name: str
    label: str
    about: str


PAPERS = (
    Paper("receipt", "收件凭证", "case"),
    Paper("batch_slip", "交接单", "batch"),
    Paper("code_slip", "交接码单", "batch"),
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished paper and the subject it is about."""

    pdf: bytes
    subject_id: str

    @property
    def pages(self) -> int:
        """Return the number of pages, counted in the finished file."""
        return len(re.findall(rb"/Type\s*/Page(?!s)\b", self.pdf))


def print_paper(book: Book, name: str, subject: str, now: datetime) -> Printed:
    """Return a paper of a case or batch as PDF.

    Args:
        now: UTC; some papers say when they were printed.

    Raises:
        StationError: `paper-unknown`, `case-unknown`, `batch-unknown`, `glyph-missing`,
            `paper-content-removed` (number, what), those of `slip_content` and `symbols_of`.
    """
    if name not in _RENDERERS:
        raise StationError("paper-unknown", paper=name, allowed="、".join(_RENDERERS))
    return _RENDERERS[name](book, subject, now)


def _receipt(book: Book, subject: str, _now: datetime) -> Printed:
    case = find_case(book, subject)
    if case.removed is not None:
        raise StationError("paper-content-removed", number=case.number, what=removed_words(case.removed))
    reference = reference_of(book)
    point = reference.organisations.get(case.origin_org)
    applicant = case.applicant
    receipt = CaseReceipt(
        number=case.number,
        item_name=str(case.item["name"]),
        applicant_name=str(applicant["name"]),
        id_number_masked=mask_id_number(str(applicant.get("id_number", ""))),
        phone_masked=mask_phone(str(applicant.get("phone", ""))),
        point_name=point.name,
        point_phone=point.phone,
        agent_name=str(case.fields["received_by"]),
        received_on=date.fromisoformat(str(case.fields["received_on"])),
        materials=tuple(ReceiptMaterial(m["name"], m["originals"], m["copies"], m["handling"]) for m in case.materials),
        decided_by=str(case.item["department"]),
        limit_text=limit_text(case),
        note=str(case.fields.get("note", "")),
        sample=bool(case.item["directory"].get("sample")),
    )
    return Printed(render_case_receipt(receipt), case.case_id)


def limit_text(case: Case) -> str:
    """Return what the item promises, in words that say from when it counts (行政许可法 42)."""
    days, unit = case.item["promised"]["days"], Unit(case.item["promised"]["unit"])
    if days is None:
        return "目录未规定，办理机关受理时告知"
    return "当场办理" if days == 0 else f"自办理机关受理之日起 {days} 个{unit.word}"


def _batch_slip(book: Book, subject: str, _now: datetime) -> Printed:
    batch = find_batch(book, subject)
    organisations = reference_of(book).organisations
    rows = [_slip_row(book, batch, index) for index in range(len(batch.lines))]
    slip = BatchSlip(
        number=batch.number,
        from_name=organisations.get(batch.from_org).name,
        to_name=organisations.get(batch.to_org).name,
        offered_on=date.fromisoformat(batch.offered_on),
        offered_by=batch.offered_by,
        rows=tuple(row for row, _ in rows),
        sample=any(sample for _, sample in rows),
        kind=batch.kind,
    )
    return Printed(render_batch_slip(slip), batch.batch_id)


def _slip_row(book: Book, batch: Batch, index: int) -> tuple[SlipRow, bool]:
    line = batch.lines[index]
    case = book.case(line.case_id)
    name = mask_name(str(case.applicant.get("name", ""))) if case else ""
    item = str(case.item.get("name", "")) if case else ""
    sample = bool(case.item["directory"].get("sample")) if case else False
    remark = _remark(book, case, batch) if case and batch.kind is BatchKind.PAPERS else ""
    return SlipRow(line.number, name, item, line.papers, line.originals, remark), sample


def _remark(book: Book, case: Case, batch: Batch) -> str:
    """Return by what a decision is told from another, and where it goes on to from whom this slip is for."""
    document, home = str(case.fields.get("decision_document") or ""), home_of(case)
    further = "" if home in ("", batch.to_org) else f"送到{organisation_names(book).get(home, home)}"
    return "\n".join(part for part in (document, further) if part)


def _code_slip(book: Book, subject: str, now: datetime) -> Printed:
    content = slip_content(book, subject, os.urandom(PRINTING_BYTES))
    batch, organisations = find_batch(book, subject), reference_of(book).organisations
    to = Recipient(content.to_org, content.version, content.public)
    lines = {line.case_id: index for index, line in enumerate(batch.lines)}
    symbols = symbols_of(content.head, content.cases, to, os.urandom)
    rows = [[_slip_row(book, batch, lines[case.case_id]) for case in symbol.cases] for symbol in symbols]
    slip = CodeSlip(
        number=batch.number,
        from_name=organisations.get(batch.from_org).name,
        to_name=organisations.get(batch.to_org).name,
        offered_on=date.fromisoformat(batch.offered_on),
        offered_by=batch.offered_by,
        printed_at=local_minute(now),
        codes=tuple(
            Code(symbol.digits, tuple(_code_row(row) for row, _ in found))
            for symbol, found in zip(symbols, rows, strict=True)
        ),
        sample=any(sample for found in rows for _, sample in found),
    )
    return Printed(render_code_slip(slip), batch.batch_id)


def _code_row(row: SlipRow) -> CodeRow:
    return CodeRow(row.case_number, row.applicant_masked, row.item_name, row.papers, row.originals)


_RENDERERS: dict[str, Callable[[Book, str, datetime], Printed]] = {
    "receipt": _receipt,
    "batch_slip": _batch_slip,
    "code_slip": _code_slip,
}
