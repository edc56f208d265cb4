"""Putting this PC back from a backup: which file, and on another PC the code that the county reads out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QProgressBar

from station_app.keys.phone_codes import parse_code
from station_app.ui.presenters.pins import code_problem
from station_app.ui.presenters.putting_back import PuttingBack
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Button, Field, Text, row_of
from station_app.ui.widgets.typed_form import TypedForm, line_edit

TITLE = "从备份恢复"
ABOUT = (
    "这台电脑重装过、换了硬盘，或者代替坏了的那台，就从备份接着办。本机原有的挪到一边，不删除。"
    "恢复以后登录、联网同步：{center}收到过的自己回来，没有找回来的会写明是哪几号。"
)
READ_OUT = "这是另一台电脑的备份，要一串口令。请打电话给{center}，报上姓名，念：\n{challenges}"
MORE = "有几串的，先念第一串；对方说的姓名不是本单位的人，再念下一串。"
KINDS = "备份 (*.backup);;全部文件 (*)"
LONGEST_PATH = 4096
PERCENT = 100


class RestoreForm(TypedForm):
    """The file, and the code once it is known to be needed."""

    def __init__(self, work: PuttingBack, ask_file: Callable[[], str]) -> None:
        fields = {
            "file": Field("备份文件", line_edit(most=LONGEST_PATH)),
            "code": Field("对方念的口令", line_edit(), "21 位数字，空格可以不输。"),
        }
        super().__init__(fields, Button("恢复", self._start, kind="primary", key="F8"), TITLE, " ")
        self._work = work
        self._center = ""
        self._ask_file = ask_file
        self.choose = Button("选文件", self._choose)
        fields["file"].add_below(self.choose)
        self.read_out = Text()
        self.body.insertWidget(self.body.indexOf(fields["code"]), self.read_out)
        self.bar = QProgressBar()
        self.bar.setRange(0, PERCENT)
        self.bar.setAccessibleName("恢复做到哪里")
        self.bar.hide()
        self.cancel = Button("取消恢复", work.cancel, kind="quiet")
        self.cancel.hide()
        self.body.addWidget(self.bar)
        self.body.addLayout(row_of(self.cancel))
        self.check_on_leaving("code", partial(code_problem, parse_code))
        work.refused.connect(self.refuse)
        work.code_needed.connect(self._ask_code)
        work.progress.connect(lambda done, total: self.bar.setValue(PERCENT * done // max(total, 1)))
        work.running.connect(self._show_running)

    def open(self, center: str) -> None:
        """Begin anew.

        Args:
            center: what the center of this PC is called.
        """
        self._center = center
        self.about.setText(ABOUT.format(center=center))
        self.forget()
        self._show_code(shown=False)
        self.editor("file").setFocus()

    def complete(self) -> bool:
        if self.fields["code"].isHidden():
            self.editor("code").setText("-")
        whole = super().complete()
        if self.fields["code"].isHidden():
            self.editor("code").clear()
        return whole

    def _choose(self) -> None:
        file = self._ask_file()
        if file:
            self.editor("file").setText(file)
            self.main.setFocus()

    def _start(self) -> None:
        if self.complete():
            self._work.start(self.text("file").strip(), self.text("code"))

    def _ask_code(self, challenges: Sequence[str]) -> None:
        told = READ_OUT.format(center=self._center, challenges="\n".join(challenges))
        self.read_out.setText(f"{told}\n{MORE}" if len(challenges) > 1 else told)
        self._show_code(shown=True)
        self.editor("code").setFocus()

    def _show_code(self, *, shown: bool) -> None:
        # What is to be read out and the button are seen at once then, on a small screen too.
        self.about.setVisible(not shown)
        self.read_out.setVisible(shown)
        self.fields["code"].setVisible(shown)

    def _show_running(self, running: bool) -> None:
        self.show_busy("正在恢复…" if running else "")
        self.bar.setValue(0)
        self.bar.setVisible(running)
        self.cancel.setVisible(running)
        self.choose.setEnabled(not running)
        self.editor("file").setEnabled(not running)
        self.editor("code").setEnabled(not running)
        if running:
            self.notice.show_text("正在恢复。没有做完以前，本机没有变。", Tone.INFO)
