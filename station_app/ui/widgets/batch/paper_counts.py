"""The papers of one case beside the slip: what should be there, and while counting, a box for what is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QScrollArea, QSpinBox, QWidget

from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Text
from station_app.usecases.batch_pages import PaperCount

MOST = 999
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class PaperCounts(QScrollArea):
    """Shows papers; `count` gives each a box, filled with what is expected. Enter goes on, behind the last it ends."""

    typed = Signal()
    """Another number stands in a box."""
    finished = Signal()
    given_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._papers: tuple[PaperCount, ...] = ()
        self._boxes: list[QSpinBox] = []
        self.show_papers(())

    @property
    def counting(self) -> bool:
        """Tell whether the boxes are open."""
        return bool(self._boxes)

    @property
    def counted(self) -> tuple[PaperCount, ...]:
        """Return the papers as the boxes say."""
        values = iter(box.value() for box in self._boxes)
        return tuple(
            PaperCount(
                paper.name,
                next(values) if paper.originals else 0,
                next(values) if paper.copies else 0,
            )
            for paper in self._papers
        )

    def show_papers(self, papers: Sequence[PaperCount], found: Sequence[PaperCount] = ()) -> None:
        """Show what is expected, and what was found where it is otherwise."""
        self._lay_out(papers, found, lambda _name, due, have: _count_text(due, have))

    def count(self, papers: Sequence[PaperCount], found: Sequence[PaperCount] = ()) -> None:
        """Open a box for each number, with the first one ready to be typed over."""
        self._lay_out(papers, found, lambda name, due, have: self._box(name, due, have) if due else _count_text(0, 0))
        if self._boxes:
            self._enter(self._boxes[0])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or watched not in self._boxes:
            return super().eventFilter(watched, event)
        escape = event.key() == Qt.Key.Key_Escape
        if event.type() == QEvent.Type.ShortcutOverride and escape:
            # Here Esc gives up the counting of this case; it does not leave the page.
            event.accept()
            return True
        if event.type() != QEvent.Type.KeyPress:
            return False
        if escape:
            self.given_up.emit()
            return True
        if event.key() in _ENTER:
            self._go_on(self._boxes.index(watched))
            return True
        return False

    def _go_on(self, index: int) -> None:
        if index + 1 < len(self._boxes):
            self._enter(self._boxes[index + 1])
        else:
            self.finished.emit()

    def _enter(self, box: QSpinBox) -> None:
        box.setFocus()
        box.selectAll()
        self.ensureWidgetVisible(box)

    def _box(self, name: str, due: int, value: int) -> QSpinBox:
        box = QSpinBox()
        box.setRange(0, MOST)
        box.setValue(value)
        box.setSuffix(f" / {due}")
        box.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        box.setMaximumWidth(box.fontMetrics().horizontalAdvance(f"{MOST} / {MOST}") + 24)
        box.setAccessibleName(f"{name}，应有 {due}")
        box.installEventFilter(self)
        box.valueChanged.connect(self.typed)
        self._boxes.append(box)
        return box

    def _lay_out(
        self,
        papers: Sequence[PaperCount],
        found: Sequence[PaperCount],
        cell: Callable[[str, int, int], QWidget],
    ) -> None:
        self._boxes = []
        self._papers = tuple(papers)
        sheet = QWidget()
        grid = QGridLayout(sheet)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        for column, title in enumerate(("材料", "原件", "复印件")):
            grid.addWidget(Text(title, "small", muted=True), 0, column)
        for row, (paper, have) in enumerate(zip(papers, found or papers, strict=True), 1):
            grid.addWidget(Text(paper.name), row, 0)
            grid.addWidget(cell(f"{paper.name} 实收原件", paper.originals, have.originals), row, 1)
            grid.addWidget(cell(f"{paper.name} 实收复印件", paper.copies, have.copies), row, 2)
        grid.setRowStretch(len(papers) + 1, 1)
        # The old boxes go when the key that ended the counting, which one of them still handles, is through.
        if self.widget() is not None:
            self.takeWidget().deleteLater()
        self.setWidget(sheet)
        sheet.setAutoFillBackground(False)
        # Shown at once: the next key already belongs to the first box.
        sheet.show()


def _count_text(due: int, have: int) -> Text:
    words = (str(due) if due else "—") if due == have else f"应 {due} 实 {have}"
    cell = Text(words, muted=not due)
    cell.setWordWrap(False)
    if due != have:
        cell.set_tone(Tone.WARN)
    return cell
