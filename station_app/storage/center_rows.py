"""The center's own tables: who sees what, the feed of each office, epochs, and who is enrolled."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from station_app.storage.file_rows import FileRow
from station_app.storage.number_rows import NUMBERS
from station_app.storage.rows import Base, Count, OutboxRow, ReceiptRow


class HeadRow(Base):
    """At a center: the last event taken in of each device's epoch, its own included."""

    __tablename__ = "heads"

    origin: Mapped[str] = mapped_column(String(32), primary_key=True)
    epoch: Mapped[str] = mapped_column(String(16), primary_key=True)
    seq: Mapped[int] = mapped_column(Count)
    event_id: Mapped[str] = mapped_column(String(64))


class EpochRow(Base):
    """At a center: the epochs of each PC, with the two nonces that its next request may name."""

    __tablename__ = "epochs"

    device: Mapped[str] = mapped_column(String(32), primary_key=True)
    epoch: Mapped[str] = mapped_column(String(16), primary_key=True)
    tag: Mapped[int]
    nonce: Mapped[str] = mapped_column(String(32))
    previous: Mapped[str] = mapped_column(String(32))
    opened_at: Mapped[str] = mapped_column(String(32))
    link: Mapped[int] = mapped_column(default=0)
    closed: Mapped[bool] = mapped_column(default=False)
    forked_from: Mapped[str] = mapped_column(String(16), default="")


class FromAboveRow(Base):
    """At a county's center: events that came from the city's; they are not sent back there."""

    __tablename__ = "from_above"

    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)


class ErrandRow(Base):
    """At a center: who wants what, by a keyed hash, to find the same errand at two places."""

    __tablename__ = "errands"

    case_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    number: Mapped[str] = mapped_column(String(32))
    org: Mapped[str] = mapped_column(String(64))
    opened_on: Mapped[str] = mapped_column(String(10))


class RemovalRow(Base):
    """At a center: the events by which contents of a case were removed."""

    __tablename__ = "removals"

    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(32), index=True)


class ReviewRow(Base):
    """At a center: events on which a person has to look, with the reason."""

    __tablename__ = "reviews"

    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    reason: Mapped[str] = mapped_column(String(64))


class SubjectRow(Base):
    """At a center: who sees a subject, and whether one of its events waits for a ruling."""

    __tablename__ = "subjects"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    viewers: Mapped[Any] = mapped_column(JSON)
    unruled: Mapped[bool] = mapped_column(default=False, index=True)


class FeedRowRow(Base):
    """At a center: the feed of each office, numbered without gaps inside the writing transaction.

    `left_out` is the number of the row by which the subject of this one was put away first, 0 for none.
    """

    __tablename__ = "feed"
    __table_args__ = (
        Index(
            "feed_events",
            "org",
            "event_id",
            unique=True,
            sqlite_where=text("event_id != ''"),
            postgresql_where=text("event_id != ''"),
        ),
        # Whoever puts a subject away looks for the rows that bring an event again, and for revocations.
        Index(
            "feed_subjects",
            "org",
            "subject_id",
            sqlite_where=text("subject_id != ''"),
            postgresql_where=text("subject_id != ''"),
        ),
    )

    org: Mapped[str] = mapped_column(String(64), primary_key=True)
    n: Mapped[int] = mapped_column(Count, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    event_id: Mapped[str] = mapped_column(String(64), default="")
    document: Mapped[str] = mapped_column(String(96), default="")
    number: Mapped[int] = mapped_column(default=0)
    subject_kind: Mapped[str] = mapped_column(String(16), default="")
    subject_id: Mapped[str] = mapped_column(String(64), default="")
    hop_org: Mapped[str] = mapped_column(String(64), default="")
    hop_at: Mapped[str] = mapped_column(String(32), default="")
    left_out: Mapped[int] = mapped_column(Count, default=0)


class FeedHeadRow(Base):
    """At a center: the last row of each office's feed, and the sums of the events in it and of those put away there."""

    __tablename__ = "feed_heads"

    org: Mapped[str] = mapped_column(String(64), primary_key=True)
    head: Mapped[int] = mapped_column(Count)
    count: Mapped[int] = mapped_column(Count, default=0)
    total: Mapped[str] = mapped_column(String(64), default="0" * 64)
    away_count: Mapped[int] = mapped_column(Count, default=0)
    away_total: Mapped[str] = mapped_column(String(64), default="0" * 64)


class FeedPutAwayRow(Base):
    """At a center: what is put away in an office's feed now, and by which row."""

    __tablename__ = "feed_put_away"
    __table_args__ = (Index("feed_put_away_n", "org", "n"),)

    org: Mapped[str] = mapped_column(String(64), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    n: Mapped[int] = mapped_column(Count)


class DeviceRow(Base):
    """At a center: enrolled stations."""

    __tablename__ = "devices"

    device: Mapped[str] = mapped_column(String(32), primary_key=True)
    org: Mapped[str] = mapped_column(String(64), index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    enrolled_at: Mapped[str] = mapped_column(String(32))
    last_seen_at: Mapped[str] = mapped_column(String(32), default="")
    challenge: Mapped[str] = mapped_column(String(32), default="")
    cloned: Mapped[bool] = mapped_column(default=False)
    is_center: Mapped[bool] = mapped_column(default=False)
    box_key: Mapped[bytes] = mapped_column(LargeBinary, default=b"")


class AccountRow(Base):
    """At a center: workers."""

    __tablename__ = "accounts"

    person: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    org: Mapped[str] = mapped_column(String(64), index=True)
    roles: Mapped[Any] = mapped_column(JSON)
    disabled: Mapped[bool] = mapped_column(default=False)
    code_hash: Mapped[str] = mapped_column(String(64), default="")
    secret: Mapped[str] = mapped_column(String(200), default="")


class CodeRow(Base):
    """At a center: enrolment codes, by hash; `device` is set by the one that used it."""

    __tablename__ = "codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    org: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(String(32), default="")


class DraftDirectoryRow(Base):
    """At a center: submitted directories on their way to release."""

    __tablename__ = "directory_drafts"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    content: Mapped[Any] = mapped_column(JSON)
    submitted_by: Mapped[str] = mapped_column(String(32))
    approved_by: Mapped[str] = mapped_column(String(32), default="")
    published: Mapped[bool] = mapped_column(default=False)


CENTER = (
    OutboxRow,
    ReceiptRow,
    FromAboveRow,
    HeadRow,
    EpochRow,
    ReviewRow,
    RemovalRow,
    ErrandRow,
    SubjectRow,
    FeedRowRow,
    FeedHeadRow,
    FeedPutAwayRow,
    DeviceRow,
    AccountRow,
    CodeRow,
    DraftDirectoryRow,
    FileRow,
    *NUMBERS,
)
