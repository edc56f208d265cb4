"""Making the projections anew from the journal, slice by slice, while reading and entering go on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from station_app.domain.lanes import SubjectKind
from station_app.exchange.ports import Subject
from station_app.storage.beside import BESIDE, Mark, make_beside, mark_of, save_mark, swap
from station_app.storage.looking import go_on_after, looked_until
from station_app.storage.projector import Projector
from station_app.storage.rows import EventRow
from station_app.storage.station_book import StationBookOnDisk
from station_app.usecases.reference import seen_through

# Events that a slice looks at: a writer beside it waits no longer than one slice takes.
SLICE = 100


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rebuild is, in events of the journal.

    Args:
        swapped: the new tables are in use now; there is nothing more to do.
    """

    reached: int
    last: int
    swapped: bool = False


def rebuild_step(book: StationBookOnDisk, version: str, events: int = SLICE) -> Progress:
    """Do the next step of a rebuild in the book's open transaction; the caller commits, and calls until swapped.

    The first step makes new tables, each of the next ones folds the subjects that begin in one slice of the journal,
    and the last one puts the new tables in the place of the old. Killed anywhere, it goes on behind the last commit.
    What is written meanwhile goes into both sets (`StationBookOnDisk.refold`); of a calendar or organisations that
    come meanwhile, the new tables hear before that last step.

    Args:
        version: of this program; what another one has begun is begun again.
        events: how many of them a slice looks at, and how many cases where it looks at those anew.
    """
    connection = book.connection
    last = connection.scalar(select(func.max(EventRow.arrival))) or 0
    mark = mark_of(book)
    if mark is None or mark.version != version:
        make_beside(connection)
        save_mark(book, Mark(version, looked=looked_until(seen_through(book), None)))
        return Progress(0, last)
    if mark.arrival < last:
        after = replace(mark, arrival=min(mark.arrival + events, last))
        book.fold_into(Projector(connection, BESIDE), _beginning(book, mark.arrival, after.arrival))
    elif go_on_after(mark.looked, seen_through(book)) is not None:
        looked, _ = book.look_into(Projector(connection, BESIDE), mark.looked, events)
        after = replace(mark, looked=looked)
    else:
        # What is here by slips alone has no event in the journal.
        by_slips = [(SubjectKind.CASE.value, case) for case in book.case_heads()]
        by_slips += [(SubjectKind.BATCH.value, batch) for batch in book.scanned_batches()]
        book.fold_into(Projector(connection, BESIDE), by_slips)
        swap(book, mark.looked)
        return Progress(last, last, swapped=True)
    save_mark(book, after)
    return Progress(after.arrival, last)


def _beginning(book: StationBookOnDisk, behind: int, until: int) -> list[Subject]:
    """Return the subjects whose first event lies in this part of the journal, in order of arrival."""
    earlier = aliased(EventRow)
    known = select(earlier.arrival).where(earlier.subject_id == EventRow.subject_id, earlier.arrival < EventRow.arrival)
    part = (EventRow.arrival > behind) & (EventRow.arrival <= until) & ~known.exists()
    query = select(EventRow.subject_kind, EventRow.subject_id).where(part).order_by(EventRow.arrival)
    return [(row.subject_kind, row.subject_id) for row in book.connection.execute(query)]
