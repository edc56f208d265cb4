"""What is written of a case and of a batch: the values of their rows, their clocks, and the words of a search."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from station_app.domain.batches import Batch, batch_to_json
from station_app.domain.case_cards import CaseCard
from station_app.domain.case_words import words_of
from station_app.domain.cases import Case
from station_app.storage.case_numbers import PLACES, STATES, marks_of

Row = dict[str, Any]


def row_of(card: CaseCard, item: int, taker: int) -> Row:
    """Return what is written of a case, but for its position and its words."""
    return {
        "case_id": card.case_id,
        "number": card.number,
        "applicant": card.applicant,
        "item": item,
        "state": STATES[card.state],
        "place": PLACES[card.place],
        "decides": card.decides,
        "branch": card.branch,
        "holder": card.holder,
        "offered_to": card.offered_to,
        "offered_on": card.offered_on,
        "opened_at": card.opened_at,
        "taken_by": taker,
        "provisional": card.provisional,
        "late": card.late,
    }


def clock_rows(cards: Iterable[CaseCard], rows: Iterable[Row]) -> Iterator[Row]:
    """Yield what is written of each clock, in the order of the table's columns."""
    for card, row in zip(cards, rows, strict=True):
        for clock in card.clocks:
            yield {
                "position": row["position"],
                "kind": clock.kind,
                "starts_on": clock.starts_on.isoformat(),
                "due_on": clock.due_on.isoformat(),
                "provisional": clock.provisional,
                "place": row["place"],
                "branch": row["branch"],
            }


def hash_of_words(case: Case, row: Row) -> bytes:
    """Return what changes when the words of a case do; much cheaper than the words."""
    applicant = case.applicant
    told = [applicant.get(name) for name in ("name", "id_number", "phone")]
    told += [row[name] for name in ("number", "item", "state", "place", "taken_by")]
    return hashlib.blake2b(repr(told).encode("utf-8", "replace"), digest_size=8).digest()


def words_at(case: Case, row: Row) -> str:
    """Return the words by which a case is found, and those by which a search is narrowed to it."""
    marks = marks_of(item=row["item"], state=row["state"], place=row["place"], taken_by=row["taken_by"])
    return " ".join([*sorted(words_of(case)), marks])


def batch_row(batch: Batch) -> Row:
    """Return what is written of a batch."""
    return {
        "batch_id": batch.batch_id,
        "number": batch.number,
        "offered_on": batch.offered_on,
        "from_org": batch.from_org,
        "to_org": batch.to_org,
        "open": len(batch.open_lines),
        "folded": batch_to_json(batch),
    }
