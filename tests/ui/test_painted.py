"""The finder of cut-off texts finds them, and leaves whole ones alone."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QPushButton, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from station_app.ui.widgets.theme import Theme
from tests.ui.painted import cut_texts


def test_whole_texts_are_left_alone(qtbot: QtBot, theme: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    column.addWidget(QLabel("城乡居民基本养老保险待遇申领"))
    column.addWidget(QPushButton("保存并打印"))
    window.show()
    assert cut_texts(window) == []


def test_a_button_too_narrow_for_its_text_is_found(qtbot: QtBot, theme: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    button = QPushButton("保存并打印收件凭证", window)
    button.setFixedWidth(60)
    window.resize(300, 100)
    window.show()
    assert any("保存并打印收件凭证" in text for text in cut_texts(window))


def test_a_label_too_low_for_its_lines_is_found(qtbot: QtBot, theme: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    label = QLabel("第一行第二行第三行第四行第五行第六行第七行第八行", window)
    label.setWordWrap(True)
    label.setFixedSize(80, 30)
    window.resize(300, 100)
    window.show()
    assert cut_texts(window)


def test_a_shortened_cell_is_found(qtbot: QtBot, theme: Theme) -> None:
    window = QTableWidget(1, 1)
    qtbot.addWidget(window)
    window.setItem(0, 0, QTableWidgetItem("烈士遗属、因公牺牲军人遗属、病故军人遗属定期抚恤金申请"))
    window.setColumnWidth(0, 120)
    window.resize(300, 100)
    window.show()
    assert any("…" in text for text in cut_texts(window))


def test_a_text_outside_the_window_is_found(qtbot: QtBot, theme: Theme) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    label = QLabel("看不到的文字", window)
    label.move(280, 10)
    window.resize(300, 100)
    window.show()
    assert any("outside" in text for text in cut_texts(window))
