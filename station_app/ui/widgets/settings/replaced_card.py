"""换了电脑: the last number on paper, and what is missing up to it."""

from __future__ import annotations

from station_app.ui.presenters.replacing import Replacing
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Button, Card, Field, Notice, Text, row_of
from station_app.ui.widgets.typed_form import line_edit

ABOUT = "这台代替坏了的那台时用。先联网同步到“都已传到”，再照旧电脑打的最后一张收件凭证填登记号，看缺哪几号。"


class ReplacedCard(Card):
    """One box and one button; the numbers that are missing stand below."""

    def __init__(self, work: Replacing) -> None:
        super().__init__("换了电脑，查缺号")
        self._work = work
        self.typed = line_edit()
        self.number = Field("旧电脑最后打印的代办登记号", self.typed, "25 位数字，空格可以不输。")
        self.look = Button("查缺号", self._look)
        self.found = Notice()
        self.add(Text(ABOUT, "small", muted=True))
        self.add(self.number)
        self.add(row_of(self.look))
        self.add(self.found)
        self.typed.returnPressed.connect(self.look.click)
        work.found.connect(lambda text, tone: self.found.show_text(text, Tone(tone)))
        work.refused.connect(self.number.show_message)

    def _look(self) -> None:
        self.number.show_message()
        self.found.show_text("")
        self._work.look(self.typed.text())
