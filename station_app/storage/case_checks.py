"""Comparing what lists, boards and searches read with the cases and batches as they are folded now."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy import text as sql

from station_app.domain.batches import Batch
from station_app.domain.case_cards import CaseCard, Standpoint, card_of
from station_app.domain.cases import Case
from station_app.storage.case_table import CaseTable
from station_app.storage.case_values import Row, batch_row, clock_rows, hash_of_words, row_of, words_at
from station_app.storage.rows import Base
from station_app.storage.station_rows import PLACE_DONE, BatchRow, CaseClockRow, CaseItemRow, CaseRow, CaseTakerRow

AT_ONCE = 500
_MASK = (1 << 64) - 1
_VOCABULARY = "CREATE VIRTUAL TABLE temp.words_here USING fts5vocab(main, case_words, instance)"


class CaseChecks(CaseTable):
    """What `audit` asks of the projections."""

    def first_fault(self, cases: Iterable[Case], seen_from: Standpoint) -> str:
        """Return "row", "clocks" or "words" with the first case of which they are otherwise than a fold would write.

        Args:
            cases: all there are, each folded from its events just now.

        Returns "" where nothing differs; "rows" with a number where the table has others than these.
        """
        last = self.last_position()
        sums = self._word_sums(last)
        wanted, seen = iter(cases), 0
        while some := list(islice(wanted, AT_ONCE)):
            seen += len(some)
            fault = next(self._faults(some, [card_of(case, seen_from) for case in some], sums), "")
            if fault:
                return fault
        return "" if seen == last and not sums[0] else f"rows {last - seen}"

    def first_batch_fault(self, batches: Iterable[Batch]) -> str:
        """Return "batch" with the first whose row is otherwise than a fold would write it, "" where none is.

        Args:
            batches: all there are, each folded from its events just now.

        Returns "batches" with a number where the table has others than these.
        """
        columns = [column for column in BatchRow.__table__.columns if column.name != "folded"]
        rows = {row.batch_id: dict(row._mapping) for row in self._connection.execute(select(*columns))}
        for batch in batches:
            row = rows.pop(batch.batch_id, {})
            if not row or not row.items() <= batch_row(batch).items():
                return f"batch {batch.batch_id}"
        return f"batches {len(rows)}" if rows else ""

    def _faults(self, cases: Sequence[Case], cards: Sequence[CaseCard], sums: array[int]) -> Iterator[str]:
        table = CaseRow.__table__
        found = self._connection.execute(select(table).where(CaseRow.case_id.in_([case.case_id for case in cases])))
        rows: dict[str, dict[str, Any]] = {row.case_id: dict(row._mapping) for row in found}
        clocks = self._clock_values([row["position"] for row in rows.values()])
        items, takers = self._numbers(CaseItemRow, "code", "name"), self._numbers(CaseTakerRow, "person")
        for case, card in zip(cases, cards, strict=True):
            row = rows.get(case.case_id)
            wanted = row_of(card, items.get((card.item_code, card.item_name), 0), takers.get((card.taken_by,), 0))
            if row is None or not _compared(wanted).items() <= row.items():
                yield f"row {case.case_id}"
                continue
            position = row["position"]
            if clocks.get(position, set()) != {tuple(values.values()) for values in clock_rows([card], [row])}:
                yield f"clocks {case.case_id}"
            if row["words_hash"] != hash_of_words(case, row) or sums[position] != _sum(words_at(case, row).split()):
                yield f"words {case.case_id}"

    def _numbers(self, rows: type[Base], *names: str) -> dict[tuple[str, ...], int]:
        """Return the numbers that stand in a case's row for what these columns say."""
        table = rows.__table__
        [key] = table.primary_key
        query = select(key, *(table.c[name] for name in names))
        return {tuple(values): number for number, *values in self._connection.execute(query)}

    def _clock_values(self, positions: Sequence[int]) -> dict[int, set[tuple[Any, ...]]]:
        columns = ("position", "kind", "starts_on", "due_on", "provisional", "place", "branch")
        query = select(*(CaseClockRow.__table__.c[name] for name in columns)).where(
            CaseClockRow.position.in_(positions)
        )
        found: dict[int, set[tuple[Any, ...]]] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.position, set()).add(tuple(row))
        return found

    def _word_sums(self, last: int) -> array[int]:
        """Return by position the sum of the hashes of a case's words; at 0, of words that belong to no case.

        The index tells its words in their own order and never by case; the sums are all that is kept of them.
        """
        sums = array("Q", bytes(8 * (last + 1)))
        self._connection.execute(sql(_VOCABULARY))
        try:
            for term, position in self._connection.execute(sql("SELECT term, doc FROM temp.words_here")):
                place = position if 0 < position <= last else 0
                sums[place] = (sums[place] + hash(term)) & _MASK
        finally:
            self._connection.execute(sql("DROP TABLE temp.words_here"))
        return sums


def _compared(wanted: Row) -> Row:
    """Return what a row must say; one that is done is left as it was when organisations change."""
    if wanted["place"] != PLACE_DONE:
        return wanted
    return {name: value for name, value in wanted.items() if name not in ("branch", "decides")}


def _sum(words: Iterable[str]) -> int:
    return sum(hash(word) for word in set(words)) & _MASK
