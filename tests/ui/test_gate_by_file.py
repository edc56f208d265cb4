"""The gate of a PC without a line: a request is saved, a grant opened; by keys, with every refusal in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from station_app.domain.errors import StationError
from station_app.ui.background import Jobs
from station_app.ui.ports import PcCard
from station_app.ui.presenters.entering import Face
from station_app.ui.settings import Settings
from station_app.ui.tokens import Theme as ThemeName
from station_app.ui.widgets.entrance.by_file_forms import ByFileForm
from station_app.ui.widgets.theme import Theme
from tests.reliability.place import PIN
from tests.ui.gate_hands import VILLAGE, FakeStation, Opened
from tests.ui.painted import cut_texts

CODE = "7F3A2-9KQ4M-7F3A2-9KQ4M-7F3A2-9KQ4M"
ACTIVATION = "7F3A2-9KQ4M"
REQUEST, GRANT = "/stick/申请.streq", "/stick/批复.stgrant"
ENTER, TAB, F8, F9 = Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_F8, Qt.Key.Key_F9


def choosing(form: ByFileForm, request: str = REQUEST, grant: str = GRANT) -> None:
    """Answer the dialogs for the worker."""
    form.ask_request_path = lambda: request  # type: ignore[method-assign]
    form.ask_grant_path = lambda: grant  # type: ignore[method-assign]


@pytest.fixture
def joining(qtbot: QtBot, theme: Theme, jobs: Jobs) -> Opened:
    opened = Opened(qtbot, theme, FakeStation(), jobs)
    opened.gate.join.by_file.click()
    opened.rest()
    choosing(opened.gate.join_by_file)
    choosing(opened.gate.activate_by_file)
    return opened


def test_a_pc_joins_and_a_worker_comes_in_by_file_without_a_mouse(joining: Opened) -> None:
    joining.keys(CODE)
    joining.press(ENTER)
    assert joining.station.asked == [("request_enrolment", CODE, REQUEST)]
    assert f"申请已存到 {REQUEST}。现在可以安全拔出，带到县中心换批复" in joining.texts()
    joining.press(F9)
    assert joining.station.asked[1:] == [("take_enrolment", GRANT)]
    assert "这台电脑已加入示例一村。" in joining.texts()
    assert "用文件首次登录" in joining.texts()
    joining.name("李𬭎")
    joining.press(ENTER)
    joining.keys(ACTIVATION)
    joining.press(F8)
    assert joining.station.asked[2:] == [("request_activation", "李𬭎", ACTIVATION, REQUEST)]
    form = joining.gate.activate_by_file
    form.editor("pin").setFocus()
    joining.keys(PIN)
    joining.press(ENTER)
    joining.keys(PIN)
    joining.press(ENTER)
    assert joining.station.asked[3:] == [("take_activation", GRANT, PIN), ("sign_in", "李𬭎", PIN)]
    assert len(joining.sessions) == 1
    assert all(not form.text(name) for name in form.fields)


def test_who_thinks_better_of_it_in_the_dialog_has_asked_for_nothing(joining: Opened) -> None:
    choosing(joining.gate.join_by_file, "", "")
    joining.keys(CODE)
    joining.press(F8)
    joining.press(F9)
    assert joining.station.asked == []
    assert joining.gate.join_by_file.text("code") == CODE


def test_a_request_needs_the_code_and_a_grant_only_the_pin(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(VILLAGE), jobs)
    opened.gate.activate.by_file.click()
    form = opened.gate.activate_by_file
    choosing(form)
    opened.press(F8)
    assert opened.focus() is form.editor("name")
    opened.press(F9)
    assert opened.focus() is form.editor("pin")
    assert opened.texts().count("这一项还没有填。") == 2
    opened.keys("111111")
    opened.press(ENTER)
    opened.keys("111111")
    opened.press(ENTER)
    assert "这个 PIN 太容易被猜到" in opened.texts()
    assert opened.station.asked == []


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("grant-elsewhere", "给别的电脑的"),
        ("grant-not-asked", "请重新存出申请"),
        ("grant-forged", "联系县中心"),
        ("package-center-older", "请先联网同步一次"),
    ],
)
def test_a_refused_grant_stands_above_the_form_and_both_buttons_work_again(
    joining: Opened, code: str, says: str
) -> None:
    joining.station.refusal = StationError(code)
    joining.press(F9)
    form = joining.gate.join_by_file
    assert form.notice.isVisible()
    assert says in joining.texts()
    assert form.main.isEnabled()
    assert form.open_grant.isEnabled()


def test_one_goes_to_the_way_by_file_and_back(joining: Opened) -> None:
    joining.gate.join_by_file.online.click()
    assert joining.focus() is joining.gate.join.editor("address")
    joining.gate.entering.show_face(Face.ACTIVATE_BY_FILE, VILLAGE)
    joining.gate.activate_by_file.online.click()
    assert joining.focus() is joining.gate.activate.editor("name")


@pytest.mark.parametrize("face", [Face.JOIN_BY_FILE, Face.ACTIVATE_BY_FILE])
@pytest.mark.parametrize("scale", [100, 125])
def test_no_text_is_cut_off_and_everything_has_a_name(
    qtbot: QtBot, theme: Theme, jobs: Jobs, face: Face, scale: int
) -> None:
    theme.apply(Settings(theme=ThemeName.LIGHT, scale=scale))
    card = PcCard(enrolled=False) if face is Face.JOIN_BY_FILE else replace(VILLAGE, workers=("李𬭎",))
    opened = Opened(qtbot, theme, FakeStation(card), jobs)
    opened.gate.entering.show_face(face, card)
    qtbot.waitUntil(lambda: cut_texts(opened.gate) == [])
    focusable = [w for w in opened.gate.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert [type(w) for w in focusable if not w.accessibleName()] == []


def test_no_file_is_called_after_a_person_or_office(joining: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []
    module = "station_app.ui.widgets.entrance.by_file_forms"
    monkeypatch.setattr(f"{module}.ask_save_path", lambda *about: asked.append(about[1:]) or "")
    monkeypatch.setattr(f"{module}.ask_open_path", lambda *about: asked.append(about[1:]) or "")
    form = joining.gate.join_by_file
    ByFileForm.ask_request_path(form)
    ByFileForm.ask_grant_path(form)
    assert asked == [("存出申请", "申请.streq", "申请 (*.streq)"), ("打开批复", "批复 (*.stgrant)")]
