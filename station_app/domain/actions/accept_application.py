"""受理: the deciding office accepts the application in law; the statutory clock starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Outcome, Turn
from station_app.domain.authority import require_decider
from station_app.domain.cases import Case, CaseState
from station_app.domain.effects import Effects
from station_app.domain.forms import Field
from station_app.domain.legal_dates import legal_date
from station_app.domain.organisations import Organisation
from station_app.domain.people import Role


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    assert case is not None
    arrived = case.fields.get(f"arrived_on:{context.office.code}")
    accepted_on = legal_date(form["accepted_on"], "受理日期", not_before=arrived, today=context.today)
    facts = {
        "accepted_on": accepted_on.isoformat(),
        "accepted_by": context.worker.person_id,
        "accepted_by_name": context.worker.name,
        "accepting_org": context.office.code,
    }
    number = context.document_number or form["document_number"]
    if number:
        facts["acceptance_document"] = number
    return Effects(fields=facts, state=CaseState.ACCEPTED)


def _guard(case: Case, office: Organisation, _person: str) -> None:
    require_decider(case.item, office)


ACTION = CaseAction(
    code="accept_application",
    label="受理",
    help="核对材料齐全、属于本机关职权，再受理；法定期限从受理之日起算。",
    turn=Turn.CUSTODIAN,
    roles=frozenset({Role.CLERK}),
    from_states=frozenset({CaseState.RECEIVED, CaseState.REGISTERED}),
    fields=(
        Field("accepted_on", "受理日期（通知书上的日期）", "date", required=False),
        Field("document_number", "受理通知书文号", required=False, max_length=64),
    ),
    apply=_apply,
    outcome=Outcome(state=CaseState.ACCEPTED),
    guard=_guard,
    numbers="acceptance_document",
)
