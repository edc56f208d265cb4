"""A row of the case list in words: what stands large, what small below it, and what it means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from station_app.domain.cases import CaseState
from station_app.ui.models.case_now import left_word, state_word
from station_app.ui.models.dates import day_text
from station_app.ui.models.printed import grouped
from station_app.ui.tokens import Tone
from station_app.usecases.case_pages import CaseLine

_SPOKEN_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Cell:
    """A text, a smaller one below it, and the whole as it is read aloud."""

    text: str
    tone: Tone = Tone.PLAIN
    below: str = ""
    is_strong: bool = False
    whole: str = ""

    @property
    def spoken(self) -> str:
        """Return the cell as one text."""
        return self.whole or "，".join(part for part in (self.text, self.below) if part)


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `width` and the `least` it can do with in px at 100 %; width 0 for what takes the room that is left."""

    title: str
    width: int
    least: int
    cell: Callable[[CaseLine, date], Cell]


def _state(line: CaseLine, _today: date) -> Cell:
    word = state_word(line.state)
    below = "有没生效的" if line.late else "等县确认" if line.provisional else ""
    return Cell(word.text, word.tone, below)


def _number(line: CaseLine, _today: date) -> Cell:
    number = line.number
    return Cell(number[-_SPOKEN_DIGITS:], is_strong=True, whole=grouped(number))


def _where(line: CaseLine, _today: date) -> Cell:
    if line.on_the_road_to:
        return Cell(f"在途 → {line.on_the_road_to}", below=f"由{line.holder_name}交出")
    if line.state in (CaseState.GRANTED, CaseState.REFUSED, CaseState.DELIVERED, CaseState.CLOSED):
        return Cell(f"由{line.holder_name}决定")
    return Cell(line.holder_name)


def _deadline(line: CaseLine, today: date) -> Cell:
    if line.clock is None:
        return Cell("—")
    word = left_word(line.clock, today)
    return Cell(word.text, word.tone, line.clock.label)


def _opened(line: CaseLine, today: date) -> Cell:
    year = f"{line.opened_on.year}年" if line.opened_on.year != today.year else ""
    return Cell(day_text(line.opened_on), below=year)


COLUMNS = (
    Column("状态", 98, 98, _state),
    Column("申请人", 136, 76, lambda line, _: Cell(line.applicant)),
    Column("事项", 0, 120, lambda line, _: Cell(line.item_name)),
    Column("登记号", 100, 66, _number),
    Column("现在在哪", 172, 100, _where),
    Column("期限", 156, 92, _deadline),
    Column("收件", 88, 76, _opened),
)
ITEM, WHERE, OPENED = 2, 4, 6
LONGEST_ITEM = 40
