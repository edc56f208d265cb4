"""The tables: one journal for station and center, projections beside it, and the few local-only tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Index, Integer, LargeBinary, MetaData, String, Table, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """All tables."""

    metadata = MetaData()


class EventRow(Base):
    """The journal: append-only; `arrival` is the order in which events came to this store."""

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("origin", "epoch", "seq"),
        Index("events_subject", "subject_id", "arrival"),
        # Each save asks for the highest one; without this it would read the whole journal.
        Index("events_lamport", "lamport"),
    )

    arrival: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    event_id: Mapped[str] = mapped_column(String(64), unique=True)
    origin: Mapped[str] = mapped_column(String(32))
    epoch: Mapped[str] = mapped_column(String(16))
    seq: Mapped[int]
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[str] = mapped_column(String(32))
    lamport: Mapped[int]
    header: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    person_signature: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


class CredentialRow(Base):
    """Signed credentials of devices and people, one for each key that was ever certified."""

    __tablename__ = "credentials"

    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    person: Mapped[str] = mapped_column(String(32), primary_key=True)
    device: Mapped[str] = mapped_column(String(32), primary_key=True)
    public_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class DocumentRow(Base):
    """Reference documents, every number kept: cases pin them."""

    __tablename__ = "documents"

    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class SettingRow(Base):
    """Single facts of this store: identity, link, schema version."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class RefusalRow(Base):
    """Tombstones at a center, held events at a station: bytes kept, reason kept, nothing applied."""

    __tablename__ = "refusals"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    event_id: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(String(32))
    epoch: Mapped[str] = mapped_column(String(16))
    link: Mapped[int]
    code: Mapped[str] = mapped_column(String(64))
    header: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    person_signature: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


class OutboxRow(Base):
    """What goes to the center, in its own gap-free numbering, and what became of it. Rows are never deleted."""

    __tablename__ = "outbox"

    link: Mapped[int] = mapped_column(Integer, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), unique=True)
    case_id: Mapped[str] = mapped_column(String(32), index=True)
    status: Mapped[str] = mapped_column(String(16), default="", index=True)
    code: Mapped[str] = mapped_column(String(64), default="")
    settled_at: Mapped[str] = mapped_column(String(32), default="")


class CaseRow(Base):
    """Projection of a case, rebuilt from the journal at will."""

    __tablename__ = "cases"

    case_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[str] = mapped_column(String(32), index=True)
    applicant: Mapped[str] = mapped_column(String(200))
    item_name: Mapped[str] = mapped_column(String(400))
    state: Mapped[str] = mapped_column(String(16), index=True)
    holder: Mapped[str] = mapped_column(String(64), index=True)
    opened_at: Mapped[str] = mapped_column(String(32), index=True)
    folded: Mapped[Any] = mapped_column(JSON)


class BatchRow(Base):
    """Projection of a batch."""

    __tablename__ = "batches"

    batch_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[str] = mapped_column(String(32), index=True)
    offered_on: Mapped[str] = mapped_column(String(10), index=True)


class ReceiptRow(Base):
    """The center's signed words on what it has taken in."""

    __tablename__ = "receipts"

    link: Mapped[int] = mapped_column(Integer, primary_key=True)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class CounterRow(Base):
    """Serial numbers by name; local-only, kept by a rebuild."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[int]


class PrintRow(Base):
    """The print log; local-only, kept by a rebuild."""

    __tablename__ = "print_log"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    document: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(32))
    person: Mapped[str] = mapped_column(String(32))
    printed_at: Mapped[str] = mapped_column(String(32))


class HeadRow(Base):
    """At a center: the last event taken in of each device's epoch, its own included."""

    __tablename__ = "heads"

    origin: Mapped[str] = mapped_column(String(32), primary_key=True)
    epoch: Mapped[str] = mapped_column(String(16), primary_key=True)
    seq: Mapped[int]
    event_id: Mapped[str] = mapped_column(String(64))
    link: Mapped[int] = mapped_column(default=0)


class SubjectRow(Base):
    """At a center: who sees a subject, and whether one of its events waits for a ruling."""

    __tablename__ = "subjects"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    viewers: Mapped[Any] = mapped_column(JSON)
    unruled: Mapped[bool] = mapped_column(default=False, index=True)


class FeedRowRow(Base):
    """At a center: the feed of each office, numbered without gaps inside the writing transaction."""

    __tablename__ = "feed"

    org: Mapped[str] = mapped_column(String(64), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    event_id: Mapped[str] = mapped_column(String(64), default="")
    document: Mapped[str] = mapped_column(String(32), default="")
    number: Mapped[int] = mapped_column(default=0)


class FeedHeadRow(Base):
    """At a center: the last row of each office's feed."""

    __tablename__ = "feed_heads"

    org: Mapped[str] = mapped_column(String(64), primary_key=True)
    head: Mapped[int]


class DeviceRow(Base):
    """At a center: enrolled stations, with the two nonces that their next request may name."""

    __tablename__ = "devices"

    device: Mapped[str] = mapped_column(String(32), primary_key=True)
    org: Mapped[str] = mapped_column(String(64), index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    epoch: Mapped[str] = mapped_column(String(16))
    tag: Mapped[int]
    nonce: Mapped[str] = mapped_column(String(32))
    previous_nonce: Mapped[str] = mapped_column(String(32))
    enrolled_at: Mapped[str] = mapped_column(String(32))
    last_seen_at: Mapped[str] = mapped_column(String(32), default="")


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


SHARED = (EventRow, CredentialRow, DocumentRow, SettingRow, RefusalRow)
STATION = (OutboxRow, CaseRow, BatchRow, ReceiptRow, CounterRow, PrintRow)
CENTER = (HeadRow, SubjectRow, FeedRowRow, FeedHeadRow, DeviceRow, AccountRow, CodeRow, DraftDirectoryRow)


def tables(rows: tuple[type[Base], ...]) -> list[Table]:
    """Return the tables of these rows."""
    return [Base.metadata.tables[row.__tablename__] for row in rows]
