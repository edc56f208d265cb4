"""The gate for who has forgotten the PIN: read numbers out, type the code, set a new PIN; all by keys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from station_app.domain.errors import StationError
from station_app.keys.phone_codes import code_text, make_code
from station_app.ui.background import Jobs
from station_app.ui.presenters import entering
from station_app.ui.settings import Settings
from station_app.ui.tokens import Theme as ThemeName
from station_app.ui.widgets.entrance.reset_form import NOT_YET
from station_app.ui.widgets.theme import Theme
from tests.reliability.place import PIN
from tests.ui.gate_hands import CHALLENGE, VILLAGE, FakeStation, Opened
from tests.ui.painted import cut_texts

CARD = replace(VILLAGE, workers=("李𬭎", "张䶮"))
CODE = code_text(make_code(b"s" * 32, "d" * 32, "a" * 32, 1))
ENTER, TAB, F4, F8 = Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_F4, Qt.Key.Key_F8


@pytest.fixture
def opened(qtbot: QtBot, theme: Theme, jobs: Jobs) -> Opened:
    made = Opened(qtbot, theme, FakeStation(CARD), jobs)
    made.keys("a")
    made.press(F4)
    return made


def fill(opened: Opened) -> None:
    for text in (CODE, PIN, PIN):
        opened.keys(text)
        opened.press(ENTER)


def test_a_worker_who_has_forgotten_the_pin_sets_a_new_one_without_a_mouse(opened: Opened) -> None:
    assert opened.station.asked == [("pin_challenge", "李𬭎")]
    assert f"念给县中心：{CHALLENGE}" in opened.texts()
    assert opened.focus() is opened.gate.reset.editor("code")
    fill(opened)
    assert opened.station.asked[1:] == [("reset_pin", "李𬭎", CODE, PIN), ("sign_in", "李𬭎", PIN)]
    assert len(opened.sessions) == 1
    assert all(not opened.gate.reset.text(name) for name in ("name", "code", "pin", "again"))


def test_a_name_that_is_not_on_a_tile_is_typed_and_then_asked_for(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(replace(VILLAGE, workers=())), jobs)
    opened.gate.to_sign_in.click()
    opened.press(F4)
    assert NOT_YET in opened.texts()
    opened.name("阿苏子")
    opened.press(ENTER)
    assert opened.station.asked == [("pin_challenge", "阿苏子")]
    assert CHALLENGE in opened.texts()
    opened.gate.reset.editor("name").setFocus()
    opened.press(TAB)
    assert len(opened.station.asked) == 1


@pytest.mark.parametrize(
    ("code", "params", "words"),
    [
        ("phone-slot-missing", {}, "要激活码"),
        ("worker-unknown-here", {}, "没有这个姓名的账户"),
    ],
)
def test_who_has_no_way_in_is_told_what_to_do(
    qtbot: QtBot, theme: Theme, jobs: Jobs, code: str, params: dict[str, object], words: str
) -> None:
    opened = Opened(qtbot, theme, FakeStation(CARD), jobs)
    opened.station.refusal = StationError(code, **params)
    opened.keys("a")
    opened.press(F4)
    assert words in opened.texts()
    assert CHALLENGE not in opened.texts()


def test_a_wrong_code_is_told_beside_its_box_with_the_wait_that_counts_down(
    qtbot: QtBot, theme: Theme, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entering, "TICK_MS", 10)
    opened = Opened(qtbot, theme, FakeStation(CARD), jobs)
    opened.keys("a")
    opened.press(F4)
    told: list[tuple[str, str]] = []
    opened.gate.entering.counted.connect(lambda field, text: told.append((field, text)))
    opened.station.refusal = StationError("reset-code-wrong", wait_s=2)
    with qtbot.waitSignal(opened.gate.entering.refused) as refused:
        fill(opened)
    assert refused.args == ["code", "口令不对。口令多次输错，请等 2 秒后再试。"]
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told == [("code", "口令多次输错，请等 1 秒后再试。"), ("code", entering.TRY_CODE_AGAIN)]
    assert opened.gate.reset.text("pin") == PIN
    assert opened.sessions == []


def test_a_digit_heard_wrong_is_told_on_leaving_the_box(opened: Opened) -> None:
    opened.keys(CODE[:-1] + str((int(CODE[-1]) + 1) % 10))
    opened.press(TAB)
    assert "或有一位听错了" in opened.texts()


def test_two_different_new_pins_are_not_sent(opened: Opened) -> None:
    opened.keys(CODE)
    opened.press(ENTER)
    opened.keys(PIN)
    opened.press(ENTER)
    opened.keys("905172")
    opened.press(F8)
    assert "两次输入的 PIN 不一样" in opened.texts()
    assert len(opened.station.asked) == 1


def test_who_remembers_goes_back_and_nothing_typed_stays(opened: Opened) -> None:
    opened.keys(CODE)
    opened.gate.remembered.click()
    assert opened.focus() is opened.gate.sign_in.editor("pin")
    opened.press(F4)
    assert opened.gate.reset.text("code") == ""


@pytest.mark.parametrize("scale", [100, 125, 175])
def test_no_text_is_cut_off(qtbot: QtBot, theme: Theme, jobs: Jobs, scale: int) -> None:
    theme.apply(Settings(theme=ThemeName.LIGHT, scale=scale))
    opened = Opened(qtbot, theme, FakeStation(CARD), jobs)
    opened.keys("a")
    opened.press(F4)
    assert cut_texts(opened.gate) == []
