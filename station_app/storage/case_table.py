"""The cases of a station as rows, written at each fold: columns, clocks and words for lists, the whole case apart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, delete, func, insert, select
from sqlalchemy import text as sql
from sqlalchemy.dialects.sqlite import insert as upsert

from station_app.domain.case_cards import CaseCard, Place, Standpoint, card_of
from station_app.domain.case_json import case_from_json, case_to_json
from station_app.domain.case_words import words_of
from station_app.domain.cases import Case, CaseState
from station_app.storage.journal import chunks
from station_app.storage.rows import PLACE_DONE, CaseClockRow, CaseFoldRow, CaseItemRow, CaseRow, CaseTakerRow
from station_app.storage.settings_table import SettingTable

# Numbers, not words: an entry of a filter's index takes nine bytes a case then. They are on disk and never change.
PLACES = {
    Place.ALL: 0,
    Place.HERE: 1,
    Place.ON_THE_ROAD: 2,
    Place.INCOMING: 3,
    Place.ABOVE: 4,
    Place.TO_DELIVER: 5,
    Place.DONE: PLACE_DONE,
}
STATES = {
    CaseState.REGISTERED: 0,
    CaseState.RECEIVED: 1,
    CaseState.RETURNED: 2,
    CaseState.ACCEPTED: 3,
    CaseState.GRANTED: 4,
    CaseState.REFUSED: 5,
    CaseState.DELIVERED: 6,
    CaseState.CLOSED: 7,
}

Row = dict[str, Any]


def marks_of(
    *, item: int | None = None, state: int | None = None, place: int | None = None, taken_by: int | None = None
) -> str:
    """Return the words by which a search is narrowed to an item, a state, a place or a worker."""
    found = (("i", item), ("s", state), ("p", place), ("t", taken_by))
    return " ".join(f"{kind}{value}" for kind, value in found if value is not None)


class CaseTable(SettingTable):
    """Cases in, cases out."""

    def case(self, case_id: str) -> Case | None:
        return self._one_case(CaseRow.case_id == case_id)

    def case_numbered(self, text: str) -> Case | None:
        return self._one_case(CaseRow.number == text)

    def _one_case(self, which: Any) -> Case | None:
        query = select(CaseFoldRow.folded).join(CaseRow, CaseRow.position == CaseFoldRow.position)
        found = self._connection.scalar(query.where(which).order_by(CaseRow.position).limit(1))
        return None if found is None else case_from_json(found)

    def put_cases(self, cases: Sequence[Case], seen_from: Standpoint) -> None:
        """Write cases as they are now; one that is new here takes the next position."""
        rows = self._put_rows(cases, seen_from)
        folds = [
            {"position": row["position"], "folded": case_to_json(case)} for row, case in zip(rows, cases, strict=True)
        ]
        self._upsert(CaseFoldRow, "position", folds)

    def look_anew_after(self, position: int, most: int, seen_from: Standpoint) -> Sequence[int]:
        """Write rows and clocks of the next cases that are not done anew, up to `most`, and return their positions."""
        behind = select(CaseRow.position).where(CaseRow.place != PLACE_DONE, CaseRow.position > position)
        positions = list(self._connection.scalars(behind.order_by(CaseRow.position).limit(most)))
        query = select(CaseFoldRow.folded).where(CaseFoldRow.position.in_(positions))
        self._put_rows([case_from_json(found) for found in self._connection.scalars(query)], seen_from)
        return positions

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
                worded.append({"position": position, "words": words_at(case, row)})
        self._upsert(CaseRow, "position", rows)
        self._put_clocks(cards, rows)
        if worded:
            self._connection.execute(sql("REPLACE INTO case_words(rowid, words) VALUES (:position, :words)"), worded)
        return rows

    def last_position(self) -> int:
        """Return the position of the newest case, which is also how many there are: none is ever taken out."""
        return self._connection.scalar(select(func.max(CaseRow.position))) or 0

    def _known(self, case_ids: Iterable[str]) -> Mapping[str, tuple[int, bytes]]:
        found: dict[str, tuple[int, bytes]] = {}
        for chunk in chunks(case_ids):
            query = select(CaseRow.case_id, CaseRow.position, CaseRow.words_hash).where(CaseRow.case_id.in_(chunk))
            found.update({row.case_id: (row.position, row.words_hash) for row in self._connection.execute(query)})
        return found

    def _items(self, cards: Iterable[CaseCard]) -> Mapping[tuple[str, str], int]:
        wanted = dict.fromkeys((card.item_code, card.item_name) for card in cards)
        return {(code, name): self._item(code, name) for code, name in wanted}

    def _item(self, code: str, name: str) -> int:
        query = select(CaseItemRow.item).where(CaseItemRow.code == code, CaseItemRow.name == name)
        found = self._connection.scalar(query)
        if found is None:
            added = insert(CaseItemRow).values(code=code, name=name).returning(CaseItemRow.item)
            found = self._connection.scalars(added).one()
        return found

    def _takers(self, cards: Iterable[CaseCard]) -> Mapping[str, int]:
        wanted = dict.fromkeys(card.taken_by for card in cards)
        return {person: self._taker(person) or self._add_taker(person) for person in wanted}

    def _taker(self, person: str) -> int:
        """Return the number by which rows name a worker, 0 for one who has registered nothing here."""
        return self._connection.scalar(select(CaseTakerRow.taker).where(CaseTakerRow.person == person)) or 0

    def _add_taker(self, person: str) -> int:
        return self._connection.scalars(insert(CaseTakerRow).values(person=person).returning(CaseTakerRow.taker)).one()

    def _put_clocks(self, cards: Sequence[CaseCard], rows: Sequence[Row]) -> None:
        for chunk in chunks(row["position"] for row in rows):
            self._connection.execute(delete(CaseClockRow).where(CaseClockRow.position.in_(chunk)))
        clocks = list(clock_rows(cards, rows))
        if clocks:
            self._connection.execute(insert(CaseClockRow), clocks)

    def _upsert(self, table: Any, key: str, rows: list[Row]) -> None:
        if rows:
            self._connection.execute(_replacing(table, key), rows)

    def _cases_at(self, query: Select[Any]) -> Iterator[Case]:
        positions = list(self._connection.scalars(query))
        folds = select(CaseFoldRow.position, CaseFoldRow.folded).where(CaseFoldRow.position.in_(positions))
        found = {row.position: row.folded for row in self._connection.execute(folds)}
        return (case_from_json(found[position]) for position in positions)


@cache
def _replacing(table: Any, key: str) -> Any:
    """Return the statement that writes whole rows; making it takes longer than running it."""
    statement = upsert(table)
    values = {column.name: statement.excluded[column.name] for column in table.__table__.columns if column.name != key}
    return statement.on_conflict_do_update(index_elements=[key], set_=values)


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
