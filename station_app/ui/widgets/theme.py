"""From tokens to what Qt paints with: fonts, palette, style sheet and icons."""

from __future__ import annotations

import re
from dataclasses import asdict
from functools import lru_cache

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from station_app.paths import resource
from station_app.ui.settings import Settings
from station_app.ui.tokens import UI_FAMILIES, Palette, Sizes, palette_of

_TOKEN = re.compile(r"@(\w+)")


def load_first_font() -> None:
    """Load the font of all common characters; the big one of rare characters follows after the first paint."""
    QFontDatabase.addApplicationFont(str(resource("fonts/NotoSansSC-Regular.ttf")))


def load_rare_font() -> None:
    """Load the font of the rare characters of GB 18030 level 3; Qt takes it where the first one has no glyph."""
    QFontDatabase.addApplicationFont(str(resource("fonts/HanaMinB.ttf")))


class Theme(QObject):
    """The look in force; widgets that paint by themselves read it and repaint on `changed`."""

    changed = Signal()

    def __init__(self, application: QApplication, settings: Settings) -> None:
        super().__init__(application)
        self._application = application
        self.palette: Palette
        self.sizes: Sizes
        self.apply(settings)

    def apply(self, settings: Settings) -> None:
        """Put theme and text size in force for the whole program."""
        hints = QGuiApplication.styleHints()
        dark = hints.colorScheme() is Qt.ColorScheme.Dark
        self.palette = palette_of(settings.theme, system_is_dark=dark)
        self.sizes = Sizes().scaled(settings.scale)
        self._application.setFont(self.font(self.sizes.body))
        self._application.setPalette(_qt_palette(self.palette))
        self._application.setStyleSheet(style_sheet(self.palette, self.sizes))
        self.changed.emit()

    def font(self, pixels: int) -> QFont:
        """Return the program's font at a size."""
        font = QFont()
        font.setFamilies(list(UI_FAMILIES))
        font.setPixelSize(pixels)
        return font

    def icon(self, name: str, colour: str = "") -> QIcon:
        """Return an icon of resources/icons in a colour (#rrggbb), that of plain text unless given."""
        return QIcon(icon_pixmap(name, colour or self.palette.text, self.sizes.icon * 2))


def style_sheet(palette: Palette, sizes: Sizes) -> str:
    """Return resources/app.qss with each @token filled in; KeyError for one that does not exist."""
    values = {**asdict(palette), **{name: f"{value}px" for name, value in asdict(sizes).items()}}
    values["families"] = ", ".join(f'"{family}"' for family in UI_FAMILIES)
    return _TOKEN.sub(lambda found: values[found[1]], resource("app.qss").read_text("utf-8"))


@lru_cache(maxsize=256)
def icon_pixmap(name: str, colour: str, pixels: int) -> QPixmap:
    """Return resources/icons/NAME.svg, drawn in one colour."""
    drawing = resource(f"icons/{name}.svg").read_text("utf-8").replace("currentColor", colour)
    pixmap = QPixmap(QSize(pixels, pixels))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(drawing.encode("utf-8"))).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return pixmap


def _qt_palette(palette: Palette) -> QPalette:
    roles = QPalette.ColorRole
    colours = {
        roles.Window: palette.paper,
        roles.WindowText: palette.text,
        roles.Base: palette.surface,
        roles.AlternateBase: palette.raised,
        roles.Text: palette.text,
        roles.Button: palette.surface,
        roles.ButtonText: palette.text,
        roles.PlaceholderText: palette.muted,
        roles.Highlight: palette.primary_soft,
        roles.HighlightedText: palette.text,
        roles.ToolTipBase: palette.raised,
        roles.ToolTipText: palette.text,
        roles.Link: palette.info,
        roles.Accent: palette.primary,
    }
    made = QPalette()
    for role, colour in colours.items():
        made.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(palette.muted))
    return made
