"""The first start on a PC: join the office it stands in, or look at the demonstration."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from station_app.keys.codes import parse_enrolment_code
from station_app.ui.presenters.entering import Entering, plain_address
from station_app.ui.presenters.pins import code_problem
from station_app.ui.widgets.controls import Button, Field, Text, row_of
from station_app.ui.widgets.typed_form import TypedForm, line_edit

TITLE = "加入所在单位"
ABOUT = "这台电脑第一次使用。请向县中心（市里的向市中心）要一张登记单，照着填这两行。只填这一次，要联网。"
BY_FILE = "没有网络，用文件加入"
DEMO = "还没有登记单？可以先看演示：在本机搭一个小地方，随便试，不会碰到真的数据。"


class JoinForm(TypedForm):
    """Center address and join code, as both stand on the slip."""

    def __init__(self, entering: Entering, by_file: Callable[[], Any]) -> None:
        fields = {
            "address": Field("中心地址", line_edit(), "例如 https://192.168.1.10:8443"),
            "code": Field("加入码", line_edit(), "30 个字母和数字。大小写都行，短横可以不输。"),
        }
        super().__init__(fields, Button("加入", self._join, kind="primary", key="F8"), TITLE, ABOUT)
        self._entering = entering
        self.check_on_leaving("code", partial(code_problem, parse_enrolment_code))
        self.editor("address").editingFinished.connect(self._complete_address)
        self.by_file = Button(BY_FILE, by_file, kind="quiet")
        self.body.addLayout(row_of(self.main, self.by_file, stretch=0))
        self.body.addSpacing(8)
        self.body.addWidget(Text(DEMO, muted=True))
        self.demo = Button("先看演示", self._open_demo)
        self.body.addWidget(self.demo)

    def open(self) -> None:
        """Begin with the address."""
        self.clear_messages()
        self.editor("address").setFocus()

    def _complete_address(self) -> None:
        editor = self.editor("address")
        editor.setText(plain_address(editor.text()))

    def _join(self) -> None:
        if self.complete():
            self._entering.join(self.text("address"), self.text("code"))

    def _open_demo(self) -> None:
        self.demo.setEnabled(False)
        self._entering.open_demo()
