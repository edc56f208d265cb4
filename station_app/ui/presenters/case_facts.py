"""The facts of a case that people ask for, with their labels, and the applicant's data behind a mask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from station_app.domain.actions.deliver import METHODS
from station_app.domain.cases import Case
from station_app.domain.masking import mask_id_number, mask_phone
from station_app.domain.reclaims import RECLAIMED
from station_app.ui.models.printed import iso_day
from station_app.usecases.reveal import FIELD_LABELS

# Facts by their key on the case, in the order of a case's life.
FACT_LABELS = {
    "note": "收件时的备注",
    "received_on": "收件日期",
    "received_by": "收件人",
    "returned_on": "退回日期",
    "return_reason": "退回原因",
    "supplied_on": "补齐日期",
    "supply_note": "补了什么",
    "accepted_on": "受理日期",
    "accepted_by_name": "受理人",
    "acceptance_document": "受理通知书文号",
    "decided_on": "决定日期",
    "decided_by_name": "决定人",
    "decision_document": "决定书文号",
    "result": "结果",
    "refusal_reason": "不予的理由",
    "remedy": "救济途径",
    "delivered_on": "送达日期",
    "delivery_method": "送达方式",
    "signed_by": "签收人",
    "delivered_by": "送达人",
}
_MASKED_ADDRESS = 6


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact with what people call it."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A fact of the applicant that is shown on request only.

    Args:
        text: "" where there is nothing to show; `absent` is what stands there then.
    """

    field: str
    label: str
    text: str
    absent: str = "没有填"


def facts_of(case: Case) -> tuple[Fact, ...]:
    """Return what is known of how the case went."""
    return tuple(_facts(case))


def fact_text(fact: str, value: str) -> str:
    """Return a fact's value as people read it."""
    if fact.endswith("_on"):
        return iso_day(value)
    return METHODS.get(value, value) if fact == "delivery_method" else value


def masked_of(case: Case) -> tuple[Masked, ...]:
    """Return the applicant's data, each masked."""
    given = {name: str(case.applicant.get(name) or "") for name in FIELD_LABELS}
    shown = {
        "id_number": mask_id_number(given["id_number"]),
        "phone": mask_phone(given["phone"]),
        "address": _mask_address(given["address"]),
    }
    absent = "没有填" if case.removed is None else "已删除"
    return tuple(Masked(name, label, shown[name], absent) for name, label in FIELD_LABELS.items())


def title_of(case: Case) -> str:
    """Return what the page of a case is called: the applicant, where that has not been removed."""
    return str(case.applicant.get("name", "")) if case.removed is None else "内容已按规定删除"


def _facts(case: Case) -> Iterator[Fact]:
    for fact, label in FACT_LABELS.items():
        value = case.fields.get(fact)
        if isinstance(value, str) and value:
            yield Fact(label, fact_text(fact, value))
    reclaimed = case.fields.get(RECLAIMED)
    if isinstance(reclaimed, Mapping):
        told = (iso_day(str(reclaimed.get("on", ""))), str(reclaimed.get("reason", "")), str(reclaimed.get("call", "")))
        yield Fact("收回", "；".join(part for part in told if part))


def _mask_address(address: str) -> str:
    """Return how an address begins: the town is known anyway, the door is not."""
    return address[:_MASKED_ADDRESS] + "******" if len(address) > _MASKED_ADDRESS else "*" * len(address)
