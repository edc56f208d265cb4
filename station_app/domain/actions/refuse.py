"""不予: decide against the application, with the reason and the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Outcome, Turn
from station_app.domain.cases import REFUSAL_REASON, Case, CaseState
from station_app.domain.decisions import DECIDED_ON, DOCUMENT_NUMBER, decide, guard_decision
from station_app.domain.effects import CustodyOp, Effects, ObligationOp
from station_app.domain.errors import StationError
from station_app.domain.forms import Field
from station_app.domain.people import Role

_BLANK = "【"
_REMEDY = (
    "不服本决定的，可以自收到决定书之日起六十日内，向【哪个人民政府】申请行政复议（行政复议法第二十条）；"
    "也可以自收到决定书之日起六个月内，向【哪个人民法院】提起行政诉讼（行政诉讼法第四十六条）。"
)


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    assert case is not None
    if _BLANK in form["remedy"]:
        raise StationError("remedy-unfinished", field="remedy")
    facts = {"result": "不予", REFUSAL_REASON: form["reason"], "remedy": form["remedy"]}
    return decide(case, form, context, CaseState.REFUSED, facts)


ACTION = CaseAction(
    code="refuse",
    label="不予",
    help="不符合条件：写明理由，告知申请人可以申请行政复议或者提起行政诉讼（行政许可法第三十八条）。",
    turn=Turn.CUSTODIAN,
    roles=frozenset({Role.APPROVER}),
    from_states=frozenset({CaseState.ACCEPTED}),
    fields=(
        DECIDED_ON,
        DOCUMENT_NUMBER,
        Field("reason", "不予的理由", "long_text", max_length=1000),
        Field(
            "remedy",
            "救济途径（向谁申请复议、向哪个法院起诉、期限）",
            "long_text",
            max_length=500,
            template=_REMEDY,
        ),
    ),
    apply=_apply,
    outcome=Outcome(state=CaseState.REFUSED, move=CustodyOp.END, duty=ObligationOp.CREATE),
    guard=guard_decision,
)
