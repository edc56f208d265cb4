"""Batches as the hand-over pages show them, and what a scanned number is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from station_app.domain.batches import Arrival, Batch, BatchKind, BatchLine
from station_app.domain.cases import Case
from station_app.domain.errors import StationError
from station_app.domain.masking import mask_name
from station_app.domain.numbers import parse_number, plain_digits
from station_app.domain.result_papers import papers_place
from station_app.usecases.arrivals import arrival, waiting_batches
from station_app.usecases.ports import Book
from station_app.usecases.reference import organisation_names


@dataclass(frozen=True, slots=True)
class PaperCount:
    """A material as it was handed over: how many originals and copies are to be found in the envelope."""

    name: str
    originals: int
    copies: int


@dataclass(frozen=True, slots=True)
class BatchCase:
    """One case of a batch.

    Args:
        applicant: masked; "" with `item_name` while the case itself has not come here yet.
        papers: what travels with it; empty while the case itself has not come here yet.
        held_originals: the originals among them, by name, as on the slip.
        outcome: accepted, accepted_with_difference, rejected, or "" while nobody has counted it.
        arrival: whether it can be counted, while nobody has.
        kind: what its batch carries; of decisions, `papers` and `held_originals` are the papers of the decision.
    """

    case_id: str
    number: str
    applicant: str
    item_name: str
    paper_count: int
    papers: tuple[PaperCount, ...]
    held_originals: tuple[tuple[str, int], ...]
    outcome: str
    arrival: Arrival = Arrival.HERE
    kind: BatchKind = BatchKind.CASES


@dataclass(frozen=True, slots=True)
class BatchLineView:
    """One batch with its cases, offices by their names."""

    batch: Batch
    from_name: str
    to_name: str
    cases: tuple[BatchCase, ...]

    @property
    def waiting(self) -> tuple[BatchCase, ...]:
        """Return the cases that wait to be counted, or will once they have come."""
        return tuple(case for case in self.cases if not case.outcome and case.arrival is not Arrival.GONE)

    @property
    def is_open(self) -> bool:
        """Tell whether some of its cases wait to be counted."""
        return bool(self.waiting)

    @property
    def coming(self) -> tuple[BatchCase, ...]:
        """Return the cases that are still on their way to this PC."""
        return tuple(case for case in self.waiting if case.arrival is Arrival.COMING)


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scanned number is.

    Args:
        subject_id: id of the case or batch.
        offered_in: for a case, the batch in which it, or its decision, is on the way to us, "" where it is not.
        here: for a case, this office holds it; for a batch, it is ours to count.
        where: name of the office that holds the case (or has the batch to count).
    """

    kind: Literal["case", "batch"]
    subject_id: str
    number: str
    offered_in: str
    here: bool
    where: str


def batches_to_receive(book: Book) -> list[BatchLineView]:
    """Return the batches that wait to be counted here, the first to come first."""
    return _views(book, waiting_batches(book))


def batches_sent(book: Book, limit: int) -> list[BatchLineView]:
    """Return what this office handed over, the last first."""
    return _views(book, book.batches_from(book.identity().org, limit))


def find_for_scan(book: Book, digits: str) -> Scanned:
    """Return what a scanned number is here.

    Raises:
        StationError: those of reading a number; `case-unknown`, `batch-unknown`.
    """
    kind, number = parse_number(digits).kind, plain_digits(digits)
    names = organisation_names(book)
    if kind == "batch":
        batch = book.batch_numbered(number)
        if batch is None:
            raise StationError("batch-unknown", batch=number)
        ours = batch.to_org == book.identity().org and bool(batch.open_lines)
        return Scanned("batch", batch.batch_id, number, "", ours, names.get(batch.to_org, batch.to_org))
    case = book.case_numbered(number)
    if case is None:
        raise StationError("case-unknown", case=number)
    return _scanned_case(book, case, names)


def _scanned_case(book: Book, case: Case, names: Mapping[str, str]) -> Scanned:
    custody, org = case.custody, book.identity().org
    offer = custody.offer
    offered_in = (offer.batch or "") if offer is not None and offer.to == org else _papers_sent_in(case, org)
    here = custody.holder == org and offer is None
    where = names.get(custody.holder, custody.holder)
    return Scanned("case", case.case_id, case.number, offered_in, here, where)


def _papers_sent_in(case: Case, org: str) -> str:
    place = papers_place(case)
    return place.batch if place is not None and place.to == org else ""


def _views(book: Book, batches: Iterable[Batch]) -> list[BatchLineView]:
    names = organisation_names(book)
    return [
        BatchLineView(
            batch,
            names.get(batch.from_org, batch.from_org),
            names.get(batch.to_org, batch.to_org),
            tuple(_case(book, line, batch) for line in batch.lines),
        )
        for batch in batches
    ]


def _case(book: Book, line: BatchLine, batch: Batch) -> BatchCase:
    case, outcome = book.case(line.case_id), batch.outcomes.get(line.case_id, "")
    return BatchCase(
        case_id=line.case_id,
        number=line.number,
        applicant=mask_name(str(case.applicant.get("name", ""))) if case else "",
        item_name=str(case.item.get("name", "")) if case else "",
        paper_count=line.papers,
        papers=_papers(case, line, batch.kind) if case else (),
        held_originals=line.originals,
        outcome=outcome,
        arrival=Arrival.HERE if outcome else arrival(book, batch, line, case),
        kind=batch.kind,
    )


def _papers(case: Case, line: BatchLine, kind: BatchKind) -> tuple[PaperCount, ...]:
    if kind is BatchKind.PAPERS:
        return tuple(PaperCount(name, count, 0) for name, count in line.originals)
    # The slip says which originals travel; the others went back to the applicant when the case was taken in.
    held = dict(line.originals)
    counts = (PaperCount(str(m.get("name", "")), held.get(m.get("name", ""), 0), _copies(m)) for m in case.materials)
    return tuple(count for count in counts if count.originals or count.copies)


def _copies(material: Mapping[str, Any]) -> int:
    found = material.get("copies")
    return found if isinstance(found, int) else 0
