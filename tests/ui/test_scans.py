"""Scans on the page of a case: added by file, paste and drop, shown with what they may be used for across them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from station_app.domain.cases import CaseState
from station_app.ui.widgets.case import scan_card
from station_app.ui.widgets.pages.case_page import CasePage
from station_app.ui.widgets.watermark import marked
from station_app.ui.workplace import Workplace
from tests.carriers.scans import page, pdf, saved
from tests.ui.test_case_page import Idle, OpenCase, open_case
from tests.ui.tour import case_in

__all__ = ["open_case"]


@pytest.fixture
def opened(village: Workplace, open_case: OpenCase) -> CasePage:
    return open_case(village, case_in(CaseState.RETURNED))


def names(shown: CasePage) -> list[tuple[str, str, str]]:
    assert shown.view.sheet is not None
    views = shown.view.sheet.view.attachments
    return [(view.attachment.sealed.name, view.attachment.material, view.where) for view in views]


def test_files_that_the_worker_chooses_are_attached_to_the_material_they_show(
    opened: CasePage, village: Workplace, idle: Idle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / "户口簿.png", tmp_path / "协议.pdf"]
    paths[0].write_bytes(saved(page(300, 200), "PNG"))
    paths[1].write_bytes(pdf(2))
    monkeypatch.setattr(scan_card, "ask_files", lambda *_: [str(path) for path in paths])
    card = opened.scan_card
    assert card.summary.text() == "还没有附件。"
    card.material.setCurrentIndex(1)
    material = card.material.currentText()
    card.add_button.click()
    assert not card.add_button.isEnabled()
    idle(village)
    idle(village)
    assert names(opened) == [("户口簿.png", material, "等待上传"), ("协议.pdf", material, "等待上传")]
    assert card.summary.text() == "材料 0/2 已上传"
    assert "附件 2 份" in opened.notice.findChild(scan_card.Text).text()
    assert card.add_button.isEnabled()


def test_a_picture_is_pasted_and_a_file_dropped(
    opened: CasePage, village: Workplace, idle: Idle, tmp_path: Path
) -> None:
    QGuiApplication.clipboard().setImage(QImage(40, 30, QImage.Format.Format_RGB32))
    QTest.keyClick(opened, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    idle(village)
    idle(village)
    path = tmp_path / "现场.jpg"
    path.write_bytes(saved(page(200, 100)))
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(path))])
    assert opened.scan_card.take(dropped)
    idle(village)
    idle(village)
    assert [name for name, _, _ in names(opened)] == ["粘贴的图片.png", "现场.jpg"]
    assert not opened.scan_card.take(QMimeData())


def test_what_can_not_be_taken_is_told_and_nothing_is_attached(
    opened: CasePage, village: Workplace, idle: Idle, tmp_path: Path
) -> None:
    good, bad = tmp_path / "好.png", tmp_path / "说明.docx"
    good.write_bytes(saved(page(100, 100), "PNG"))
    bad.write_bytes(b"PK\x03\x04")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in (good, bad)])
    opened.scan_card.take(data)
    idle(village)
    idle(village)
    assert names(opened) == []
    assert "“说明.docx”不是图片" in opened.notice.findChild(scan_card.Text).text()


def test_a_scan_is_shown_below_with_its_purpose_across_it_and_put_away_again(
    opened: CasePage, village: Workplace, idle: Idle, tmp_path: Path
) -> None:
    path = tmp_path / "户口簿.png"
    path.write_bytes(saved(page(300, 200), "PNG"))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    opened.scan_card.take(data)
    idle(village)
    idle(village)
    card = opened.scan_card
    show = next(button for button in card.findChildren(QPushButton) if button.accessibleName() == "查看 户口簿.png")
    show.click()
    idle(village)
    assert card.view.isVisibleTo(card)
    assert card.mark.text() == "户口簿.png：此件由村级代办员与原件核对，仅供办理政务服务事项时使用"
    card.close_button.click()
    assert not card.view.isVisibleTo(card)


def test_the_purpose_is_drawn_into_what_is_shown_and_into_nothing_else() -> None:
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    before = image.copy()
    drawn = marked(image, "仅供办理政务服务事项时使用")
    assert image == before
    parts = [(x, y) for x in (0, 200) for y in (0, 150)]
    assert all(drawn.copy(x, y, 200, 150) != before.copy(x, y, 200, 150) for x, y in parts)
    assert marked(image, "") is image
