"""Why the contents of a case stay at the end of retention, for whoever has them removed."""

from __future__ import annotations

from typing import Final

WHY_LEFT: Final = {
    "open": "还没有办结",
    "later": "办结得晚，还没有到期",
    "unruled": "还有没裁定的步骤",
    "to_review": "有要人核对的步骤",
    "held": "有扣住的记录",
    "elsewhere": "归别的中心删除",
    "done": "已经删除过",
}
