"""请求撤回: ask the office that was offered a case to give it back. Nothing moves by asking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Turn
from station_app.domain.cases import Case
from station_app.domain.effects import Effects
from station_app.domain.errors import StationError
from station_app.domain.fold import WITHDRAW_REQUEST
from station_app.domain.forms import Field
from station_app.domain.lanes import Lane
from station_app.domain.organisations import Organisation
from station_app.domain.people import Role


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    assert case is not None
    offer = case.custody.offer
    assert offer is not None
    return Effects(remark={"kind": WITHDRAW_REQUEST, "text": form["reason"], "offer": offer.event_id})


def _guard(case: Case, office: Organisation, _person: str) -> None:
    if case.custody.offer is None or case.custody.holder != office.code:
        raise StationError("nothing-to-withdraw", case=case.number)


ACTION = CaseAction(
    code="request_withdrawal",
    label="请求撤回",
    help="交出去的件发现有错，或者对方一直不接：请接收单位退回。对方答复之前，件仍在途。",
    turn=Turn.VIEWER,
    roles=frozenset({Role.AGENT, Role.CLERK}),
    from_states=frozenset(),
    fields=(Field("reason", "撤回原因", "long_text", max_length=500),),
    apply=_apply,
    guard=_guard,
    lane=Lane.OPEN,
    for_batch=True,
)
