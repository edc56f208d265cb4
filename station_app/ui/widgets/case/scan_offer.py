"""What lies new in the scanner's folder, offered to the case that is open."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from station_app.ui.widgets.controls import Button, Text, row_of
from station_app.usecases.taken import FreshScan

_NAMED = 3


class ScanOffer(QWidget):
    """A sentence and two buttons; hidden while there is nothing new."""

    taken = Signal(object)
    """Attach these FreshScans to the case."""
    left = Signal(object)
    """Offer these no more."""

    def __init__(self) -> None:
        super().__init__()
        self._scans: tuple[FreshScan, ...] = ()
        self.text = Text("")
        self.take_button = Button("添加到这件", lambda: self.taken.emit(self._scans))
        self.leave_button = Button("不是这件的", lambda: self.left.emit(self._scans), kind="quiet")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.text)
        whole.addLayout(row_of(self.take_button, self.leave_button))
        self.hide()

    def show_scans(self, scans: Sequence[FreshScan]) -> None:
        """Offer these; none for nothing."""
        if tuple(scans) == self._scans and bool(scans) is not self.isHidden():
            return
        self._scans = tuple(scans)
        names = "、".join(scan.name for scan in self._scans[:_NAMED])
        more = "等" if len(self._scans) > _NAMED else ""
        self.text.setText(f"扫描仪文件夹里有 {len(self._scans)} 个新文件：{names}{more}。先核对是不是这件的。")
        for button in (self.take_button, self.leave_button):
            button.show()
        self.setVisible(bool(self._scans))

    def show_refusal(self, text: str) -> None:
        """Say why nothing can be offered."""
        self._scans = ()
        self.text.setText(text)
        for button in (self.take_button, self.leave_button):
            button.hide()
        self.show()
