"""The sheet of slips about a batch: margins, page numbers, the line that names the batch on later pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from station_app.documents import page
from station_app.domain.numbers import grouped

_MARGIN = 36.0
_TOP = 26.0
_BOTTOM = 36.0
_CONTINUED = 20.0  # height of the line that names the batch on later pages
LATER = "later"
"""Name of the layout of all pages but the first."""


@dataclass(frozen=True, slots=True)
class SlipSheet:
    """A sheet of this size, in points."""

    size: tuple[float, float]

    @property
    def width(self) -> float:
        """Return what is left between the margins, in points."""
        return self.size[0] - 2 * _MARGIN

    def layouts(self, title: str, number: str, *, sample: bool) -> list[page.Layout]:
        """Return the layouts of the first page and of all later ones.

        Args:
            number: of the batch.
            sample: 示例数据 stands across every page.
        """
        height = self.size[1] - _TOP - _BOTTOM
        continued = f"{title}（续）  交接单号 {grouped(number)}"
        return [
            self._layout("first", height, "", sample=sample),
            self._layout(LATER, height - _CONTINUED, continued, sample=sample),
        ]

    def _layout(self, name: str, height: float, head: str, *, sample: bool) -> page.Layout:
        full_width, full_height = self.size

        def draw(canvas: Any) -> None:
            if sample:
                page.draw_watermark(canvas, [(full_width / 2, full_height / 2)])
            canvas.numbered_at = (full_width / 2, 20)
            if head:
                page.draw_text(canvas, head, (full_width / 2, full_height - _TOP - 11), 11)

        return page.layout(name, self.size, [page.frame(name, _MARGIN, _BOTTOM, self.width, height)], draw)
