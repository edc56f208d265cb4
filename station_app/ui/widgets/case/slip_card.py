"""What came otherwise than the 交接码单 had it; hidden while there is nothing to look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout

from station_app.ui.widgets.board.sheets import empty
from station_app.ui.widgets.case.timeline import pairs_grid
from station_app.ui.widgets.controls import Button, Card, Text, row_of

_TASK = (
    "这件先凭交接码单收进来，后来到的数据有几处不一样。以后来的数据为准。请对照纸质材料，"
    "有疑问的打电话问交出单位；核对完按“核对过了”。"
)


class SlipCard(Card):
    """Both values of each fact side by side."""

    def __init__(self, on_look: Callable[[], Any]) -> None:
        super().__init__("和交接码单不一样")
        self._column = QVBoxLayout()
        self.looked = Button("核对过了", on_look)
        self.add(Text(_TASK))
        self.add(self._column)
        self.add(row_of(self.looked))
        self.hide()

    def show_pairs(self, pairs: Sequence[tuple[str, str, str]]) -> None:
        """Show other differences."""
        empty(self._column)
        self.setVisible(bool(pairs))
        if pairs:
            self._column.addLayout(pairs_grid(pairs, "交接码单上的", "后来的数据（为准）"))
