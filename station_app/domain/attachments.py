"""Scans that go with a case: what their entry says, how far they are to be trusted, what is drawn across them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from station_app.domain.cases import Case, Remark
from station_app.domain.errors import StationError
from station_app.domain.organisations import Level

ATTACHMENT = "attachment"
JPEG, PDF = "image/jpeg", "application/pdf"
MEDIA = (JPEG, PDF)
# Of the sealed bytes; docs/sync.md §19.
MOST_BYTES = 32 << 20
# A case has some four pages; these are for what somebody adds by mistake: a folder of photos, a stack twice.
MOST_IN_CASE, MOST_AT_ONCE = 200, 50
USUAL_PURPOSE = "仅供办理政务服务事项时使用"
_HEX = re.compile(r"[0-9a-f]{64}")


class Grade(StrEnum):
    """How far a scan is to be trusted (国办函〔2016〕108号); what a village has checked has a grade of its own."""

    ISSUED = "A"
    CHECKED = "B"
    CHECKED_BY_VILLAGE = "B-村核"
    UPLOADED = "C"
    SELF_MADE = "D"


GRADE_LABELS: Mapping[Grade, str] = {
    Grade.ISSUED: "发证机关出具",
    Grade.CHECKED: "窗口核对过原件",
    Grade.CHECKED_BY_VILLAGE: "代办员核对过原件（村核）",
    Grade.UPLOADED: "申请人上传，原件待核",
    Grade.SELF_MADE: "申请人自己制作",
}
_SAID: Mapping[Grade, str] = {
    Grade.ISSUED: "",
    Grade.CHECKED: "此件经与原件核对无误，",
    Grade.CHECKED_BY_VILLAGE: "此件由村级代办员与原件核对，",
    Grade.UPLOADED: "此件由申请人上传，原件待核，",
    Grade.SELF_MADE: "此件由申请人自己制作，",
}


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A file as it lies sealed beside the journal.

    Args:
        file: address: SHA-256 of the sealed bytes, hex.
        key: that opens it, 32 bytes in hex; it stands nowhere but in the event's body.
        size: of the sealed bytes.
        name: what the file was called where it came from.
        media: of what is inside, one of `MEDIA`.
        original_hash, original_size: of the file before it was made smaller.
    """

    file: str
    key: str
    size: int
    name: str
    media: str
    original_hash: str
    original_size: int

    def to_json(self) -> dict[str, Any]:
        """Return it as the remark has it."""
        return {
            "file": self.file,
            "key": self.key,
            "size": self.size,
            "name": self.name,
            "media": self.media,
            "original": {"hash": self.original_hash, "size": self.original_size},
        }


def read_sealed(found: Mapping[str, Any]) -> SealedFile:
    """Return what a remark or a form says of a sealed file; `attachment-unread` where it does not say it whole."""
    original = found.get("original")
    original = original if isinstance(original, Mapping) else {}
    return SealedFile(
        file=_hash(found.get("file")),
        key=_hash(found.get("key")),
        size=_size(found.get("size")),
        name=_text(found.get("name")),
        media=_text(found.get("media")),
        original_hash=_hash(original.get("hash")),
        original_size=_size(original.get("size")),
    )


def _hash(found: Any) -> str:
    if not isinstance(found, str) or not _HEX.fullmatch(found):
        raise StationError("attachment-unread")
    return found


def _size(found: Any) -> int:
    if type(found) is not int or found <= 0:
        raise StationError("attachment-unread")
    return found


def _text(found: Any) -> str:
    if not isinstance(found, str):
        raise StationError("attachment-unread")
    return found


@dataclass(frozen=True, slots=True)
class Attachment:
    """A scan of a case.

    Args:
        event_id: of the entry that says so.
        org: the office that wrote it.
        material: name of the material that it shows, "" for none.
        grade: one of `Grade`, or a word of a newer program.
        checked_by: name of who vouches for the grade; on: local date, ISO 8601.
        purpose: what it may be used for; drawn across it.
        expires: until when the paper is good, "" for ever.
    """

    sealed: SealedFile
    event_id: str
    org: str
    material: str
    grade: str
    checked_by: str
    on: str
    purpose: str
    expires: str = ""

    @property
    def watermark(self) -> str:
        """Return what is drawn across it, on the screen and on paper."""
        said = _SAID[Grade(self.grade)] if self.grade in list(Grade) else ""
        return f"{said}{self.purpose}"


def attachment_in(remark: Remark) -> Attachment | None:
    """Return the scan that an entry of the open lane tells of, None for another entry or one that can't be read."""
    found = remark.content
    if found.get("kind") != ATTACHMENT:
        return None
    try:
        sealed = read_sealed(found)
    except StationError:
        return None
    texts = [str(found.get(name) or "") for name in ("material", "grade", "checked_by", "on", "purpose", "expires")]
    return Attachment(sealed, remark.event_id, remark.org, *texts)


def attachments_of(case: Case) -> tuple[Attachment, ...]:
    """Return the scans of a case in their order; of several entries on one file the last counts."""
    return _last_words(filter(None, map(attachment_in, case.remarks)))


def _last_words(found: Iterable[Attachment]) -> tuple[Attachment, ...]:
    return tuple({attachment.sealed.file: attachment for attachment in found}.values())


def check_count(case: Case, files: Iterable[str]) -> None:
    """Refuse more files than a case may have; who says more of one that it has already adds none.

    Raises:
        StationError: `attachments-too-many` (count, most), `attachments-at-once` (count, most).
    """
    here = {attachment.sealed.file for attachment in attachments_of(case)}
    more = set(files) - here
    if len(more) > MOST_AT_ONCE:
        raise StationError("attachments-at-once", count=len(more), most=MOST_AT_ONCE)
    if more and len(here | more) > MOST_IN_CASE:
        raise StationError("attachments-too-many", count=len(here), most=MOST_IN_CASE)


def usual_grade(level: Level) -> Grade:
    """Return the grade of what an office has seen the original of."""
    return Grade.CHECKED_BY_VILLAGE if level is Level.VILLAGE else Grade.CHECKED


def check_grade(grade: Grade, level: Level) -> None:
    """Refuse a grade that this level does not give: `grade-above-village`, `grade-of-village`."""
    if level is Level.VILLAGE and grade is Grade.CHECKED:
        raise StationError("grade-above-village")
    if level is not Level.VILLAGE and grade is Grade.CHECKED_BY_VILLAGE:
        raise StationError("grade-of-village")
