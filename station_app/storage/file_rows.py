"""Which files events name: at a center what may be sent up and fetched, at a station how far each is."""

from __future__ import annotations

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from station_app.storage.rows import Base, Count


class FileRow(Base):
    """At a center: a file that an event here names. `gone` once the body of that event is.

    `above` is the incarnation of the center above in which that has said that it has the file whole.
    """

    __tablename__ = "files"
    __table_args__ = (
        Index("files_event", "event_id"),
        # Whole: naming a dialect's own kind of index loads that dialect in every command of a station.
        Index("files_gone", "gone", "file"),
    )

    file: Mapped[str] = mapped_column(String(64), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(32))
    org: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Count)
    gone: Mapped[bool] = mapped_column(default=False)
    above: Mapped[str] = mapped_column(String(64), default="")


class AttachmentRow(Base):
    """At a station: a file that an event here names. Local-only, kept by a rebuild.

    `own`: written on this PC; `here`: the file lies here, as far as is known; `sent`: bytes that the center has;
    `there`: the incarnation in which it said to have the file whole; `code`: why it never will, "" while it may;
    `gone` once the body of the event is.
    """

    __tablename__ = "attachments"
    __table_args__ = (
        Index("attachments_file", "file"),
        Index("attachments_case", "case_id"),
        Index("attachments_gone", "file", sqlite_where=text("gone = 1")),
    )

    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    file: Mapped[str] = mapped_column(String(64))
    case_id: Mapped[str] = mapped_column(String(32))
    size: Mapped[int]
    own: Mapped[bool]
    here: Mapped[bool]
    sent: Mapped[int] = mapped_column(default=0)
    there: Mapped[str] = mapped_column(String(64), default="")
    code: Mapped[str] = mapped_column(String(64), default="")
    gone: Mapped[bool] = mapped_column(default=False)
