"""核对重复: say of two cases that the center took for the same errand whether they are; nothing moves by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Turn
from station_app.domain.cases import POSSIBLE_DUPLICATE, Case
from station_app.domain.effects import Effects
from station_app.domain.errors import StationError
from station_app.domain.forms import Field
from station_app.domain.lanes import Audience, Lane
from station_app.domain.numbers import grouped, plain_digits
from station_app.domain.organisations import Organisation
from station_app.domain.people import Role

JUDGED = "duplicate_judged"
_VERDICTS = {"same": "是同一件，重复收了", "different": "不是同一件"}


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    assert case is not None
    number, verdict = _which(_told(case), form["number"]), _VERDICTS[form["verdict"]]
    text = f"和 {grouped(number)} 核对：{verdict}。{form['reason'] or ''}"
    return Effects(remark={"kind": JUDGED, "number": number, "verdict": form["verdict"], "text": text})


def _which(told: list[str], named: str | None) -> str:
    """Return the number that is meant; which of several, nobody but the worker knows."""
    digits = plain_digits(named) if named else ""
    found = [number for number in told if number == digits] if digits else told
    if len(found) != 1:
        raise StationError("duplicate-unnamed", field="number", numbers="、".join(map(grouped, told)))
    return found[0]


def _told(case: Case) -> list[str]:
    """Return the numbers of the cases that may be the same errand and of which nobody has said yet whether they are."""
    judged = {remark.content.get("number") for remark in case.remarks if remark.content.get("kind") == JUDGED}
    told = [remark.content for remark in case.remarks if remark.content.get("kind") == POSSIBLE_DUPLICATE]
    return [str(content["number"]) for content in told if content.get("number") and content["number"] not in judged]


def _guard(case: Case, _office: Organisation, _person: str) -> None:
    if not _told(case):
        raise StationError("no-duplicate-told", case=case.number)


ACTION = CaseAction(
    code="judge_duplicate",
    label="核对重复",
    help="中心提示可能和另一件重复：对照两件，写明是不是同一件。是同一件的，再请后收的一方退回。",
    turn=Turn.VIEWER,
    roles=frozenset({Role.CLERK, Role.REVIEWER, Role.APPROVER}),
    from_states=frozenset(),
    fields=(
        Field(
            "number",
            "和哪一件",
            required=False,
            max_length=40,
            hint="另一件的代办登记号，写在“可能重复”里；只提示了一件的不用填。",
        ),
        Field("verdict", "核对结果", "choice", choices=_VERDICTS),
        Field("reason", "怎么核对的", "long_text", required=False, max_length=500),
    ),
    apply=_apply,
    guard=_guard,
    lane=Lane.OPEN,
    audience=Audience.HANDLING,
)
