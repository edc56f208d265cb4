"""The scans of a case: what each is and where its file is; adding by file, paste or drop; showing one below."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter, QPixmap
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from station_app.domain.attachments import GRADE_LABELS, PDF, Attachment, Grade
from station_app.domain.organisations import Level
from station_app.ui.ports import NewScan, PageImage
from station_app.ui.presenters.scans import ShownPage
from station_app.ui.tokens import Tone
from station_app.ui.widgets.asking_path import ask_files
from station_app.ui.widgets.board.sheets import empty
from station_app.ui.widgets.board.wrapping import WrappingRow
from station_app.ui.widgets.case.scan_offer import ScanOffer
from station_app.ui.widgets.case.scan_view import ScanView
from station_app.ui.widgets.controls import Button, Card, Field, Text, row_of, shaped
from station_app.ui.widgets.printers import image_of
from station_app.usecases.attachment_views import AttachmentView, uploaded_words
from station_app.usecases.taken import FreshScan

_KINDS = "图片和 PDF (*.jpg *.jpeg *.png *.bmp *.tif *.tiff *.webp *.pdf)"
_NO_MATERIAL = "（不对应哪份材料）"
_HINT = "也可以把文件拖到这一页，或者复制图片以后按 Ctrl+V。"
_PASTED = "粘贴的图片.png"
_LINES_OF_SMALL = 2
_KEEP_SHAPE = Qt.AspectRatioMode.KeepAspectRatio
# As Qt counts them: an x, half as wide as one of ours.
_LETTERS_OF_A_CHOICE = 28


class ScanCard(Card):
    """A line for each scan, with a button that shows it."""

    wanted = Signal(object, object)
    """Attach these NewScans, with what the form has besides."""
    asked = Signal(object)
    """Show this Attachment."""
    stopped = Signal()
    """Fetch no further."""
    turned = Signal(int)
    """Show the page with this number, counted from 0, of the scan that is open."""
    closed = Signal()
    """No scan is open any more."""

    def __init__(self, level: Level) -> None:
        super().__init__("附件")
        self.summary = Text("", "small", muted=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 3)
        self.material = QComboBox()
        self.grade = QComboBox()
        other = Grade.CHECKED if level is Level.VILLAGE else Grade.CHECKED_BY_VILLAGE
        for grade in (grade for grade in Grade if grade is not other):
            self.grade.addItem(GRADE_LABELS[grade], grade.value)
        usual = Grade.CHECKED_BY_VILLAGE if level is Level.VILLAGE else Grade.CHECKED
        self.grade.setCurrentIndex(self.grade.findData(usual.value))
        self.add_button = Button("添加文件", self._choose)
        self.progress = Text("", "small")
        self.stop_button = Button("停止", self.stopped.emit, kind="quiet")
        self.offer = ScanOffer()
        self.offer.taken.connect(self._take_offered)
        self.view = ScanView()
        self.view.turned.connect(self.turned.emit)
        self.view.closed.connect(self.closed.emit)
        self._small: dict[str, QLabel] = {}
        self._lay_out()
        self.show_busy(False)

    def show_scans(self, views: Sequence[AttachmentView], materials: Sequence[str], *, may_add: bool) -> None:
        """Show other scans."""
        empty(self._grid)
        self._small.clear()
        self.summary.setText(uploaded_words(tuple(views)) or "还没有附件。")
        for row, view in enumerate(views):
            said = view.attachment
            name = Text(f"{said.material}　{said.sealed.name}" if said.material else said.sealed.name)
            where = Text(shaped(view.where, Tone.BAD if view.lost else Tone.PLAIN))
            where.set_tone(Tone.BAD if view.lost else Tone.PLAIN)
            show = Button("查看", partial(self.asked.emit, said), kind="quiet")
            show.setAccessibleName(f"查看 {said.sealed.name}")
            small = self._small[said.sealed.file] = _small_picture(said)
            cells: tuple[QWidget, ...] = (small, name, Text(f"{view.grade}　{said.checked_by}", "small"), where, show)
            for column, cell in enumerate(cells):
                if isinstance(cell, QLabel):
                    cell.setWordWrap(cell is name)
                self._grid.addWidget(cell, row, column)
        self._offer(materials)
        self._adding.setVisible(may_add)

    def paste(self) -> bool:
        """Attach the picture, or the files, that were copied; tell whether there are any."""
        return self.take(QGuiApplication.clipboard().mimeData())

    def take(self, data: QMimeData) -> bool:
        """Attach what was pasted or dropped; tell whether there is anything that can be."""
        scans = [NewScan(url.fileName(), path=url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if not scans and data.hasImage():
            scans = [NewScan(_PASTED, data=_png(data.imageData()))]
        if scans and self._adding.isVisibleTo(self):
            self._want(scans)
        return bool(scans)

    def show_small(self, file: str, page: PageImage) -> None:
        """Show the first page of a scan beside its name, too small to be read."""
        if (label := self._small.get(file)) is not None:
            picture = QPixmap.fromImage(image_of(page))
            picture = picture.scaled(label.size(), _KEEP_SHAPE, Qt.TransformationMode.SmoothTransformation)
            label.setPixmap(picture)

    def show_page(self, attachment: Attachment, shown: ShownPage) -> None:
        """Show a page of a scan, with what it may be used for drawn across it."""
        self.view.show_page(attachment, shown)

    def close_view(self) -> None:
        """Put the scan away that is open."""
        self.view.close_scan()

    def show_busy(self, busy: bool) -> None:
        """Show that something is being done, and let nothing be added meanwhile."""
        self.add_button.setEnabled(not busy)
        self.offer.take_button.setEnabled(not busy)
        self.view.show_busy(busy)
        self.progress.setText("正在处理，请稍等。" if busy else "")
        self.stop_button.hide()

    def show_progress(self, here: int, size: int) -> None:
        """Show how far a file has come from the center."""
        self.progress.setText(f"正在取来 {here >> 10} / {size >> 10} 千字节")
        self.stop_button.setVisible(here < size)

    def _lay_out(self) -> None:
        # The name of a material may be a whole sentence; it is read in full where it is chosen.
        for box in (self.material, self.grade):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(_LETTERS_OF_A_CHOICE)
        self._adding = WrappingRow()
        fields = (Field("对应材料", self.material), Field("可信等级", self.grade))
        self._adding.show_parts([*fields, self.add_button])
        self.add(self.summary)
        self.body.addLayout(self._grid)
        self.add(self.offer)
        self.add(self._adding)
        self._hint = Text(_HINT, "small", muted=True)
        self.add(self._hint)
        self.add(row_of(self.progress, self.stop_button, stretch=0))
        self.add(self.view)

    def _offer(self, materials: Sequence[str]) -> None:
        chosen = self.material.currentData()
        self.material.clear()
        self.material.addItem(_NO_MATERIAL, "")
        for name in materials:
            self.material.addItem(name, name)
        self.material.setCurrentIndex(max(0, self.material.findData(chosen)))

    def _choose(self) -> None:
        paths = ask_files(self, "添加附件", _KINDS)
        if paths:
            self._want([NewScan(path, path=path) for path in paths])

    def _take_offered(self, scans: Sequence[FreshScan]) -> None:
        self._want([NewScan(scan.name, path=scan.path) for scan in scans])

    def _want(self, scans: Sequence[NewScan]) -> None:
        more: dict[str, Any] = {"material": self.material.currentData(), "grade": self.grade.currentData()}
        self.wanted.emit(scans, more)


def _small_picture(said: Attachment) -> QLabel:
    """Return the place of a small picture; until it is made, or where the file is elsewhere, a word stands in it."""
    label = QLabel("PDF" if said.sealed.media == PDF else "图片")
    side = _LINES_OF_SMALL * label.fontMetrics().lineSpacing()
    label.setFixedSize(side, side)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setEnabled(False)
    return label


def _png(image: Any) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # Not QImage.save: what its stubs call a format crashes it.
    QImageWriter(buffer, QByteArray(b"png")).write(QImage(image))
    return bytes(buffer.data().data())
