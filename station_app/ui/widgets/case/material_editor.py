"""The papers of a case put right: how many there are now, and one more that was not on the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QSpinBox, QWidget

from station_app.ui.widgets.controls import Text

MOST = 999
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_PARTS = (("originals", "原件"), ("copies", "复印件"))
_Counts = dict[str, QSpinBox]


class MaterialEditor(QWidget):
    """Holds rows of name and counts; those left as they were are not among them."""

    left = Signal()

    def __init__(self, materials: Sequence[Mapping[str, Any]]) -> None:
        super().__init__()
        self._before = [{"name": str(row.get("name", "")), **_counts_of(row)} for row in materials]
        self._boxes = [self._row_of_boxes(str(row["name"]), row) for row in self._before]
        self._extra = QLineEdit()
        self._extra.setPlaceholderText("单子上没有、另外补的材料（没有就不填）")
        self._extra.setAccessibleName("另外补的材料名称")
        self._extra.installEventFilter(self)
        self._extra_boxes = self._row_of_boxes("另外补的材料", {})
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setColumnStretch(0, 1)
        for column, title in enumerate(("材料", *(label for _, label in _PARTS))):
            grid.addWidget(Text(title, "small", muted=True), 0, column)
        self.setToolTip("点一下再打数字，或者按 ↑↓。")
        names = [*(Text(str(row["name"])) for row in self._before), self._extra]
        for line, (name, boxes) in enumerate(zip(names, [*self._boxes, self._extra_boxes], strict=True), 1):
            grid.addWidget(name, line, 0)
            for column, (part, _) in enumerate(_PARTS, 1):
                grid.addWidget(boxes[part], line, column)
        first = self._boxes[0] if self._boxes else self._extra_boxes
        self.setFocusProxy(first["originals"] if self._boxes else self._extra)

    def typed(self) -> list[dict[str, Any]]:
        """Return the papers that are otherwise than before, and the one that came in addition."""
        now = [{"name": row["name"], **_values(boxes)} for row, boxes in zip(self._before, self._boxes, strict=True)]
        changed = [row for row, before in zip(now, self._before, strict=True) if row != before]
        name = self._extra.text().strip()
        return [*changed, {"name": name, **_values(self._extra_boxes)}] if name else changed

    def put(self, value: Any) -> None:
        """Show other counts; a paper that the case does not have goes to the last row."""
        for row in value:
            known = [
                boxes for before, boxes in zip(self._before, self._boxes, strict=True) if before["name"] == row["name"]
            ]
            boxes = known[0] if known else self._extra_boxes
            if not known:
                self._extra.setText(row["name"])
            for part, box in boxes.items():
                box.setValue(row[part])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        if event.type() == QEvent.Type.FocusOut:
            self.left.emit()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _ENTER:
            self.focusNextChild()
            return True
        return False

    def _row_of_boxes(self, name: str, counts: Mapping[str, Any]) -> _Counts:
        return {part: self._box(f"{name} {label}份数", counts.get(part, 0)) for part, label in _PARTS}

    def _box(self, name: str, value: int) -> QSpinBox:
        box = QSpinBox(self)
        box.setRange(0, MOST)
        box.setValue(value)
        box.setAccessibleName(name)
        box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        # Not by the wheel: a page that is scrolled must not change a count on its way.
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.installEventFilter(self)
        return box


def _counts_of(row: Mapping[str, Any]) -> dict[str, int]:
    return {part: row[part] if isinstance(row.get(part), int) else 0 for part, _ in _PARTS}


def _values(boxes: _Counts) -> dict[str, int]:
    return {part: box.value() for part, box in boxes.items()}
