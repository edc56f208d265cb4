"""交接: hand cases to the next office, in a batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Outcome, Turn
from station_app.domain.authority import deciding_level
from station_app.domain.cases import Case, CaseState
from station_app.domain.effects import CustodyMove, CustodyOp, Effects
from station_app.domain.errors import StationError
from station_app.domain.forms import Field
from station_app.domain.organisations import Level, Organisation
from station_app.domain.people import Role


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    assert case is not None
    office = context.office
    if form["to"] != office.parent:
        raise StationError("offer-not-upward", to=form["to"], expected=office.parent or "")
    arbiter = context.organisations.arbiter_of(office.code, form["to"])
    move = CustodyMove(CustodyOp.OFFER, to=form["to"], arbiter=arbiter, batch=context.batch)
    return Effects(fields={f"handed_on:{office.code}": context.today.isoformat()}, custody=move)


def _guard(case: Case, office: Organisation, _person: str) -> None:
    if office.level is not Level.VILLAGE and deciding_level(case.item) is office.level:
        raise StationError("decide-here", case=case.number, item=str(case.item.get("name", "")))


ACTION = CaseAction(
    code="offer",
    label="交接",
    help="把几件一起交给上一级，打印交接单，连同纸质材料一起送去。",
    turn=Turn.CUSTODIAN,
    roles=frozenset({Role.AGENT, Role.CLERK}),
    from_states=frozenset({CaseState.REGISTERED, CaseState.RECEIVED}),
    fields=(Field("to", "接收单位", max_length=64),),
    apply=_apply,
    outcome=Outcome(move=CustodyOp.OFFER),
    guard=_guard,
    in_batch=True,
    prints="batch_slip",
)
