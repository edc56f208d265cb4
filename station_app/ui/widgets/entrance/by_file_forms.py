"""Joining and the first sign-in on a PC without a line: a request is saved, and a grant from the center opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from station_app.keys.codes import parse_activation_code, parse_enrolment_code
from station_app.keys.pins import PIN_MAX_DIGITS
from station_app.ui.presenters.entering import Entering
from station_app.ui.presenters.pins import PIN_RULE, code_problem, new_pin_problem, pin_problem, repeat_problem
from station_app.ui.widgets.asking_path import ask_open_path, ask_save_path
from station_app.ui.widgets.controls import Button, Field, Text, row_of
from station_app.ui.widgets.typed_form import TypedForm, line_edit

JOIN_TITLE, ACTIVATE_TITLE = "用文件加入所在单位", "用文件首次登录"
ABOUT = "没有网络时用，分两步：先存出申请，用优盘带到{center}；再把批复带回来打开。写着码的纸条不要和优盘放在一起。"
FIRST, SECOND = "第一步　存出申请", "第二步　打开批复"
_REQUESTS, _GRANTS = "申请 (*.streq)", "批复 (*.stgrant)"


class ByFileForm(TypedForm):
    """Two steps on one sheet: what the request needs, its button, and below the button that opens the grant.

    Args:
        fields: of the request.
        later: what is filled in only when the grant is there.
    """

    def __init__(
        self, entering: Entering, fields: Mapping[str, Field], title: str, later: Mapping[str, Field], online: Button
    ) -> None:
        super().__init__(fields, Button("存出申请", self._save, kind="primary", key="F8"), title, ABOUT)
        self.entering = entering
        self._asked_for = tuple(fields)
        below = self.body.indexOf(self.notice) + 1
        self.body.insertWidget(below, Text(FIRST, "strong"))
        self.body.insertLayout(below + 1, _side_by_side(fields))
        self.body.addWidget(Text(SECOND, "strong"))
        self.fields = {**fields, **later}
        self.body.addLayout(_side_by_side(later))
        self.open_grant = Button("打开批复", self._open, key="F9")
        self.body.addLayout(row_of(self.open_grant, online, stretch=0))

    def open(self, center: str) -> None:
        """Begin anew.

        Args:
            center: what the center of this PC is called.
        """
        self.about.setText(ABOUT.format(center=center))
        self.forget()
        self.editor(self._asked_for[0]).setFocus()

    def show_busy(self, what: str) -> None:
        super().show_busy(what)
        self.open_grant.setEnabled(not what)

    def ask_request_path(self) -> str:
        """Ask the worker where the request is to go; "" when they thought better of it."""
        # No name of a person or office: whoever finds the stick reads what files are called.
        return ask_save_path(self, "存出申请", "申请.streq", _REQUESTS)

    def ask_grant_path(self) -> str:
        """Ask the worker where the grant lies; "" when they thought better of it."""
        return ask_open_path(self, "打开批复", _GRANTS)

    def ask(self, path: str) -> None:
        """Have the request written."""
        raise NotImplementedError

    def take(self, path: str) -> None:
        """Have the grant taken."""
        raise NotImplementedError

    def ready(self) -> bool:
        """Tell whether all is filled in well that taking a grant needs."""
        return True

    def _save(self) -> None:
        if self.filled(*self._asked_for) and (path := self.ask_request_path()):
            self.ask(path)

    def _open(self) -> None:
        if self.ready() and (path := self.ask_grant_path()):
            self.take(path)


def _side_by_side(fields: Mapping[str, Field]) -> QHBoxLayout:
    """Return the fields in one row, so that both steps are seen at once on a small screen."""
    row = row_of(stretch=0)
    for field in fields.values():
        row.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
    return row


class JoinByFileForm(ByFileForm):
    """The join code; the grant needs nothing more."""

    def __init__(self, entering: Entering, to_network: Callable[[], Any]) -> None:
        code = Field("加入码", line_edit(), "30 个字母和数字。大小写都行，短横可以不输。")
        self.online = Button("有网络，直接加入", to_network, kind="quiet")
        super().__init__(entering, {"code": code}, JOIN_TITLE, {}, self.online)
        self.check_on_leaving("code", partial(code_problem, parse_enrolment_code))

    def ask(self, path: str) -> None:
        self.entering.ask_to_join(self.text("code"), path)

    def take(self, path: str) -> None:
        self.entering.join_by_grant(path)


class ActivateByFileForm(ByFileForm):
    """Name and activation code for the request; a PIN of their own when the grant is there."""

    def __init__(self, entering: Entering, to_network: Callable[[], Any]) -> None:
        fields = {
            "name": Field("姓名", line_edit()),
            "code": Field("激活码", line_edit(), "10 个字母和数字，短横可以不输。"),
        }
        later = {
            "pin": Field("设置 PIN", line_edit(secret=True, most=PIN_MAX_DIGITS), PIN_RULE),
            "again": Field("再输一遍 PIN", line_edit(secret=True, most=PIN_MAX_DIGITS)),
        }
        self.online = Button("有网络，直接首次登录", to_network, kind="quiet")
        super().__init__(entering, fields, ACTIVATE_TITLE, later, self.online)
        self.check_on_leaving("code", partial(code_problem, parse_activation_code))
        self.check_on_leaving("pin", pin_problem)
        self.check_on_leaving("again", lambda again: repeat_problem(self.text("pin"), again))
        self.editor("pin").returnPressed.connect(self.editor("again").setFocus)
        self.editor("again").returnPressed.connect(self.open_grant.click)

    def ready(self) -> bool:
        if not self.filled("pin", "again"):
            return False
        problem = new_pin_problem(self.text("pin"), self.text("again"))
        if problem:
            self.refuse(*problem)
        return not problem

    def ask(self, path: str) -> None:
        self.entering.ask_to_activate(self.text("name"), self.text("code"), path)

    def take(self, path: str) -> None:
        self.entering.activate_by_grant(path, self.text("pin"))
