"""开通电脑: a code for a PC with a line, a grant on a stick for one without."""

from __future__ import annotations

from collections.abc import Callable

from station_app.ui.models.fleet_words import FleetRow
from station_app.ui.ports import GrantFile, NewCode
from station_app.ui.presenters.administering import Administering
from station_app.ui.tokens import Tone
from station_app.ui.widgets.controls import Button, Card, Text, row_of, shaped
from station_app.ui.widgets.typed_form import TypedForm

ABOUT = "加入码让一台电脑加入这个单位，只能用一次。念给、写给装电脑的人；写着加入码的纸条不要和优盘放在一起。"
BY_FILE = (
    "没有网络的电脑：先用加入码在那台电脑上存一份申请，用优盘带来。在这里选这份申请，办好批复带回去。"
    "启用账户的申请也在这里办。"
)


class EnrolSheet(TypedForm):
    """The office, a button for the code, and below it one for a request that came on a stick."""

    def __init__(
        self, administering: Administering, ask_request: Callable[[], str], ask_grant: Callable[[], str]
    ) -> None:
        super().__init__({}, Button("取加入码", self._give, kind="primary", key="F8"), about=ABOUT)
        self._administering = administering
        self._ask_request, self._ask_grant = ask_request, ask_grant
        self._org = ""
        self.office = Text(size="title")
        self.code = Text(size="title")
        self.found = Text()
        self.by_file = Button("选申请文件，办批复", self._grant, key="F4")
        self.told = Text()
        self.body.insertWidget(0, self.office)
        self.body.addWidget(self.code)
        self.body.addWidget(self.found)
        card = Card("用文件加入")
        card.add(Text(BY_FILE, muted=True))
        card.add(row_of(self.by_file))
        card.add(self.told)
        self.body.addWidget(card)
        self.body.addStretch(1)
        administering.code_given.connect(self._show_code)
        administering.granted.connect(self._show_grant)

    def open_for(self, row: FleetRow | None) -> None:
        """Begin anew for the office of a row; without one only requests on a stick are answered."""
        self._org = row.office.org if row is not None else ""
        self.office.setText(f"给{row.office.name}开通一台电脑" if row is not None else "没有选单位，只能办批复")
        self.forget()
        self.main.setEnabled(bool(self._org))
        (self.main if self._org else self.by_file).setFocus()

    def forget(self) -> None:
        super().forget()
        for text in (self.code, self.found, self.told):
            text.setText("")
            text.hide()

    def show_busy(self, what: str) -> None:
        super().show_busy(what)
        self.main.setEnabled(not what and bool(self._org))
        self.by_file.setEnabled(not what)

    def _give(self) -> None:
        self._administering.give_code(self._org)

    def _show_code(self, found: NewCode) -> None:
        self.code.setText(found.code)
        self.found.setText(
            f"{found.office}的加入码，只能用一次。在那台电脑上填：中心地址 {found.address}，加入码如上。"
        )
        self.code.show()
        self.found.show()

    def _grant(self) -> None:
        request = self._ask_request()
        path = self._ask_grant() if request else ""
        if path:
            self._administering.grant(request, path)

    def _show_grant(self, found: GrantFile) -> None:
        what = f"{found.worker}（{found.office}）可以启用" if found.worker else f"{found.office}的一台电脑已加入"
        self.told.setText(shaped(f"{what}。批复已存到 {found.path}，现在可以安全拔出，请带回那台电脑打开。", Tone.GOOD))
        self.told.set_tone(Tone.GOOD)
        self.told.show()
