"""Which printer each paper goes to without asking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox

from station_app.ui.widgets.controls import Card, Field, Text

ASK = "每次先看再打"
NONE_HERE = "这台电脑没有装打印机。文书可以另存为 PDF，拿到能打印的电脑上打印。"


class PrinterCard(Card):
    """A list of printers for each paper; what is remembered but not there now is said to be so."""

    chosen = Signal(str, str)
    """The paper's name, and the printer's ("" to be asked)."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        super().__init__("打印机")
        self.boxes = {name: QComboBox() for name in labels}
        self._shown: tuple[tuple[str, ...], dict[str, str]] | None = None
        self.none_here = Text(NONE_HERE, muted=True)
        self.add(self.none_here)
        self.none_here.hide()
        for name, box in self.boxes.items():
            box.activated.connect(lambda _, name=name, box=box: self.chosen.emit(name, box.currentData()))
            self.add(Field(labels[name], box))

    def show_printers(self, names: Sequence[str], remembered: Mapping[str, str]) -> None:
        """Show the printers of this PC and which one each paper goes to."""
        shown = (tuple(names), dict(remembered))
        if shown == self._shown:
            return  # A list that somebody has open stays open.
        self._shown = shown
        self.none_here.setVisible(not names)
        for paper, box in self.boxes.items():
            box.clear()
            box.addItem(ASK, "")
            for name in names:
                box.addItem(name, name)
            mine = remembered.get(paper, "")
            if mine not in ("", *names):
                box.addItem(f"{mine}（现在找不到）", mine)
            box.setCurrentIndex(box.findData(mine))
