"""审查意见: a reviewer's opinion, for the handling offices alone; a village never receives it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Turn
from station_app.domain.cases import Case
from station_app.domain.effects import Effects
from station_app.domain.forms import Field
from station_app.domain.lanes import Audience, Lane
from station_app.domain.people import Role


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    return Effects(remark={"kind": "opinion", "text": form["text"]})


ACTION = CaseAction(
    code="opinion",
    label="审查意见",
    help="写审查意见。只有镇、县办理机关看得到，村（社区）看不到。",
    turn=Turn.VIEWER,
    roles=frozenset({Role.REVIEWER, Role.APPROVER, Role.CLERK}),
    from_states=frozenset(),
    fields=(Field("text", "审查意见", "long_text", max_length=2000),),
    apply=_apply,
    lane=Lane.OPEN,
    audience=Audience.HANDLING,
)
