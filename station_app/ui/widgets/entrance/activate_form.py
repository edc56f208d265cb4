"""A worker's first sign-in on this PC: the code on the slip, and a PIN of their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from station_app.keys.codes import parse_activation_code
from station_app.keys.pins import PIN_MAX_DIGITS
from station_app.ui.presenters.entering import Entering
from station_app.ui.presenters.pins import PIN_RULE, code_problem, new_pin_problem, pin_problem, repeat_problem
from station_app.ui.widgets.controls import Button, Field
from station_app.ui.widgets.typed_form import TypedForm, line_edit

TITLE = "首次登录"
ABOUT = "姓名和激活码照{center}给的纸条填。PIN 自己定，以后每次登录用它，不要告诉别人。要联网。"
BY_FILE = "没有网络，用文件启用"


class ActivateForm(TypedForm):
    """Name, activation code, and the PIN twice."""

    def __init__(self, entering: Entering, by_file: Callable[[], Any]) -> None:
        fields = {
            "name": Field("姓名", line_edit()),
            "code": Field("激活码", line_edit(), "10 个字母和数字。大小写都行，短横可以不输。"),
            "pin": Field("设置 PIN", line_edit(secret=True, most=PIN_MAX_DIGITS), PIN_RULE),
            "again": Field("再输一遍 PIN", line_edit(secret=True, most=PIN_MAX_DIGITS)),
        }
        super().__init__(fields, Button("启用并登录", self._activate, kind="primary", key="F8"), TITLE, ABOUT)
        self._entering = entering
        self.by_file = Button(BY_FILE, by_file, kind="quiet")
        self.check_on_leaving("code", partial(code_problem, parse_activation_code))
        self.check_on_leaving("pin", pin_problem)
        self.check_on_leaving("again", self._repeat_problem)

    def open(self, center: str) -> None:
        """Begin anew, with the name.

        Args:
            center: what the center of this PC is called.
        """
        self.about.setText(ABOUT.format(center=center))
        self.forget()
        self.editor("name").setFocus()

    def _repeat_problem(self, again: str) -> str:
        return repeat_problem(self.text("pin"), again)

    def _activate(self) -> None:
        if not self.complete():
            return
        problem = new_pin_problem(self.text("pin"), self.text("again"))
        if problem:
            self.refuse(*problem)
        else:
            self._entering.activate(self.text("name"), self.text("code"), self.text("pin"))
