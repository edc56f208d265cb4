"""办结: the applicant has the result; the errand is over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Outcome, Turn
from station_app.domain.cases import Case, CaseState
from station_app.domain.effects import Effects, ObligationMove, ObligationOp
from station_app.domain.people import Role


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    facts = {"closed_on": context.today.isoformat()}
    return Effects(fields=facts, state=CaseState.CLOSED, obligation=ObligationMove(ObligationOp.FINISH))


ACTION = CaseAction(
    code="close",
    label="办结",
    help="已经送达签收：办结归档。",
    turn=Turn.OBLIGEE,
    roles=frozenset({Role.AGENT, Role.CLERK}),
    from_states=frozenset({CaseState.DELIVERED}),
    fields=(),
    apply=_apply,
    outcome=Outcome(state=CaseState.CLOSED, duty=ObligationOp.FINISH),
)
