"""补齐: complete a returned case, so that it can be handed over again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Outcome, Turn
from station_app.domain.cases import Case, CaseState
from station_app.domain.effects import Effects
from station_app.domain.forms import Field
from station_app.domain.intake import check_handling, read_row
from station_app.domain.items import Handling
from station_app.domain.people import Role


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    assert case is not None
    supplied = [_supplied(case, row) for row in form["materials"] or []]
    replaced = {row["name"] for row in supplied}
    kept = [dict(row) for row in case.materials if row["name"] not in replaced]
    facts = {"materials": [*kept, *supplied], "supplied_on": context.today.isoformat()}
    return Effects(fields={**facts, "supply_note": form["note"]}, state=CaseState.REGISTERED)


def _supplied(case: Case, row: Any) -> dict[str, Any]:
    values = read_row(row)
    # A count put right says nothing of the original: it stays what it was at the registration.
    usual = next((Handling(known["handling"]) for known in case.materials if known["name"] == values["name"]), None)
    return check_handling(values, usual or Handling.COLLECT)


ACTION = CaseAction(
    code="supply",
    label="补齐材料",
    help="退回的件补齐后，登记补了什么，再重新交接。",
    turn=Turn.CUSTODIAN,
    roles=frozenset({Role.AGENT, Role.CLERK}),
    from_states=frozenset({CaseState.RETURNED}),
    fields=(
        Field("note", "补了什么", "long_text", max_length=500),
        Field("materials", "补交或更正的材料", "list", required=False),
    ),
    apply=_apply,
    outcome=Outcome(state=CaseState.REGISTERED),
)
