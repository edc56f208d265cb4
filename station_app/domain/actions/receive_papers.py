"""签收结果: sign for the papers of a decision that came from above, or say why not; nothing moves by it."""

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
from station_app.domain.result_papers import RECEIVED, RETURNED, decision_of, papers_place


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    assert case is not None
    said = {"decision": decision_of(case), "batch": context.batch, "on": context.today.isoformat()}
    if form["reason"]:
        return Effects(remark={"kind": RETURNED, **said, "reason": form["reason"], "text": f"退回：{form['reason']}"})
    return Effects(remark={"kind": RECEIVED, **said, "text": "齐"})


def _guard(case: Case, office: Organisation, _person: str) -> None:
    place = papers_place(case)
    if place is None or place.to != office.code:
        raise StationError("papers-not-for-us", case=case.number)


ACTION = CaseAction(
    code="receive_papers",
    label="签收结果",
    help="对着结果交接单清点决定书、证照：在的签收，没有的、交错的写明原因退回。",
    turn=Turn.VIEWER,
    roles=frozenset({Role.AGENT, Role.CLERK}),
    from_states=frozenset(),
    fields=(Field("reason", "退回原因", "long_text", required=False, max_length=500),),
    apply=_apply,
    guard=_guard,
    lane=Lane.OPEN,
    in_batch=True,
)
