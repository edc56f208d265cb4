"""The worker's own PIN: the old one, and the new one twice."""

from __future__ import annotations

from station_app.keys.pins import PIN_MAX_DIGITS
from station_app.ui.presenters.changing_pin import ChangingPin
from station_app.ui.presenters.pins import PIN_RULE, pin_problem, repeat_problem
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Button, Field
from station_app.ui.widgets.typed_form import TypedForm, line_edit
from station_app.ui.workplace import Workplace

CHANGED = "PIN 已改。下次登录请用新的。"


class PinForm(TypedForm):
    """Says beside each box what is wrong with it; what was typed is gone once it is done or left."""

    def __init__(self, place: Workplace) -> None:
        fields = {
            "old": Field("现在的 PIN", line_edit(secret=True, most=PIN_MAX_DIGITS)),
            "pin": Field("新 PIN", line_edit(secret=True, most=PIN_MAX_DIGITS), PIN_RULE),
            "again": Field("新 PIN 再输一遍", line_edit(secret=True, most=PIN_MAX_DIGITS)),
        }
        super().__init__(fields, Button("改 PIN", self._change, kind="primary", key="F8"))
        self.check_on_leaving("pin", pin_problem)
        self.check_on_leaving("again", lambda again: repeat_problem(self.text("pin"), again))
        self._work = ChangingPin(place, self)
        self._work.refused.connect(self.refuse)
        self._work.changed.connect(self._tell_changed)
        self._work.busy.connect(lambda yes: self.show_busy("正在改 PIN…" if yes else ""))

    def _change(self) -> None:
        self.clear_messages()
        if self.complete():
            self._work.change(self.text("old"), self.text("pin"), self.text("again"))

    def _tell_changed(self) -> None:
        self.forget()
        self.notice.show_text(CHANGED, Tone.GOOD)
