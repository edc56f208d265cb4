"""A batch: cases handed over together with one slip, an outcome for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from station_app.domain.cases import Case
from station_app.domain.effects import CustodyOp
from station_app.domain.fold import Entry, Ruling
from station_app.domain.result_papers import papers_place, was_sent_in


class BatchKind(StrEnum):
    """What a batch carries: cases with their papers on the way up, or the papers of decisions on the way home."""

    CASES = "cases"
    PAPERS = "papers"


class Arrival(StrEnum):
    """Whether a case on a slip can be counted: all of it may not have come yet, or it is not handed over any more."""

    COMING = "coming"
    HERE = "here"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One case on the slip: its number, the papers that travel with it, and the originals among them by name.

    Of a batch of decisions the originals are the papers of the decision.
    """

    case_id: str
    number: str
    papers: int
    originals: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """A hand-over between two offices.

    Args:
        offered_on: the date on the slip, ISO.
        received_on: the date of the count, "" before it.
        outcomes: by case id: "accepted", "accepted_with_difference" or "rejected".
    """

    batch_id: str
    number: str
    from_org: str
    to_org: str
    offered_on: str
    offered_by: str
    lines: tuple[BatchLine, ...]
    received_on: str = ""
    received_by: str = ""
    outcomes: Mapping[str, str] = field(default_factory=dict)
    kind: BatchKind = BatchKind.CASES

    @property
    def open_lines(self) -> tuple[BatchLine, ...]:
        """Return the lines without an outcome yet."""
        return tuple(line for line in self.lines if line.case_id not in self.outcomes)


def is_offered_in(case: Case | None, batch_id: str) -> bool:
    """Tell whether the case is on the road with this batch."""
    return case is not None and case.custody.offer is not None and case.custody.offer.batch == batch_id


def papers_arrival(case: Case | None, batch: Batch) -> Arrival:
    """Return whether the papers of a decision can be signed for, in a batch of them that nobody has counted."""
    place = papers_place(case) if case is not None else None
    if place is not None and (place.to, place.batch) == (batch.to_org, batch.batch_id):
        return Arrival.HERE
    known = case is not None and (case.forgotten or (place is not None and was_sent_in(case, batch.batch_id)))
    return Arrival.GONE if known else Arrival.COMING


def arrival_of(case: Case | None, batch_id: str, entries: Iterable[Entry], rulings: Iterable[Ruling]) -> Arrival:
    """Return whether a case of a batch that nobody has counted can be counted.

    A batch may be here before its cases are, and a case before the ruling that lets its offer stand; an offer that was
    ruled on and is open no more was reclaimed, or never stood.

    Args:
        entries: of the case, as far as they are here; so are the rulings.
    """
    if is_offered_in(case, batch_id):
        return Arrival.HERE
    if case is not None and case.forgotten:
        return Arrival.GONE
    moves = ((entry.event_id, entry.effects.custody) for entry in entries if entry.effects is not None)
    offers = {name for name, move in moves if move and move.op is CustodyOp.OFFER and move.batch == batch_id}
    return Arrival.GONE if any(ruling.event_id in offers for ruling in rulings) else Arrival.COMING


def fold_batch(entries: Sequence[Entry], scanned: Batch | None = None) -> Batch | None:
    """Return the batch that these events make, None while its first event is not here; arrival order is no matter.

    A body of the wrong shape counts as not here: one office's faulty program never stops another's exchange.

    Args:
        scanned: what it begins with, by a slip that was scanned here.
    """
    batch = scanned
    for entry in sorted(entries, key=lambda e: (e.lamport, e.event_id)):
        found = entry.effects.batch if entry.effects else None
        if found is None:
            continue
        if batch is None:
            batch = _opened(entry, found)
        elif entry.org == batch.to_org and isinstance(found.get("outcomes"), Mapping):
            batch = replace(
                batch,
                received_on=str(found.get("received_on", "")),
                received_by=str(found.get("received_by", "")),
                outcomes={**batch.outcomes, **found["outcomes"]},
            )
    return batch


def _opened(entry: Entry, found: Mapping[str, Any]) -> Batch | None:
    """Return the batch of its first event; None for another event, or one that another program wrote in its own way."""
    try:
        return _read(entry, found)
    except (KeyError, TypeError, ValueError):
        return None


def _read(entry: Entry, found: Mapping[str, Any]) -> Batch:
    return Batch(
        batch_id=entry.case_id,
        number=str(found["number"]),
        from_org=entry.org,
        to_org=str(found["to"]),
        offered_on=str(found["offered_on"]),
        offered_by=str(found["offered_by"]),
        lines=_lines(found["lines"]),
        kind=BatchKind(found.get("kind", BatchKind.CASES.value)),
    )


def _lines(found: Iterable[Mapping[str, Any]]) -> tuple[BatchLine, ...]:
    return tuple(
        BatchLine(
            _text(line["case"]),
            _text(line["number"]),
            int(line["papers"]),
            tuple((_text(n), int(c)) for n, c in line["originals"]),
        )
        for line in found
    )


def _text(found: Any) -> str:
    if not isinstance(found, str):
        raise TypeError("text expected")
    return found


def batch_facts(batch: Batch) -> dict[str, Any]:
    """Return the body of a batch's first event; the kind stands in it where it is not the one that always was."""
    kind = {"kind": batch.kind.value} if batch.kind is not BatchKind.CASES else {}
    return {
        **kind,
        "number": batch.number,
        "to": batch.to_org,
        "offered_on": batch.offered_on,
        "offered_by": batch.offered_by,
        "lines": [
            {
                "case": line.case_id,
                "number": line.number,
                "papers": line.papers,
                "originals": [list(p) for p in line.originals],
            }
            for line in batch.lines
        ],
    }


def batch_to_json(batch: Batch) -> dict[str, Any]:
    """Return the JSON form of a folded batch, for the projection table."""
    return {
        **batch_facts(batch),
        "batch": batch.batch_id,
        "from": batch.from_org,
        "received_on": batch.received_on,
        "received_by": batch.received_by,
        "outcomes": dict(batch.outcomes),
    }


def batch_from_json(found: Mapping[str, Any]) -> Batch:
    """Return the folded batch of its JSON form."""
    return Batch(
        batch_id=found["batch"],
        number=found["number"],
        from_org=found["from"],
        to_org=found["to"],
        offered_on=found["offered_on"],
        offered_by=found["offered_by"],
        lines=_lines(found["lines"]),
        received_on=found["received_on"],
        received_by=found["received_by"],
        outcomes=found["outcomes"],
        kind=BatchKind(found.get("kind", BatchKind.CASES.value)),
    )
