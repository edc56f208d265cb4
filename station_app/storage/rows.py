"""The tables: one journal for station and center, projections beside it, and the few local-only tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# The highest number of a place: what is done is most of what an office has, and no board looks at it.
PLACE_DONE = 9

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


class CaseRow(Base):
    """Projection of a case as lists and boards need it; rebuilt from the journal at will.

    `position` is given on first appearance, counts without gaps and is kept for good. `place`, `state` and `taken_by`
    are numbers (storage/case_table.py) and each index ends in the position, so that an index alone tells a page,
    however deep.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("cases_state", "state"),
        Index("cases_place", "place"),
        Index("cases_place_state", "place", "state"),
        Index("cases_taken_by", "taken_by"),
        Index("cases_taken_by_state", "taken_by", "state"),
        Index("cases_taken_by_place", "taken_by", "place"),
        Index("cases_taken_by_place_state", "taken_by", "place", "state"),
        Index("cases_open", "place", "state", "decides", "branch", sqlite_where=text(f"place < {PLACE_DONE}")),
    )

    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    case_id: Mapped[str] = mapped_column(String(32), unique=True)
    number: Mapped[str] = mapped_column(String(32), index=True)
    applicant: Mapped[str] = mapped_column(String(200))
    item: Mapped[int]
    state: Mapped[int]
    place: Mapped[int]
    decides: Mapped[bool]
    branch: Mapped[str] = mapped_column(String(64))
    holder: Mapped[str] = mapped_column(String(64))
    offered_to: Mapped[str] = mapped_column(String(64))
    offered_on: Mapped[str] = mapped_column(String(10))
    opened_at: Mapped[str] = mapped_column(String(64))
    taken_by: Mapped[int]
    provisional: Mapped[bool]
    late: Mapped[bool]
    words_hash: Mapped[bytes] = mapped_column(LargeBinary)


class CaseFoldRow(Base):
    """A case whole, apart from its row, so that a list reads few pages of the file."""

    __tablename__ = "case_folds"

    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    folded: Mapped[Any] = mapped_column(JSON)


class CaseItemRow(Base):
    """The items of the cases here; a search looks through their few names instead of every case's."""

    __tablename__ = "case_items"
    __table_args__ = (UniqueConstraint("code", "name"),)

    item: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(400))


class CaseTakerRow(Base):
    """Who registered the cases here, each with the number that stands in a case's row; none is 0."""

    __tablename__ = "case_takers"

    taker: Mapped[int] = mapped_column(Integer, primary_key=True)
    person: Mapped[str] = mapped_column(String(32), unique=True)


class CaseClockRow(Base):
    """Projection of what runs on a case, with where the case is, so that boards count without a join."""

    __tablename__ = "case_clocks"
    __table_args__ = (Index("case_clocks_due", "place", "due_on", "kind", "branch", "provisional"),)

    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    starts_on: Mapped[str] = mapped_column(String(10))
    due_on: Mapped[str] = mapped_column(String(10))
    provisional: Mapped[bool]
    place: Mapped[int]
    branch: Mapped[str] = mapped_column(String(64))


# Contentless: the words themselves are kept nowhere but in the index. A word has no position in a case (detail=none).
CASE_WORDS = """CREATE VIRTUAL TABLE case_words USING fts5(
    words, content='', contentless_delete=1, detail=none, tokenize='ascii')"""
event.listen(CaseRow.__table__, "after_create", DDL(CASE_WORDS))  # type: ignore[no-untyped-call]


class BatchRow(Base):
    """Projection of a batch; `open` counts the cases that nobody has counted yet."""

    __tablename__ = "batches"
    __table_args__ = (Index("batches_to", "to_org", "open"), Index("batches_from", "from_org", "offered_on"))

    batch_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[str] = mapped_column(String(32), index=True)
    offered_on: Mapped[str] = mapped_column(String(10), index=True)
    from_org: Mapped[str] = mapped_column(String(64))
    to_org: Mapped[str] = mapped_column(String(64))
    open: Mapped[int]
    folded: Mapped[Any] = mapped_column(JSON)


class DraftRow(Base):
    """Half-filled forms; local-only, kept by a rebuild."""

    __tablename__ = "drafts"

    draft_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(400))
    content: Mapped[Any] = mapped_column(JSON)
    saved_at: Mapped[str] = mapped_column(String(32))


class RevealRow(Base):
    """Who looked at what is masked; local-only, kept by a rebuild, never deleted."""

    __tablename__ = "reveals"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    case_id: Mapped[str] = mapped_column(String(32), index=True)
    person: Mapped[str] = mapped_column(String(32))
    field: Mapped[str] = mapped_column(String(32))
    at: Mapped[str] = mapped_column(String(32))


class ReceiptRow(Base):
    """The center's signed words on what it has taken in."""

    __tablename__ = "receipts"

    link: Mapped[int] = mapped_column(Integer, primary_key=True)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class RevocationRow(Base):
    """Subjects that this office sees no more; `obeyed` once what others wrote on them is gone from here."""

    __tablename__ = "revocations"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    obeyed: Mapped[bool] = mapped_column(default=False)


class HopRow(Base):
    """Which further centers have taken an event in, and when."""

    __tablename__ = "hops"

    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    org: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[str] = mapped_column(String(32))


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
    """At a center: the feed of each office, numbered without gaps inside the writing transaction."""

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


class FeedHeadRow(Base):
    """At a center: the last row of each office's feed, and the sum of the events in it."""

    __tablename__ = "feed_heads"

    org: Mapped[str] = mapped_column(String(64), primary_key=True)
    head: Mapped[int] = mapped_column(Count)
    count: Mapped[int] = mapped_column(Count, default=0)
    total: Mapped[str] = mapped_column(String(64), default="0" * 64)


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


SHARED = (EventRow, CredentialRow, DocumentRow, SettingRow, RefusalRow)
STATION = (
    OutboxRow,
    CaseRow,
    CaseFoldRow,
    CaseItemRow,
    CaseTakerRow,
    CaseClockRow,
    BatchRow,
    ReceiptRow,
    RevocationRow,
    HopRow,
    CounterRow,
    PrintRow,
    DraftRow,
    RevealRow,
)
CENTER = (
    OutboxRow,
    ReceiptRow,
    FromAboveRow,
    HeadRow,
    EpochRow,
    ReviewRow,
    ErrandRow,
    SubjectRow,
    FeedRowRow,
    FeedHeadRow,
    DeviceRow,
    AccountRow,
    CodeRow,
    DraftDirectoryRow,
)


def tables(rows: tuple[type[Base], ...]) -> list[Table]:
    """Return the tables of these rows."""
    return [Base.metadata.tables[row.__tablename__] for row in rows]
