"""Backups in the windows: chosen, at once, each day, at the end of work; what is told of old ones; and back again."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from station_app.bootstrap.backup_notes import last_backup, note_backup
from station_app.bootstrap.window_station import StationOnDisk
from station_app.carriers.backup_file import STATION, open_backup
from station_app.domain.errors import StationError
from station_app.domain.numbers import case_number, check_digit
from station_app.storage.schema import VERSION
from station_app.ui.background import Jobs
from station_app.ui.presenters.backing_up import BackingUp, back_up_at_the_end
from station_app.ui.presenters.syncing import Syncing, SyncView
from station_app.ui.settings import Settings
from station_app.ui.tokens import Tone
from station_app.ui.widgets.pages.settings_page import SettingsPage
from station_app.ui.widgets.theme import Theme
from station_app.ui.workplace import Workplace
from station_app.usecases.backups import LastBackup, backup_warning, is_due_today
from tests.reliability.place import PIN
from tests.ui.desks import later
from tests.ui.gate_hands import VILLAGE, FakeStation, Opened
from tests.ui.painted import cut_texts
from tests.ui.said import said

Idle = Callable[[Workplace], None]
ENTER = Qt.Key.Key_Return
CODE = "0" * 20 + check_digit("0" * 20)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def page(village: Workplace, theme: Theme, idle: Idle, qtbot: QtBot) -> SettingsPage:
    made = SettingsPage(village, theme)
    qtbot.addWidget(made)
    village.settings_changed.connect(lambda settings: setattr(village, "settings", settings))
    made.resize(1180, 650)
    made.show()
    made.open("")
    idle(village)
    return made


def test_a_folder_is_chosen_and_a_backup_made_at_once(
    page: SettingsPage, stick: Path, idle: Idle, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    card, place = page.backup, page.place
    assert not card.now.isEnabled()
    assert "还没有备份过。" in said(card)
    monkeypatch.setattr(card, "_ask_folder", lambda: str(stick))
    card.choose.click()
    idle(place)
    assert place.settings.backup_folder == str(stick)
    card.now.click()
    assert card.cancel.isVisible()
    assert not card.now.isEnabled()
    qtbot.waitUntil(card.now.isEnabled)
    idle(place)
    [file] = stick.iterdir()
    assert str(file) in said(card)
    assert open_backup(file, STATION, VERSION).contents.seq > 0
    assert cut_texts(page) == []


def test_a_backup_can_be_stopped_and_nothing_is_left(page: SettingsPage, stick: Path, idle: Idle) -> None:
    card, place = page.backup, page.place
    place.settings = replace(place.settings, backup_folder=str(stick))
    page.refresh()
    idle(place)
    card.now.click()
    card.cancel.click()
    idle(place)
    assert "备份已取消" in said(card)
    assert list(stick.iterdir()) == []
    assert card.now.isEnabled()


def test_a_stick_that_is_not_there_is_told_and_told_again_at_the_next_look(
    page: SettingsPage, tmp_path: Path, idle: Idle
) -> None:
    card, place = page.backup, page.place
    place.settings = replace(place.settings, backup_folder=str(tmp_path / "pulled"))
    page.refresh()
    idle(place)
    card.now.click()
    idle(place)
    assert "U 盘被拔出" in said(card)
    assert place.session.last_backup()[0].code == "backup-not-saved"


def test_the_backup_of_the_day_is_made_once_by_itself(village: Workplace, stick: Path, idle: Idle) -> None:
    village.settings = replace(village.settings, backup_folder=str(stick))
    daily = BackingUp(village)
    daily.keep_daily()
    idle(village)
    idle(village)
    assert len(list(stick.iterdir())) == 1
    daily.keep_daily()
    idle(village)
    assert len(list(stick.iterdir())) == 1
    later(village, days=1)
    daily.keep_daily()
    idle(village)
    idle(village)
    daily.stop_daily()
    assert len(list(stick.iterdir())) == 2


def test_a_backup_at_the_end_of_work_is_made_unless_one_is_fresh(
    village: Workplace, stick: Path, qtbot: QtBot, idle: Idle
) -> None:
    from station_app.ui.background import Lane

    def end() -> None:
        work = lambda: back_up_at_the_end(village.session, str(stick))  # noqa: E731
        village.jobs.submit(Lane.DB, work, owner=village, done=lambda _: None)
        idle(village)

    end()
    end()
    assert len(list(stick.iterdir())) == 1
    later(village, days=1)
    end()
    assert len(list(stick.iterdir())) == 2


def test_an_old_backup_is_told_above_every_page_until_there_is_a_new_one(
    village: Workplace, stick: Path, idle: Idle
) -> None:
    village.settings = replace(village.settings, backup_folder=str(stick))
    seen: list[SyncView] = []
    syncing = Syncing(village)
    syncing.shown.connect(seen.append)
    BackingUp(village).start()
    idle(village)
    later(village, days=4)
    village.changed.emit()
    idle(village)
    assert "最近一次备份是 4 天前的" in seen[-1].notice
    assert (seen[-1].notice_tone, seen[-1].to_look_at) == (Tone.WARN, False)
    BackingUp(village).start()
    idle(village)
    idle(village)
    assert "备份" not in seen[-1].notice
    syncing.stop()


def test_what_is_told_and_when_it_is_due() -> None:
    from datetime import UTC, datetime, timedelta

    now = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    joined = now - timedelta(days=8)
    good = LastBackup(good_at="2026-11-28T09:00:00+00:00")
    assert backup_warning(now, good, joined) is None
    told = backup_warning(now + timedelta(seconds=1), good, joined)
    assert told is not None
    assert (told.code, told.params) == ("backup-old", {"days": 3})
    never = backup_warning(now, LastBackup(), joined)
    assert never is not None
    assert never.code == "backup-never"
    assert backup_warning(now, LastBackup(), now - timedelta(days=7)) is None
    assert is_due_today(now, good)
    assert not is_due_today(now, replace(good, good_at="2026-12-01T00:01:00+00:00"))
    failed = LastBackup(failed_at="2026-12-01T08:30:00+00:00", code="backup-not-saved")
    assert not is_due_today(now, failed)
    assert is_due_today(now + timedelta(minutes=30), failed)


def test_a_folder_of_backups_is_remembered() -> None:
    kept = Settings(backup_folder="/media/stick")
    assert Settings.from_json(kept.to_json()) == kept
    assert Settings.from_json({"backup_folder": 3}) == Settings()


def test_a_note_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    note_backup(tmp_path / "gone", LastBackup("x"))
    assert last_backup(tmp_path / "gone") == LastBackup()


def test_a_pc_is_put_back_at_the_entrance_without_a_code(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(), jobs)
    opened.gate.to_restore.click()
    assert "从备份恢复" in opened.texts()
    assert opened.gate.restore.fields["code"].isHidden()
    opened.keys("/media/stick/one.backup")
    opened.press(Qt.Key.Key_F8)
    assert opened.station.asked == [("restore", "/media/stick/one.backup", "")]
    assert "已经恢复" in opened.texts()


def test_on_another_pc_the_code_of_the_county_is_asked_for(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    needed = StationError("backup-code-needed", challenges=["1234 5698 7654 0013", "2234 5698 7654 0013"])
    opened = Opened(qtbot, theme, FakeStation(refusal=needed), jobs)
    opened.gate.to_restore.click()
    opened.keys("/media/stick/one.backup")
    opened.press(Qt.Key.Key_F8)
    assert "1234 5698 7654 0013" in opened.texts()
    assert "再念下一串" in opened.texts()
    opened.station.refusal = None
    opened.keys(CODE)
    opened.press(ENTER)
    assert opened.station.asked[-1] == ("restore", "/media/stick/one.backup", CODE)


def test_the_two_ways_of_a_dead_pc_are_told_at_the_entrance(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(), jobs)
    opened.gate.to_replace.click()
    assert "请停用原来那台" in opened.texts()
    assert cut_texts(opened.gate) == []
    opened.press(Qt.Key.Key_F8)
    assert not opened.gate.restore.isHidden()
    opened.gate.not_now.click()
    opened.rest()
    opened.gate.to_replace.click()
    opened.gate.replace.without.click()
    opened.rest()
    assert not opened.gate.join.isHidden()


def test_one_that_belongs_to_an_office_takes_nobody_s_place(qtbot: QtBot, theme: Theme, jobs: Jobs) -> None:
    opened = Opened(qtbot, theme, FakeStation(known=VILLAGE), jobs)
    assert opened.gate.to_replace.isHidden()
    assert not opened.gate.to_restore.isHidden()


def test_the_last_number_on_paper_tells_what_is_missing(page: SettingsPage, idle: Idle) -> None:
    card, place = page.replaced, page.place

    shown: list[str] = []
    place.read(lambda book: book.identity(), owner=page, done=lambda me: shown.append(f"{me.org} {me.tag:02d}"))
    idle(place)
    org, tag = shown[0].split()
    card.typed.setText(case_number(org, date(2020, 1, 2), int(tag), 3))
    card.look.click()
    idle(place)
    assert "缺 3 件" in said(card)
    card.typed.setText("1")
    card.look.click()
    idle(place)
    assert card.number.is_wrong


@pytest.mark.parametrize(
    ("code", "where"), [("backup-damaged", "file"), ("reset-code-wrong", "code"), ("station-in-use", "")]
)
def test_a_refusal_stands_where_it_belongs(qtbot: QtBot, theme: Theme, jobs: Jobs, code: str, where: str) -> None:
    refusal = StationError(code, file="/x", wait_s=0)
    opened = Opened(qtbot, theme, FakeStation(known=VILLAGE, refusal=refusal), jobs)
    opened.gate.to_restore.click()
    form = opened.gate.restore
    form._show_code(shown=True)
    opened.keys("/x")
    form.editor("code").setText(CODE)
    form.main.click()
    qtbot.waitUntil(form.main.isEnabled)
    assert [name for name, field in form.fields.items() if field.is_wrong] == ([where] if where else [])
    assert cut_texts(opened.gate) == []
    opened.gate.not_now.click()
    opened.texts()


def test_the_station_on_the_disk_is_put_back_and_can_be_signed_in_to(
    village: Workplace, stick: Path, idle: Idle, tmp_path: Path, qtbot: QtBot
) -> None:
    village.settings = replace(village.settings, backup_folder=str(stick))
    BackingUp(village).start()
    idle(village)
    [file] = stick.iterdir()
    station: Any = StationOnDisk(tmp_path / "v1")
    with pytest.raises(StationError) as refused:
        station.restore(str(file), "", lambda *_: None)
    assert refused.value.code == "station-in-use"
    village.session.close()
    told: list[tuple[int, int]] = []
    card = station.restore(str(file), "", lambda *done: told.append(done))
    assert card.workers
    assert told[-1][0] == told[-1][1]
    os.environ["STATION_TEST_QUICK_PIN"] = "1"
    station.sign_in(card.workers[0], PIN).close()
