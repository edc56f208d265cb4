"""下交结果: send the papers of a decision down to the office that hands them to the applicant; nothing moves by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Turn
from station_app.domain.cases import Case, CaseState
from station_app.domain.effects import Effects
from station_app.domain.errors import StationError
from station_app.domain.forms import Field
from station_app.domain.lanes import Lane
from station_app.domain.organisations import Organisation
from station_app.domain.people import Role
from station_app.domain.result_papers import SENT, decision_of, decision_papers, home_of, papers_place, way_home


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    assert case is not None
    to, organisations = form["to"], context.organisations
    if to not in way_home(case, context.office.code, organisations):
        named = organisations.get(to).name if to in organisations else to
        raise StationError("papers-other-way", case=case.number, to=named)
    papers = decision_papers(case)
    words = "、".join(f"{name} {count} 份" for name, count in papers)
    return Effects(
        remark={
            "kind": SENT,
            "decision": decision_of(case),
            "to": to,
            "batch": context.batch,
            "on": context.today.isoformat(),
            "papers": [{"name": name, "count": count} for name, count in papers],
            "text": f"{words}，交给{organisations.get(to).name}",
        }
    )


def _guard(case: Case, office: Organisation, _person: str) -> None:
    place = papers_place(case)
    if place is None or place.org != office.code:
        raise StationError("papers-not-here", case=case.number)
    if home_of(case) in ("", office.code):
        raise StationError("papers-at-home", case=case.number)


ACTION = CaseAction(
    code="send_papers",
    label="下交结果",
    help="把决定书、证照一起交给下面的单位，打印结果交接单，由它送到群众手里。",
    turn=Turn.VIEWER,
    roles=frozenset({Role.CLERK, Role.REVIEWER, Role.APPROVER}),
    from_states=frozenset({CaseState.GRANTED, CaseState.REFUSED}),
    fields=(Field("to", "接收单位", max_length=64),),
    apply=_apply,
    guard=_guard,
    lane=Lane.OPEN,
    in_batch=True,
    prints="batch_slip",
)
