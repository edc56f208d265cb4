"""The registry of case actions, in menu order. A new action is one file, one line here, one test."""

from __future__ import annotations

from station_app.domain.action import CaseAction
from station_app.domain.actions import (
    accept_application,
    accept_handover,
    attach,
    close,
    deliver,
    grant,
    judge_duplicate,
    note,
    offer,
    opinion,
    receive_papers,
    reclaim,
    refuse,
    register,
    reject_handover,
    request_reclaim,
    request_withdrawal,
    send_papers,
    supply,
    take_over,
)
from station_app.domain.errors import StationError

ALL: tuple[CaseAction, ...] = (
    register.ACTION,
    offer.ACTION,
    request_withdrawal.ACTION,
    accept_handover.ACTION,
    reject_handover.ACTION,
    request_reclaim.ACTION,
    reclaim.ACTION,
    take_over.ACTION,
    supply.ACTION,
    accept_application.ACTION,
    opinion.ACTION,
    grant.ACTION,
    refuse.ACTION,
    send_papers.ACTION,
    receive_papers.ACTION,
    deliver.ACTION,
    close.ACTION,
    judge_duplicate.ACTION,
    attach.ACTION,
    note.ACTION,
)

_BY_CODE = {action.code: action for action in ALL}


def action_named(code: str) -> CaseAction:
    """Return the action, or raise `action-unknown` naming those there are."""
    if code not in _BY_CODE:
        raise StationError("action-unknown", action=code, allowed="、".join(_BY_CODE))
    return _BY_CODE[code]
