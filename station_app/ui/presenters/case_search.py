"""What the case list is asked for: the box, the place and the state, and what is said of the answer."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from station_app.domain.case_cards import PLACE_LABELS, CaseQuery, Place
from station_app.domain.cases import CaseState
from station_app.usecases.case_pages import MOST_COUNTED

TYPING_MS = 200
_EMPTY = {
    Place.ALL: "本机还没有件。按 F7 收第一件。",
    Place.HERE: "手里没有等着办的件。",
    Place.ON_THE_ROAD: "没有交出后对方还没接收的件。",
    Place.INCOMING: "没有别的单位交来、等着清点的件。",
    Place.ASKED_BACK: "没有交出以后一直没有人接收、等着核实的件。",
    Place.ABOVE: "没有正在上级办理的件。",
    Place.TO_DELIVER: "没有等着送达的结果。",
    Place.RETURNED: "没有被退回的件。",
    Place.DONE: "还没有办结的件。",
}


class CaseSearch(QObject):
    """Holds the query; typing is waited out, everything else takes effect at once."""

    changed = Signal(object)
    """The `CaseQuery` to be shown."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.query = CaseQuery()
        self._told: CaseQuery | None = None
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self.tell)

    @property
    def is_settled(self) -> bool:
        """Tell whether the list has been asked for what stands here."""
        return self._told == self.query

    def open(self, about: str) -> None:
        """Begin with what another page asks for: `place:…`, `state:…`, `branch:…` or `query:…`, or with everything.

        What is not known here is looked for as text.
        """
        kind, _, value = about.partition(":")
        if kind == "place" and value in list(Place):
            self.query = CaseQuery(place=Place(value))
        elif kind == "state" and value in list(CaseState):
            self.query = CaseQuery(state=CaseState(value))
        elif kind == "branch":
            self.query = CaseQuery(branch=value)
        else:
            self.query = CaseQuery(text=value if kind == "query" else about)
        self.tell()

    def type(self, text: str) -> None:
        """Look for a text, once the typing has come to rest."""
        self.query = replace(self.query, text=text)
        self._typing.start()

    def choose(self, place: Place, state: CaseState | None) -> None:
        """Narrow the list to a place and a state, None for any state."""
        self.query = replace(self.query, place=place, state=state)
        self.tell()

    def show_all_branches(self) -> None:
        """Look among the cases of all offices for the same."""
        self.query = replace(self.query, branch=None)
        self.tell()

    def widen(self) -> None:
        """Look for the same text among all cases."""
        self.query = CaseQuery(text=self.query.text)
        self.tell()

    def tell(self) -> None:
        """Ask for what stands here now, unless that was asked for last."""
        self._typing.stop()
        if not self.is_settled:
            self._told = self.query
            self.changed.emit(self.query)


def count_text(rows: int, *, is_whole: bool) -> str:
    """Return how many cases were found."""
    if not is_whole:
        return f"超过 {MOST_COUNTED - 1:,} 件，只列最近的；请再加几个字"
    return f"共 {rows:,} 件"


def empty_text(query: CaseQuery) -> str:
    """Return what to say, and what to do next, where nothing was found."""
    if not query.text:
        if query.branch is not None:
            return "这个单位没有这样的件。可以按“看所有单位的件”。"
        if query.state is not None and query.place is not Place.ALL:
            return "这两个条件下没有件。请换一个状态或位置。"
        return _EMPTY[query.place] if query.state is None else "没有这个状态的件。"
    where = f"在“{PLACE_LABELS[query.place]}”里" if query.place is not Place.ALL else ""
    narrowed = query != CaseQuery(query.text)
    advice = "可以按“在全部里找”。" if narrowed else "可以只打姓名里的一个字、拼音首字母，或者登记号的后四位。"
    return f"{where}没有找到“{query.text}”。{advice}"
