"""Scans on the page of a case: added by file, paste and drop, shown with what they may be used for across them."""

from __future__ import annotations

import threading
from io import BytesIO
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from reportlab.pdfgen.canvas import Canvas

from station_app.bootstrap.page_images import PageImages
from station_app.bootstrap.window_files import MOST_PAGE_PIXELS, SCAN_DPI, WindowFiles
from station_app.domain.attachments import Attachment
from station_app.domain.cases import CaseState
from station_app.domain.errors import StationError
from station_app.exchange.ports import Link
from station_app.ui.widgets.case import scan_card
from station_app.ui.widgets.controls import Pill
from station_app.ui.widgets.pages.case_page import CasePage
from station_app.ui.widgets.watermark import marked
from station_app.ui.workplace import Workplace
from station_app.usecases.ports import Desk
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
    assert not card.view.on_button.isVisibleTo(card)
    assert card.view.mark.text() == "户口簿.png：此件由村级代办员与原件核对，仅供办理政务服务事项时使用"
    card.view.close_button.click()
    assert not card.view.isVisibleTo(card)


def taken(opened: CasePage, village: Workplace, idle: Idle, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    opened.scan_card.take(data)
    idle(village)
    idle(village)


def test_pages_of_a_pdf_are_drawn_one_by_one_and_never_by_the_window(
    opened: CasePage, village: Workplace, idle: Idle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[int, bool]] = []
    draw = PageImages.__getitem__

    def noted(pages: PageImages, at: int) -> object:
        drawn.append((at, threading.current_thread() is threading.main_thread()))
        return draw(pages, at)

    path = tmp_path / "协议.pdf"
    path.write_bytes(pdf(30))
    taken(opened, village, idle, path)
    monkeypatch.setattr(PageImages, "__getitem__", noted)
    card = opened.scan_card
    show = next(button for button in card.findChildren(QPushButton) if button.accessibleName() == "查看 协议.pdf")
    show.click()
    idle(village)
    assert (card.view.where.text(), card.view.back_button.isEnabled()) == ("第 1 / 30 页", False)
    card.view.on_button.click()
    assert not card.view.on_button.isEnabled()
    idle(village)
    card.view.on_button.click()
    idle(village)
    card.view.back_button.click()
    idle(village)
    assert card.view.where.text() == "第 2 / 30 页"
    assert drawn == [(0, False), (1, False), (2, False), (1, False)]


def test_a_page_as_large_as_a_wall_is_drawn_coarser(tmp_path: Path) -> None:
    """A PDF of a few hundred bytes may ask for two gigabytes of dots."""
    found = BytesIO()
    canvas = Canvas(found, pagesize=(14_400, 14_400))
    canvas.rect(0, 0, 7_000, 7_000, fill=1)
    canvas.save()
    [shown] = PageImages(found.getvalue(), SCAN_DPI, "a.pdf", MOST_PAGE_PIXELS)
    assert shown.width * shown.height <= MOST_PAGE_PIXELS * 1.01
    assert len(shown.pixels) == shown.width * shown.height * 4


def test_a_damaged_pdf_is_told_by_name() -> None:
    with pytest.raises(StationError) as refused:
        PageImages(b"%PDF-1.7 and nothing", SCAN_DPI, "协议.pdf")
    assert (refused.value.code, refused.value.params) == ("scan-damaged", {"name": "协议.pdf"})


def test_a_small_picture_stands_beside_each_scan_and_is_made_once(
    opened: CasePage, village: Workplace, idle: Idle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    small = WindowFiles.small

    def noted(files: WindowFiles, attachment: Attachment) -> object:
        made.append(attachment.sealed.name)
        return small(files, attachment)

    monkeypatch.setattr(WindowFiles, "small", noted)
    paths = [tmp_path / "户口簿.png", tmp_path / "协议.pdf"]
    paths[0].write_bytes(saved(page(300, 200), "PNG"))
    paths[1].write_bytes(pdf(2))
    taken(opened, village, idle, *paths)
    idle(village)
    assert sorted(made) == ["协议.pdf", "户口簿.png"]
    labels = list(opened.scan_card._small.values())
    assert [not label.pixmap().isNull() for label in labels] == [True, True]
    assert all(label.pixmap().width() <= label.width() for label in labels)
    opened.refresh()
    idle(village)
    assert len(made) == 2


def test_the_head_of_a_case_says_how_far_its_scans_are_while_some_are_on_their_way(
    opened: CasePage, village: Workplace, idle: Idle, tmp_path: Path
) -> None:
    path = tmp_path / "户口簿.png"
    path.write_bytes(saved(page(300, 200), "PNG"))
    taken(opened, village, idle, path)
    words = "材料 0/1 已上传"
    assert any(words in pill.text() for pill in opened.head.findChildren(Pill))
    assert opened.view.sheet is not None
    [scan] = opened.view.sheet.view.attachments

    def arrive(desk: Desk) -> None:
        with desk.open_book() as book:
            book.save_link(Link(incarnation="i1"))
            book.note_sent(scan.attachment.sealed.file, scan.attachment.sealed.size, whole=True)

    village.write(arrive, owner=opened, done=lambda _: None)
    idle(village)
    opened.refresh()
    idle(village)
    assert not any("材料" in pill.text() for pill in opened.head.findChildren(Pill) if pill.isVisibleTo(opened.head))
    assert opened.scan_card.summary.text() == "材料 1/1 已上传"


def test_the_purpose_is_drawn_into_what_is_shown_and_into_nothing_else() -> None:
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    before = image.copy()
    drawn = marked(image, "仅供办理政务服务事项时使用")
    assert image == before
    parts = [(x, y) for x in (0, 200) for y in (0, 150)]
    assert all(drawn.copy(x, y, 200, 150) != before.copy(x, y, 200, 150) for x, y in parts)
    assert marked(image, "") is image
