"""The outbox says honestly what the center has not got; green only where that is known."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from station_app.domain.errors import StationError
from station_app.exchange.curable import Remedy
from station_app.protocol.exchange_records import PushStatus
from station_app.ui.models.unsent_rows import retry_text, state_word, unsent_table
from station_app.ui.settings import Settings
from station_app.ui.tokens import Tone
from station_app.ui.widgets.pages.outbox_page import OutboxPage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.hand_over import offer_batch
from station_app.usecases.ports import Desk
from station_app.usecases.ready_cases import ready_cases
from station_app.usecases.unsent import CASE, COUNTED_BATCH, SENT_BATCH, Unsent, UnsentPage
from tests.ui.opened import Opener

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
ENTRY = Unsent("1", CASE, "5111321002012611240000096", "李𬭎", "临时救助", 2, "", None, NOW, NOW)


@pytest.fixture
def opener(theme: Theme, qtbot: QtBot) -> Opener:
    return Opener(theme, qtbot)


@pytest.fixture
def waiting(village: Workplace, opener: Opener) -> OutboxPage:
    """The page of village 1 after a hand-over that no exchange has carried away yet."""
    found: list[tuple[str, list[str]]] = []

    def read(book: object) -> None:
        ready = ready_cases(village.session.desk, book)  # type: ignore[arg-type]
        found.append((ready.to, [case.line.case_id for case in ready.cases]))

    village.read(read, owner=village, done=lambda _: None)
    opener.settle(village)
    to, cases = found[0]
    village.write(lambda desk: offer_batch(desk, to, cases), owner=village, done=lambda _: None)
    opener.settle(village)
    return opener(OutboxPage, village)


def told(page: OutboxPage) -> str:
    return page.notice.findChildren(type(page.title))[0].text()


def test_with_everything_at_the_center_the_page_says_so_and_since_when(village: Workplace, opener: Opener) -> None:
    page = opener(OutboxPage, village)
    assert "都已传到县中心，两边核对一样。上次同步：今天" in told(page)
    assert not page.rows.isVisible()


def test_what_waits_is_listed_with_whose_it_is_and_since_when(waiting: OutboxPage) -> None:
    assert "有 3 件还没有传到县中心，都已存在本机" in told(waiting)
    first = [waiting.rows.model.index(row, 0).data() for row in range(3)]
    assert "交接给沙坪镇，2 件" in first
    assert "沙马拉且\n80周岁以上老年人高龄津贴" in first
    assert all(row.since is not None for row in waiting.rows.model.rows)
    assert waiting.rows.table.hasFocus()


def test_enter_opens_the_case_or_the_batch(waiting: OutboxPage, village: Workplace, qtbot: QtBot) -> None:
    pages = {CASE: "case", SENT_BATCH: "hand_over"}
    for row, entry in enumerate(waiting.rows.model.rows):
        waiting.rows.move_to(row)
        with qtbot.waitSignal(village.go) as went:
            qtbot.keyClick(waiting.rows.table, Qt.Key.Key_Return)
        assert went.args == [pages[entry.kind], entry.subject_id]


def test_an_old_exchange_is_grey_and_never_green() -> None:
    fresh = UnsentPage((), 0, NOW - timedelta(hours=1), stale=False)
    assert state_word(fresh, NOW, "县中心").tone is Tone.GOOD
    old = UnsentPage((), 0, NOW - timedelta(days=2), stale=True)
    assert state_word(old, NOW, "县中心").tone is Tone.STALE
    assert "要同步以后才知道" in state_word(old, NOW, "县中心").text
    never = UnsentPage((), 0, None, stale=True)
    assert "还没有和县中心同步过" in state_word(never, NOW, "县中心").text


@pytest.mark.parametrize(
    ("left", "says"),
    [
        (StationError("files-left", files=2), "附件还有 2 份没有传完"),
        (StationError("healing-goes-on"), "县中心正在从备份恢复"),
        (StationError("data-differ"), "核对下来不完全一样，正在互相补齐"),
    ],
)
def test_an_empty_outbox_alone_is_not_green(left: StationError, says: str) -> None:
    word = state_word(UnsentPage((), 0, NOW, stale=False, left=(left,)), NOW, "县中心")
    assert (word.tone, says in word.text) == (Tone.INFO, True)


def test_what_the_center_refused_is_told_with_what_to_do() -> None:
    refused = replace(ENTRY, remedy=Remedy.AGAIN, code="device-unknown")
    page = UnsentPage((refused, ENTRY), 0, NOW, stale=False)
    assert state_word(page, NOW, "县中心").tone is Tone.BAD
    assert "有 1 件县中心没有收" in state_word(page, NOW, "县中心").text
    model = unsent_table(lambda: NOW, "县中心")
    model.show_rows(page.entries)
    why = "县中心没有收：县中心没有登记这台电脑，或单位对不上。请联系县中心。"
    assert model.index(0, 3).data() == f"{why}和县中心说好以后，按“重试”再传一次。"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"to_be_retried": True, "retried_at": NOW}, "已记下，下次同步时再传一次。"),
        ({"retried_at": NOW}, "今天 10:00 又传过，还是没有收。和县中心说好以后，可以再按“重试”。"),
        ({"remedy": Remedy.PEOPLE, "code": "worker-disabled"}, "县中心核对收下以后，自己会算数，不用再传。"),
        ({"remedy": Remedy.ANEW, "code": "person-missing"}, "请打开这件，照现在的情况把这一步再写一次"),
        ({"remedy": Remedy.ANEW, "code": "person-missing", "kind": SENT_BATCH}, "请照纸质单据把这一步再办一次。"),
    ],
)
def test_what_can_be_done_about_a_refusal_is_told(changes: dict[str, Any], text: str) -> None:
    model = unsent_table(lambda: NOW, "县中心")
    model.show_rows([replace(ENTRY, **{"remedy": Remedy.AGAIN, "code": "device-unknown", **changes})])
    assert text in model.index(0, 3).data()


def refuse(place: Workplace, opener: Opener, code: str) -> None:
    """Let the center refuse the next of what waits."""

    def settle(desk: Desk) -> None:
        with desk.open_book() as book:
            link, _ = book.outbox(1)[0]
            book.settle([PushStatus(link, "refused", code)], "2026-11-24T01:00:00Z")

    place.write(settle, owner=place, done=lambda _: None)
    opener.settle(place)


def test_what_may_be_taken_in_now_is_given_back_on_f8_and_told_so(
    waiting: OutboxPage, village: Workplace, opener: Opener, qtbot: QtBot
) -> None:
    assert not waiting.retry_button.isVisible()
    refuse(village, opener, "person-unknown")
    refuse(village, opener, "person-missing")
    first, second, other = waiting.rows.model.rows
    assert [first.remedy, second.remedy, other.remedy].count(Remedy.AGAIN) == 1
    enabled = {}
    for row, entry in enumerate(waiting.rows.model.rows):
        waiting.rows.move_to(row)
        enabled[entry.subject_id] = waiting.retry_button.isEnabled()
    assert enabled == {entry.subject_id: entry.remedy is Remedy.AGAIN for entry in waiting.rows.model.rows}
    waiting.rows.go_to(next(key for key, can in enabled.items() if can))
    with qtbot.waitSignal(village.say) as said:
        qtbot.keyClick(waiting, Qt.Key.Key_F8)
    assert said.args[0].startswith("已记下，马上再传 1 条。")
    opener.settle(village)
    assert not waiting.retry_button.isEnabled()
    shown = [waiting.rows.model.index(row, 3).data() for row in range(waiting.rows.model.rowCount())]
    assert sum("已记下，下次同步时再传一次。" in text for text in shown) == 1
    opener.see_whole_texts(waiting)


def test_what_waits_is_exported_for_support_and_told_where(
    waiting: OutboxPage, village: Workplace, opener: Opener, tmp_path: Path
) -> None:
    refuse(village, opener, "person-unknown")
    waiting.ask_path = lambda: str(tmp_path / "优盘")  # type: ignore[method-assign]
    assert not waiting.exported.isVisible()
    waiting.export_button.click()
    assert not waiting.export_button.isEnabled()
    opener.settle(village)
    found = json.loads((tmp_path / "优盘.json").read_text("utf-8"))
    events = len(found["refused"]) + len(found["waiting"])
    assert (len(found["refused"]), events) == (1, found["waiting_in_all"] + 1)
    told = waiting.exported.text()
    assert f"已存到 {tmp_path / '优盘.json'}。里面是 {events} 条记录的编号" in told and "没有群众的个人信息" in told
    assert waiting.exported.isVisible() and waiting.export_button.isEnabled()
    opener.see_whole_texts(waiting)


def test_an_export_that_did_not_get_onto_the_stick_is_told(
    waiting: OutboxPage, village: Workplace, opener: Opener, tmp_path: Path
) -> None:
    waiting.ask_path = lambda: str(tmp_path / "pulled" / "a.json")  # type: ignore[method-assign]
    waiting.export_button.click()
    opener.settle(village)
    assert "没有导出成文件" in waiting.exported.text() and "优盘是否已拔出" in waiting.exported.text()
    assert waiting.exported.property("tone") == Tone.BAD.value
    assert waiting.export_button.isEnabled()
    waiting.open("")
    assert not waiting.exported.isVisible()


def test_who_thinks_better_of_it_exports_nothing(waiting: OutboxPage, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []

    def choose(_page: QWidget, title: str, path: str, _kinds: str, options: object) -> tuple[str, str]:
        asked.append((title, path.rpartition("/")[2][:8]))
        return "", ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    waiting.export_button.click()
    assert asked == [("导出给技术支持", "待上传-技术支持")]
    assert waiting.export_button.isEnabled() and not waiting.exported.isVisible()


def test_where_it_was_taken_in_meanwhile_that_is_told() -> None:
    assert retry_text(0, "县中心") == "这一件没有要再传的，请看最新的情况。"


def test_each_row_says_why_it_waits(qtmodeltester: ModelTester) -> None:
    rows = (
        ENTRY,
        replace(ENTRY, subject_id="2", code="no-network"),
        replace(ENTRY, subject_id="3", kind=COUNTED_BATCH, who="示例一村", about="3 件", next_attempt=None, since=None),
        replace(ENTRY, subject_id="4", kind=""),
    )
    model = unsent_table(lambda: NOW, "县中心")
    model.show_rows(rows)
    qtmodeltester.check(model, force_py=True)
    assert model.index(0, 3).data() == "等待上传。下次自动上传：今天 10:00。"
    assert model.index(1, 3).data().startswith("连不上县中心")
    assert model.index(2, 0).data() == "清点示例一村交来的，3 件"
    assert model.index(3, 0).data() == "其他记录"


@pytest.mark.parametrize("scale", [100, 125])
def test_no_text_is_cut_off(waiting: OutboxPage, theme: Theme, opener: Opener, scale: int) -> None:
    theme.apply(Settings(scale=scale))
    opener.see_whole_texts(waiting)
