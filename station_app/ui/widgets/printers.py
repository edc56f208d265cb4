"""The printers of this PC, and painting a paper's pages on one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QMarginsF, QRectF, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from station_app.domain.errors import StationError
from station_app.ui.background import Job
from station_app.ui.ports import PageImage
from station_app.ui.presenters.printing import PRINT_DPI

_MM_PER_INCH = 25.4
_BYTES_PER_PIXEL = 4


class Printers(Protocol):
    """Where papers can be printed; both are called in jobs."""

    def names(self) -> Sequence[str]: ...
    def open(self, name: str) -> QPrinter: ...


class InstalledPrinters:
    """What the system knows of printers; its default one comes first."""

    def names(self) -> Sequence[str]:
        default = QPrinterInfo.defaultPrinterName()
        return sorted(QPrinterInfo.availablePrinterNames(), key=lambda name: (name != default, name))

    def open(self, name: str) -> QPrinter:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setPrinterName(name)
        return printer


def print_pages(printer: QPrinter, pages: Sequence[PageImage], copies: int, job: Job) -> bool:
    """Paint pages of PRINT_DPI edge to edge, one at a time; False when stopped, and then nothing is printed.

    Raises:
        StationError: `printer-not-ready`: the printer takes no pages.
    """
    printer.setResolution(PRINT_DPI)
    printer.setFullPage(True)
    printer.setCopyCount(copies)
    total = len(pages)
    painter = QPainter()
    for number in range(total):
        page = pages[number]
        printer.setPageLayout(_layout_of(page))
        if not (printer.newPage() if number else painter.begin(printer)):
            raise StationError("printer-not-ready", printer=printer.printerName())
        painter.drawImage(QRectF(painter.viewport()), image_of(page))
        job.progress(number + 1, total)
        if job.stopped and number + 1 < total:
            printer.abort()
            painter.end()
            return False
    painter.end()
    return True


def image_of(page: PageImage) -> QImage:
    """Return a page as a picture; it reads the page's own pixels."""
    return QImage(page.pixels, page.width, page.height, page.width * _BYTES_PER_PIXEL, QImage.Format.Format_RGB32)


def _layout_of(page: PageImage) -> QPageLayout:
    size = QSizeF(page.width, page.height) * (_MM_PER_INCH / PRINT_DPI)
    upright = size if size.height() >= size.width() else size.transposed()
    paper = QPageSize(upright, QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.FuzzyMatch)
    turned = QPageLayout.Orientation.Portrait if upright == size else QPageLayout.Orientation.Landscape
    layout = QPageLayout(paper, turned, QMarginsF(0, 0, 0, 0))
    layout.setMode(QPageLayout.Mode.FullPageMode)
    return layout
