"""退回: do not take a case over; it goes back to the office that offered it, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Outcome, Turn
from station_app.domain.cases import Case, CaseState
from station_app.domain.effects import CustodyMove, CustodyOp, Effects
from station_app.domain.forms import Field
from station_app.domain.people import Role


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    facts = {"return_reason": form["reason"], "returned_on": context.today.isoformat()}
    return Effects(
        fields={**facts, "returned_by": context.office.code},
        state=CaseState.RETURNED,
        custody=CustodyMove(CustodyOp.REJECT, batch=context.batch),
    )


ACTION = CaseAction(
    code="reject_handover",
    label="退回",
    help="材料不齐或不归本窗口：写明原因，连同材料退回交出单位。",
    turn=Turn.TAKER,
    roles=frozenset({Role.CLERK}),
    from_states=frozenset(),
    fields=(Field("reason", "退回原因", "long_text", max_length=500),),
    apply=_apply,
    outcome=Outcome(state=CaseState.RETURNED, move=CustodyOp.REJECT),
    in_batch=True,
)
