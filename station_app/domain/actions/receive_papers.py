"""签收结果: sign for the papers of a decision that came from above, counted, or send them back; nothing moves by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Turn
from station_app.domain.cases import Case
from station_app.domain.effects import Effects
from station_app.domain.errors import StationError
from station_app.domain.forms import Field, read_form
from station_app.domain.lanes import Lane
from station_app.domain.organisations import Organisation
from station_app.domain.people import Role
from station_app.domain.result_papers import RECEIVED, RETURNED, decision_papers, papers_place

_COUNTED = (Field("material", "材料名称"), Field("originals", "实收份数", "integer", required=False))


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    assert case is not None
    said = {"batch": context.batch, "on": context.today.isoformat()}
    if form["reason"]:
        return Effects(remark={"kind": RETURNED, **said, "reason": form["reason"], "text": f"退回：{form['reason']}"})
    differences = [_difference(case, row) for row in form["differences"] or []]
    words = "；".join(f"{d['name']}应 {d['expected']} 份，实收 {d['counted']} 份" for d in differences)
    found = {"differences": differences} if differences else {}
    return Effects(remark={"kind": RECEIVED, **said, **found, "text": words or "齐"})


def _difference(case: Case, row: Any) -> dict[str, Any]:
    if not isinstance(row, Mapping):
        raise StationError("form-field-type", field="differences", label="清点差异", expected="每项一组数据")
    counted = read_form(_COUNTED, {key: value for key, value in row.items() if key != "copies"})
    expected = dict(decision_papers(case)).get(counted["material"])
    if expected is None:
        raise StationError("material-not-in-case", material=counted["material"], case=case.number)
    return {"name": counted["material"], "expected": expected, "counted": counted["originals"] or 0}


def _guard(case: Case, office: Organisation, _person: str) -> None:
    place = papers_place(case)
    if place is None or place.to != office.code:
        raise StationError("papers-not-for-us", case=case.number)


ACTION = CaseAction(
    code="receive_papers",
    label="签收结果",
    help="对着结果交接单清点决定书、证照：齐的签收，少的写明份数，交错的写明原因退回。",
    turn=Turn.VIEWER,
    roles=frozenset({Role.AGENT, Role.CLERK}),
    from_states=frozenset(),
    fields=(
        Field("differences", "清点差异", "list", required=False),
        Field("reason", "退回原因", "long_text", required=False, max_length=500),
    ),
    apply=_apply,
    guard=_guard,
    lane=Lane.OPEN,
    in_batch=True,
)
