"""The list of cases, of any length: pages come from the book when they are looked at, never on the GUI thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from station_app.domain.errors import StationError
from station_app.ui.models.case_cells import COLUMNS, Cell
from station_app.ui.models.paging import PAGE, Cut, cut_for
from station_app.ui.workplace import Workplace
from station_app.usecases.case_pages import (
    MOST_COUNTED,
    CaseLine,
    CaseQuery,
    cases_after,
    cases_before,
    count_cases,
)
from station_app.usecases.ports import Book
from station_app.usecases.times import local_day

Index = QModelIndex | QPersistentModelIndex
CELL_ROLE = int(Qt.ItemDataRole.UserRole) + 1
ON_ITS_WAY = "…"
_KEPT_PAGES = 60
# The pages that a window can show at once; a wish older than that is of a place that was scrolled past.
_WISHES = 2
_Lines = tuple[CaseLine, ...]
# The first page of a query, and how long its list is where that is known at once.
_Begun = tuple[_Lines, int | None]


class CaseRows(QAbstractTableModel):
    """Shows the cases that a query finds.

    One job at a time: the first page of a new query, its count (with it, where that is quick), then the pages that were
    looked at last. Until the first page of a new query is here, the old list stays.
    """

    found = Signal()
    """The first rows of a query are here."""
    counted = Signal()
    """`total` is known."""

    def __init__(self, place: Workplace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self.query = CaseQuery()
        self._rows = 0
        self.is_whole = True
        """The list is no longer than its rows; a search that finds very much is."""
        self._pages: OrderedDict[int, _Lines] = OrderedDict()
        self._before: dict[int, CaseLine] = {}
        self._wishes: list[int] = []
        self._next: list[Callable[[], None]] = []
        self._turn = 0
        self._is_busy = False
        self._is_counted = False
        self._today = self._read_today()

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing is on its way."""
        return not (self._is_busy or self._next or self._wishes)

    def seek(self, query: CaseQuery) -> None:
        """Show what another query finds; whatever was on its way for the one before is dropped."""
        self.query = query
        self._turn += 1
        self._wishes = []
        self._is_counted = False
        self._next = [self._ask_first]
        self._go_on()

    def refresh(self) -> None:
        """Read what is shown again; the rows stay as they are until then."""
        self._turn += 1
        self._next = [self._ask_count if self._is_counted else self._ask_first]
        self._go_on()

    def line(self, row: int) -> CaseLine | None:
        """Return what stands in a row, as far as it is here."""
        page = self._pages.get(row // PAGE)
        if page is None:
            return self._before.get(row)
        return page[row % PAGE] if row % PAGE < len(page) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        across = orientation is Qt.Orientation.Horizontal
        return COLUMNS[section].title if across and role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell = self._cell(index.row(), index.column())
        if role == CELL_ROLE:
            return cell
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell.spoken
        return f"{COLUMNS[index.column()].title}：{cell.spoken}" if role == Qt.ItemDataRole.AccessibleTextRole else None

    # -- what is here ----------------------------------------------------------------------------------------------

    def _cell(self, row: int, column: int) -> Cell:
        page = row // PAGE
        if page in self._pages:
            self._pages.move_to_end(page)
        else:
            self._wish(page)
        line = self.line(row)
        return Cell(ON_ITS_WAY) if line is None else COLUMNS[column].cell(line, self._today)

    def _wish(self, page: int) -> None:
        if page not in self._wishes:
            self._wishes = [page, *self._wishes][:_WISHES]
            self._go_on()

    # -- what is on its way ----------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        if self._is_busy:
            return
        if self._next:
            self._next.pop(0)()
        elif self._wishes:
            self._ask_page(self._wishes[0])

    def _ask(self, work: Callable[[Book], Any], done: Callable[[Any], None]) -> None:
        self._is_busy = True
        self._place.read(work, owner=self, done=partial(self._take, self._turn, done), failed=self._fail)

    def _take(self, turn: int, done: Callable[[Any], None], answer: Any) -> None:
        self._is_busy = False
        if turn == self._turn:
            self._today = self._read_today()
            done(answer)
        self._go_on()

    def _fail(self, error: StationError) -> None:
        """Stand still until something is asked again, instead of asking the same for ever."""
        self._is_busy = False
        self._wishes, self._next = [], []
        self._place.jobs.refused.emit(error)

    def _ask_first(self) -> None:
        query = self.query
        self._ask(lambda book: _begin(book, query), self._show_first)

    def _show_first(self, begun: _Begun) -> None:
        lines, count = begun
        self.beginResetModel()
        self._pages = OrderedDict({0: lines})
        self._before = {}
        self._rows, self.is_whole = self._rows_for(len(lines) if count is None else count)
        self.endResetModel()
        self._is_counted = count is not None
        self.found.emit()
        if self._is_counted:
            self.counted.emit()
        else:
            self._next = [self._ask_count]

    def _ask_count(self) -> None:
        query = self.query
        self._ask(lambda book: count_cases(book, query), self._show_count)

    def _show_count(self, count: int) -> None:
        rows, self.is_whole = self._rows_for(count)
        more = rows - self._rows
        if self._is_counted:
            self._move_rows(more)
        elif more > 0:
            # What is here is the top of the list; the rest follows below.
            self.beginInsertRows(QModelIndex(), self._rows, rows - 1)
            self._rows = rows
            self.endInsertRows()
        self._is_counted = True
        self.counted.emit()

    def _move_rows(self, more: int) -> None:
        """Take note that so many cases came (or went): new ones come on top; each page is to be read again."""
        shown = {row: line for page in self._pages for row in self._rows_of(page) if (line := self.line(row))}
        if more > 0:
            self.beginInsertRows(QModelIndex(), 0, more - 1)
        elif more < 0:
            self.beginRemoveRows(QModelIndex(), 0, -more - 1)
        self._before = {row + more: line for row, line in shown.items() if row + more >= 0}
        self._pages.clear()
        self._rows += more
        if more > 0:
            self.endInsertRows()
        elif more < 0:
            self.endRemoveRows()
        self._repaint(0, self._rows - 1)

    def _ask_page(self, page: int) -> None:
        count = self._rows
        if page * PAGE >= count:
            self._wishes.remove(page)
            self._go_on()
            return
        query, cut = self.query, cut_for(page, self._pages, count, is_whole=self.is_whole)
        self._ask(lambda book: _read(book, query, cut), partial(self._show_page, page))

    def _show_page(self, page: int, lines: _Lines) -> None:
        if page in self._wishes:
            self._wishes.remove(page)
        self._pages[page] = lines
        while len(self._pages) > _KEPT_PAGES:
            self._pages.popitem(last=False)
        rows = self._rows_of(page)
        self._repaint(rows.start, rows.stop - 1)

    def _rows_for(self, count: int) -> tuple[int, bool]:
        """Return how many rows to show of so many, and whether that is all."""
        is_whole = not (self.query.text and count >= MOST_COUNTED)
        return (count if is_whole else MOST_COUNTED - 1), is_whole

    def _rows_of(self, page: int) -> range:
        return range(page * PAGE, min((page + 1) * PAGE, self._rows))

    def _repaint(self, first: int, last: int) -> None:
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))

    def _read_today(self) -> date:
        return local_day(self._place.session.desk.now())


def _read(book: Book, query: CaseQuery, cut: Cut) -> _Lines:
    read = cases_after if cut.older else cases_before
    return read(book, query, cut.position, cut.limit, cut.skip).lines


def _begin(book: Book, query: CaseQuery) -> _Begun:
    lines = cases_after(book, query, None, PAGE).lines
    if len(lines) < PAGE:
        return lines, len(lines)
    # All cases, and a search up to its bound, are counted at once; a place or state with a million cases is not.
    at_once = bool(query.text) or query == CaseQuery()
    return lines, count_cases(book, query) if at_once else None
