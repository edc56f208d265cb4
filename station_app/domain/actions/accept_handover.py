"""接收: take a case over, its papers counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Outcome, Turn
from station_app.domain.cases import Case, CaseState
from station_app.domain.effects import CustodyMove, CustodyOp, Effects
from station_app.domain.errors import StationError
from station_app.domain.forms import Field, read_form
from station_app.domain.intake import held_originals
from station_app.domain.people import Role

_DIFFERENCE = (
    Field("material", "材料名称"),
    Field("originals", "实收原件", "integer", required=False),
    Field("copies", "实收复印件", "integer", required=False),
)


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    assert case is not None
    facts: dict[str, Any] = {f"arrived_on:{context.office.code}": context.today.isoformat()}
    differences = [_difference(case, row) for row in form["differences"] or []]
    if differences:
        facts[f"differences:{context.office.code}"] = differences
    return Effects(
        fields=facts,
        state=CaseState.RECEIVED,
        custody=CustodyMove(CustodyOp.ACCEPT, batch=context.batch),
    )


def _difference(case: Case, row: Any) -> dict[str, Any]:
    if not isinstance(row, Mapping):
        raise StationError("form-field-type", field="differences", label="清点差异", expected="每项一组数据")
    counted = read_form(_DIFFERENCE, row)
    held = dict(held_originals(case.materials))
    for material in case.materials:
        if material["name"] == counted["material"]:
            return {
                "material": counted["material"],
                # An original that was shown and given back does not travel: nobody misses it here.
                "expected": {"originals": held.get(counted["material"], 0), "copies": material["copies"]},
                "counted": {"originals": counted["originals"] or 0, "copies": counted["copies"] or 0},
            }
    raise StationError("material-not-in-case", material=counted["material"], case=case.number)


ACTION = CaseAction(
    code="accept_handover",
    label="接收",
    help="对着交接单清点材料，齐的接收；有出入的，写明实收份数后接收。",
    turn=Turn.TAKER,
    roles=frozenset({Role.CLERK}),
    from_states=frozenset(),
    fields=(Field("differences", "清点差异", "list", required=False),),
    apply=_apply,
    outcome=Outcome(state=CaseState.RECEIVED, move=CustodyOp.ACCEPT),
    in_batch=True,
)
