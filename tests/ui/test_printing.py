"""Papers on screen, on a printer and in a file: what comes out is read back from the printed pages."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PySide6.QtCore import QObject, QStandardPaths, Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from station_app.bootstrap.papers import PAPERS
from station_app.domain.numbers import grouped
from station_app.ui.background import Job
from station_app.ui.ports import PageImage
from station_app.ui.presenters.printing import PAPER_LABELS, PRINT_DPI
from station_app.ui.settings import Settings
from station_app.ui.tokens import Theme as ThemeName
from station_app.ui.widgets.print_preview import NO_PRINTER, STOPPED
from station_app.ui.widgets.printers import print_pages
from station_app.ui.widgets.printing import Printing
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.ports import Book
from tests.ui.painted import cut_texts

HP = "HP LaserJet M126（二楼）"
Idle = Callable[[Workplace], None]


class FilePrinters:
    """Printers that print into files, as many as there are names."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.listed = names
        self.folder = folder
        self.opened: list[str] = []

    def names(self) -> Sequence[str]:
        return self.listed

    def open(self, name: str) -> QPrinter:
        self.opened.append(name)
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(self.printed(len(self.opened))))
        return printer

    def printed(self, number: int = 1) -> Path:
        return self.folder / f"printed-{number}.pdf"


class Room:
    """A window with a box to type in, and printing above it."""

    def __init__(self, place: Workplace, theme: Theme, printers: FilePrinters, idle: Idle) -> None:
        self.place = place
        self.printers = printers
        self._idle = idle
        self.said: list[tuple[str, str]] = []
        self.window = QWidget()
        self.window.resize(1366, 700)
        self.box = QLineEdit()
        QVBoxLayout(self.window).addWidget(self.box)
        self.printing = Printing(place, theme, self.window, printers)
        self.sheet = self.printing.sheet
        place.say.connect(lambda text, tone: self.said.append((text, tone)))
        place.settings_changed.connect(self._change_settings)
        self.window.show()
        self.box.setFocus()

    def rest(self) -> None:
        self._idle(self.place)

    def texts(self) -> str:
        labels = self.sheet.findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisibleTo(self.window))

    def _change_settings(self, settings: Settings) -> None:
        self.place.settings = settings


@pytest.fixture
def room(village: Workplace, theme: Theme, tmp_path: Path, idle: Idle, qtbot: QtBot) -> Iterator[Room]:
    made = Room(village, theme, FilePrinters(tmp_path, "Brother", HP), idle)
    qtbot.addWidget(made.window)
    yield made
    made.rest()


def first_case(place: Workplace, idle: Idle, owner: QObject) -> tuple[str, str]:
    """Return the id and the number of a case."""
    found: list[tuple[str, str]] = []

    def read(book: Book) -> tuple[str, str]:
        line = book.batches()[0].lines[0]
        return line.case_id, line.number

    place.read(read, owner=owner, done=found.append)
    idle(place)
    return found[0]


def first_batch(place: Workplace, idle: Idle, owner: QObject) -> tuple[str, str]:
    found: list[tuple[str, str]] = []
    place.read(lambda book: (book.batches()[0].batch_id, book.batches()[0].number), owner=owner, done=found.append)
    idle(place)
    return found[0]


def codes_on(pdf: Path) -> set[str]:
    """Return what a scanner reads on the printed pages."""
    pages = pypdfium2.PdfDocument(pdf)
    found = {code.text for page in pages for code in zxingcpp.read_barcodes(page.render(scale=300 / 72).to_pil())}
    pages.close()
    return found


def test_the_labels_are_those_of_the_papers() -> None:
    assert {paper.name: paper.label for paper in PAPERS} == PAPER_LABELS, PRINT_DPI


def test_enter_prints_the_shown_receipt_and_remembers_the_printer(room: Room, idle: Idle, qtbot: QtBot) -> None:
    case_id, number = first_case(room.place, idle, room.window)
    room.printing.preview("receipt", case_id)
    assert room.sheet.isVisible()
    room.rest()
    assert grouped(number) in room.texts()
    room.sheet.printers.setCurrentText(HP)
    qtbot.keyClick(room.window.focusWidget() or room.sheet, Qt.Key.Key_Return)
    room.rest()
    assert room.printers.opened == [HP]
    assert codes_on(room.printers.printed()) == {number}
    assert room.place.settings.printers == {"receipt": HP}
    assert room.said == [(f"收件凭证已送到打印机“{HP}”。", "good")]
    assert room.sheet.isHidden()
    assert room.window.focusWidget() is room.box


