"""Qt starts without a screen, and the bundled font draws the names of real people."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QImage, QPainter, QRawFont
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from station_app.paths import resource

FONT = "fonts/NotoSansSC-Regular.ttf"
SIZE = QSize(160, 160)
NAMES = "李𬭎张䶮"


@pytest.fixture
def family(qtbot: QtBot) -> str:
    number = QFontDatabase.addApplicationFont(str(resource(FONT)))
    assert number >= 0, "Qt cannot read the font"
    return QFontDatabase.applicationFontFamilies(number)[0]


def _picture(qtbot: QtBot, family: str, text: str) -> QImage:
    label = QLabel(text)
    qtbot.addWidget(label)
    font = QFont(family, 48)
    # Without this a system font would stand in for a missing character and hide that it is missing.
    font.setStyleStrategy(QFont.StyleStrategy.NoFontMerging)
    label.setFont(font)
    label.resize(SIZE)
    image = QImage(SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    label.render(painter, QPoint())
    painter.end()
    return image


def _colours(image: QImage) -> set[int]:
    return {image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}


def test_every_character_of_a_rare_name_is_painted_and_looks_different(qtbot: QtBot, family: str) -> None:
    pictures = {character: _picture(qtbot, family, character) for character in NAMES}
    assert {character: len(_colours(image)) > 1 for character, image in pictures.items()} == dict.fromkeys(NAMES, True)
    contents = {bytes(image.constBits()) for image in pictures.values()}
    assert len(contents) == len(NAMES)


def test_an_empty_label_is_blank(qtbot: QtBot, family: str) -> None:
    assert len(_colours(_picture(qtbot, family, ""))) == 1


def test_the_font_itself_has_the_rare_characters(qtbot: QtBot, family: str) -> None:
    raw = QRawFont(str(resource(FONT)), 20)
    assert raw.familyName() == family
    assert [character for character in NAMES if not raw.supportsCharacter(ord(character))] == []
    assert QFontMetrics(QFont(family, 20)).horizontalAdvance("李𬭎") > 0


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is not counted any more")
def test_calls_that_return_nothing_leave_the_count_of_none_alone(qtbot: QtBot) -> None:
    # PySide6 6.12.0 takes one away at each call, until the interpreter aborts.
    label, calls = QLabel(), 500
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for _ in range(calls):
        label.setText("李")
    assert abs(sys.getrefcount(None) - before) < calls / 2
