"""旧电脑坏了，换这台: what to do with a backup and what without one, and what to say on the telephone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from station_app.ui.widgets.controls import Button, Text
from station_app.ui.widgets.typed_form import TypedForm

TITLE = "旧电脑坏了，换这台"
ABOUT = "交上去过的，县里（市里）都有，换了电脑自己回来。旧电脑上写了、还没有传上去的，要看备份还在不在。"
WITH_ONE = (
    "有备份（U 盘或另一块硬盘还在）：用最近的一份恢复，没有传上去的也在里面。不用停用旧电脑，"
    "但它修好了也不要再开，否则两台都会停下来。备份以后才写的，同步完了照下面的办法查缺号。"
)
WITHOUT = (
    "没有备份：打电话给县中心（市里的打给市中心），照着念：\n"
    "“我们的电脑坏了，要换一台。请停用原来那台，告诉我它最后一次同步是什么时候；"
    "再给新电脑一个加入码，给每个人一个激活码。”\n"
    "加入、首次登录、同步完以后，到“设置”的“换了电脑，查缺号”，照最后一张收件凭证填登记号，就知道缺哪几件。"
)


class ReplaceForm(TypedForm):
    """Two ways, each with its button."""

    def __init__(self, by_backup: Callable[[], Any], by_joining: Callable[[], Any]) -> None:
        super().__init__({}, Button("从备份恢复", by_backup, kind="primary", key="F8"), TITLE, ABOUT)
        self.body.insertWidget(self.body.indexOf(self.main), Text(WITH_ONE))
        self.without = Button("没有备份，加入所在单位", by_joining)
        self.body.addSpacing(8)
        self.body.addWidget(Text(WITHOUT))
        self.body.addWidget(self.without)
