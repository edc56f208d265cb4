"""The band at the bottom: what waits, when the last exchange was and when the next one is."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from station_app.ui.presenters.syncing import Syncing, SyncView
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Button, Pill, Text, letters_across, set_look

SHOWN_MS = 8000
WIDE_LETTERS = 60


class StatusBand(QWidget):
    """Says honestly how far the work has come: green only where everything is at the center."""

    def __init__(self, syncing: Syncing) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_look(self, role="status")
        self.state = Pill()
        self.warning = Pill()
        self.warning.hide()
        self.times = Text(size="small", muted=True)
        self.times.setWordWrap(False)
        self.said = Text(size="small")
        self.said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.timeout.connect(lambda: self.say("", ""))
        self.now_button = Button("现在同步", syncing.exchange_now, kind="quiet")
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(12)
        row.addWidget(self.state)
        row.addWidget(self.warning)
        row.addWidget(self.times)
        row.addWidget(self.said, 1)
        row.addWidget(self.now_button)
        syncing.shown.connect(self._show)

    def add(self, part: QWidget) -> None:
        """Put something at the right end."""
        self._row.addWidget(part)

    def say(self, text: str, tone: str) -> None:
        """Tell one sentence for a while."""
        self.said.setText(text)
        set_look(self.said, tone=tone)
        self._make_room()
        if text:
            self._quiet.start(SHOWN_MS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Where the band is narrow, the times wrap, and either they or what is said has the room."""
        narrow, saying = letters_across(self) < WIDE_LETTERS, bool(self.said.text())
        self.times.setWordWrap(narrow)
        self.times.setVisible(not (narrow and saying))
        self.said.setVisible(saying or not narrow)
        self._row.setStretchFactor(self.times, 1 if narrow else 0)

    def _show(self, view: SyncView) -> None:
        self.state.show_state(view.state, view.tone)
        self.state.setToolTip(view.why)
        self.warning.setVisible(bool(view.warning))
        self.warning.show_state(view.warning, Tone.BAD)
        self.warning.setToolTip(view.warned_of)
        self.times.setText(view.times)
        self.now_button.setEnabled(not view.running)
