"""What the kinds of remarks are called."""

from __future__ import annotations

from typing import Final

REMARK_LABELS: Final = {
    "opinion": "审查意见",
    "withdraw_request": "请求撤回",
    "reclaim_request": "提请收回",
    "possible_duplicate": "可能重复",
    "duplicate_judged": "重复核对",
    "attachment": "附件",
    "papers_sent": "下交结果",
    "papers_received": "签收结果",
    "papers_returned": "退回结果",
}
