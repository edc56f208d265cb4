"""The band that offers a half-filled form again."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from station_app.ui.models.dates import instant_text
from station_app.ui.presenters.kept_drafts import KeptDrafts
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Button, Text, set_look
from station_app.ui.workplace import Workplace
from station_app.usecases.times import read_stamp


class DraftBand(QFrame):
    """Shows the last draft, with how many there are; hidden while there is none."""

    resumed = Signal(object)

    def __init__(self, place: Workplace, drafts: KeptDrafts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._drafts = drafts
        set_look(self, role="notice", tone=Tone.WARN.value)
        self.text = Text()
        self.resume_button = Button("继续填", self._resume)
        self.discard_button = Button("丢弃", self._discard, kind="quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.addWidget(self.text, 1)
        row.addWidget(self.resume_button)
        row.addWidget(self.discard_button)
        drafts.listed.connect(self._show)
        self.hide()

    def _show(self) -> None:
        others = self._drafts.others
        self.setVisible(bool(others))
        if not others:
            return
        saved_at = instant_text(read_stamp(others[0].saved_at), self._place.session.desk.now())
        many = f"有 {len(others)} 份没填完的，最近一份" if len(others) > 1 else "有一份没填完的"
        self.text.setText(f"{many}：{others[0].title}（{saved_at}）")

    def _resume(self) -> None:
        self.resumed.emit(self._drafts.others[0])

    def _discard(self) -> None:
        self._drafts.discard(self._drafts.others[0].draft_id)
