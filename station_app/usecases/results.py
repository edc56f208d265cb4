"""Decisions on their way to the applicants: decided here or above, not delivered yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from station_app.domain.case_cards import CaseQuery
from station_app.domain.cases import Case, CaseState
from station_app.domain.clocks import Clock
from station_app.domain.result_papers import PapersPlace, papers_place, way_home
from station_app.usecases.ports import Book, Placed, Slice
from station_app.usecases.reference import organisation_names, organisations_of

_DECIDED = (CaseState.GRANTED, CaseState.REFUSED)
# Cards are read so many at a time; all are looked at, since the oldest are the first to be delivered.
_AT_ONCE = 500
# Nobody goes through more in a day; what is left out is due later.
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Result:
    """One decision not delivered yet.

    Args:
        owed_by_name: the office that is to deliver it.
        decided_on: as written on the decision, None where a faulty program left it out.
        at_center: the county has the decision; what it has goes on by itself.
        clock: the delivery limit.
        papers: where the papers of the decision are; `papers_with` and `papers_to` are the names of these offices.
        send_to: the office to which they can go on from here, or once more if nobody has signed for them; "" for none;
            `send_to_name` is what it is called.
    """

    case_id: str
    number: str
    applicant: str
    item_name: str
    state: CaseState
    owed_by_name: str
    decided_on: date | None
    document_number: str
    at_center: bool
    clock: Clock | None
    papers: PapersPlace | None = None
    papers_with: str = ""
    papers_to: str = ""
    send_to: str = ""
    send_to_name: str = ""


@dataclass(frozen=True, slots=True)
class Owing:
    """How many results go home through an office directly below ours (or our own), and how many are overdue."""

    org: str
    name: str
    count: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Results:
    """What was asked for.

    Args:
        offices: with something to deliver, the most overdue first.
        found: the results of the office that was asked for, or of all, the first to be delivered first; not more than
            `MOST_SHOWN`.
        total: how many there are of it.
    """

    offices: tuple[Owing, ...]
    found: tuple[Result, ...]
    total: int


def results_home(book: Book, today: date, org: str = "") -> Results:
    """Return what was decided and is not delivered yet, of the cases that came through one office, or of all."""
    names, me = organisation_names(book), book.identity().org
    through: dict[str, list[Placed]] = {}
    for placed in sorted(_decided(book), key=_first_to_deliver):
        through.setdefault(placed.card.branch or me, []).append(placed)
    offices = [_owing(code, names.get(code, code), entries, today) for code, entries in through.items()]
    asked = through.get(org, []) if org else sorted(_all_of(through), key=_first_to_deliver)
    return Results(
        tuple(sorted(offices, key=lambda owing: (-owing.overdue, -owing.count, owing.org))),
        tuple(_results(book, asked[:MOST_SHOWN], names)),
        len(asked),
    )


def _decided(book: Book) -> Iterator[Placed]:
    for state in _DECIDED:
        position = None
        while page := book.case_slice(CaseQuery(state=state), Slice(position, _AT_ONCE)):
            yield from page
            position = page[-1].position


def _all_of(through: Mapping[str, Sequence[Placed]]) -> list[Placed]:
    return [placed for entries in through.values() for placed in entries]


def _owing(org: str, name: str, entries: Sequence[Placed], today: date) -> Owing:
    overdue = sum(1 for placed in entries if _first_to_deliver(placed)[0] < today)
    return Owing(org, name, len(entries), overdue)


def _results(book: Book, placed: Sequence[Placed], names: Mapping[str, str]) -> Iterator[Result]:
    cases = [case for entry in placed if (case := book.case(entry.card.case_id)) is not None]
    # What is not in our outbox was made elsewhere and came from the center.
    statuses = book.statuses_of([case.custody.head for case in cases])
    waiting = {event_id for event_id, (status, _, _) in statuses.items() if status not in ("stored", "exists")}
    clocks = {entry.card.case_id: next(iter(entry.card.clocks), None) for entry in placed}
    me, organisations = book.identity().org, organisations_of(book)
    for case in cases:
        found = _result(case, clocks[case.case_id], names, at_center=case.custody.head not in waiting)
        place = found.papers
        here = place is not None and place.org == me
        to = next(iter(way_home(case, me, organisations)), "") if here else ""
        yield replace(found, send_to=to, send_to_name=names.get(to, to))


def _result(case: Case, clock: Clock | None, names: Mapping[str, str], *, at_center: bool) -> Result:
    owed = next((duty.holder for duty in case.obligations.values() if duty.kind == "deliver"), case.origin_org)
    place = papers_place(case)
    return Result(
        case_id=case.case_id,
        number=case.number,
        applicant=str(case.applicant.get("name", "")),
        item_name=str(case.item.get("name", "")),
        state=case.state,
        owed_by_name=names.get(owed, owed),
        decided_on=_day(case.fields.get("decided_on")),
        document_number=str(case.fields.get("decision_document", "")),
        at_center=at_center,
        clock=clock,
        papers=place,
        papers_with=names.get(place.org, place.org) if place else "",
        papers_to=names.get(place.to, place.to) if place else "",
    )


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _first_to_deliver(placed: Placed) -> tuple[date, int]:
    clocks = placed.card.clocks
    return (clocks[0].due_on if clocks else date.max), placed.position
