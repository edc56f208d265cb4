"""Results that this office has to bring to the applicant, and those delivered but not closed."""

from __future__ import annotations

from dataclasses import dataclass

from station_app.domain.case_cards import CaseQuery, Place
from station_app.domain.cases import Case, CaseState
from station_app.domain.masking import mask_phone
from station_app.domain.result_papers import PapersPlace, papers_place
from station_app.usecases.case_pages import CaseLine, cases_after, count_cases
from station_app.usecases.ports import Book
from station_app.usecases.reference import organisation_names
from station_app.usecases.run_action import find_case

MOST_LISTED = 300


@dataclass(frozen=True, slots=True)
class Delivery:
    """A result on its way to the applicant.

    Args:
        phone: masked.
        decided_on: ISO date on the decision; `decided_by` is the office's name.
        document: number of the decision, "" without one.
        delivered_on: ISO date, "" while it has not been delivered; `signed_by` then tells who signed.
        papers: where the papers of the decision are; `papers_with` and `papers_to` name the offices.
    """

    line: CaseLine
    phone: str
    granted: bool
    decided_on: str
    decided_by: str
    document: str
    result: str
    reason: str
    remedy: str
    delivered_on: str
    signed_by: str
    papers: PapersPlace | None = None
    papers_with: str = ""
    papers_to: str = ""


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What the delivery page shows: the first to end first, what is only to be closed at the end; `more` not listed."""

    entries: tuple[Delivery, ...]
    more: int


def deliveries(book: Book) -> Deliveries:
    """Return the results that this office owes to applicants."""
    names, org = organisation_names(book), book.identity().org
    query = CaseQuery(place=Place.TO_DELIVER)
    owed = cases_after(book, query, None, MOST_LISTED).lines
    delivered = cases_after(book, CaseQuery(state=CaseState.DELIVERED), None, MOST_LISTED).lines
    pairs = [(line, find_case(book, line.case_id)) for line in (*owed, *delivered)]
    entries = [_delivery(line, case, names) for line, case in pairs if case.open_obligation("deliver", org)]
    return Deliveries(tuple(sorted(entries, key=_urgency)), count_cases(book, query) - len(owed))


def _delivery(line: CaseLine, case: Case, names: dict[str, str]) -> Delivery:
    fields = case.fields
    decided_by = str(fields.get("deciding_org", ""))
    place = papers_place(case)
    return Delivery(
        line=line,
        phone=mask_phone(str(case.applicant.get("phone") or "")),
        granted=line.decision is CaseState.GRANTED,
        decided_on=str(fields.get("decided_on", "")),
        decided_by=names.get(decided_by, decided_by),
        document=str(fields.get("decision_document", "")),
        result=str(fields.get("result", "")),
        reason=str(fields.get("refusal_reason", "")),
        remedy=str(fields.get("remedy", "")),
        delivered_on=str(fields.get("delivered_on", "")),
        signed_by=str(fields.get("signed_by", "")),
        papers=place,
        papers_with=names.get(place.org, place.org) if place else "",
        papers_to=names.get(place.to, place.to) if place else "",
    )


def _urgency(entry: Delivery) -> tuple[bool, str, int]:
    clock = entry.line.clock
    return bool(entry.delivered_on), clock.due_on.isoformat() if clock else "9", entry.line.position
