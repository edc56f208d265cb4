"""停用电脑: what counts and what is held from now on, why, and the digits of the PC typed as the confirmation."""

from __future__ import annotations

from station_app.ui.models.fleet_rows import DIGITS, pc_name
from station_app.ui.models.fleet_words import FleetRow
from station_app.ui.presenters.administering import Administering
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Button, Field, Text
from station_app.ui.widgets.typed_form import TypedForm, line_edit

ABOUT = (
    "停用不能撤销。中心到现在为止收到的都算数（有效到这里为止）；它以后写的、传来的都扣住，由两位管理员核对。"
    "它不再收到任何东西，这个单位换新的单位钥匙。被盗、丢失的马上停用；坏了、换了的，先让它把没传完的传完。"
)


class RevokeSheet(TypedForm):
    """Which PC, the reason, and its first digits once more."""

    def __init__(self, administering: Administering) -> None:
        fields = {
            "reason": Field("为什么停用", line_edit(), "如：11 月 20 日在路上被盗。记在操作记录里，不要写群众的姓名。"),
            "digits": Field("照抄电脑编号的头六位", line_edit(most=DIGITS), "抄对了才停用，免得停错一台。"),
        }
        super().__init__(fields, Button("停用这台电脑", self._revoke, kind="danger", key="F8"), about=ABOUT)
        self._administering = administering
        self._device = ""
        self._is_done = False
        self.which = Text(size="title")
        self.body.insertWidget(0, self.which)
        self.body.addStretch(1)
        administering.revoked.connect(self._show_revoked)

    def open_for(self, row: FleetRow) -> None:
        """Begin anew for the PC of a row."""
        assert row.pc is not None
        self._device, self._is_done = row.pc.device, False
        heard = row.heard.text.replace("\n", "，")
        self.which.setText(f"停用{row.office.name}的{pc_name(row.pc)}（最近联系：{heard}）")
        self.forget()
        self.show_busy("")
        self.editor("reason").setFocus()

    def show_busy(self, what: str) -> None:
        super().show_busy(what)
        self.main.setEnabled(not what and not self._is_done)

    def _revoke(self) -> None:
        if not self.complete():
            return
        if self.text("digits").strip().lower() != self._device[:DIGITS]:
            wanted = self._device[:DIGITS]
            self.refuse("digits", f"编号的头六位是 {wanted}，抄的不一样。请看清是不是这一台，再抄一遍。")
            return
        self._administering.revoke(self._device, self.text("reason").strip())

    def _show_revoked(self, events: int) -> None:
        self._is_done = True
        self.forget()
        self.main.setEnabled(False)
        text = f"已停用。中心收到过它的 {events} 条，都算数；以后传来的扣住。请给这个单位另开通一台电脑。"
        self.notice.show_text(text, Tone.GOOD)
