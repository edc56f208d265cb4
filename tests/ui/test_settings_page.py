"""The settings: in force at once, one thing at a time, and the worker's own PIN."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from pytestqt.qtbot import QtBot

from station_app.domain.errors import StationError
from station_app.ui.settings import Settings
from station_app.ui.tokens import Theme as ThemeName
from station_app.ui.widgets.pages.settings_page import SettingsPage
from station_app.ui.widgets.settings.printer_card import ASK
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from tests.reliability.place import PIN
from tests.ui.painted import cut_texts
from tests.ui.said import said

NEW_PIN = "806421"
Idle = Callable[[Workplace], None]


class Listed:
    """Printers that can be chosen but not used."""

    def __init__(self, *names: str) -> None:
        self.listed = names

    def names(self) -> Sequence[str]:
        return self.listed

    def open(self, name: str) -> QPrinter:
        raise AssertionError("the settings print nothing")


@pytest.fixture
def printers() -> Listed:
    return Listed("HP LaserJet", "Brother HL")


@pytest.fixture
def page(village: Workplace, theme: Theme, printers: Listed, idle: Idle, qtbot: QtBot) -> Iterator[SettingsPage]:
    made = SettingsPage(village, theme, printers)
    qtbot.addWidget(made)
    village.settings_changed.connect(lambda settings: setattr(village, "settings", settings))
    made.resize(1180, 650)
    made.show()
    made.open("")
    idle(village)
    yield made
    idle(village)


def test_it_shows_what_is_in_force(page: SettingsPage) -> None:
    assert page.scale.buttons[100].isChecked()
    assert page.theme_choice.buttons[ThemeName.LIGHT].isChecked()
    assert page.lock.buttons[10].isChecked()
    assert [box.currentText() for box in page.printers.boxes.values()] == [ASK] * 3
    assert page.focusWidget() is page.scale.buttons[100]


def test_showing_changes_nothing(page: SettingsPage, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(page.place.settings_changed):
        page.refresh()


def test_an_arrow_key_makes_the_text_larger_at_once(page: SettingsPage, qtbot: QtBot) -> None:
    qtbot.keyClick(page.scale.buttons[100], Qt.Key.Key_Right)
    assert page.place.settings == Settings(theme=ThemeName.LIGHT, scale=125)


def test_each_choice_leaves_the_others_as_they_are(page: SettingsPage) -> None:
    page.scale.buttons[150].click()
    page.theme_choice.buttons[ThemeName.DARK].click()
    page.lock.buttons[5].click()
    assert page.place.settings == Settings(theme=ThemeName.DARK, scale=150, lock_after_minutes=5)


def test_a_paper_is_given_a_printer_and_taken_it_away(page: SettingsPage, qtbot: QtBot) -> None:
    box = page.printers.boxes["receipt"]
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert page.place.settings.printers == {"receipt": "HP LaserJet"}
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert page.place.settings.printers == {}


def test_a_remembered_printer_that_is_not_there_is_said_to_be_missing(page: SettingsPage, idle: Idle) -> None:
    page.place.settings = replace(page.place.settings, printers={"batch_slip": "旧打印机"})
    page.refresh()
    idle(page.place)
    assert page.printers.boxes["batch_slip"].currentText() == "旧打印机（现在找不到）"


def test_a_pc_without_printers_is_told_what_to_do(page: SettingsPage, printers: Listed, idle: Idle) -> None:
    printers.listed = ()
    page.refresh()
    idle(page.place)
    assert page.printers.none_here.isVisible()


def change_pin(page: SettingsPage, idle: Idle, qtbot: QtBot, *pins: str) -> None:
    page.pin.editor("old").setFocus()
    for name, pin in zip(("old", "pin", "again"), pins, strict=True):
        qtbot.keyClicks(page.pin.editor(name), pin)
        qtbot.keyClick(page.pin.editor(name), Qt.Key.Key_Return)
    idle(page.place)


def test_the_new_pin_is_the_one_that_opens(page: SettingsPage, idle: Idle, qtbot: QtBot) -> None:
    change_pin(page, idle, qtbot, PIN, NEW_PIN, NEW_PIN)
    assert "PIN 已改。下次登录请用新的。" in said(page)
    assert [page.pin.text(name) for name in page.pin.fields] == ["", "", ""]
    change_pin(page, idle, qtbot, PIN, "975310", "975310")
    assert "PIN 不对。" in said(page)
    assert page.focusWidget() is page.pin.editor("old")


@pytest.mark.parametrize(
    ("pins", "told"),
    [
        ((PIN, "123456", "123456"), "这个 PIN 太容易被猜到"),
        ((PIN, NEW_PIN, "806422"), "两次输入的 PIN 不一样"),
        ((PIN, "", ""), "这一项还没有填。"),
    ],
)
def test_a_new_pin_that_will_not_do_is_told_before_anything_is_changed(
    page: SettingsPage, idle: Idle, qtbot: QtBot, pins: tuple[str, ...], told: str
) -> None:
    page.place.session = replace(page.place.session, change_pin=_never)
    change_pin(page, idle, qtbot, *pins)
    assert told in said(page)


def _never(_old: str, _new: str) -> None:
    raise AssertionError("asked to change the PIN")


def test_a_refusal_about_something_else_stands_above(page: SettingsPage, idle: Idle, qtbot: QtBot) -> None:
    def full(_old: str, _new: str) -> None:
        raise StationError("disk-full")

    page.place.session = replace(page.place.session, change_pin=full)
    change_pin(page, idle, qtbot, PIN, NEW_PIN, NEW_PIN)
    assert page.pin.notice.isVisible()


def test_half_typed_pins_are_gone_when_the_page_is_left(page: SettingsPage, qtbot: QtBot) -> None:
    qtbot.keyClicks(page.pin.editor("old"), PIN)
    page.close_up()
    assert page.pin.text("old") == ""


@pytest.mark.parametrize("scale", [100, 125])
def test_no_text_is_cut_off(page: SettingsPage, theme: Theme, scale: int) -> None:
    theme.apply(Settings(theme=ThemeName.LIGHT, scale=scale))
    page.refresh()
    assert cut_texts(page) == []


def test_a_second_press_while_the_pin_is_being_changed_changes_nothing(
    page: SettingsPage, idle: Idle, qtbot: QtBot
) -> None:
    """It tried the old PIN once more: what was done stood beside that the PIN was wrong, and counted as a wrong try."""
    asked: list[str] = []
    go_on = Event()

    def slow(old: str, _new: str) -> None:
        asked.append(old)
        assert go_on.wait(10)

    page.place.session = replace(page.place.session, change_pin=slow)
    work = page.pin._work
    for _ in range(2):
        work.change(PIN, NEW_PIN, NEW_PIN)
    assert not page.pin.main.isEnabled()
    go_on.set()
    idle(page.place)
    assert asked == [PIN] and page.pin.main.isEnabled()
