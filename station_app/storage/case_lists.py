"""Pages, searches and counts over the cases: an index tells which, then a few rows are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, column, func, literal_column, or_, select, table
from sqlalchemy import text as sql

from station_app.domain.case_cards import OURS_TO_KEEP, CaseCard, CaseQuery, Place, is_asked_too_early
from station_app.domain.case_json import case_from_json
from station_app.domain.case_words import Search, item_has, read_search
from station_app.domain.cases import REFUSAL_REASON, Case, CaseState, decision_in
from station_app.domain.clocks import Clock, clock_of
from station_app.storage.case_numbers import PLACES, STATES, marks_of
from station_app.storage.case_table import CaseTable
from station_app.storage.station_rows import PLACE_DONE, CaseClockRow, CaseFoldRow, CaseItemRow, CaseRow, CaseTakerRow
from station_app.usecases.ports import CaseTally, ClockTally, Placed, Slice

_PLACE_OF = {number: place for place, number in PLACES.items()}
_STATE_OF = {number: state for state, number in STATES.items()}
_OURS = [PLACES[place] for place in OURS_TO_KEEP]
_PEOPLE_AT_ONCE = 50
_WORDS = table("case_words", column("rowid"), column("case_words"))
_POSITION: ColumnElement[int] = literal_column("case_words.rowid")
# A row's state tells the decision until it is delivered; only of the others is the case itself looked into.
_AFTER_DECISION = [STATES[CaseState.DELIVERED], STATES[CaseState.CLOSED]]
_REFUSAL = (
    select(CaseFoldRow.folded["fields"][REFUSAL_REASON].as_string())
    .where(CaseFoldRow.position == CaseRow.position)
    .scalar_subquery()
)
_REFUSED = case((CaseRow.state.in_(_AFTER_DECISION), _REFUSAL)).label("refusal")
_CASE_POSITION: ColumnElement[int] = CaseRow.__table__.c.position
# Written out: a partial index is used only where SQLite sees the number.
_NOT_DONE: ColumnElement[bool] = literal_column(f"place < {PLACE_DONE}")
_CLOCK_TALLY = sql("""
    SELECT kind, branch, sum(due_on < :today) AS overdue, sum(due_on = :today) AS today,
        sum(due_on > :today AND due_on <= :soon) AS soon, sum(due_on > :soon) AS later, sum(provisional) AS provisional
    FROM case_clocks WHERE place IN (:here, :to_deliver) GROUP BY kind, branch""")


class CaseLists(CaseTable):
    """What lists and boards read."""

    def case_slice(self, query: CaseQuery, cut: Slice) -> Sequence[Placed]:
        positions = self._positions(query, cut)
        return self._placed(positions if cut.older else positions[::-1])

    def count_cases(self, query: CaseQuery, most: int) -> int:
        if not _by_words(query):
            where = self._columns(query)
            if not where:
                return self.last_position()
            return self._connection.scalar(select(func.count()).select_from(CaseRow).where(*where)) or 0
        search = read_search(query.text)
        found = self._matching(search, query)
        if found is None:
            return 0
        counted = found[0].limit(most) if search is not None else found[0]
        return self._connection.scalar(select(func.count()).select_from(counted.subquery())) or 0

    def tally_cases(self) -> Sequence[CaseTally]:
        alike = (CaseRow.place, CaseRow.state, CaseRow.decides, CaseRow.branch)
        rows = self._connection.execute(select(*alike, func.count()).where(_NOT_DONE).group_by(*alike))
        counted = Counter({(p, s, decides, branch): n for p, s, decides, branch, n in rows})
        early = CaseRow.position.in_(self._too_early())
        for p, s, decides, branch in self._connection.execute(select(*alike).where(early)):
            counted[p, s, decides, branch] -= 1
            counted[PLACES[Place.ALL], s, decides, branch] += 1
        found = ((*key, n) for key, n in counted.items() if n)
        return [CaseTally(_PLACE_OF[p], _STATE_OF[s], decides, branch, n) for p, s, decides, branch, n in found]

    def longest_on_the_road(self) -> Mapping[str, str]:
        coming = (CaseRow.place == PLACES[Place.INCOMING], CaseRow.offered_on != "")
        query = select(CaseRow.branch, func.min(CaseRow.offered_on).label("oldest")).where(*coming)
        return {row.branch: row.oldest for row in self._connection.execute(query.group_by(CaseRow.branch))}

    def tally_clocks(self, today: date, soon: date) -> Sequence[ClockTally]:
        days = {"today": today.isoformat(), "soon": soon.isoformat()}
        ours = dict(zip(("here", "to_deliver"), _OURS, strict=True))
        return [ClockTally(*row) for row in self._connection.execute(_CLOCK_TALLY, {**days, **ours})]

    def due_until(self, day: date, limit: int) -> Sequence[Placed]:
        first = func.min(CaseClockRow.due_on)
        due = (CaseClockRow.place.in_(_OURS), CaseClockRow.due_on <= day.isoformat())
        query = select(CaseClockRow.position).where(*due).group_by(CaseClockRow.position)
        return self._placed(self._listed(query.order_by(first, CaseClockRow.position).limit(limit)))

    def silent_since(self, day: date, limit: int) -> Sequence[Placed]:
        handed = (CaseRow.place == PLACES[Place.ON_THE_ROAD], CaseRow.offered_on <= day.isoformat())
        query = select(CaseRow.position).where(*handed).order_by(CaseRow.offered_on, CaseRow.position)
        return self._placed(self._listed(query.limit(limit)))

    def late_cases(self, limit: int) -> Sequence[Placed]:
        late = select(CaseRow.position).where(_NOT_DONE, CaseRow.late)
        return self._placed(self._listed(late.order_by(CaseRow.position.desc()).limit(limit)))

    def cases_of_person(self, search: Search) -> Iterator[Case]:
        found = self._matching(search, CaseQuery())
        if found is None:
            return
        query, position = found
        skip = 0
        while page := list(self._cases_at(query.order_by(position.desc()).limit(_PEOPLE_AT_ONCE).offset(skip))):
            yield from page
            skip += len(page)

    # -- which -----------------------------------------------------------------------------------------------------

    def _positions(self, query: CaseQuery, cut: Slice) -> list[int]:
        if _by_words(query):
            found = self._matching(read_search(query.text), query)
            return [] if found is None else self._listed(_cut(*found, cut))
        where = self._columns(query)
        if where:
            return self._listed(_cut(select(CaseRow.position).where(*where), _CASE_POSITION, cut))
        return _counted_off(self.last_position(), cut)

    def _listed(self, query: Select[Any]) -> list[int]:
        return list(self._connection.scalars(query))

    def _matching(self, search: Search | None, query: CaseQuery) -> tuple[Select[Any], ColumnElement[int]] | None:
        """Return the query of the positions that a search finds, and its column; None where nothing can be found."""
        asked = self._marks(query)
        if search is not None:
            ways = [" AND ".join(words) for words in search.ways]
            ways += [marks_of(item=item) for item in self._items_with(search.item_text)]
            if not ways:
                return None
            asked.append("(" + " OR ".join(f"({way})" for way in ways) + ")")
        found = select(_POSITION).select_from(_WORDS).where(_WORDS.c.case_words.op("MATCH")(" AND ".join(asked)))
        part = search.number_part if search else ""
        narrowed = [*_branch(query), *self._in_time(query)]
        if part:
            narrowed.append(or_(CaseRow.number.startswith(part), CaseRow.number.endswith(part)))
        if narrowed:
            found = found.join(CaseRow, CaseRow.position == _POSITION).where(*narrowed)
        return found, _POSITION

    def _columns(self, query: CaseQuery) -> list[ColumnElement[bool]]:
        place, states = _standing(query)
        return [
            *([CaseRow.place == place] if place is not None else []),
            *[CaseRow.state == state for state in states],
            *([CaseRow.taken_by == self._in_use.taker(query.taken_by)] if query.taken_by else []),
            *_branch(query),
            *self._in_time(query),
        ]

    def _in_time(self, query: CaseQuery) -> list[ColumnElement[bool]]:
        early = self._too_early() if query.place is Place.ASKED_BACK else []
        return [CaseRow.position.not_in(early)] if early else []

    def _too_early(self) -> list[int]:
        """Return the cases that are at `ASKED_BACK` too early, as of the last exchange: few are there at all."""
        org = str((self.setting("identity") or {}).get("org", ""))
        now = str((self.setting("sync_status") or {}).get("last_ok_at", ""))
        query = select(CaseFoldRow.position, CaseFoldRow.folded).join(CaseRow, CaseRow.position == CaseFoldRow.position)
        seen = CaseFoldRow.folded["viewers"].as_string().contains(f'"{org}"', autoescape=True)
        rows = self._connection.execute(query.where(CaseRow.place == PLACES[Place.ASKED_BACK], seen))
        return [row.position for row in rows if is_asked_too_early(case_from_json(row.folded), org, now)]

    def _marks(self, query: CaseQuery) -> list[str]:
        place, states = _standing(query)
        found = [marks_of(place=place), *(marks_of(state=state) for state in states)]
        if query.taken_by:
            found.append(marks_of(taken_by=self._in_use.taker(query.taken_by)))
        return [mark for mark in found if mark]

    def _items_with(self, text: str) -> list[int]:
        if not text:
            return []
        rows = self._connection.execute(select(CaseItemRow.item, CaseItemRow.name, CaseItemRow.code))
        return [row.item for row in rows if item_has(row.name, row.code, text)]

    # -- what ------------------------------------------------------------------------------------------------------

    def _placed(self, positions: Sequence[int]) -> list[Placed]:
        clocks = self._clocks(positions)
        query = (
            select(*CaseRow.__table__.columns, CaseItemRow.code, CaseItemRow.name, CaseTakerRow.person, _REFUSED)
            .join(CaseItemRow, CaseItemRow.item == CaseRow.item)
            .join(CaseTakerRow, CaseTakerRow.taker == CaseRow.taken_by)
        )
        rows = self._connection.execute(query.where(CaseRow.position.in_(positions)))
        found = {row.position: Placed(row.position, _card(row, clocks.get(row.position, ()))) for row in rows}
        return [found[position] for position in positions]

    def _clocks(self, positions: Collection[int]) -> Mapping[int, tuple[Clock, ...]]:
        query = select(CaseClockRow).with_only_columns(*CaseClockRow.__table__.columns)
        found: dict[int, tuple[Clock, ...]] = {}
        ordered = query.where(CaseClockRow.position.in_(positions)).order_by(CaseClockRow.due_on, CaseClockRow.kind)
        for row in self._connection.execute(ordered):
            days = date.fromisoformat(row.starts_on), date.fromisoformat(row.due_on)
            clock = clock_of(row.kind, *days, provisional=row.provisional)
            found[row.position] = (*found.get(row.position, ()), clock)
        return found


def _by_words(query: CaseQuery) -> bool:
    """Tell whether it is a search, which the words answer."""
    return read_search(query.text) is not None


def _standing(query: CaseQuery) -> tuple[int | None, list[int]]:
    """Return the place and the states to look for; two states at once find nothing."""
    states = [] if query.state is None else [STATES[query.state]]
    if query.place is Place.ALL:
        return None, states
    if query.place is Place.RETURNED:
        return PLACES[Place.HERE], [*states, STATES[CaseState.RETURNED]]
    return PLACES[query.place], states


def _branch(query: CaseQuery) -> list[ColumnElement[bool]]:
    return [] if query.branch is None else [CaseRow.branch == query.branch]


def _cut(query: Select[Any], position: ColumnElement[int], cut: Slice) -> Select[Any]:
    if cut.position is not None:
        query = query.where(position < cut.position if cut.older else position > cut.position)
    ordered = query.order_by(position.desc() if cut.older else position)
    return ordered.limit(cut.limit).offset(cut.skip)


def _counted_off(last: int, cut: Slice) -> list[int]:
    """Return a slice of all cases: positions have no gaps, so that no index need be read, however deep it lies."""
    if cut.older:
        first = (last + 1 if cut.position is None else cut.position) - 1 - cut.skip
        return list(range(first, max(first - cut.limit, 0), -1))
    first = (cut.position or 0) + 1 + cut.skip
    return list(range(first, min(first + cut.limit, last + 1)))


def _card(row: Any, clocks: tuple[Clock, ...]) -> CaseCard:
    return CaseCard(
        case_id=row.case_id,
        number=row.number,
        applicant=row.applicant,
        item_code=row.code,
        item_name=row.name,
        state=_STATE_OF[row.state],
        decision=decision_in(_STATE_OF[row.state], refused=bool(row.refusal)),
        place=_PLACE_OF[row.place],
        decides=row.decides,
        branch=row.branch,
        holder=row.holder,
        offered_to=row.offered_to,
        offered_on=row.offered_on,
        opened_at=row.opened_at,
        taken_by=row.person,
        provisional=row.provisional,
        late=row.late,
        clocks=clocks,
    )
