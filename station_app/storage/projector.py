"""Writing folded cases and batches into a set of tables: the one in use, or the one that a rebuild makes beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, column, delete, func, insert, select, table
from sqlalchemy.dialects.sqlite import insert as upsert

from station_app.domain.batches import Batch, batch_to_json
from station_app.domain.case_cards import CaseCard, Standpoint, card_of
from station_app.domain.case_json import case_from_json, case_to_json
from station_app.domain.case_words import words_of
from station_app.domain.cases import Case
from station_app.storage.case_numbers import PLACES, STATES, marks_of
from station_app.storage.journal import chunks
from station_app.storage.rows import (
    PLACE_DONE,
    WORDS,
    Base,
    BatchRow,
    CaseClockRow,
    CaseFoldRow,
    CaseItemRow,
    CaseRow,
    tables,
)

Row = dict[str, Any]
PROJECTED: tuple[type[Base], ...] = (CaseRow, CaseFoldRow, CaseItemRow, CaseClockRow, BatchRow)


@dataclass(frozen=True, slots=True)
class Projections:
    """A set of the tables that are folded from the journal; `words` is the name of its index of words."""

    cases: Table
    folds: Table
    items: Table
    clocks: Table
    batches: Table
    words: str

    @classmethod
    def of(cls, found: Sequence[Table], words: str) -> Projections:
        """Return a set of tables that are in the order of `PROJECTED`."""
        cases, folds, items, clocks, batches = found
        return cls(cases, folds, items, clocks, batches, words)


IN_USE = Projections.of(tables(PROJECTED), WORDS)


class Projector:
    """Writes into one set of tables, within an open transaction."""

    def __init__(self, connection: Connection, into: Projections = IN_USE) -> None:
        self._connection = connection
        self._into = into

    def put_cases(self, cases: Sequence[Case], seen_from: Standpoint) -> None:
        """Write cases as they are now; one that is new here takes the next position."""
        rows = self._put_rows(cases, seen_from)
        folds = [
            {"position": row["position"], "folded": case_to_json(case)} for row, case in zip(rows, cases, strict=True)
        ]
        self._upsert(self._into.folds, "position", folds)

    def put_batches(self, batches: Iterable[Batch]) -> None:
        """Write batches as they are now."""
        self._upsert(self._into.batches, "batch_id", [_batch_row(batch) for batch in batches])

    def look_anew(self, seen_from: Standpoint) -> None:
        """Write rows and clocks of all cases that are not done anew, as after a change of calendar or organisations."""
        cases, folds = self._into.cases.c, self._into.folds.c
        query = select(folds.folded)
        positions = list(self._connection.scalars(select(cases.position).where(cases.place != PLACE_DONE)))
        for chunk in chunks(positions):
            folded = self._connection.scalars(query.where(folds.position.in_(chunk)))
            self._put_rows([case_from_json(found) for found in folded], seen_from)

    def last_position(self) -> int:
        """Return the position of the newest case, which is also how many there are: none is ever taken out."""
        return self._connection.scalar(select(func.max(self._into.cases.c.position))) or 0

    def _put_rows(self, cases: Sequence[Case], seen_from: Standpoint) -> list[Row]:
        cards = [card_of(case, seen_from) for case in cases]
        known, items = self._known([case.case_id for case in cases]), self._items(cards)
        last = self.last_position()
        rows: list[Row] = []
        worded: list[Row] = []
        for case, card in zip(cases, cards, strict=True):
            row = _row(card, items[card.item_code, card.item_name])
            row["words_hash"] = _words_hash(case, row)
            position, words_hash = known.get(case.case_id, (0, b""))
            if not position:
                last = position = last + 1
            row["position"] = position
            rows.append(row)
            if row["words_hash"] != words_hash:
                worded.append({"rowid": position, "words": _words(case, row)})
        self._upsert(self._into.cases, "position", rows)
        self._put_clocks(cards, rows)
        if worded:
            self._connection.execute(_wording(self._into.words), worded)
        return rows

    def _known(self, case_ids: Iterable[str]) -> Mapping[str, tuple[int, bytes]]:
        cases = self._into.cases.c
        found: dict[str, tuple[int, bytes]] = {}
        for chunk in chunks(case_ids):
            query = select(cases.case_id, cases.position, cases.words_hash).where(cases.case_id.in_(chunk))
            found.update({row.case_id: (row.position, row.words_hash) for row in self._connection.execute(query)})
        return found

    def _items(self, cards: Iterable[CaseCard]) -> Mapping[tuple[str, str], int]:
        wanted = dict.fromkeys((card.item_code, card.item_name) for card in cards)
        return {(code, name): self._item(code, name) for code, name in wanted}

    def _item(self, code: str, name: str) -> int:
        items = self._into.items
        query = select(items.c.item).where(items.c.code == code, items.c.name == name)
        found: int | None = self._connection.scalar(query)
        if found is None:
            added = insert(items).values(code=code, name=name).returning(items.c.item)
            found = int(self._connection.scalars(added).one())
        return found

    def _put_clocks(self, cards: Sequence[CaseCard], rows: Sequence[Row]) -> None:
        table = self._into.clocks
        for chunk in chunks(row["position"] for row in rows):
            self._connection.execute(delete(table).where(table.c.position.in_(chunk)))
        clocks = list(_clock_rows(cards, rows))
        if clocks:
            self._connection.execute(insert(table), clocks)

    def _upsert(self, into: Table, key: str, rows: list[Row]) -> None:
        if rows:
            self._connection.execute(_replacing(into, key), rows)


@cache
def _replacing(into: Table, key: str) -> Any:
    """Return the statement that writes whole rows; making it takes longer than running it."""
    statement = upsert(into)
    values = {found.name: statement.excluded[found.name] for found in into.columns if found.name != key}
    return statement.on_conflict_do_update(index_elements=[key], set_=values)


@cache
def _wording(words: str) -> Any:
    return insert(table(words, column("rowid"), column("words"))).prefix_with("OR REPLACE")


def _row(card: CaseCard, item: int) -> Row:
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
        "taken_by": card.taken_by,
        "provisional": card.provisional,
        "late": card.late,
    }


def _clock_rows(cards: Iterable[CaseCard], rows: Iterable[Row]) -> Iterator[Row]:
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


def _words_hash(case: Case, row: Row) -> bytes:
    """Return what changes when the words of a case do; much cheaper than the words."""
    applicant = case.applicant
    told = [applicant.get(name) for name in ("name", "id_number", "phone")]
    told += [row[name] for name in ("number", "item", "state", "place", "taken_by")]
    return hashlib.blake2b(repr(told).encode("utf-8", "replace"), digest_size=8).digest()


def _words(case: Case, row: Row) -> str:
    marks = marks_of(item=row["item"], state=row["state"], place=row["place"], taken_by=row["taken_by"])
    return " ".join([*sorted(words_of(case)), marks])


def _batch_row(batch: Batch) -> Row:
    return {
        "batch_id": batch.batch_id,
        "number": batch.number,
        "offered_on": batch.offered_on,
        "from_org": batch.from_org,
        "to_org": batch.to_org,
        "open": len(batch.open_lines),
        "folded": batch_to_json(batch),
    }
