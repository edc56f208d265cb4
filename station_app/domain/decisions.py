"""What granting and refusing have in common: who may decide, and the duty to deliver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext
from station_app.domain.authority import require_decider
from station_app.domain.cases import Case, CaseState
from station_app.domain.effects import CustodyMove, CustodyOp, Effects, ObligationMove, ObligationOp
from station_app.domain.errors import StationError
from station_app.domain.forms import Field
from station_app.domain.items import Kind
from station_app.domain.legal_dates import legal_date
from station_app.domain.organisations import Organisation

DECIDED_ON = Field("decided_on", "决定日期（决定书上的日期）", "date", required=False)
DOCUMENT_NUMBER = Field("document_number", "决定书文号", required=False, max_length=64)


def decide(
    case: Case, form: Mapping[str, Any], context: ActionContext, state: CaseState, facts: Mapping[str, Any]
) -> Effects:
    """Return the effects of a decision: handling ends for good, delivery is owed by the office that took the case in.

    Source: 行政许可法 37, 38 (written decision), 44 (delivery within ten working days).
    """
    accepted = case.fields.get("accepted_on")
    decided_on = legal_date(form["decided_on"], "决定日期", not_before=accepted, today=context.today)
    shared = {"decided_on": decided_on.isoformat(), "decided_by_name": context.worker.name}
    if form["document_number"]:
        shared["decision_document"] = form["document_number"]
    return Effects(
        fields={**shared, "deciding_org": context.office.code, **facts},
        state=state,
        custody=CustodyMove(CustodyOp.END),
        obligation=ObligationMove(ObligationOp.CREATE, kind="deliver", holder=case.origin_org),
        outward=True,
    )


def guard_decision(case: Case, office: Organisation, person: str) -> None:
    """Refuse a decision with `not-the-deciding-office`, or `four-eyes`: who accepted may not decide, but for 即办件.

    Source: domain rules E1-E3 (受理、审查、批准分离；一审一核), 即办件 handled by the window alone (D2).
    """
    require_decider(case.item, office)
    if needs_two(case.item) and case.fields.get("accepted_by") == person:
        raise StationError("four-eyes", case=case.number)


def needs_two(item: Mapping[str, Any]) -> bool:
    """Tell whether another person than who accepted must decide: always, but for 即办件."""
    return item.get("kind") != Kind.INSTANT.value


def ends_handling(effects: Effects) -> bool:
    """Tell whether these are the effects of a decision."""
    return effects.custody is not None and effects.custody.op is CustodyOp.END
