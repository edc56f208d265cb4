"""A scan that is open: one page at a time, with what it may be used for across it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from station_app.domain.attachments import Attachment
from station_app.ui.presenters.scans import ShownPage
from station_app.ui.widgets.controls import Button, Text, row_of
from station_app.ui.widgets.paper_view import PaperView

_LINES_SHOWN = 24


class ScanView(QWidget):
    """Hidden while no scan is open."""

    turned = Signal(int)
    """Show the page with this number, counted from 0."""
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.mark = Text("", "small", muted=True)
        self.paper = PaperView()
        self.paper.setMinimumHeight(_LINES_SHOWN * self.fontMetrics().lineSpacing())
        self.where = Text("", "small")
        self.where.setWordWrap(False)
        self.back_button = Button("上一页", lambda: self.turned.emit(self._at - 1), kind="quiet")
        self.on_button = Button("下一页", lambda: self.turned.emit(self._at + 1), kind="quiet")
        self.close_button = Button("收起", self.close_scan, kind="quiet")
        self._at, self._count = 0, 0
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.mark)
        whole.addWidget(self.paper)
        whole.addLayout(row_of(self.back_button, self.where, self.on_button, self.close_button, stretch=4))
        self.hide()

    def show_page(self, attachment: Attachment, shown: ShownPage) -> None:
        """Show a page of a scan."""
        came_anew = self.isHidden()
        self._at, self._count = shown.at, shown.count
        self.mark.setText(f"{attachment.sealed.name}：{attachment.watermark}")
        self.paper.show_pages((shown.page,), attachment.watermark)
        self.where.setText(f"第 {shown.at + 1} / {shown.count} 页")
        for part in (self.where, self.back_button, self.on_button):
            part.setVisible(shown.count > 1)
        self.show_busy(False)
        self.show()
        if came_anew:
            self.close_button.setFocus()

    def show_busy(self, busy: bool) -> None:
        """Let no other page be asked for while one is drawn."""
        self.back_button.setEnabled(not busy and self._at > 0)
        self.on_button.setEnabled(not busy and self._at + 1 < self._count)

    def close_scan(self) -> None:
        """Put the scan away."""
        self.paper.show_pages(())
        self.hide()
        self.closed.emit()
