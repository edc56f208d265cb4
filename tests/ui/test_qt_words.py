"""Every word that Qt itself says to a worker is Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCalendarWidget,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QFileSystemModel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QTextBrowser,
    QWidget,
)
from pytestqt.qtbot import QtBot

from station_app.ui.widgets.theme import Theme

# Keys, and what is called so in Chinese too.
_KEYS = re.compile(r"\(&?[A-Z]\)|(Ctrl|Shift|Alt|Del)(\+\w+)*|PDF|\*\.pdf")
_ENGLISH = re.compile(r"[A-Za-z]{2,}")
_TEXTS = ("text", "toolTip", "accessibleName", "placeholderText", "windowTitle", "title", "specialValueText")
_TYPE = 2


def texts_of(window: QWidget) -> Iterator[str]:
    """Yield each text in a window, of its actions and lists too."""
    for part in (window, *window.findChildren(QWidget), *window.findChildren(QAction)):
        yield from (str(getattr(part, name)()) for name in _TEXTS if hasattr(part, name))
        if isinstance(part, QComboBox):
            yield from (part.itemText(number) for number in range(part.count()))
        if isinstance(part, QAbstractItemView) and part.model() is not None:
            model = part.model()
            columns = range(model.columnCount())
            yield from (str(model.headerData(column, Qt.Orientation.Horizontal)) for column in columns)


def english_in(window: QWidget, *names: str) -> list[str]:
    """Return the texts with English words in them, but for these names."""
    return [text for text in texts_of(window) if text not in names and _ENGLISH.search(_KEYS.sub("", text))]


@pytest.fixture
def saving(theme: Theme, qtbot: QtBot, tmp_path: Path) -> QFileDialog:
    """Qt's own dialog for a file's name, in a folder with one of each kind."""
    for name in ("夹", "箱"):
        (tmp_path / name).mkdir()
    (tmp_path / "凭证.pdf").write_bytes(b"%PDF")
    (tmp_path / "空").touch()
    (tmp_path / "指").symlink_to(tmp_path / "夹")
    dialog = QFileDialog(None, "另存为 PDF", str(tmp_path), "PDF (*.pdf)")
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    qtbot.addWidget(dialog)
    return dialog


def test_the_dialog_for_a_file_name_speaks_chinese(saving: QFileDialog, tmp_path: Path) -> None:
    folders = [str(folder) for folder in (tmp_path, *tmp_path.parents)]
    assert english_in(saving, *folders, Path.home().name) == []


def test_the_kinds_of_files_are_named_in_chinese(saving: QFileDialog, tmp_path: Path, qtbot: QtBot) -> None:
    [model] = saving.findChildren(QFileSystemModel)
    root = model.index(str(tmp_path))
    qtbot.waitUntil(lambda: model.rowCount(root) == len(list(tmp_path.glob("[!.]*"))) - 1)
    kinds = {model.index(row, _TYPE, root).data() for row in range(model.rowCount(root))}
    assert "文件夹" in kinds
    assert not any(_ENGLISH.search(_KEYS.sub("", kind)) for kind in kinds), kinds


def test_menus_on_texts_speak_chinese(theme: Theme, qtbot: QtBot) -> None:
    browser = QTextBrowser()
    browser.setHtml("<a href='x'>帮助</a>")
    for editor in (QLineEdit("文"), QPlainTextEdit("文"), browser):
        qtbot.addWidget(editor)
        menu = editor.createStandardContextMenu()
        assert menu.actions()
        assert english_in(menu) == []
    assert english_in(browser.createStandardContextMenu(QPoint(5, 5))) == []


def test_every_standard_button_speaks_chinese(theme: Theme, qtbot: QtBot) -> None:
    for button in QDialogButtonBox.StandardButton:
        box = QDialogButtonBox(button)
        qtbot.addWidget(box)
        assert english_in(box) == [], button
    message = QMessageBox(
        QMessageBox.Icon.Critical, "程序出错", "已保存的内容没有丢失。", QMessageBox.StandardButton.Ok
    )
    message.setDetailedText("编号")
    qtbot.addWidget(message)
    assert english_in(message) == []


def test_a_calendar_speaks_chinese(theme: Theme, qtbot: QtBot) -> None:
    calendar = QCalendarWidget()
    qtbot.addWidget(calendar)
    assert english_in(calendar) == []


@pytest.mark.parametrize(
    ("context", "source"),
    [
        ("QAbstractSpinBox", "&Step up"),
        ("QFileDialog", "%1 already exists.\nDo you want to replace it?"),
        ("QFileDialog", "&New Folder"),
        ("QFileSystemModel", "Invalid filename"),
        ("QWidgetTextControl", "Select All"),
    ],
)
def test_what_is_said_on_occasion_is_chinese_too(theme: Theme, context: str, source: str) -> None:
    said = QCoreApplication.translate(context, source)
    assert said != source
    assert not _ENGLISH.search(_KEYS.sub("", said))


def test_a_word_that_nobody_knows_stays_as_it_is(theme: Theme) -> None:
    assert QCoreApplication.translate("Nowhere", "nobody says this") == "nobody says this"
