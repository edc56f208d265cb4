"""The scanner's folder: what is new in it is offered to the case that is open, and attached only by a click."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from station_app.domain.cases import CaseState
from station_app.ui.settings import Settings
from station_app.ui.widgets.pages.case_page import CasePage
from station_app.ui.widgets.settings.scan_folder_card import NOT_CHOSEN, ScanFolderCard
from station_app.ui.workplace import Workplace
from tests.carriers.scans import page, saved
from tests.ui.test_case_page import Idle, OpenCase, open_case
from tests.ui.test_scans import names
from tests.ui.tour import case_in

__all__ = ["open_case"]

Look = Callable[[], None]


@pytest.fixture
def folder(village: Workplace, tmp_path: Path) -> Path:
    found = tmp_path / "扫描"
    found.mkdir()
    village.settings = replace(village.settings, scan_folder=str(found))
    return found


@pytest.fixture
def opened(folder: Path, village: Workplace, open_case: OpenCase) -> CasePage:
    return open_case(village, case_in(CaseState.RETURNED))


@pytest.fixture
def look_twice(opened: CasePage, village: Workplace, idle: Idle) -> Look:
    def look() -> None:
        """A scan that is still being written must not be offered: one look is not enough."""
        for _ in range(2):
            opened.scan_folder.look()
            idle(village)

    return look


def scan(folder: Path, name: str, ago_s: float = 0) -> None:
    path = folder / name
    path.write_bytes(saved(page(200, 150), "PNG"))
    os.utime(path, (time.time() - ago_s,) * 2)


def test_a_new_scan_is_offered_and_attached_by_a_click_alone(
    opened: CasePage, village: Workplace, folder: Path, idle: Idle, look_twice: Look
) -> None:
    offer = opened.scan_card.offer
    scan(folder, "昨天.png", ago_s=86_400)
    look_twice()
    assert not offer.isVisibleTo(opened.scan_card)
    scan(folder, "户口簿.png")
    opened.scan_folder.look()
    idle(village)
    assert not offer.isVisibleTo(opened.scan_card)
    opened.scan_folder.look()
    idle(village)
    assert offer.isVisibleTo(opened.scan_card)
    assert "1 个新文件：户口簿.png" in offer.text.text()
    assert names(opened) == []
    offer.take_button.click()
    idle(village)
    idle(village)
    assert [name for name, _, _ in names(opened)] == ["户口簿.png"]
    look_twice()
    assert not offer.isVisibleTo(opened.scan_card)
    assert (folder / "户口簿.png").exists()


def test_what_is_not_of_this_case_is_offered_no_more(opened: CasePage, folder: Path, look_twice: Look) -> None:
    offer = opened.scan_card.offer
    scan(folder, "别人的.png")
    look_twice()
    offer.leave_button.click()
    look_twice()
    assert not offer.isVisibleTo(opened.scan_card)
    scan(folder, "这件的.png")
    look_twice()
    assert "1 个新文件：这件的.png" in offer.text.text()


def test_what_could_not_be_taken_is_offered_again(
    opened: CasePage, village: Workplace, folder: Path, idle: Idle, look_twice: Look
) -> None:
    (folder / "坏.png").write_bytes(b"\x89PNG broken")
    look_twice()
    opened.scan_card.offer.take_button.click()
    idle(village)
    look_twice()
    assert names(opened) == []
    assert "坏.png" in opened.scan_card.offer.text.text()
    assert opened.scan_card.offer.isVisibleTo(opened.scan_card)


def test_a_folder_that_is_gone_is_told_and_leaving_the_page_ends_the_looking(
    opened: CasePage, folder: Path, look_twice: Look
) -> None:
    folder.rmdir()
    look_twice()
    offer = opened.scan_card.offer
    assert "打不开" in offer.text.text()
    assert not offer.take_button.isVisibleTo(offer)
    opened.close_up()
    assert not opened.scan_folder._timer.isActive()
    assert not offer.isVisibleTo(opened.scan_card)


def test_a_pc_without_such_a_folder_never_looks(village: Workplace, open_case: OpenCase) -> None:
    shown = open_case(village, case_in(CaseState.RETURNED))
    assert not shown.scan_folder._timer.isActive()


def test_the_folder_is_chosen_and_given_up_in_the_settings(theme: object) -> None:
    card = ScanFolderCard(lambda: "/scans")
    chosen: list[str] = []
    card.chosen.connect(chosen.append)
    card.show_folder("")
    assert (card.folder.text(), card.none.isVisibleTo(card)) == (NOT_CHOSEN, False)
    card.choose.click()
    card.show_folder("/scans")
    assert card.none.isVisibleTo(card)
    card.none.click()
    assert chosen == ["/scans", ""]


def test_the_choice_outlives_the_program() -> None:
    kept = Settings(scan_folder="D:/扫描").to_json()
    assert Settings.from_json(kept).scan_folder == "D:/扫描"
    assert Settings.from_json({**kept, "scan_folder": 7}).scan_folder == ""
