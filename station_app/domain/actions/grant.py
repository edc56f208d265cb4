"""准予: decide in the applicant's favour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Outcome, Turn
from station_app.domain.cases import Case, CaseState
from station_app.domain.decisions import DECIDED_ON, DOCUMENT_NUMBER, decide, guard_decision
from station_app.domain.effects import CustodyOp, Effects, ObligationOp
from station_app.domain.forms import Field
from station_app.domain.people import Role


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    assert case is not None
    return decide(case, form, context, CaseState.GRANTED, {"result": form["result"] or "准予"})


ACTION = CaseAction(
    code="grant",
    label="准予",
    help="符合条件：作出准予决定，结果自动回到收件的村（社区），由它送达。",
    turn=Turn.CUSTODIAN,
    roles=frozenset({Role.APPROVER}),
    from_states=frozenset({CaseState.ACCEPTED}),
    fields=(DECIDED_ON, DOCUMENT_NUMBER, Field("result", "结果（证照名称、编号等）", required=False)),
    apply=_apply,
    outcome=Outcome(state=CaseState.GRANTED, move=CustodyOp.END, duty=ObligationOp.CREATE),
    guard=guard_decision,
)
