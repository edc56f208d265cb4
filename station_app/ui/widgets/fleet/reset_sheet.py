"""重置 PIN: the digits that a worker reads out, the second administrator, and the code to be read back."""

from __future__ import annotations

from PySide6.QtCore import Qt

from station_app.keys.pins import PIN_MAX_DIGITS
from station_app.ui.ports import ReadOut
from station_app.ui.presenters.administering import Administering
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Button, Field, Text, row_of
from station_app.ui.widgets.typed_form import TypedForm, line_edit

ABOUT = (
    "忘了 PIN 的人打电话来，念他电脑上显示的 16 位数字。先听清是不是本人，再由两位系统管理员一起取口令：您已登录，"
    "另一位在这里填自己的姓名和 PIN。口令只能用一次，只在那台电脑上有用。"
)


class ResetSheet(TypedForm):
    """The challenge, name and PIN of the second person, and the code, which goes with the sheet."""

    def __init__(self, administering: Administering) -> None:
        fields = {
            "challenge": Field("来电念的 16 位数字", line_edit(), "空格可以不输。"),
            "second": Field("第二位系统管理员的姓名", line_edit()),
            "pin": Field("第二位系统管理员的 PIN", line_edit(secret=True, most=PIN_MAX_DIGITS)),
        }
        super().__init__(fields, Button("取口令", self._reset, kind="primary", key="F8"), about=ABOUT)
        self._administering = administering
        self.code = Text(size="title")
        self.body.insertWidget(self.body.indexOf(self.notice) + 1, self.code)
        # Side by side, so that all of it is seen at once on a small screen.
        both = row_of(stretch=0)
        for name in ("second", "pin"):
            both.addWidget(fields[name], 1, Qt.AlignmentFlag.AlignTop)
        self.body.insertLayout(self.body.indexOf(self.main), both)
        self.body.addStretch(1)
        administering.read_out.connect(self._show_code)

    def open_anew(self) -> None:
        """Begin anew."""
        self.forget()
        self.editor("challenge").setFocus()

    def forget(self) -> None:
        super().forget()
        self.code.setText("")
        self.code.hide()

    def _reset(self) -> None:
        if self.complete():
            self.code.hide()
            self._administering.reset_pin(self.text("challenge"), self.text("second").strip(), self.text("pin"))

    def _show_code(self, found: ReadOut) -> None:
        self.editor("pin").clear()
        self.notice.show_text(f"这是{found.name}（{found.office}）的口令。确认来电的就是本人，再念：", Tone.WARN)
        self.code.setText(found.code)
        self.code.show()
