"""What is said of a 代办登记号 that this PC does not hold, and asking the center for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal

from station_app.domain.errors import StationError
from station_app.domain.numbers import case_digits, grouped
from station_app.exchange.asked_cases import FOUND, WAITING
from station_app.messages import waiting_text
from station_app.ui.workplace import Workplace
from station_app.usecases.asking import Sought, ask_center, sought


@dataclass(frozen=True, slots=True)
class AskView:
    """What stands where the list is empty.

    Args:
        button: what can be done about it, "" for nothing.
    """

    text: str
    button: str


class CaseAsking(QObject):
    """Follows the number that is looked for, from the question to the case."""

    shown = Signal(object)
    """An `AskView`, or None where nothing is to be said: no whole number, or a case that is here."""
    opened = Signal(str)
    """The number of a case that is here: scanned, or come because it was asked for."""
    missing = Signal(str)
    """The scanned number of a case that is not here."""

    def __init__(self, place: Workplace, parent: QObject) -> None:
        super().__init__(parent)
        self._place = place
        self._text = ""
        self._waits_for = ""

    def look(self, text: str) -> None:
        """Say what is known of what stands in the box."""
        self._text = text
        if _is_number(text):
            self._place.read(partial(sought, text=text), owner=self, done=partial(self._show, text))
        else:
            self._waits_for = ""
            self.shown.emit(None)

    def scan(self, digits: str) -> None:
        """Find out where the case of a scanned number is."""
        self._place.read(partial(sought, text=digits), owner=self, done=self._sort)

    def ask(self) -> None:
        """Ask the center for the case with the number that stands in the box."""
        text = self._text
        self._place.write(partial(ask_center, text=text), owner=self, done=partial(self._show, text))

    def _sort(self, found: Sought) -> None:
        (self.opened if found.here else self.missing).emit(found.number)

    def _show(self, text: str, found: Sought) -> None:
        if text != self._text:
            return
        has_come = found.here and found.number == self._waits_for
        self._waits_for = found.number if found.answer == WAITING and not found.here else ""
        self.shown.emit(None if found.here else view_of(found, self._place.center))
        if has_come:
            self.opened.emit(found.number)


def _is_number(text: str) -> bool:
    try:
        case_digits(text)
    except StationError:
        return False
    return True


def view_of(found: Sought, center: str) -> AskView:
    """Return what is said of a number whose case is not here."""
    number = grouped(found.number)
    if found.answer is None:
        why = "办结满两年没有动过的件，新换的电脑先不取。"
        return AskView(
            f"这台电脑没有 {number}。{why}号码对的，按回车（或再扫一次）向{center}查找。", f"向{center}查找此件"
        )
    if found.answer == WAITING:
        trouble = waiting_text(found.trouble, center)
        then = f"连上{center}就去找，找到了自己打开；不用等在这里，以后再查这个号也行。"
        return AskView(f"已记下，要找 {number}。{trouble}{then}", "")
    if found.answer == FOUND:
        why = "内容已按规定删除，或者本机的程序要换新版。"
        return AskView(f"{center}有 {number}，本机显示不出来：{why}请打电话问{center}。", f"再向{center}查找")
    why = "没有这件，或者本单位无权查看。"
    return AskView(
        f"{center}没有找到 {number}：{why}请对照凭证核对号码；号码对的，打电话问{center}。", f"再向{center}查找"
    )
