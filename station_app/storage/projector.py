"""Writing folded cases and batches into a set of tables: the one in use, or the one that a rebuild makes beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, column, delete, func, insert, select, table

from station_app.domain.batches import Batch
from station_app.domain.case_cards import CaseCard, Standpoint, card_of
from station_app.domain.case_json import UNREADABLE, case_from_json, case_to_json
from station_app.domain.cases import Case
from station_app.storage.case_values import Row, batch_row, clock_rows, hash_of_words, row_of, words_at
from station_app.storage.journal import chunks
from station_app.storage.rows import Base, tables
from station_app.storage.station_rows import (
    PLACE_DONE,
    WORDS,
    BatchRow,
    CaseClockRow,
    CaseFoldRow,
    CaseItemRow,
    CaseRow,
    CaseTakerRow,
)
from station_app.storage.upserts import put_rows

PROJECTED: tuple[type[Base], ...] = (CaseRow, CaseFoldRow, CaseItemRow, CaseTakerRow, CaseClockRow, BatchRow)


@dataclass(frozen=True, slots=True)
class Projections:
    """A set of the tables that are folded from the journal; `words` is the name of its index of words."""

    cases: Table
    folds: Table
    items: Table
    takers: Table
    clocks: Table
    batches: Table
    words: str

    @classmethod
    def of(cls, found: Sequence[Table], words: str) -> Projections:
        """Return a set of tables that are in the order of `PROJECTED`."""
        cases, folds, items, takers, clocks, batches = found
        return cls(cases, folds, items, takers, clocks, batches, words)


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
        put_rows(self._connection, self._into.folds, folds)

    def put_batches(self, batches: Iterable[Batch]) -> None:
        """Write batches as they are now."""
        put_rows(self._connection, self._into.batches, [batch_row(batch) for batch in batches])

    def look_anew_after(self, position: int, most: int, seen_from: Standpoint) -> Sequence[int]:
        """Write rows and clocks of the next cases that are not done anew, up to `most`, and return their positions.

        One that can't be read is passed over: it is for a check to tell, and keeps no exchange from its end.
        """
        cases, folds = self._into.cases.c, self._into.folds.c
        behind = select(cases.position).where(cases.place != PLACE_DONE, cases.position > position)
        positions = list(self._connection.scalars(behind.order_by(cases.position).limit(most)))
        query = select(folds.folded).where(folds.position.in_(positions))
        readable = [case for found in self._connection.scalars(query) if (case := _read(found)) is not None]
        self._put_rows(readable, seen_from)
        return positions

    def last_position(self) -> int:
        """Return the position of the newest case, which is also how many there are: none is ever taken out."""
        return self._connection.scalar(select(func.max(self._into.cases.c.position))) or 0

    def _put_rows(self, cases: Sequence[Case], seen_from: Standpoint) -> list[Row]:
        cards = [card_of(case, seen_from) for case in cases]
        known = self._known([case.case_id for case in cases])
        items, takers = self._items(cards), self._takers(cards)
        last = self.last_position()
        rows: list[Row] = []
        worded: list[Row] = []
        for case, card in zip(cases, cards, strict=True):
            row = row_of(card, items[card.item_code, card.item_name], takers[card.taken_by])
            row["words_hash"] = hash_of_words(case, row)
            position, words_hash = known.get(case.case_id, (0, b""))
            if not position:
                last = position = last + 1
            row["position"] = position
            rows.append(row)
            if row["words_hash"] != words_hash:
                worded.append({"rowid": position, "words": words_at(case, row)})
        put_rows(self._connection, self._into.cases, rows)
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

    def _takers(self, cards: Iterable[CaseCard]) -> Mapping[str, int]:
        wanted = dict.fromkeys(card.taken_by for card in cards)
        return {person: self.taker(person) or self._add_taker(person) for person in wanted}

    def taker(self, person: str) -> int:
        """Return the number by which rows name a worker, 0 for one who has registered nothing here."""
        takers = self._into.takers.c
        return self._connection.scalar(select(takers.taker).where(takers.person == person)) or 0

    def _add_taker(self, person: str) -> int:
        takers = self._into.takers
        return int(self._connection.scalars(insert(takers).values(person=person).returning(takers.c.taker)).one())

    def _put_clocks(self, cards: Sequence[CaseCard], rows: Sequence[Row]) -> None:
        table = self._into.clocks
        for chunk in chunks(row["position"] for row in rows):
            self._connection.execute(delete(table).where(table.c.position.in_(chunk)))
        clocks = list(clock_rows(cards, rows))
        if clocks:
            self._connection.execute(insert(table), clocks)


def _read(folded: Any) -> Case | None:
    try:
        return case_from_json(folded)
    except UNREADABLE:
        return None


@cache
def _wording(words: str) -> Any:
    return insert(table(words, column("rowid"), column("words"))).prefix_with("OR REPLACE")
