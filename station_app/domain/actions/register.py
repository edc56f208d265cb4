"""收件登记: take an errand in for a villager. It is no acceptance in law."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Outcome, Turn
from station_app.domain.authority import require_accept_point
from station_app.domain.cases import Case, CaseState
from station_app.domain.effects import CustodyMove, CustodyOp, Effects
from station_app.domain.errors import StationError
from station_app.domain.forms import Field, read_form
from station_app.domain.id_numbers import check_identity
from station_app.domain.intake import read_materials
from station_app.domain.items import Item
from station_app.domain.names import check_name
from station_app.domain.people import Role

_APPLICANT = (
    Field("name", "申请人姓名", max_length=100),
    Field("id_type", "证件类型"),
    Field("id_number", "证件号码", required=False, max_length=40),
    Field("phone", "联系电话", required=False, max_length=30),
    Field("address", "住址", "long_text", required=False),
)


def _apply(case: Case | None, form: Mapping[str, Any], context: ActionContext) -> Effects:
    item = context.item
    if item is None:
        raise StationError("item-unknown", item=form["item"])
    item.require_open(context.today)
    item.require_proxy()
    require_accept_point(item, context.office)
    facts = {
        "number": context.number,
        "item": pin_item(item, context.directory or {}),
        "applicant": _read_applicant(form["applicant"], context),
        "materials": read_materials(item, form["materials"] or []),
        "received_on": context.today.isoformat(),
        "received_by": context.worker.name,
    }
    if form["note"]:
        facts["note"] = form["note"]
    return Effects(fields=facts, state=CaseState.REGISTERED, custody=CustodyMove(CustodyOp.OPEN))


def pin_item(item: Item, directory: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the case keeps of its item for good: later directories change nothing on it (domain §0, B4)."""
    return {
        "code": item.code,
        "name": item.name,
        "kind": item.kind.value,
        "decide_level": item.decide_level.value,
        "decide_text": item.decide_text,
        "department": item.department,
        "statutory": {"days": item.statutory.days, "unit": item.statutory.unit.value},
        "promised": {"days": item.promised.days, "unit": item.promised.unit.value},
        "forward_workdays": item.forward_workdays,
        "directory": dict(directory),
    }


def _read_applicant(form: Mapping[str, Any], context: ActionContext) -> dict[str, Any]:
    values = read_form(_APPLICANT, form)
    values["name"] = check_name(values["name"])
    values["id_number"] = check_identity(values["id_type"], values["id_number"] or "", context.today)
    return {key: value for key, value in values.items() if value is not None}


ACTION = CaseAction(
    code="register",
    label="收件登记",
    help="群众来办事：选事项，填申请人，清点材料，打印收件凭证。",
    turn=Turn.OPENER,
    roles=frozenset({Role.AGENT, Role.CLERK}),
    from_states=frozenset(),
    fields=(
        Field("item", "事项编码", max_length=64),
        Field("applicant", "申请人", "object"),
        Field("materials", "材料", "list", required=False),
        Field("attachments", "附件", "list", required=False),
        Field("note", "备注", "long_text", required=False, max_length=500),
    ),
    apply=_apply,
    outcome=Outcome(state=CaseState.REGISTERED, move=CustodyOp.OPEN),
    prints="receipt",
)
