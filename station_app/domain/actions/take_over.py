"""接手: go on with a case of this office on another of its PCs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Outcome, Turn
from station_app.domain.cases import Case
from station_app.domain.effects import CustodyMove, CustodyOp, Effects
from station_app.domain.people import Role


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    return Effects(custody=CustodyMove(CustodyOp.TAKE_OVER))


ACTION = CaseAction(
    code="take_over",
    label="接手",
    help="件在本单位另一台电脑上经办：接手后由这台电脑办，那一台不能再办。没有网络时先按接手办，联网后由中心确认。",
    turn=Turn.COLLEAGUE,
    roles=frozenset({Role.AGENT, Role.CLERK, Role.REVIEWER, Role.APPROVER}),
    from_states=frozenset(),
    fields=(),
    apply=_apply,
    outcome=Outcome(move=CustodyOp.TAKE_OVER),
)
