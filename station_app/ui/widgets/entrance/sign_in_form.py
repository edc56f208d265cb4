"""The sign-in of every day: who, and the PIN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from station_app.keys.pins import PIN_MAX_DIGITS, PIN_MIN_DIGITS
from station_app.ui.ports import PcCard
from station_app.ui.presenters.entering import Entering
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Button, Field, row_of
from station_app.ui.widgets.entrance.worker_tiles import WorkerTiles
from station_app.ui.widgets.theme import Theme
from station_app.ui.widgets.typed_form import TypedForm, line_edit

TITLE = "请登录"
CHOOSE = "先选名字：按名字前面的字母键，或用方向键，也可以点一下。"


class SignInForm(TypedForm):
    """Tiles of those who have signed in here before; the name can be typed as well."""

    def __init__(
        self, entering: Entering, theme: Theme, first_time: Callable[[], Any], forgotten: Callable[[], Any]
    ) -> None:
        fields = {
            "name": Field("姓名", line_edit()),
            "pin": Field("PIN", line_edit(secret=True, most=PIN_MAX_DIGITS)),
        }
        super().__init__(fields, Button("登录", self._sign_in, kind="primary", key="F8"), TITLE)
        self._entering = entering
        self._last = ""
        self.tiles = WorkerTiles(theme)
        self.tiles.chosen.connect(self._choose)
        self.tiles.typed.connect(self._begin_pin)
        self.editor("pin").installEventFilter(self)
        self.tiles.currentItemChanged.connect(lambda _new, old: self._change_name(had_one=old is not None))
        self.body.insertWidget(self.body.indexOf(self.fields["name"]), self.tiles)
        self.other = Button("输入姓名", self._type_name, kind="quiet")
        self.first_time = Button("首次在这台电脑登录", first_time, kind="quiet")
        self.forgotten = Button("忘记 PIN", forgotten, kind="quiet", key="F4")
        self.body.addLayout(row_of(self.first_time, self.other, self.forgotten))

    @property
    def name(self) -> str:
        """Return who is signing in."""
        return self.text("name") if self.tiles.isHidden() else self.tiles.name

    def open(self, card: PcCard) -> None:
        """Let them choose again; whoever was here last is chosen already."""
        self.forget()
        self.tiles.show_names(card.workers, self._last)
        self._show_tiles(bool(card.workers))
        self.editor("pin" if card.workers else "name").setFocus()
        if card.workers and not self.tiles.name:
            self.fields["pin"].show_message(CHOOSE, Tone.INFO)

    def remember(self, name: str) -> None:
        """Note who has come in: the PIN goes, the choice stays for the next time."""
        self._last = name
        self.editor("pin").clear()

    def complete(self) -> bool:
        if not self.tiles.isHidden():
            self.editor("name").setText(self.tiles.name)
            if not self.tiles.name:
                self.refuse("pin", CHOOSE)
                return False
        return super().complete()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the worker choose without leaving the box of the PIN."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or self.tiles.isHidden():
            return False
        moves_cursor = event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and bool(self.text("pin"))
        return not moves_cursor and self.tiles.take_key(event)

    def refuse(self, name: str, text: str) -> None:
        super().refuse("pin" if name == "name" and not self.tiles.isHidden() else name, text)

    def _show_tiles(self, shown: bool) -> None:
        self.tiles.setVisible(shown)
        self.other.setVisible(shown)
        self.fields["name"].setHidden(shown)

    def _type_name(self) -> None:
        self._show_tiles(False)
        self.editor("name").clear()
        self.editor("name").setFocus()

    def _begin_pin(self, digit: str) -> None:
        self.editor("pin").setFocus()
        self.editor("pin").insert(digit)

    def _choose(self, _name: str) -> None:
        self.editor("pin").clear()
        self.editor("pin").setFocus()

    def _change_name(self, *, had_one: bool) -> None:
        """Forget what concerned another worker; a PIN typed before anybody was chosen stays."""
        if had_one:
            self.editor("pin").clear()
        self._entering.forget_wait()
        self.fields["pin"].show_message()

    def _sign_in(self) -> None:
        if not self.complete():
            return
        if len(self.text("pin")) < PIN_MIN_DIGITS:
            # Not tried: nobody's PIN is that short, and a wrong try would have to be waited for.
            self.refuse("pin", f"PIN 至少 {PIN_MIN_DIGITS} 位，填了 {len(self.text('pin'))} 位。请接着输完。")
            self.editor("pin").end(False)
        else:
            self._entering.sign_in(self.name, self.text("pin"))
