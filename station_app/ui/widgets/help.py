"""The help beside the page: F1 opens it, it follows the page, Esc or F1 closes it."""

from __future__ import annotations

from pathlib import PurePosixPath

from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QKeyEvent, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextDocument, QTextFormat
from PySide6.QtWidgets import QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from station_app.messages import COUNTY_CENTER
from station_app.paths import resource
from station_app.ui.widgets.controls import Button, Text, set_look
from station_app.ui.widgets.way_back import WayBack

LETTERS_WIDE = 20
HEADING_GAP, PARAGRAPH_GAP = 14, 8


class HelpPanel(QWidget):
    """Shows resources/help/KEY.md of the page that is open; its links lead to the help of other pages.

    Args:
        center: what the center of this office is called; the texts are written for those below a county's.
    """

    def __init__(self, center: str = COUNTY_CENTER) -> None:
        super().__init__()
        self._center = center
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("帮助")
        set_look(self, role="help")
        self._key = ""
        self._way_back = WayBack()
        self.text = QTextBrowser()
        self.text.setAccessibleName("帮助内容")
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(self._follow_link)
        title = QHBoxLayout()
        title.addWidget(Text("帮助", "strong"), 1)
        title.addWidget(Button("关上", self.close_panel, kind="quiet"))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addLayout(title)
        column.addWidget(self.text, 1)
        self.hide()

    def follow(self, key: str) -> None:
        """Be about this page from now on."""
        self._key = key
        if self.isVisible():
            self._load(key)

    def toggle(self) -> None:
        """Open for reading, or close."""
        if self.isVisible():
            self.close_panel()
        else:
            self._way_back.remember(self.window().focusWidget())
            self._load(self._key)
            self._fit()
            self.show()
            self.text.setFocus()

    def close_panel(self) -> None:
        """Close, and let the worker type on where the cursor was."""
        self.hide()
        self._way_back.go()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        """Be as wide as so many letters of the size that the worker has chosen."""
        self.setFixedWidth(LETTERS_WIDE * self.fontMetrics().horizontalAdvance("字"))

    def event(self, event: QEvent) -> bool:
        # Here Esc closes the help; outside it is the frame's key for going back.
        if _is_escape(event) and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if _is_escape(event) and event.type() == QEvent.Type.KeyPress:
            self.close_panel()
            return True
        return super().event(event)

    def _follow_link(self, url: QUrl) -> None:
        self._load(PurePosixPath(url.path()).stem)

    def _load(self, key: str) -> None:
        text = resource(f"help/{key}.md").read_text("utf-8")
        self.text.setMarkdown(text.replace(COUNTY_CENTER, self._center))
        _give_room(self.text.document())


def _give_room(document: QTextDocument) -> None:
    """Set headings only a little larger than the text, and paragraphs apart: the panel is narrow."""
    block = document.begin()
    while block.isValid():
        level = block.blockFormat().headingLevel()
        shape = QTextBlockFormat()
        shape.setTopMargin(HEADING_GAP if level > 1 else 0)
        shape.setBottomMargin(PARAGRAPH_GAP)
        cursor = QTextCursor(block)
        cursor.mergeBlockFormat(shape)
        if level:
            letters = QTextCharFormat()
            letters.setProperty(QTextFormat.Property.FontSizeAdjustment, 2 - min(level, 2))
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(letters)
        block = block.next()


def _is_escape(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
