"""备注: a note for all who see the case; always possible, whoever holds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Turn
from station_app.domain.cases import Case
from station_app.domain.effects import Effects
from station_app.domain.forms import Field
from station_app.domain.lanes import Lane
from station_app.domain.people import Role


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    return Effects(remark={"kind": "note", "text": form["text"]})


ACTION = CaseAction(
    code="note",
    label="备注",
    help="写一条备注，经办各方都看得到。",
    turn=Turn.VIEWER,
    roles=frozenset({Role.AGENT, Role.CLERK, Role.REVIEWER, Role.APPROVER}),
    from_states=frozenset(),
    fields=(Field("text", "备注", "long_text", max_length=1000),),
    apply=_apply,
    lane=Lane.OPEN,
)
