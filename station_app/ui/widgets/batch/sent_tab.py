"""Second half of the hand-over page: the batches sent, what became of them, and the slip once more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from station_app.domain.batches import BatchKind
from station_app.ui.models.hand_over_rows import batch_case_table, sent_table
from station_app.ui.widgets.batch.rows import Rows
from station_app.ui.widgets.controls import Button, Text, row_of
from station_app.ui.widgets.theme import Theme
from station_app.usecases.batch_pages import BatchLineView


class SentTab(QWidget):
    """Lists batches; below, the cases of the current one."""

    slip_wanted = Signal(str)
    """Print the slip of the batch with this id again."""
    codes_wanted = Signal(str)
    """Print its cases as codes, for where no medium may be carried."""

    def __init__(self, theme: Theme, today: date, go: Callable[[str, str], None]) -> None:
        super().__init__()
        self.model = sent_table(today)
        self.batches = Rows("已交出的批次", self.model, theme)
        self.cases = Rows("这一批里的件，回车键打开", batch_case_table(), theme)
        self.about = Text(size="small", muted=True)
        self.slip = Button("补打交接单", self._print)
        self.codes = Button("打印交接码单", self._print_codes)
        self.codes.setToolTip("不许带 U 盘、又没有网络时：对方用扫码枪扫这张纸，就能先清点、接收。")
        self.batches.moved.connect(self._show_cases)
        self.batches.opened.connect(lambda _: self.cases.setFocus())
        self.cases.opened.connect(lambda case_id: go("case", case_id))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.batches, 3)
        column.addLayout(row_of(self.about, self.codes, self.slip, stretch=0))
        column.addWidget(self.cases, 4)

    def show_batches(self, batches: Sequence[BatchLineView]) -> None:
        """Show what was sent, the last first."""
        self.batches.show_rows(batches)

    def go_to(self, text: str) -> bool:
        """Go to the batch with this id or number; False if it is not ours."""
        rows = self.model.rows
        row = next((row for row, view in enumerate(rows) if text in (view.batch.batch_id, view.batch.number)), -1)
        if row >= 0:
            self.batches.move_to(row)
        return row >= 0

    def _show_cases(self, batch_id: str) -> None:
        row = self.model.row_of(batch_id)
        view = self.model.rows[row] if row >= 0 else None
        self.cases.show_rows(view.cases if view else ())
        self.slip.setEnabled(view is not None)
        self.codes.setEnabled(view is not None and view.is_open and view.batch.kind is BatchKind.CASES)
        self.about.setText(_about(view))

    def _print(self) -> None:
        if self.batches.current:
            self.slip_wanted.emit(self.batches.current)

    def _print_codes(self) -> None:
        if self.batches.current:
            self.codes_wanted.emit(self.batches.current)


def _about(view: BatchLineView | None) -> str:
    if view is None:
        return "还没有交出过批次。交接之后，每一批走到哪里都在这里看。"
    wrong = "请对方清点时退回" if view.batch.kind is BatchKind.PAPERS else "回车键打开那一件，点“请求撤回”"
    return f"{view.batch.offered_by}交出。发现交错了：{wrong}。"
