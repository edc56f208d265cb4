"""收回: the arbiter ends a hand-over that the taker does not answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Outcome, Turn
from station_app.domain.calendar import SHANGHAI
from station_app.domain.cases import Case
from station_app.domain.effects import CustodyMove, CustodyOp, Effects
from station_app.domain.errors import StationError
from station_app.domain.forms import Field
from station_app.domain.people import Role
from station_app.domain.reclaims import GIVER, RECLAIMED, TAKER, is_unlocked, locked_until, reclaim_fault

_SLIP = {"no": "没有双方签字", "yes": "双方已签字"}


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    assert case is not None
    offer = case.custody.offer
    assert offer is not None
    countersigned = form["slip"] == "yes"
    if countersigned and not form["call"]:
        raise StationError("form-field-missing", field="call", label="电话核实")
    to = case.custody.holder if form["to"] == GIVER else offer.to
    record = {
        "from": offer.to if form["to"] == GIVER else case.custody.holder,
        "to": to,
        "reason": form["reason"],
        "countersigned": countersigned,
        "call": form["call"] or "",
        "on": context.today.isoformat(),
    }
    effects = Effects(fields={RECLAIMED: record}, custody=CustodyMove(CustodyOp.RECLAIM, to=to))
    fault = reclaim_fault(case, effects, context.worker.person_id, context.now)
    if fault == "reclaim-too-early":
        opens = locked_until(case)
        day = opens.astimezone(SHANGHAI).date().isoformat() if opens else ""
        raise StationError(fault, case=case.number, opens=day)
    if fault:
        raise StationError(fault, case=case.number)
    return effects


ACTION = CaseAction(
    code="reclaim",
    label="收回",
    help="交接后对方一直没有接收：核实后收回，交还原单位，或判给接收单位。对方之后再接收的，按迟到记录并提示。",
    turn=Turn.ARBITER,
    roles=frozenset({Role.SUPERVISOR, Role.ADMIN}),
    from_states=frozenset(),
    fields=(
        Field("to", "归谁经办", "choice", choices={GIVER: "交还原单位", TAKER: "判给接收单位"}),
        Field("reason", "收回理由", "long_text", max_length=500),
        Field("slip", "交接单", "choice", choices=_SLIP),
        Field(
            "call",
            "电话核实",
            "long_text",
            required=False,
            max_length=500,
            hint="双方已签字的要填：何时打的、对方何人、怎么说。",
        ),
    ),
    apply=_apply,
    outcome=Outcome(move=CustodyOp.RECLAIM),
    online=True,
    is_time=is_unlocked,
    for_batch=True,
)
