"""A window at every size that a screen leaves it: nothing that is written there is cut off."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget

from station_app.ui.settings import Settings
from station_app.ui.tokens import Theme as ThemeName
from station_app.ui.widgets.theme import Theme
from tests.ui.painted import cut_texts, squeezed

# What is left of the screen under a title bar and a taskbar; and how large the texts are, in percent: a new size of the
# texts takes ten times as long as a new size of the window. The second is what the system's 125 % leaves of 1366x768.
SCREENS = {
    100: ((1366, 728), (1092, 566), (1920, 1040), (1024, 620)),
    125: ((1366, 728),),
    150: ((1366, 728), (1024, 620)),
}


def settle() -> None:
    """Let what is laid out anew be laid out."""
    for _ in range(6):
        QApplication.processEvents()


def require_whole_texts(window: QWidget, theme: Theme) -> None:
    """Look at a window at every size."""
    for scale, sizes in SCREENS.items():
        theme.apply(Settings(theme=ThemeName.LIGHT, scale=scale))
        for width, height in sizes:
            window.resize(width, height)
            settle()
            smallest = window.minimumSizeHint()
            assert smallest.width() <= width, (scale, smallest)
            assert smallest.height() <= height, (scale, smallest)
            assert cut_texts(window) == [], (width, scale)
            assert squeezed(window) == [], (width, scale)
