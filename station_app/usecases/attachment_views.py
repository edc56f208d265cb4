"""The scans of a case as a worker sees them: what each is, and where its file is."""

from __future__ import annotations

from dataclasses import dataclass

from station_app.domain.attachments import GRADE_LABELS, Attachment, Grade, attachments_of
from station_app.domain.cases import Case
from station_app.usecases.attachment_book import FileState
from station_app.usecases.ports import Book


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """A scan.

    Args:
        grade: in words.
        where: where the file is, in words.
        own: scanned on this PC; `there`: the center has it whole; `here`: this PC has it, as far as is known.
        lost: it is neither here nor there.
    """

    attachment: Attachment
    grade: str
    where: str
    own: bool
    there: bool
    lost: bool
    here: bool


def attachment_views(book: Book, case: Case) -> tuple[AttachmentView, ...]:
    """Return the scans of a case in their order."""
    found = attachments_of(case)
    states = book.file_states(case.case_id) if found else {}
    return tuple(_view(attachment, states.get(attachment.sealed.file)) for attachment in found)


def _view(attachment: Attachment, state: FileState | None) -> AttachmentView:
    known = attachment.grade in list(Grade)
    grade = GRADE_LABELS[Grade(attachment.grade)] if known else attachment.grade
    if state is None:
        return AttachmentView(attachment, grade, "在中心", own=False, there=True, lost=False, here=False)
    lost = bool(state.code)
    return AttachmentView(attachment, grade, _where(state), state.own, state.there, lost, state.here and not lost)


def _where(state: FileState) -> str:
    if state.code:
        return "文件没有了，请重新扫描"
    if not state.own:
        return "已取到本机" if state.here else "在中心"
    if state.there:
        return "已上传"
    return f"已上传 {state.sent * 100 // state.size}%" if state.sent else "等待上传"


def uploaded_words(views: tuple[AttachmentView, ...]) -> str:
    """Return how far the scans of this PC have come: 材料 3/5 已上传; "" where there are none."""
    own = [view for view in views if view.own]
    if not own:
        return f"附件 {len(views)} 份" if views else ""
    return share_words(sum(view.there for view in own), len(own))


def share_words(there: int, total: int) -> str:
    """Return how many of the files of this PC the center has, in words."""
    return f"材料 {there}/{total} 已上传"
