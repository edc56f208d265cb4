"""The gate: what stands before the work until a worker has signed in."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from station_app.messages import center_word
from station_app.ui.background import Jobs
from station_app.ui.ports import PcCard, Session, Station
from station_app.ui.presenters.entering import Entering, Face
from station_app.ui.presenters.putting_back import PuttingBack
from station_app.ui.tokens import Tone
from station_app.ui.widgets.asking_path import ask_open_path
from station_app.ui.widgets.controls import Button, Card, Notice, Text, row_of
from station_app.ui.widgets.entrance.activate_form import ActivateForm
from station_app.ui.widgets.entrance.by_file_forms import ActivateByFileForm, JoinByFileForm
from station_app.ui.widgets.entrance.join_form import JoinForm
from station_app.ui.widgets.entrance.replace_form import ReplaceForm
from station_app.ui.widgets.entrance.reset_form import ResetForm
from station_app.ui.widgets.entrance.restore_form import KINDS, TITLE, RestoreForm
from station_app.ui.widgets.entrance.sign_in_form import SignInForm
from station_app.ui.widgets.help import HelpPanel
from station_app.ui.widgets.theme import Theme
from station_app.ui.widgets.typed_form import TypedForm

LETTERS_IN_A_LINE = 42
WIDE = 1000
"""So much more than the room beside it does the sheet want, up to its widest."""


class Gate(QWidget):
    """One sheet in the middle: join, activate, sign in or set a new PIN, whichever this PC needs."""

    signed_in = Signal(object)

    def __init__(self, station: Station, jobs: Jobs, theme: Theme) -> None:
        super().__init__()
        self.station = station
        self.setAccessibleName("登录")
        self._theme = theme
        self._card = PcCard(enrolled=False)
        self.entering = Entering(station, jobs, self)
        self.office = Text("", "strong", muted=True)
        self.demo_band = Notice()
        self.join = JoinForm(self.entering, self._to_join_by_file)
        self.join_by_file = JoinByFileForm(self.entering, self._to_join)
        self.activate = ActivateForm(self.entering, self._to_activation_by_file)
        self.activate_by_file = ActivateByFileForm(self.entering, self._to_activation)
        self.sign_in = SignInForm(self.entering, theme, self._to_activation, self._to_reset)
        self.reset = ResetForm(self.entering)
        self.remembered = Button("想起来了，去登录", self._to_sign_in, kind="quiet")
        self.reset.body.addLayout(row_of(self.remembered))
        self.to_sign_in = Button("已经启用过，去登录", self._to_sign_in, kind="quiet")
        self.activate.body.addLayout(row_of(self.to_sign_in, self.activate.by_file))
        put_back = PuttingBack(station, jobs, self)
        put_back.done.connect(self.entering.show_put_back)
        self.restore = RestoreForm(put_back, lambda: ask_open_path(self, TITLE, KINDS))
        self.not_now = Button("返回", self.entering.start, kind="quiet")
        self.restore.body.addLayout(row_of(self.not_now))
        put_back.running.connect(lambda running: self.not_now.setEnabled(not running))
        self.replace = ReplaceForm(self._to_restore, self.entering.start)
        self.to_replace = Button("旧电脑坏了，换这台", self._to_replace, kind="quiet")
        self.to_restore = Button("从备份恢复", self._to_restore, kind="quiet")
        self._forms: dict[str, TypedForm] = {
            Face.JOIN: self.join,
            Face.JOIN_BY_FILE: self.join_by_file,
            Face.ACTIVATE: self.activate,
            Face.ACTIVATE_BY_FILE: self.activate_by_file,
            Face.SIGN_IN: self.sign_in,
            Face.RESET: self.reset,
            Face.RESTORE: self.restore,
            Face.REPLACE: self.replace,
        }
        self._form: TypedForm = self.sign_in
        self.help = HelpPanel()
        self.help.follow("gate")
        self._lay_out()
        self._connect()

    def start(self) -> None:
        """Begin anew, as after the first picture and after each lock."""
        self.entering.start()

    def _lay_out(self) -> None:
        self._sheet = Card()
        self._sheet.body.setContentsMargins(32, 24, 32, 24)
        name = Text("代办件", "display")
        name.setWordWrap(False)
        self.office.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._sheet.add(row_of(name, self.office, stretch=1))
        for part in (self.demo_band, *self._forms.values()):
            self._sheet.add(part)
            part.hide()
        inner = QWidget()
        middle = QVBoxLayout(inner)
        middle.addStretch(1)
        in_the_middle = QHBoxLayout()
        in_the_middle.addStretch(1)
        in_the_middle.addWidget(self._sheet, WIDE)
        in_the_middle.addStretch(1)
        middle.addLayout(in_the_middle)
        middle.addStretch(2)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout()
        outer.addWidget(scroll, 1)
        outer.addLayout(
            row_of(Button("帮助", self.help.toggle, kind="quiet", key="F1"), self.to_restore, self.to_replace)
        )
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(outer, 1)
        whole.addWidget(self.help)
        self._fit()

    def _connect(self) -> None:
        self._theme.changed.connect(self._fit)
        self.entering.shown.connect(self._show)
        self.entering.refused.connect(self._refuse)
        self.entering.counted.connect(lambda name, text: self._form.fields[name].show_message(text, Tone.WARN))
        self.entering.challenged.connect(self.reset.show_challenge)
        self.entering.told.connect(self._tell)
        self.entering.busy.connect(self._show_busy)
        self.entering.signed_in.connect(self._enter)

    def _fit(self) -> None:
        self._sheet.setMaximumWidth(self._theme.sizes.body * LETTERS_IN_A_LINE)

    def _show(self, face: str, card: PcCard) -> None:
        self._card = card
        self._form = self._forms[face]
        self.to_restore.setVisible(face != Face.RESTORE)
        # One that belongs to an office takes nobody's place.
        self.to_replace.setVisible(face == Face.JOIN)
        self.office.setText(card.office_name)
        self.demo_band.show_text(f"演示：所有人的 PIN 都是 {card.demo_pin}" if card.demo_pin else "")
        for name, form in self._forms.items():
            form.setVisible(name == face)
        if face == Face.JOIN:
            self.join.open()
        elif face == Face.JOIN_BY_FILE:
            self.join_by_file.open(center_word(card.level))
        elif face == Face.ACTIVATE:
            self.activate.open(center_word(card.level))
        elif face == Face.REPLACE:
            self.replace.main.setFocus()
        elif face == Face.RESTORE:
            self.restore.open(center_word(card.level))
        elif face == Face.ACTIVATE_BY_FILE:
            self.activate_by_file.open(center_word(card.level))
        elif face == Face.RESET:
            self.reset.open(self.sign_in.name, center_word(card.level))
        else:
            self.sign_in.open(card)

    def _refuse(self, field: str, text: str) -> None:
        self._form.refuse(field, text)

    def _tell(self, text: str) -> None:
        self._form.notice.show_text(text, Tone.GOOD)

    def _show_busy(self, what: str) -> None:
        self._form.show_busy(what)

    def _to_join(self) -> None:
        self.entering.show_face(Face.JOIN, self._card)

    def _to_join_by_file(self) -> None:
        self.entering.show_face(Face.JOIN_BY_FILE, self._card)

    def _to_activation_by_file(self) -> None:
        self.entering.show_face(Face.ACTIVATE_BY_FILE, self._card)

    def _to_activation(self) -> None:
        self.entering.show_face(Face.ACTIVATE, self._card)

    def _to_restore(self) -> None:
        self.entering.show_face(Face.RESTORE, self._card)

    def _to_replace(self) -> None:
        self.entering.show_face(Face.REPLACE, self._card)

    def _to_reset(self) -> None:
        self.entering.show_face(Face.RESET, self._card)

    def _to_sign_in(self) -> None:
        self.entering.show_face(Face.SIGN_IN, self._card)

    def _enter(self, session: Session) -> None:
        self.sign_in.remember(session.desk.worker.name)
        self.activate.forget()
        self.activate_by_file.forget()
        self.reset.forget()
        self.signed_in.emit(session)
