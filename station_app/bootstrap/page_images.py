"""The pages of a finished PDF as pictures, each made when it is asked for: at 300 dpi one page takes 35 MB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import overload

import pypdfium2

from station_app.carriers.pdfium import PDFIUM
from station_app.ui.ports import PageImage

DOTS_PER_POINT = 1 / 72


class PageImages(Sequence[PageImage]):
    """Pages of a PDF at so many dots per inch; nothing is kept between two calls."""

    def __init__(self, pdf: bytes, dots_per_inch: int) -> None:
        self._pdf = pdf
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
            # xRGB in the byte order of QImage's RGB32.
            bitmap = document[range(self._count)[at]].render(scale=self._scale, prefer_bgrx=True)
            return PageImage(bitmap.width, bitmap.height, bytes(bitmap.buffer))

    @contextmanager
    def _opened(self) -> Iterator[pypdfium2.PdfDocument]:
        with PDFIUM:
            document = pypdfium2.PdfDocument(self._pdf)
            try:
                yield document
            finally:
                document.close()
