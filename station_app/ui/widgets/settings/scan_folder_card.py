"""The folder into which the scanner of this PC writes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal

from station_app.ui.widgets.controls import Button, Card, Text, row_of

ABOUT = "扫描仪把文件存到哪个文件夹，就选哪个。打开一件时，里面半小时内新扫的会列出来，点“添加到这件”才会加进去。"
NOT_CHOSEN = "还没有选文件夹。"


class ScanFolderCard(Card):
    """The folder, and two buttons: another one, and none."""

    chosen = Signal(str)
    """The folder that a worker has chosen, "" for none."""

    def __init__(self, ask_folder: Callable[[], str]) -> None:
        super().__init__("扫描仪文件夹")
        self._ask_folder = ask_folder
        self.folder = Text(NOT_CHOSEN)
        self.choose = Button("选文件夹", self._choose)
        self.none = Button("不再用", lambda: self.chosen.emit(""), kind="quiet")
        self.add(Text(ABOUT, "small", muted=True))
        self.add(self.folder)
        self.add(row_of(self.choose, self.none))

    def show_folder(self, folder: str) -> None:
        """Show which folder it is, "" for none."""
        self.folder.setText(folder or NOT_CHOSEN)
        self.none.setVisible(bool(folder))

    def _choose(self) -> None:
        folder = self._ask_folder()
        if folder:
            self.chosen.emit(folder)
