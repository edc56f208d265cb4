"""The help: a text for every page, and the manual lists them all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from station_app.messages import CITY_CENTER, COUNTY_CENTER
from station_app.paths import resource
from station_app.ui.widgets.help import HelpPanel
from station_app.ui.widgets.registry import ALL
from station_app.ui.widgets.theme import Theme

KEYS = sorted({spec.key for spec in ALL} | {"gate", "preview"})
MANUAL = Path(__file__).resolve().parents[2] / "docs" / "manual" / "README.md"
LINK = re.compile(r"\]\(([^)#]+\.md)[^)]*\)")


@pytest.mark.parametrize("key", KEYS)
def test_every_page_has_a_help_text_that_begins_with_its_title(key: str) -> None:
    text = resource(f"help/{key}.md").read_text("utf-8")
    assert text.startswith("# ")
    assert len(text) > 100


def test_no_help_text_is_about_a_page_that_is_gone() -> None:
    assert sorted(path.stem for path in resource("help").glob("*.md")) == KEYS


def test_the_manual_lists_every_help_text_and_nothing_else() -> None:
    listed = LINK.findall(MANUAL.read_text("utf-8"))
    assert sorted(Path(link).stem for link in listed) == KEYS
    assert [link for link in listed if not (MANUAL.parent / link).is_file()] == []


@pytest.mark.parametrize("key", KEYS)
def test_links_between_help_texts_lead_somewhere(key: str) -> None:
    links = LINK.findall(resource(f"help/{key}.md").read_text("utf-8"))
    assert [link for link in links if Path(link).stem not in KEYS] == []


@pytest.fixture
def panel(qtbot: QtBot, theme: Theme) -> Iterator[HelpPanel]:
    window = QWidget()
    row = QHBoxLayout(window)
    made = HelpPanel()
    row.addWidget(QLineEdit())
    row.addWidget(made)
    qtbot.addWidget(window)
    window.show()
    window.findChildren(QLineEdit)[0].setFocus()
    yield made


def test_the_open_help_follows_the_page(panel: HelpPanel) -> None:
    panel.follow("gate")
    assert not panel.isVisible()
    panel.toggle()
    assert "每天登录" in panel.text.toPlainText()
    panel.follow("settings")
    assert "自动锁定" in panel.text.toPlainText()


def test_escape_closes_the_help_and_the_cursor_is_back_in_the_box(panel: HelpPanel, qtbot: QtBot) -> None:
    panel.follow("gate")
    panel.toggle()
    assert panel.text.hasFocus()
    qtbot.keyClick(panel.text, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert isinstance(panel.window().focusWidget(), QLineEdit)


def test_opened_again_it_is_about_the_page_that_is_open_now(panel: HelpPanel) -> None:
    panel.follow("gate")
    panel.toggle()
    panel.toggle()
    panel.follow("settings")
    panel.toggle()
    assert "自动锁定" in panel.text.toPlainText()


def test_a_link_leads_to_the_help_of_another_page(panel: HelpPanel) -> None:
    panel.follow("gate")
    panel.toggle()
    panel.text.anchorClicked.emit(QUrl("settings.md"))
    assert "自动锁定" in panel.text.toPlainText()


def test_the_help_of_a_city_s_window_speaks_of_the_city_s_center(qtbot: QtBot) -> None:
    panel = HelpPanel(CITY_CENTER)
    qtbot.addWidget(panel)
    for key in ("outbox", "cases", "register", "results", "case"):
        panel.follow(key)
        panel.show()
        panel.follow(key)
        assert COUNTY_CENTER not in panel.text.toPlainText()
        assert CITY_CENTER in panel.text.toPlainText()
        panel.hide()
