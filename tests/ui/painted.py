"""What a window paints, as text: each piece with the rectangle that it has, so that a cut-off one is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QPaintDevice,
    QPaintEngine,
    QPaintEngineState,
    QPainter,
    QRegion,
    QTextItem,
    QTransform,
)
from PySide6.QtWidgets import QAbstractScrollArea, QLabel, QScrollArea, QTableView, QWidget

_METRIC = QPaintDevice.PaintDeviceMetric
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
SLACK = 3.0
LEAST_LETTERS = 5
LEAST_COLUMN = 2.5


@dataclass(frozen=True, slots=True)
class Painted:
    """One text as painted: where it lies and the room it has, both in the widget's coordinates."""

    text: str
    rect: QRectF
    room: QRectF

    @property
    def cut(self) -> bool:
        """Tell whether a part of the text falls outside its room."""
        over_right = self.rect.right() - self.room.right()
        over_bottom = self.rect.bottom() - self.room.bottom()
        over_left, over_top = self.room.left() - self.rect.left(), self.room.top() - self.rect.top()
        return max(over_right, over_bottom, over_left, over_top) > SLACK


class _Engine(QPaintEngine):
    def __init__(self, bounds: QRectF) -> None:
        super().__init__(QPaintEngine.PaintEngineFeature.AllFeatures)
        self._bounds = bounds
        self._room = bounds
        self._transform = QTransform()
        self.painted: list[Painted] = []

    def begin(self, _device: QPaintDevice) -> bool:
        return True

    def end(self) -> bool:
        return True

    def type(self) -> QPaintEngine.Type:
        return QPaintEngine.Type.User

    def updateState(self, state: QPaintEngineState) -> None:
        dirty, flags = state.state(), QPaintEngine.DirtyFlag
        if dirty & flags.DirtyTransform:
            self._transform = state.transform()
        if dirty & flags.DirtyClipRegion:
            clip = self._transform.mapRect(QRectF(state.clipRegion().boundingRect()))
            self._room = clip.intersected(self._bounds)
        if dirty & flags.DirtyClipPath:
            self._room = self._transform.mapRect(state.clipPath().boundingRect()).intersected(self._bounds)
        none = state.clipOperation() is Qt.ClipOperation.NoClip
        if none or (dirty & flags.DirtyClipEnabled and not state.isClipEnabled()):
            self._room = self._bounds

    def drawTextItem(self, at: QPointF, item: QTextItem) -> None:
        # The line of the letters: fonts of rare characters claim much room above and below that they do not use.
        height = item.font().pixelSize() * 0.9
        rect = QRectF(at.x(), at.y() - height, item.width(), height)
        self.painted.append(Painted(item.text(), self._transform.mapRect(rect), self._room))

    def drawPixmap(self, *_: object) -> None: ...
    def drawImage(self, *_: object) -> None: ...
    def drawPath(self, *_: object) -> None: ...
    def drawPolygon(self, *_: object) -> None: ...
    def drawRects(self, *_: object) -> None: ...
    def drawLines(self, *_: object) -> None: ...
    def drawEllipse(self, *_: object) -> None: ...
    def drawPoints(self, *_: object) -> None: ...
    def drawTiledPixmap(self, *_: object) -> None: ...


class _Device(QPaintDevice):
    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.engine = _Engine(QRectF(widget.rect()))
        self._metrics = {
            _METRIC.PdmWidth: widget.width(),
            _METRIC.PdmHeight: widget.height(),
            _METRIC.PdmDpiX: widget.logicalDpiX(),
            _METRIC.PdmDpiY: widget.logicalDpiY(),
            _METRIC.PdmPhysicalDpiX: 96,
            _METRIC.PdmPhysicalDpiY: 96,
            _METRIC.PdmDevicePixelRatio: 1,
            _METRIC.PdmDevicePixelRatioScaled: 0x10000,
            _METRIC.PdmDepth: 32,
        }

    def paintEngine(self) -> QPaintEngine:
        return self.engine

    def metric(self, metric: QPaintDevice.PaintDeviceMetric) -> int:
        return self._metrics.get(metric, 1)


def painted_by(widget: QWidget) -> list[Painted]:
    """Return the texts that a widget itself paints, without its children."""
    device = _Device(widget)
    painter = QPainter(device)
    widget.render(painter, QPoint(0, 0), QRegion(), QWidget.RenderFlag(0))
    painter.end()
    return device.engine.painted


def visible_widgets(window: QWidget) -> Iterator[QWidget]:
    """Return the window and everything shown in it."""
    yield window
    for widget in window.findChildren(QWidget):
        if widget.isVisibleTo(window):
            yield widget


def cut_texts(window: QWidget) -> list[str]:
    """Return every text of a window that is cut off, shortened with an ellipsis, or lies outside the window."""
    found = []
    for widget in visible_widgets(window):
        partly_shown, texts = _partly_shown(widget), painted_by(widget)
        for painted in texts:
            # Two of them are the sign of a sentence that goes on.
            shortened = _ELLIPSIS in painted.text.replace(2 * _ELLIPSIS, "") and len(painted.text) > 1
            if shortened or (painted.cut and not (partly_shown and _at_the_edge(painted, widget))):
                found.append(f"{type(widget).__name__}: {painted.text}")
        if texts and _outside(widget, window):
            found.append(f"{type(widget).__name__} outside: {widget.accessibleName() or texts[0].text}")
    return found


def squeezed(window: QWidget) -> list[str]:
    """Return what is too narrow to be read: columns and wrapped texts of a few letters, lists that scroll sideways."""
    return [told for widget in visible_widgets(window) if (told := _squeeze_of(widget))]


def _squeeze_of(widget: QWidget) -> str:
    name = f"{type(widget).__name__} {widget.accessibleName()}"
    metrics = widget.fontMetrics()
    letter = metrics.horizontalAdvance("字")
    if isinstance(widget, QLabel) and widget.wordWrap() and widget.text():
        wanted = max(metrics.horizontalAdvance(line) for line in widget.text().splitlines() or [""])
        squeezed_text = widget.width() < min(LEAST_LETTERS * letter, wanted) - SLACK
        return f"{name}: {widget.text()} in {widget.width()} px" if squeezed_text else ""
    if isinstance(widget, QTableView):
        columns = [column for column in range(widget.model().columnCount()) if not widget.isColumnHidden(column)]
        widths = [widget.columnWidth(column) for column in columns]
        if min(widths) < LEAST_COLUMN * letter:
            return f"{name}: columns of {widths} px"
    if isinstance(widget, QAbstractScrollArea) and widget.horizontalScrollBar().maximum() > SLACK:
        return f"{name}: scrolls {widget.horizontalScrollBar().maximum()} px sideways"
    return ""


def _partly_shown(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    return isinstance(parent, QAbstractScrollArea) and not isinstance(parent, QScrollArea)


def _at_the_edge(painted: Painted, widget: QWidget) -> bool:
    """Tell whether a row is cut by the edge of a list that scrolls; the worker can bring it into view."""
    return painted.rect.bottom() > widget.height() - SLACK or painted.rect.top() < SLACK


def _outside(widget: QWidget, window: QWidget) -> bool:
    parent = widget.parentWidget()
    while parent is not None and parent is not window:
        if isinstance(parent, QAbstractScrollArea):
            return False
        parent = parent.parentWidget()
    lies = QRectF(QPointF(widget.mapTo(window, QPoint(0, 0))), QRectF(widget.rect()).size())
    return not QRectF(window.rect()).adjusted(-SLACK, -SLACK, SLACK, SLACK).contains(lies)
