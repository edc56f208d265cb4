"""The pages of a paper below each other, as wide as there is room, larger or smaller at will."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from station_app.ui.ports import PageImage
from station_app.ui.widgets.printers import image_of
from station_app.ui.widgets.watermark import marked

STEPS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
AS_WIDE_AS_THE_ROOM = STEPS.index(1.0)
EDGE = 12


class PaperView(QScrollArea):
    """Scrolls by wheel, arrow and page keys."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("文书内容")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setWidgetResizable(True)
        self._pixmaps: list[QPixmap] = []
        self._labels: list[QLabel] = []
        self._step = AS_WIDE_AS_THE_ROOM
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        self._column.setSpacing(EDGE)
        self._column.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.setWidget(self._inner)

    def show_pages(self, pages: Sequence[PageImage], mark: str = "") -> None:
        """Show these pages, from the top of the first, at the first size; `mark` is drawn across each."""
        for label in self._labels:
            self._column.removeWidget(label)
            label.deleteLater()
        self._pixmaps = [QPixmap.fromImage(marked(image_of(page), mark)) for page in pages]
        self._labels = [QLabel() for _ in pages]
        for number, label in enumerate(self._labels, 1):
            label.setAccessibleName(f"第 {number} 页")
            self._column.addWidget(label)
        self._step = AS_WIDE_AS_THE_ROOM
        self._paint()
        self.verticalScrollBar().setValue(0)

    def zoom(self, steps: int) -> None:
        """Show the pages larger (1) or smaller (-1)."""
        self._step = min(max(self._step + steps, 0), len(STEPS) - 1)
        self._paint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._paint()

    def _paint(self) -> None:
        # Room for the scroll bar is kept, so that its coming and going does not change the size again.
        room = self.width() - 2 * EDGE - self.verticalScrollBar().sizeHint().width()
        width = max(1, round(room * STEPS[self._step]))
        smooth = Qt.TransformationMode.SmoothTransformation
        for label, pixmap in zip(self._labels, self._pixmaps, strict=True):
            label.setPixmap(pixmap.scaledToWidth(width, smooth))
