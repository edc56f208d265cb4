"""提请收回: the first of two persons at the arbiter says why a case is to be taken back from the road."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Turn
from station_app.domain.cases import Case
from station_app.domain.effects import Effects
from station_app.domain.errors import StationError
from station_app.domain.forms import Field
from station_app.domain.lanes import Lane
from station_app.domain.organisations import Organisation
from station_app.domain.people import Role
from station_app.domain.reclaims import RECLAIM_REQUEST


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    assert case is not None
    offer = case.custody.offer
    assert offer is not None
    return Effects(remark={"kind": RECLAIM_REQUEST, "text": form["reason"], "offer": offer.event_id})


def _guard(case: Case, office: Organisation, _person: str) -> None:
    if case.custody.offer is None or case.custody.offer.arbiter != office.code:
        raise StationError("nothing-to-reclaim", case=case.number)


ACTION = CaseAction(
    code="request_reclaim",
    label="提请收回",
    help="交接单双方已签字的件要收回，须两人：先由一人写明理由提请，再由另一人电话核实后收回。",
    turn=Turn.VIEWER,
    roles=frozenset({Role.SUPERVISOR, Role.ADMIN}),
    from_states=frozenset(),
    fields=(Field("reason", "提请理由", "long_text", max_length=500),),
    apply=_apply,
    guard=_guard,
    lane=Lane.OPEN,
    for_batch=True,
)
