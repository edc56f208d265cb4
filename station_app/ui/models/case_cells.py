"""A row of the case list in words: what stands large, what small below it, and what it means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from station_app.ui.models.case_now import left_word, state_word
from station_app.ui.models.dates import Word, day_text, handed_text
from station_app.ui.models.printed import grouped
from station_app.ui.tokens import Tone
from station_app.usecases.case_pages import CaseLine


@dataclass(frozen=True, slots=True)
class Cell:
    """A text, a smaller one below it that may have a meaning of its own, and the whole as it is read aloud."""

    text: str
    tone: Tone = Tone.PLAIN
    below: str = ""
    below_tone: Tone = Tone.PLAIN
    is_strong: bool = False
    whole: str = ""

    @property
    def spoken(self) -> str:
        """Return the cell as one text."""
        return self.whole or "，".join(part for part in (self.text, self.below) if part)


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Args:
        width: in px at 100 %; the item takes what is left.
        least: what it can do with: a state, a day or a group of digits is never broken.
        folded: what it can do with in a folded list, whose rows are higher.
    """

    title: str
    width: int
    least: int
    folded: int
    cell: Callable[[CaseLine, date], Cell]


def _state(line: CaseLine, _today: date) -> Cell:
    word, outcome = state_word(line.state), _outcome(line)
    if outcome is None:
        return Cell(word.text, word.tone, _trust(line))
    return Cell(word.text, word.tone, outcome.text, outcome.tone)


def _outcome(line: CaseLine) -> Word | None:
    """Return what was decided, where the state does not tell it any more."""
    return state_word(line.decision) if line.decision and line.decision is not line.state else None


def _trust(line: CaseLine) -> str:
    if line.late:
        return "有没生效的"
    return "仅凭交接单" if line.by_slip else "等中心确认" if line.provisional else ""


def _number(line: CaseLine, _today: date) -> Cell:
    _, _, end = grouped(line.number).partition(" ")
    return Cell(end or line.number, is_strong=True, whole=grouped(line.number))


def _where(line: CaseLine, today: date) -> Cell:
    if line.on_the_road_to:
        giver, since = line.holder_name, line.offered_on
        below = handed_text(giver, (today - since).days) if since else f"由{giver}交出"
        return Cell(f"在途 → {line.on_the_road_to}", below=below)
    if line.decision is not None:
        # Where the outcome stands below the state.
        return Cell(f"由{line.holder_name}决定", below=_trust(line) if _outcome(line) else "")
    return Cell(line.holder_name, below=line.uploaded)


def _deadline(line: CaseLine, today: date) -> Cell:
    if line.clock is None:
        return Cell("—")
    word = left_word(line.clock, today)
    return Cell(word.text, word.tone, line.clock.label)


def _opened(line: CaseLine, today: date) -> Cell:
    year = f"{line.opened_on.year}年" if line.opened_on.year != today.year else ""
    return Cell(day_text(line.opened_on), below=year)


COLUMNS = (
    Column("状态", 98, 98, 98, _state),
    Column("申请人", 136, 90, 76, lambda line, _: Cell(line.applicant)),
    Column("事项", 228, 160, 120, lambda line, _: Cell(line.item_name)),
    Column("登记号", 152, 88, 88, _number),
    Column("现在在哪", 172, 100, 0, _where),
    Column("期限", 156, 128, 92, _deadline),
    Column("收件", 88, 84, 0, _opened),
)
ITEM, WHERE, OPENED = 2, 4, 6
LONGEST_ITEM = 40
