"""A forgotten PIN: numbers to read out to the county, the code that it reads back, and a new PIN."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt

from station_app.keys.phone_codes import parse_code
from station_app.keys.pins import PIN_MAX_DIGITS
from station_app.ui.presenters.entering import Entering
from station_app.ui.presenters.pins import PIN_RULE, code_problem, new_pin_problem, pin_problem, repeat_problem
from station_app.ui.widgets.controls import Button, Field, Text, row_of
from station_app.ui.widgets.typed_form import TypedForm, line_edit

TITLE = "忘记 PIN"
ABOUT = "不用联网。先打电话给{center}，报上姓名，念下面的数字；对方会念一串口令，只能用一次。已办的件都在。"
READ_OUT = "念给{center}："
NOT_YET = "填好姓名按回车，这里就有要念的数字。"


class ResetForm(TypedForm):
    """Name, the challenge, the code, and the new PIN twice."""

    def __init__(self, entering: Entering) -> None:
        fields = {
            "name": Field("姓名", line_edit()),
            "code": Field("对方念的口令", line_edit(), "21 位数字，空格可以不输。"),
            "pin": Field("新 PIN", line_edit(secret=True, most=PIN_MAX_DIGITS), PIN_RULE),
            "again": Field("再输一遍新 PIN", line_edit(secret=True, most=PIN_MAX_DIGITS)),
        }
        super().__init__(fields, Button("设好并登录", self._reset, kind="primary", key="F8"), TITLE, ABOUT)
        self._entering = entering
        self._asked = ""
        self._center = ""
        self.challenge = Text(NOT_YET, "title")
        self.body.insertWidget(self.body.indexOf(self.fields["code"]), self.challenge)
        # Side by side, so that all of it is seen at once on a small screen.
        both = row_of(stretch=0)
        for name in ("pin", "again"):
            both.addWidget(fields[name], 1, Qt.AlignmentFlag.AlignTop)
        self.body.insertLayout(self.body.indexOf(self.main), both)
        self.editor("name").editingFinished.connect(self._ask)
        self.check_on_leaving("code", partial(code_problem, parse_code))
        self.check_on_leaving("pin", pin_problem)
        self.check_on_leaving("again", self._repeat_problem)

    def open(self, name: str, center: str) -> None:
        """Begin anew for this worker; without a name it is asked for.

        Args:
            center: what the center of this PC is called.
        """
        self._center = center
        self.about.setText(ABOUT.format(center=center))
        self.forget()
        self._show_none()
        self.editor("name").setText(name)
        self.editor("code" if name else "name").setFocus()
        self._ask()

    def forget(self) -> None:
        super().forget()
        self._show_none()

    def show_challenge(self, challenge: str) -> None:
        """Show what is to be read out."""
        self.challenge.setText(f"{READ_OUT.format(center=self._center)}{challenge}")

    def _show_none(self) -> None:
        self._asked = ""
        self.challenge.setText(NOT_YET)

    def _ask(self) -> None:
        name = self.text("name").strip()
        if name and name != self._asked:
            self._show_none()
            self._asked = name
            self._entering.ask_challenge(name)

    def _repeat_problem(self, again: str) -> str:
        return repeat_problem(self.text("pin"), again)

    def _reset(self) -> None:
        if not self.complete():
            return
        problem = new_pin_problem(self.text("pin"), self.text("again"))
        if problem:
            self.refuse(*problem)
        else:
            self._entering.reset_pin(self.text("name"), self.text("code"), self.text("pin"))
