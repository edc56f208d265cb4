"""Where the backups of this PC go, when the last good one was made, and one at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar

from station_app.ui.presenters.backing_up import BackingUp
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Button, Card, Notice, Text, row_of

ABOUT = "每天和关窗口时自动备份到这里，留最近七天、四个星期的。文件是加密的。放在 U 盘或另一块硬盘上，电脑坏了还在。"
NOT_CHOSEN = "还没有选文件夹。"
PERCENT = 100


class BackupCard(Card):
    """The folder, the last backup, and two buttons: now, and stop."""

    chosen = Signal(str)
    """The folder that a worker has chosen."""

    def __init__(self, backups: BackingUp, ask_folder: Callable[[], str]) -> None:
        super().__init__("备份")
        self._backups = backups
        self._ask_folder = ask_folder
        self.folder = Text(NOT_CHOSEN)
        self.last = Notice()
        self.bar = QProgressBar()
        self.bar.setRange(0, PERCENT)
        self.bar.setAccessibleName("备份做到哪里")
        self.bar.hide()
        self.choose = Button("选文件夹", self._choose)
        self.now = Button("立即备份", backups.start)
        self.cancel = Button("取消备份", backups.cancel, kind="quiet")
        self.cancel.hide()
        self.add(Text(ABOUT, "small", muted=True))
        self.add(self.folder)
        self.add(self.last)
        self.add(self.bar)
        self.add(row_of(self.choose, self.now, self.cancel))
        backups.told.connect(lambda text, tone: self.last.show_text(text, Tone(tone)))
        backups.progress.connect(lambda done, total: self.bar.setValue(PERCENT * done // max(total, 1)))
        backups.running.connect(self._show_running)

    def show_folder(self, folder: str) -> None:
        """Show where backups go, "" for nowhere yet."""
        self.folder.setText(folder or NOT_CHOSEN)
        self.now.setEnabled(bool(folder) and self.bar.isHidden())
        self._backups.show_last()

    def _choose(self) -> None:
        folder = self._ask_folder()
        if folder:
            self.chosen.emit(folder)

    def _show_running(self, running: bool) -> None:
        self.bar.setValue(0)
        self.bar.setVisible(running)
        self.cancel.setVisible(running)
        self.now.setEnabled(not running)
        if running:
            self.last.show_text("正在备份，可以照常办件。", Tone.INFO)
