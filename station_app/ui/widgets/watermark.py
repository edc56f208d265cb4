"""What a scan may be used for, drawn across it when it is shown or printed; never into the file."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

_SLANT = -28
_COLOUR = QColor(180, 0, 0, 70)
# Letters so large that a copy without them would lose the text below; so many lines that no cut leaves one out.
_LETTERS_ACROSS, _LINES_APART = 30, 7


def marked(image: QImage, text: str) -> QImage:
    """Return the picture with a text across it again and again; the picture itself where there is none."""
    if not text:
        return image
    found = image.copy()
    painter = QPainter(found)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    font = QFont(painter.font())
    font.setPixelSize(max(10, image.width() // _LETTERS_ACROSS))
    painter.setFont(font)
    painter.setPen(_COLOUR)
    reach = image.width() + image.height()
    height = font.pixelSize() * _LINES_APART
    line = f"{text}　　" * (1 + reach // max(1, painter.fontMetrics().horizontalAdvance(text)))
    painter.translate(image.width() / 2, image.height() / 2)
    painter.rotate(_SLANT)
    for top in range(-reach // 2, reach // 2, height):
        box = QRect(-reach // 2, top, reach, height)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, line)
    painter.end()
    return found
