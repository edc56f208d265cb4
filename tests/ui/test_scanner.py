"""A scanned number goes to the frame whatever has the focus; what people type is never lost or changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from station_app.domain.numbers import batch_number, case_number
from station_app.ui.widgets.scanner import Scanner

CASE = case_number("511132100201", date(2026, 11, 23), 1, 7)
BATCH = batch_number("511132100201", date(2026, 11, 23), 1, 3)


@pytest.fixture
def scans(qapp: QApplication) -> Iterator[list[str]]:
    scanner = Scanner(qapp)
    seen: list[str] = []
    scanner.scanned.connect(seen.append)
    yield seen
    qapp.removeEventFilter(scanner)
    scanner.deleteLater()


@pytest.fixture
def box(qtbot: QtBot) -> QLineEdit:
    box = QLineEdit()
    qtbot.addWidget(box)
    box.show()
    box.setFocus()
    return box


def commit(target: QLineEdit, text: str) -> None:
    """Have an input method commit a text."""
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(target, event)


@pytest.mark.parametrize("number", [CASE, BATCH])
def test_a_scan_leaves_nothing_in_the_box(qtbot: QtBot, scans: list[str], box: QLineEdit, number: str) -> None:
    qtbot.keyClicks(box, number)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert scans == [number]
    assert box.text() == ""


def test_a_scan_on_a_button_does_not_press_it(qtbot: QtBot, scans: list[str]) -> None:
    pressed: list[bool] = []
    button = QPushButton("保存")
    button.setAutoDefault(True)
    button.clicked.connect(pressed.append)
    qtbot.addWidget(button)
    qtbot.keyClicks(button, CASE)
    qtbot.keyClick(button, Qt.Key.Key_Enter)
    assert scans == [CASE]
    assert pressed == []


def test_typed_digits_arrive_after_a_moment(qtbot: QtBot, scans: list[str], box: QLineEdit) -> None:
    qtbot.keyClicks(box, "13800005678")
    qtbot.waitUntil(lambda: box.text() == "13800005678")
    assert scans == []


def test_other_keys_keep_their_order_after_digits(qtbot: QtBot, scans: list[str], box: QLineEdit) -> None:
    qtbot.keyClicks(box, "12a34")
    qtbot.keyClick(box, Qt.Key.Key_Backspace)
    assert box.text() == "12a3"


def test_enter_after_an_id_number_is_an_enter(qtbot: QtBot, scans: list[str], box: QLineEdit) -> None:
    entered: list[str] = []
    box.returnPressed.connect(lambda: entered.append(box.text()))
    qtbot.keyClicks(box, "110105194912310021")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert entered == ["110105194912310021"]
    assert scans == []


def test_a_number_with_a_wrong_check_digit_is_not_taken(qtbot: QtBot, scans: list[str], box: QLineEdit) -> None:
    wrong = CASE[:-1] + str((int(CASE[-1]) + 1) % 10)
    qtbot.keyClicks(box, wrong)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert scans == []
    assert box.text() == wrong


def test_a_scan_through_an_input_method_is_read(qtbot: QtBot, scans: list[str], box: QLineEdit) -> None:
    for digit in CASE:
        commit(box, digit)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert scans == [CASE]
    assert box.text() == ""


def test_full_width_digits_are_read(qtbot: QtBot, scans: list[str], box: QLineEdit) -> None:
    commit(box, CASE.translate({ord("0") + n: ord("０") + n for n in range(10)}))
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert scans == [CASE]


def test_chinese_typed_by_an_input_method_is_left_alone(qtbot: QtBot, scans: list[str], box: QLineEdit) -> None:
    commit(box, "李𬭎")
    commit(box, "2")
    commit(box, "号")
    assert box.text() == "李𬭎2号"


def test_a_digit_comes_before_the_function_key_that_follows(qtbot: QtBot, scans: list[str], box: QLineEdit) -> None:
    """0 (all papers here) and F8 at once: F8 overtook the 0, and the form was refused as incomplete."""
    seen: list[str] = []
    QShortcut(QKeySequence("F8"), box).activated.connect(lambda: seen.append(box.text()))
    qtbot.keyClicks(box, "0")
    qtbot.keyClick(box, Qt.Key.Key_F8)
    assert seen == ["0"]


def test_what_is_held_back_goes_to_the_box_it_was_typed_in(qtbot: QtBot, scans: list[str], box: QLineEdit) -> None:
    other = QLineEdit()
    qtbot.addWidget(other)
    other.show()
    qtbot.keyClicks(box, "42")
    other.setFocus()
    qtbot.waitUntil(lambda: box.text() == "42")
    assert other.text() == ""


def test_a_box_that_is_gone_loses_nothing_but_its_own(qtbot: QtBot, scans: list[str], box: QLineEdit) -> None:
    other = QLineEdit()
    other.show()
    qtbot.keyClicks(other, "42")
    shiboken6.delete(other)
    qtbot.keyClicks(box, "7")
    qtbot.waitUntil(lambda: box.text() == "7")
