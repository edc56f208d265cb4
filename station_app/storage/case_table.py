"""The cases of a station as rows, written at each fold: columns, clocks and words for lists, the whole case apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, select

from station_app.domain.case_cards import Standpoint
from station_app.domain.case_json import case_from_json
from station_app.domain.cases import Case
from station_app.storage.projector import Projector
from station_app.storage.settings_table import SettingTable
from station_app.storage.station_rows import CaseFoldRow, CaseRow


class CaseTable(SettingTable):
    """Cases in, cases out."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._in_use = Projector(connection)

    def case(self, case_id: str) -> Case | None:
        return self._one_case(CaseRow.case_id == case_id)

    def case_numbered(self, text: str) -> Case | None:
        return self._one_case(CaseRow.number == text)

    def put_cases(self, cases: Sequence[Case], seen_from: Standpoint) -> None:
        """Write cases as they are now; one that is new here takes the next position."""
        self._in_use.put_cases(cases, seen_from)

    def last_position(self) -> int:
        """Return the position of the newest case, which is also how many there are: none is ever taken out."""
        return self._in_use.last_position()

    def _one_case(self, which: Any) -> Case | None:
        query = select(CaseFoldRow.folded).join(CaseRow, CaseRow.position == CaseFoldRow.position)
        found = self._connection.scalar(query.where(which).order_by(CaseRow.position).limit(1))
        return None if found is None else case_from_json(found)

    def _cases_at(self, query: Select[Any]) -> Iterator[Case]:
        positions = list(self._connection.scalars(query))
        folds = select(CaseFoldRow.position, CaseFoldRow.folded).where(CaseFoldRow.position.in_(positions))
        found = {row.position: row.folded for row in self._connection.execute(folds)}
        return (case_from_json(found[position]) for position in positions)