def test_the_printed_page_has_the_size_of_the_paper(room: Room, idle: Idle) -> None:
    case_id, _ = first_case(room.place, idle, room.window)
    room.printing.preview("receipt", case_id)
    room.rest()
    room.sheet.print_button.click()
    room.rest()
    pages = pypdfium2.PdfDocument(room.printers.printed())
    assert pages[0].get_size() == pytest.approx((595, 842), abs=1)
    pages.close()


def test_with_a_remembered_printer_a_paper_is_printed_without_asking(room: Room, idle: Idle) -> None:
    batch_id, number = first_batch(room.place, idle, room.window)
    room.place.settings = replace(room.place.settings, printers={"batch_slip": HP})
    room.printing.print_now("batch_slip", batch_id)
    room.rest()
    assert room.sheet.isHidden()
    assert number in codes_on(room.printers.printed())
    assert room.said == [(f"交接单已送到打印机“{HP}”。", "good")]


def test_every_print_is_noted_in_the_book(room: Room, idle: Idle) -> None:
    case_id, _ = first_case(room.place, idle, room.window)
    noted: list[str] = []
    room.place.session = replace(room.place.session, log_print=lambda paper: noted.append(paper.subject_id))
    room.place.settings = replace(room.place.settings, printers={"receipt": HP})
    room.printing.print_now("receipt", case_id)
    room.rest()
    assert noted == [case_id]


def test_without_a_remembered_printer_the_paper_is_shown_first(room: Room, idle: Idle) -> None:
    case_id, _ = first_case(room.place, idle, room.window)
    room.printing.print_now("receipt", case_id)
    room.rest()
    assert room.sheet.isVisible()
    assert room.sheet.print_button.hasFocus()
    assert room.printers.opened == []


def test_a_printer_that_is_gone_is_told_and_the_paper_shown(room: Room, idle: Idle) -> None:
    case_id, _ = first_case(room.place, idle, room.window)
    room.place.settings = replace(room.place.settings, printers={"receipt": "旧打印机"})
    room.printing.print_now("receipt", case_id)
    room.rest()
    assert "这台电脑上找不到打印机“旧打印机”" in room.texts()
    assert room.sheet.print_button.isEnabled()


@pytest.mark.qt_log_ignore("QPainter::begin", extend=True)
def test_a_printer_that_takes_nothing_is_told_and_can_be_tried_again(room: Room, idle: Idle) -> None:
    case_id, _ = first_case(room.place, idle, room.window)
    room.printers.folder = room.printers.folder / "no such folder"
    room.printing.preview("receipt", case_id)
    room.rest()
    room.sheet.print_button.click()
    room.rest()
    assert "没有接下这份文书" in room.texts()
    assert room.sheet.isVisible()
    assert room.sheet.print_button.isEnabled()
    assert room.place.settings.printers == {}


def test_on_a_pc_without_a_printer_the_paper_can_be_saved(room: Room, idle: Idle, tmp_path: Path) -> None:
    case_id, number = first_case(room.place, idle, room.window)
    room.printers.listed = ()
    asked: list[str] = []

    def ask(file_name: str) -> str:
        asked.append(file_name)
        return str(tmp_path / file_name)

    room.sheet.ask_path = ask  # type: ignore[method-assign]
    room.printing.print_now("receipt", case_id)
    room.rest()
    assert NO_PRINTER in room.texts()
    assert not room.sheet.print_button.isVisible()
    assert room.sheet.save_button.hasFocus()
    room.sheet.save_button.click()
    room.rest()
    assert asked == [f"收件凭证 {number}.pdf"]
    assert codes_on(tmp_path / asked[0]) == {number}
    assert "打印后请删除" in room.said[0][0]
    assert f"已存到 {tmp_path / asked[0]}" in room.texts()
    assert room.sheet.isVisible()


def test_a_paper_is_offered_to_the_documents_folder_in_a_dialog_of_our_language(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, QFileDialog.Option]] = []

    def choose(_parent: QWidget, _title: str, path: str, _kinds: str, options: QFileDialog.Option) -> tuple[str, str]:
        asked.append((path, options))
        return "", ""

    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _: str(tmp_path))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    assert room.sheet.ask_path("收件凭证.pdf") == ""
    assert asked == [(f"{tmp_path}/收件凭证.pdf", QFileDialog.Option.DontUseNativeDialog)]


