"""Which cases of a batch have come, which are still on their way, and which are not handed over any more."""

from __future__ import annotations

from station_app.domain.batches import (
    Arrival,
    Batch,
    BatchKind,
    BatchLine,
    arrival_of,
    is_offered_in,
    papers_arrival,
)
from station_app.domain.cases import Case
from station_app.exchange.authentic import split
from station_app.usecases.ports import Book


def arrival(book: Book, batch: Batch, line: BatchLine, case: Case | None) -> Arrival:
    """Return whether the case of an open line can be counted here.

    Args:
        case: as it is here, None while its opening is not.
    """
    if batch.kind is BatchKind.PAPERS:
        return papers_arrival(case, batch)
    if is_offered_in(case, batch.batch_id):
        return Arrival.HERE
    entries, rulings = split(book.subject_events(line.case_id), "")
    return arrival_of(case, batch.batch_id, entries, rulings)


def waiting_batches(book: Book) -> list[Batch]:
    """Return the batches with a case that waits to be counted here, or will; the first to come first."""
    return [batch for batch in book.batches_open_for(book.identity().org) if _waits(book, batch)]


def _waits(book: Book, batch: Batch) -> bool:
    lines = ((line, book.case(line.case_id)) for line in batch.open_lines)
    return any(arrival(book, batch, line, case) is not Arrival.GONE for line, case in lines)
