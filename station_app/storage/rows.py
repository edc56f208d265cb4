"""The tables that station and center share: one journal, signed records, settings, and what goes to a center above."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, LargeBinary, MetaData, String, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Counts that pass 2^31; SQLite has one integer, and numbers rows by itself only where it is called INTEGER.
Count = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """All tables."""

    metadata = MetaData()


class EventRow(Base):
    """The journal: append-only; `arrival` is the order in which events came to this store."""

    __tablename__ = "events"
    __table_args__ = (
        # Not unique: a restored or cloned PC writes a second event into a place, and both are kept.
        Index("events_chain", "origin", "epoch", "seq"),
        Index("events_subject", "subject_id", "arrival"),
        # Each save asks for the highest one; without this it would read the whole journal.
        Index("events_lamport", "lamport"),
    )

    arrival: Mapped[int] = mapped_column(Count, primary_key=True, autoincrement=True)
    event_id: Mapped[str] = mapped_column(String(64), unique=True)
    origin: Mapped[str] = mapped_column(String(32))
    epoch: Mapped[str] = mapped_column(String(16))
    seq: Mapped[int] = mapped_column(Count)
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[str] = mapped_column(String(32))
    lamport: Mapped[int] = mapped_column(Count)
    header: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    person_signature: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


class CredentialRow(Base):
    """Signed credentials of devices and people, one for each key that was ever certified."""

    __tablename__ = "credentials"
    # Each exchange asks for those of its own device.
    __table_args__ = (Index("credentials_device", "device"),)

    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    person: Mapped[str] = mapped_column(String(32), primary_key=True)
    device: Mapped[str] = mapped_column(String(32), primary_key=True)
    public_key: Mapped[str] = mapped_column(String(64), primary_key=True)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class DocumentRow(Base):
    """Reference documents, every number kept: cases pin them."""

    __tablename__ = "documents"

    kind: Mapped[str] = mapped_column(String(96), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class SettingRow(Base):
    """Single facts of this store: identity, link, schema version."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class RefusalRow(Base):
    """Tombstones at a center, held events at a station: bytes kept, reason kept, nothing applied."""

    __tablename__ = "refusals"
    # Each exchange asks whether its events were refused before.
    __table_args__ = (Index("refusals_event", "event_id"),)

    number: Mapped[int] = mapped_column(Count, primary_key=True, autoincrement=True)
    event_id: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(String(32))
    epoch: Mapped[str] = mapped_column(String(16))
    link: Mapped[int] = mapped_column(Count)
    code: Mapped[str] = mapped_column(String(64))
    header: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    person_signature: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


class OutboxRow(Base):
    """What goes to the center, in its own gap-free numbering, and what became of it. Rows are never deleted."""

    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_status", "status", "case_id"),)

    link: Mapped[int] = mapped_column(Integer, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), unique=True)
    case_id: Mapped[str] = mapped_column(String(32), index=True)
    status: Mapped[str] = mapped_column(String(16), default="")
    code: Mapped[str] = mapped_column(String(64), default="")
    settled_at: Mapped[str] = mapped_column(String(32), default="")


class ReceiptRow(Base):
    """The center's signed words on what it has taken in."""

    __tablename__ = "receipts"

    link: Mapped[int] = mapped_column(Integer, primary_key=True)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


SHARED = (EventRow, CredentialRow, DocumentRow, SettingRow, RefusalRow)


def tables(rows: tuple[type[Base], ...]) -> list[Table]:
    """Return the tables of these rows."""
    return [Base.metadata.tables[row.__tablename__] for row in rows]
