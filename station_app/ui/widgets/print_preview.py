"""The preview of a paper: it lies over the page; Enter or F8 prints, Esc leads back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QProgressBar, QSpinBox, QWidget

from station_app.ui.models.printed import grouped
from station_app.ui.presenters.printing import PaperWork, Sheets
from station_app.ui.tokens import Tone
from station_app.ui.widgets.asking_path import ask_save_path
from station_app.ui.widgets.controls import Button, Card, Field, Notice, Text, row_of, set_look
from station_app.ui.widgets.paper_view import PaperView
from station_app.ui.widgets.theme import Theme
from station_app.ui.widgets.way_back import WayBack

LETTERS_BESIDE = 21
MOST_COPIES = 20
NO_PRINTER = "这台电脑没有装打印机。可以另存为 PDF，拿到能打印的电脑上打印。"
STOPPED = "已停止打印。已经出来的纸请作废。"
_KEYS = Qt.Key
_PRINT = (_KEYS.Key_F8, _KEYS.Key_Return, _KEYS.Key_Enter)
_ZOOM = {_KEYS.Key_Plus: 1, _KEYS.Key_Equal: 1, _KEYS.Key_Minus: -1}
_OWN = (_KEYS.Key_Escape, _KEYS.Key_F8)
# These open something else, which must not stay hidden under the paper.
_ELSEWHERE = (_KEYS.Key_F7, _KEYS.Key_F9)


class PrintPreview(QFrame):
    """The pages on the left, what can be done with them on the right."""

    closed = Signal()

    def __init__(self, work: PaperWork, theme: Theme, inside: QWidget) -> None:
        super().__init__(inside)
        self.setAccessibleName("打印预览")
        set_look(self, role="preview")
        self._work = work
        self._theme = theme
        self._inside = inside
        self._way_back = WayBack()
        self._file_name = ""
        self._can_print = False
        self.view = PaperView()
        self.title = Text("", "title")
        self.about = Text("", "small", muted=True)
        self.notice = Notice()
        self.printers = QComboBox()
        self.copies = QSpinBox()
        self.copies.setRange(1, MOST_COPIES)
        self.printer_field = Field("打印机", self.printers)
        self.copies_field = Field("份数", self.copies)
        self.print_button = Button("打印  F8", self._print, kind="primary")
        self.save_button = Button("另存为 PDF", self._save)
        self.stop_button = Button("停止打印", work.stop, kind="danger")
        self.progress = QProgressBar()
        self.progress.setAccessibleName("打印进度")
        self._lay_out()
        self._connect()
        self.hide()

    def close_sheet(self) -> None:
        """Return to the page; what is printing goes on."""
        if self.isVisible():
            self.hide()
            self.closed.emit()
            self._way_back.go()

    def refuse(self, text: str) -> None:
        """Say why it can't be done, and leave everything as chosen."""
        self.notice.show_text(text, Tone.BAD)
        self._show_printing(False)

    def ask_path(self, file_name: str) -> str:
        """Ask the worker where to; "" when they thought better of it."""
        return ask_save_path(self, "另存为 PDF", file_name, "PDF (*.pdf)")

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if event.key() in _OWN:
                event.accept()
                return True
            if event.key() in _ELSEWHERE:
                self.close_sheet()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
        elif event.key() in _PRINT:
            self.print_button.click()
        elif event.key() in _ZOOM:
            self.view.zoom(_ZOOM[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def eventFilter(self, target: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._inside.rect())
        return False

    def _lay_out(self) -> None:
        self._side = Card()
        parts: tuple[QWidget, ...] = (self.title, self.about, self.notice, self.printer_field, self.copies_field)
        for part in (*parts, self.print_button, self.progress, self.stop_button, self.save_button):
            self._side.add(part)
        self._side.body.addStretch(1)
        smaller = Button("缩小  -", lambda: self.view.zoom(-1))
        larger = Button("放大  +", lambda: self.view.zoom(1))
        self._side.add(row_of(smaller, larger, spacing=8))
        self._side.add(Button("关上  Esc", self.close_sheet))
        self._fit()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 12, 12)
        row.addWidget(self.view, 1)
        row.addWidget(self._side)

    def _connect(self) -> None:
        self._inside.installEventFilter(self)
        self._theme.changed.connect(self._fit)
        self._work.opened.connect(self._open)
        self._work.shown.connect(self._show)
        self._work.progressed.connect(self._show_progress)
        self._work.ended.connect(self._end)
        self._work.saved.connect(lambda text: self.notice.show_text(text, Tone.GOOD))

    def _fit(self) -> None:
        self._side.setFixedWidth(self._theme.sizes.body * LETTERS_BESIDE)

    def _open(self, label: str) -> None:
        self.title.setText(label)
        self.about.setText("正在准备…")
        self.notice.show_text("")
        self.view.show_pages(())
        self.copies.setValue(1)
        self._can_print = False
        self._show_printing(False)
        self.save_button.setEnabled(False)
        if self.isHidden():
            self._way_back.remember(self.window().focusWidget())
        self.setGeometry(self._inside.rect())
        self.show()
        self.raise_()
        self.view.setFocus()

    def _show(self, sheets: Sheets) -> None:
        self._file_name = sheets.drawn.file_name
        self.about.setText(f"{grouped(sheets.drawn.number)}\n共 {len(sheets.pages)} 页")
        self.view.show_pages(sheets.pages)
        self.printers.clear()
        self.printers.addItems(list(sheets.printers))
        self.printers.setCurrentText(sheets.printer)
        self._can_print = bool(sheets.printers)
        for part in (self.printer_field, self.copies_field, self.print_button):
            part.setVisible(self._can_print)
        self._show_printing(False)
        self.save_button.setEnabled(True)
        if not self._can_print:
            self.notice.show_text(NO_PRINTER, Tone.WARN)
        (self.print_button if self._can_print else self.save_button).setFocus()

    def _print(self) -> None:
        self.notice.show_text("")
        self._show_printing(True)
        self._work.print_shown(self.printers.currentText(), self.copies.value())

    def _save(self) -> None:
        self._work.save_shown(self.ask_path(self._file_name))

    def _show_printing(self, printing: bool) -> None:
        self.progress.setRange(0, 0)
        self.progress.setVisible(printing)
        self.stop_button.setVisible(printing)
        self.print_button.setEnabled(self._can_print and not printing)

    def _show_progress(self, pages: int, total: int) -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(pages)

    def _end(self, complete: bool) -> None:
        self._show_printing(False)
        if complete:
            self.close_sheet()
        else:
            self.notice.show_text(STOPPED, Tone.WARN)
