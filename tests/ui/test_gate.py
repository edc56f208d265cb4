"""The gate: joining an office, activating a worker, signing in; by keys, with every refusal in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from station_app.domain.errors import StationError
from station_app.ui.background import Jobs
from station_app.ui.ports import PcCard
from station_app.ui.presenters import entering
from station_app.ui.presenters.entering import Entering, plain_address
from station_app.ui.settings import Settings
from station_app.ui.tokens import Theme as ThemeName
from station_app.ui.widgets.theme import Theme
from tests.reliability.place import PIN
from tests.ui.gate_hands import VILLAGE, FakeStation, Opened
from tests.ui.painted import cut_texts

CODE = "7F3A2-9KQ4M-7F3A2-9KQ4M-7F3A2-9KQ4M"
ACTIVATION = "7F3A2-9KQ4M"
LONG_NAME = "阿尔依诺木嘎·吉克曲布史日"


ENTER, TAB, F8, F1, ESC = Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_F8, Qt.Key.Key_F1, Qt.Key.Key_Escape


def test_a_new_pc_joins_activates_and_is_signed_in_without_a_mouse(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(), jobs)
    assert "加入所在单位" in opened.texts()
    opened.keys("192.168.1.10:8443")
    opened.press(ENTER)
    opened.keys(CODE)
    opened.press(ENTER)
    assert opened.station.asked == [("enrol", "https://192.168.1.10:8443", CODE)]
    assert "这台电脑已加入示例一村。" in opened.texts()
    opened.name("李𬭎")
    opened.press(ENTER)
    opened.keys(ACTIVATION)
    opened.press(ENTER)
    opened.keys(PIN)
    opened.press(ENTER)
    opened.keys(PIN)
    opened.press(ENTER)
    assert opened.station.asked[1:] == [("activate", "李𬭎", ACTIVATION, PIN), ("sign_in", "李𬭎", PIN)]
    assert len(opened.sessions) == 1


@pytest.mark.parametrize(
    ("code", "params", "field_name"),
    [
        ("no-network", {"address": "https://a"}, "address"),
        ("center-key-differs", {"address": "https://a"}, "address"),
        ("code-used", {}, "code"),
        ("code-wrong", {}, "code"),
    ],
)
def test_a_refused_join_stands_beside_its_box_and_what_was_typed_stays(
    qtbot: QtBot, theme: Theme, jobs: Jobs, code: str, params: dict[str, str], field_name: str
) -> None:
    opened = Opened(qtbot, theme, FakeStation(refusal=StationError(code, **params)), jobs)
    opened.keys("https://a")
    opened.press(ENTER)
    opened.keys(CODE)
    opened.press(ENTER)
    join = opened.gate.join
    assert opened.focus() is join.editor(field_name)
    assert (join.text("address"), join.text("code")) == ("https://a", CODE)
    assert "■" in opened.texts()
    assert join.main.isEnabled()


def test_a_refusal_about_nothing_in_particular_stands_above_the_form(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(refusal=StationError("certificate-date")), jobs)
    opened.keys("https://a")
    opened.press(ENTER)
    opened.keys(CODE)
    opened.press(ENTER)
    assert opened.gate.join.notice.isVisible()
    assert "电脑时间不正确" in opened.texts()


def test_a_code_with_a_letter_missing_is_told_on_leaving_the_box(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(), jobs)
    opened.press(TAB)
    opened.keys(CODE[:-1])
    opened.press(TAB)
    assert "代码应为 30 个字符，填的是 29 个" in opened.texts()


def test_the_rule_for_pins_is_told_on_leaving_the_box(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(VILLAGE), jobs)
    opened.press(TAB, TAB)
    opened.keys("123456")
    opened.press(TAB)
    assert "这个 PIN 太容易被猜到" in opened.texts()
    opened.keys("654")
    opened.press(TAB)
    assert "两次输入的 PIN 不一样" in opened.texts()
    assert opened.station.asked == []


def test_nothing_is_asked_of_the_center_before_every_box_is_filled_well(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(VILLAGE), jobs)
    opened.name("李𬭎")
    opened.press(F8)
    qtbot.waitUntil(lambda: "这一项还没有填。" in opened.texts())
    assert opened.focus() is opened.gate.activate.editor("code")
    opened.keys(ACTIVATION)
    opened.press(TAB)
    opened.keys(PIN)
    opened.press(TAB)
    opened.keys("248164")
    opened.press(ENTER)
    assert opened.focus() is opened.gate.activate.editor("again")
    assert opened.station.asked == []


def test_a_worker_who_is_new_on_this_pc_goes_to_activation_and_back(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(replace(VILLAGE, workers=("李𬭎",))), jobs)
    opened.gate.sign_in.first_time.click()
    assert opened.focus() is opened.gate.activate.editor("name")
    opened.gate.to_sign_in.click()
    assert opened.focus() is opened.gate.sign_in.editor("pin")


def test_the_demonstration_is_started_once_and_told(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(), jobs)
    opened.gate.join.demo.click()
    opened.rest()
    opened.gate.join.demo.click()
    assert opened.station.asked == [("open_demo",)]
    assert entering.DEMO_STARTS in opened.texts()


def test_in_a_demonstration_the_pin_of_everybody_is_told(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(replace(VILLAGE, workers=("李𬭎",), demo_pin=PIN)), jobs)
    assert f"演示：所有人的 PIN 都是 {PIN}" in opened.texts()


def test_help_opens_beside_the_form_and_escape_leads_back_to_the_box(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(replace(VILLAGE, workers=("李𬭎",))), jobs)
    opened.press(F1)
    qtbot.waitUntil(opened.gate.help.isVisible)
    assert "每天登录" in opened.gate.help.text.toPlainText()
    opened.press(ESC)
    assert not opened.gate.help.isVisible()
    assert opened.focus() is opened.gate.sign_in.editor("pin")


def test_everything_at_the_gate_has_a_name_for_a_screen_reader(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(), jobs)
    focusable = [w for w in opened.gate.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert [type(w) for w in focusable if not w.accessibleName()] == []


CARDS = {
    "join": PcCard(enrolled=False),
    "activate": VILLAGE,
    "one": replace(VILLAGE, workers=("李𬭎",), demo_pin=PIN),
    "many": replace(VILLAGE, workers=(LONG_NAME, *(f"{LONG_NAME[:-1]}{n}" for n in range(10)))),
}


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
@pytest.mark.parametrize("scale", [100, 125])
def test_no_text_is_cut_off(qtbot: QtBot, theme: Theme, jobs: Jobs, card: PcCard, scale: int) -> None:
    theme.apply(Settings(theme=ThemeName.LIGHT, scale=scale))
    opened = Opened(qtbot, theme, FakeStation(card), jobs)
    assert cut_texts(opened.gate) == []


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("", ""),
        ("192.168.1.10：8443 ", "https://192.168.1.10:8443"),
        ("https://a:1", "https://a:1"),
        ("ｈｔｔｐｓ：／／ａ", "https://a"),
    ],
)
def test_an_address_typed_by_hand_is_made_whole(typed: str, address: str) -> None:
    assert plain_address(typed) == address


def test_after_a_fault_of_the_program_the_gate_still_opens(qtbot: QtBot, jobs: Jobs, bugs: list[BaseException]) -> None:
    """Every button of it was dead until the program was started anew."""
    station = FakeStation(VILLAGE, refusal=OSError(28, "disk"))  # type: ignore[arg-type]
    entering = Entering(station, jobs)
    signed_in: list[object] = []
    entering.signed_in.connect(signed_in.append)
    told: list[str] = []
    entering.refused.connect(lambda _field, text: told.append(text))
    entering.sign_in("王五", "246810")
    qtbot.waitUntil(lambda: jobs.idle and not entering._busy)
    station.refusal = None
    entering.sign_in("王五", "246810")
    qtbot.waitUntil(lambda: bool(signed_in))
    assert len(station.asked) == 2
    assert len(told) == len(bugs) == 1 and "程序出错（编号 " in told[0]
    bugs.clear()
