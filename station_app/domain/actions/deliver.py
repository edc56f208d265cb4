"""送达: hand the result to the applicant, who signs. Written under the obligation, not under custody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Outcome, Turn
from station_app.domain.cases import Case, CaseState
from station_app.domain.effects import Effects, ObligationMove, ObligationOp
from station_app.domain.forms import Field
from station_app.domain.legal_dates import legal_date
from station_app.domain.names import check_name
from station_app.domain.people import Role

METHODS = {"in_person": "当面送达", "at_home": "上门送达", "by_family": "同住家属代收", "by_agent": "受托人代收"}


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    assert case is not None
    decided = case.fields.get("decided_on")
    delivered_on = legal_date(form["delivered_on"], "送达日期", not_before=decided, today=context.today)
    facts = {
        "delivered_on": delivered_on.isoformat(),
        "delivered_by": context.worker.name,
        "delivery_method": form["method"],
        "signed_by": check_name(form["signed_by"]),
    }
    return Effects(fields=facts, state=CaseState.DELIVERED, obligation=ObligationMove(ObligationOp.ADVANCE))


ACTION = CaseAction(
    code="deliver",
    label="送达签收",
    help="结果已到：交给申请人，请签收人签字，登记签收。",
    turn=Turn.OBLIGEE,
    roles=frozenset({Role.AGENT, Role.CLERK}),
    from_states=frozenset({CaseState.GRANTED, CaseState.REFUSED}),
    fields=(
        Field("signed_by", "签收人"),
        Field("method", "送达方式", "choice", choices=METHODS),
        Field("delivered_on", "送达日期", "date", required=False),
    ),
    apply=_apply,
    outcome=Outcome(state=CaseState.DELIVERED, duty=ObligationOp.ADVANCE),
)