def test_a_file_that_cannot_be_written_is_told(room: Room, idle: Idle, tmp_path: Path) -> None:
    case_id, _ = first_case(room.place, idle, room.window)
    room.sheet.ask_path = lambda name: str(tmp_path / "none" / name)  # type: ignore[method-assign]
    room.printing.preview("receipt", case_id)
    room.rest()
    room.sheet.save_button.click()
    room.rest()
    assert "没有存成文件" in room.texts()
    assert room.said == []


def test_a_case_that_is_unknown_is_told_on_the_sheet(room: Room) -> None:
    room.printing.preview("receipt", "no-such-case")
    room.rest()
    assert "no-such-case" in room.texts()
    assert not room.sheet.print_button.isEnabled()
    assert not room.sheet.save_button.isEnabled()


def test_escape_returns_to_where_the_worker_was_typing(room: Room, idle: Idle, qtbot: QtBot) -> None:
    case_id, _ = first_case(room.place, idle, room.window)
    room.printing.preview("receipt", case_id)
    room.rest()
    qtbot.keyClick(room.sheet.print_button, Qt.Key.Key_Escape)
    assert room.sheet.isHidden()
    assert room.window.focusWidget() is room.box
    assert room.printers.opened == []


def test_plus_and_minus_change_the_size_on_screen(room: Room, idle: Idle, qtbot: QtBot) -> None:
    case_id, _ = first_case(room.place, idle, room.window)
    room.printing.preview("receipt", case_id)
    room.rest()

    def width() -> int:
        return room.sheet.view.findChildren(QLabel)[0].pixmap().width()

    first = width()
    assert first == pytest.approx(room.sheet.view.viewport().width(), abs=40)
    qtbot.keyClick(room.sheet.print_button, Qt.Key.Key_Plus)
    assert width() > first
    for _ in range(9):
        qtbot.keyClick(room.sheet.print_button, Qt.Key.Key_Minus)
    assert width() == pytest.approx(first / 2, abs=2)


@pytest.mark.parametrize("scale", [100, 125])
def test_no_text_is_cut_off(room: Room, idle: Idle, theme: Theme, scale: int) -> None:
    case_id, _ = first_case(room.place, idle, room.window)
    theme.apply(Settings(theme=ThemeName.LIGHT, scale=scale))
    room.printing.preview("receipt", case_id)
    room.rest()
    room.sheet.notice.show_text("打印机没有接下这份文书。请看看是否缺纸、卡纸或没有开机，再打一次。")
    assert cut_texts(room.sheet) == []


def white_pages(count: int) -> list[PageImage]:
    return [PageImage(4, 6, b"\xff" * 96) for _ in range(count)]


def test_a_stopped_print_leaves_the_rest_of_the_pages(tmp_path: Path, qapp: QObject) -> None:
    told: list[tuple[int, int]] = []
    job = Job(lambda page, total: (told.append((page, total)), job.stop()))  # type: ignore[func-returns-value]
    assert not print_pages(FilePrinters(tmp_path, HP).open(HP), white_pages(3), 1, job)
    assert told == [(1, 3)]


def test_all_pages_are_printed_in_turn(tmp_path: Path, qapp: QObject) -> None:
    printers = FilePrinters(tmp_path, HP)
    told: list[tuple[int, int]] = []
    assert print_pages(printers.open(HP), white_pages(3), 1, Job(lambda page, total: told.append((page, total))))
    assert told == [(1, 3), (2, 3), (3, 3)]
    pages = pypdfium2.PdfDocument(printers.printed())
    assert len(pages) == 3
    pages.close()


def test_stopping_from_the_sheet_is_told_and_not_noted_as_printed(room: Room, idle: Idle) -> None:
    case_id, _ = first_case(room.place, idle, room.window)
    may_print = threading.Event()

    def render(_pdf: bytes, dpi: int) -> Sequence[PageImage]:
        assert dpi != PRINT_DPI or may_print.wait(10)
        return white_pages(3)

    room.place.session = replace(room.place.session, render=render, log_print=_not_printed)
    room.printing.preview("receipt", case_id)
    room.rest()
    room.sheet.print_button.click()
    room.sheet.stop_button.click()
    may_print.set()
    room.rest()
    assert STOPPED in room.texts()
    assert room.said == []


def _not_printed(_paper: object) -> None:
    raise AssertionError("noted a print that was stopped")
