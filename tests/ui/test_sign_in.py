"""Signing in: the name is chosen from the box of the PIN, and wrong PINs are waited for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from station_app.bootstrap.window_station import StationOnDisk
from station_app.domain.errors import StationError
from station_app.ui.background import Jobs
from station_app.ui.presenters import entering
from station_app.ui.widgets.theme import Theme
from tests.reliability.place import PIN, Place
from tests.ui import seeded
from tests.ui.gate_hands import VILLAGE, FakeStation, Opened
from tests.ui.test_gate import ENTER, LONG_NAME


def test_the_only_worker_types_the_pin_at_once(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(replace(VILLAGE, workers=("李𬭎",))), jobs)
    opened.keys(PIN)
    opened.press(ENTER)
    assert opened.station.asked == [("sign_in", "李𬭎", PIN)]
    assert opened.gate.sign_in.text("pin") == ""


def test_several_workers_choose_by_letter_by_arrow_or_by_click(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(replace(VILLAGE, workers=("张䶮", "李𬭎", LONG_NAME))), jobs)
    tiles, pin = opened.gate.sign_in.tiles, opened.gate.sign_in.editor("pin")
    assert (tiles.name, opened.focus()) == ("", pin)
    assert "先选名字" in opened.texts()
    opened.keys("b")
    assert (tiles.name, opened.focus()) == ("李𬭎", pin)
    assert "先选名字" not in opened.texts()
    opened.press(Qt.Key.Key_Left)
    assert (tiles.name, opened.focus()) == ("张䶮", pin)
    opened.press(Qt.Key.Key_Up)
    assert tiles.name == "张䶮"
    opened.press(Qt.Key.Key_Down, Qt.Key.Key_Down)
    assert (tiles.name, opened.focus()) == (LONG_NAME, pin)
    third = tiles.visualItemRect(tiles.item(2)).center()
    qtbot.mouseClick(tiles.viewport(), Qt.MouseButton.LeftButton, pos=third)
    assert (tiles.name, opened.focus()) == (LONG_NAME, pin)


def test_a_pin_typed_before_a_name_is_chosen_is_not_tried_and_not_lost(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(replace(VILLAGE, workers=("张䶮", "李𬭎"))), jobs)
    opened.keys(PIN)
    opened.press(ENTER)
    assert opened.station.asked == []
    assert "先选名字" in opened.texts()
    opened.keys("B")
    opened.press(ENTER)
    assert opened.station.asked == [("sign_in", "李𬭎", PIN)]


def test_a_pin_typed_for_one_worker_is_not_tried_for_another(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(replace(VILLAGE, workers=("张䶮", "李𬭎"))), jobs)
    opened.keys("a24")
    opened.keys("b")
    assert opened.gate.sign_in.text("pin") == ""


def test_a_pin_that_is_too_short_is_not_tried(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(replace(VILLAGE, workers=("李𬭎",))), jobs)
    opened.keys(PIN[:5])
    opened.press(ENTER)
    assert opened.station.asked == []
    assert "PIN 至少 6 位，填了 5 位" in opened.texts()
    opened.keys(PIN[5:])
    opened.press(ENTER)
    assert opened.station.asked == [("sign_in", "李𬭎", PIN)]


def test_digits_typed_on_the_names_go_to_the_pin(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(replace(VILLAGE, workers=("张䶮", "李𬭎"))), jobs)
    opened.gate.sign_in.tiles.setFocus()
    opened.keys("b")
    for digit in PIN:
        opened.keys(digit)
    opened.press(ENTER)
    assert opened.station.asked == [("sign_in", "李𬭎", PIN)]


def test_a_name_that_is_on_no_tile_can_be_typed(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(replace(VILLAGE, workers=("张䶮",))), jobs)
    opened.gate.sign_in.other.click()
    opened.name("李𬭎")
    opened.press(ENTER)
    opened.keys(PIN)
    opened.press(ENTER)
    assert opened.station.asked == [("sign_in", "李𬭎", PIN)]


def test_after_a_lock_whoever_was_here_is_chosen_already(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(replace(VILLAGE, workers=("张䶮", "李𬭎"))), jobs)
    opened.keys("b")
    opened.keys(PIN)
    opened.press(ENTER)
    opened.start()
    assert opened.gate.sign_in.tiles.name == "李𬭎"
    assert opened.focus() is opened.gate.sign_in.editor("pin")
    assert opened.gate.sign_in.text("pin") == ""


def test_a_wrong_pin_is_told_and_can_be_overtyped(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    refusal = StationError("pin-wrong", wait_s=0)
    opened = Opened(qtbot, theme, FakeStation(replace(VILLAGE, workers=("李𬭎",)), refusal), jobs)
    opened.keys("248164")
    opened.press(ENTER)
    assert "PIN 不对。请重新输入" in opened.texts()
    opened.station.refusal = None
    opened.keys(PIN)
    opened.press(ENTER)
    assert opened.station.asked[-1] == ("sign_in", "李𬭎", PIN)


def test_the_waiting_time_counts_down_and_typing_goes_on(
    qtbot: QtBot, theme: Theme, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entering, "TICK_MS", 10)
    refusal = StationError("pin-wrong", wait_s=3)
    opened = Opened(qtbot, theme, FakeStation(replace(VILLAGE, workers=("李𬭎", "张䶮")), refusal), jobs)
    opened.keys("a")
    opened.keys("248164")
    told: list[str] = []
    opened.gate.entering.counted.connect(lambda field, text: told.append(text))
    with qtbot.waitSignal(opened.gate.entering.refused) as refused:
        opened.press(ENTER)
    assert refused.args == ["pin", "PIN 不对。PIN 多次输错，请等 3 秒后再试。"]
    opened.keys("2")
    qtbot.waitUntil(lambda: len(told) == 3)
    assert told == ["PIN 多次输错，请等 2 秒后再试。", "PIN 多次输错，请等 1 秒后再试。", entering.TRY_AGAIN]
    assert opened.gate.sign_in.text("pin") == "2"


def test_the_wait_of_one_worker_is_not_shown_to_another(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    refusal = StationError("pin-wait", seconds=15)
    opened = Opened(qtbot, theme, FakeStation(replace(VILLAGE, workers=("李𬭎", "张䶮")), refusal), jobs)
    opened.keys("a")
    opened.keys(PIN)
    opened.press(ENTER)
    assert "请等 15 秒" in opened.texts()
    opened.keys("b")
    assert "请等" not in opened.texts()


def test_a_real_station_lets_its_worker_in_after_wrong_tries(
    qtbot: QtBot, theme: Theme, jobs: Jobs, filled: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATION_TEST_QUICK_PIN", "1")
    filled.copy(tmp_path, "v1")
    opened = Opened(qtbot, theme, StationOnDisk(tmp_path / "v1"), jobs)
    assert "示例一村" in opened.texts()
    for told in ("PIN 不对。请重新输入", "PIN 不对。请重新输入", "请等 15 秒后再试"):
        opened.keys("975310")
        opened.press(ENTER)
        assert told in opened.texts()
    opened.keys(PIN)
    opened.press(ENTER)
    assert "PIN 多次输错，请等" in opened.texts()
    assert opened.sessions == []
    (tmp_path / "v1").rename(tmp_path / "locked")
    filled.copy(tmp_path, "v1")
    opened.start()
    opened.keys(PIN)
    opened.press(ENTER)
    [session] = opened.sessions
    assert (session.office.name, session.desk.worker.name) == ("示例一村", seeded.AGENT)
    session.close()
