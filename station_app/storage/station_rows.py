"""The station's own tables: projections of cases and batches, and what is on this PC only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Connection, Index, Integer, LargeBinary, String, Table, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column

from station_app.storage.file_rows import AttachmentRow
from station_app.storage.rows import Base, OutboxRow, ReceiptRow

# The highest number of a place: what is done is most of what an office has, and no board looks at it.
PLACE_DONE = 9


class CaseRow(Base):
    """Projection of a case as lists and boards need it; rebuilt from the journal at will.

    `position` is given on first appearance, counts without gaps and is kept until a rebuild counts anew. `place`,
    `state` and `taken_by` are numbers (storage/case_numbers.py, `CaseTakerRow`) and each index ends in the position, so
    that an index alone tells a page, however deep.
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
        Index("cases_branch", "branch"),
        Index("cases_branch_place", "branch", "place"),
        Index("cases_branch_state", "branch", "state"),
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
_CASE_WORDS = "USING fts5(words, content='', contentless_delete=1, detail=none, tokenize='ascii')"
WORDS = "case_words"


def make_words(connection: Connection, name: str) -> None:
    """Make an index of the words of cases."""
    connection.exec_driver_sql(f"CREATE VIRTUAL TABLE {name} {_CASE_WORDS}")


@event.listens_for(CaseRow.__table__, "after_create")
def _with_words(_cases: Table, connection: Connection, **_: object) -> None:
    make_words(connection, WORDS)


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


class RevocationRow(Base):
    """Subjects that this office sees no more; `obeyed` once what others wrote on them is gone from here."""

    __tablename__ = "revocations"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    obeyed: Mapped[bool] = mapped_column(default=False)


class PutAwayRow(Base):
    """Subjects that the center has put away: readable as before, and counted no more in what both compare."""

    __tablename__ = "put_away"

    subject_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))


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


class PackageRow(Base):
    """Packages that this PC has made, and that have come; `org` is the other office. Kept by a rebuild."""

    __tablename__ = "packages"
    __table_args__ = (Index("packages_org", "org"),)

    package_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    made: Mapped[bool]
    org: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(String(32))
    epoch: Mapped[str] = mapped_column(String(16))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[str] = mapped_column(String(32))
    parts: Mapped[Any] = mapped_column(JSON)
    events: Mapped[Any] = mapped_column(JSON)
    confirmed_at: Mapped[str] = mapped_column(String(32))


class BroughtRow(Base):
    """Events of others that came by hand; `told` once the center has told of them as well. Kept by a rebuild."""

    __tablename__ = "brought"

    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    told: Mapped[bool] = mapped_column(default=False)


class ToldRow(Base):
    """Which events an office has got by a package that it has confirmed. Kept by a rebuild."""

    __tablename__ = "told_by_hand"

    org: Mapped[str] = mapped_column(String(64), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), primary_key=True)


class CarriedPartRow(Base):
    """Sealed parts that this PC carries for others; each goes once it has come where it goes. Kept by a rebuild."""

    __tablename__ = "carried_parts"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    org: Mapped[str] = mapped_column(String(64))
    key: Mapped[int]
    device: Mapped[str] = mapped_column(String(32))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    came_at: Mapped[str] = mapped_column(String(32))
    code: Mapped[str] = mapped_column(String(64))


class SlipRow(Base):
    """A printed slip that was scanned here, without what tells of a person; local-only, kept by a rebuild.

    `whole` once all its symbols are here.
    """

    __tablename__ = "slips"

    batch_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    printing: Mapped[str] = mapped_column(String(8))
    total: Mapped[int]
    places: Mapped[Any] = mapped_column(JSON)
    whole: Mapped[bool]
    lamport: Mapped[int]
    batch: Mapped[Any] = mapped_column(JSON)
    scanned_at: Mapped[str] = mapped_column(String(32))
    person: Mapped[str] = mapped_column(String(32))


class SlipCaseRow(Base):
    """What a slip says of a case, or what of it turned out otherwise; local-only, kept by a rebuild.

    `head` until the ruling on the offer is here, `differences` from then on until somebody has looked at them.
    """

    __tablename__ = "slip_cases"

    case_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    batch_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    head: Mapped[Any] = mapped_column(JSON, nullable=True)
    differences: Mapped[Any] = mapped_column(JSON, nullable=True)


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
    PutAwayRow,
    HopRow,
    CounterRow,
    PrintRow,
    DraftRow,
    RevealRow,
    PackageRow,
    BroughtRow,
    ToldRow,
    CarriedPartRow,
    SlipRow,
    SlipCaseRow,
    AttachmentRow,
)
