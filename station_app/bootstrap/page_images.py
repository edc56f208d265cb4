"""The pages of a PDF as pictures, each made when it is asked for: at 300 dpi one page takes 35 MB."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import overload

import pypdfium2

from station_app.carriers.pdfium import PDFIUM
from station_app.domain.errors import StationError
from station_app.ui.ports import PageImage

DOTS_PER_POINT = 1 / 72


class PageImages(Sequence[PageImage]):
    """Pages of a PDF at so many dots per inch; nothing is kept between two calls.

    Args:
        name: of the file where it is somebody's own, and may be damaged: then `scan-damaged` tells it.
        most_pixels: what a page may have; a larger one is drawn coarser.
    """

    def __init__(self, pdf: bytes, dots_per_inch: int, name: str = "", most_pixels: int | None = None) -> None:
        self._pdf = pdf
        self._name = name
        self._most_pixels = most_pixels
        self._scale = dots_per_inch * DOTS_PER_POINT
        with self._opened() as document:
            self._count = len(document)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> PageImage: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[PageImage]: ...
    def __getitem__(self, at: int | slice) -> PageImage | Sequence[PageImage]:
        if isinstance(at, slice):
            return [self[index] for index in range(*at.indices(self._count))]
        with self._opened() as document:
            page = document[range(self._count)[at]]
            # xRGB in the byte order of QImage's RGB32.
            bitmap = page.render(scale=self._scale_of(*page.get_size()), prefer_bgrx=True)
            return PageImage(bitmap.width, bitmap.height, bytes(bitmap.buffer))

    def _scale_of(self, width: float, height: float) -> float:
        """Return by how much a page, given in points, is made larger."""
        if self._most_pixels is None:
            return self._scale
        return min(self._scale, math.sqrt(self._most_pixels / max(1.0, width * height)))

    @contextmanager
    def _opened(self) -> Iterator[pypdfium2.PdfDocument]:
        with PDFIUM:
            try:
                document = pypdfium2.PdfDocument(self._pdf)
                try:
                    yield document
                finally:
                    document.close()
            except pypdfium2.PdfiumError:
                if not self._name:
                    raise
                raise StationError("scan-damaged", name=self._name) from None
