"""The offices of the simulated city: two counties, who works where, and what they take in."""

from __future__ import annotations

from typing import Any

from station_app.domain.deadlines import Unit
from station_app.domain.items import (
    DecideLevel,
    Directory,
    Fee,
    Handling,
    Item,
    Kind,
    LegalBasis,
    Material,
    ProxyMode,
    TimeLimit,
)
from station_app.domain.organisations import Level, Organisation
from station_app.domain.people import Role, Worker
from tests.persons import somebody
from tests.simulate.chance import Chance

CITY = "511100000000"
COUNTY, OTHER_COUNTY = "511102000000", "511103000000"
COUNTIES = (COUNTY, OTHER_COUNTY)
TOWNSHIP, NEXT_TOWNSHIP, FAR_TOWNSHIP = "511102101000", "511102102000", "511103101000"
VILLAGE, NEXT_VILLAGE, FAR_VILLAGE = "511102101001", "511102101002", "511103101001"
PARENTS = {
    COUNTY: CITY,
    OTHER_COUNTY: CITY,
    TOWNSHIP: COUNTY,
    NEXT_TOWNSHIP: COUNTY,
    FAR_TOWNSHIP: OTHER_COUNTY,
    VILLAGE: TOWNSHIP,
    NEXT_VILLAGE: TOWNSHIP,
    FAR_VILLAGE: FAR_TOWNSHIP,
}
LEVELS = {
    CITY: Level.CITY,
    **dict.fromkeys(COUNTIES, Level.COUNTY),
    **dict.fromkeys((TOWNSHIP, NEXT_TOWNSHIP, FAR_TOWNSHIP), Level.TOWNSHIP),
    **dict.fromkeys((VILLAGE, NEXT_VILLAGE, FAR_VILLAGE), Level.VILLAGE),
}
VILLAGES = (VILLAGE, NEXT_VILLAGE, FAR_VILLAGE)
TOWNSHIPS = (TOWNSHIP, NEXT_TOWNSHIP, FAR_TOWNSHIP)
ITEMS = {
    "T-1": DecideLevel.TOWNSHIP,
    "T-2": DecideLevel.TOWNSHIP,
    "C-1": DecideLevel.COUNTY,
    "M-1": DecideLevel.CITY,
}
PAPER = "申请表"
# More than the random bytes that one input draws at the desks.
_PEOPLE_AN_INPUT = 80
_HIGHER = (frozenset({Role.CLERK, Role.SUPERVISOR}), frozenset({Role.REVIEWER, Role.APPROVER, Role.SUPERVISOR}))
_ROLES = {
    Level.VILLAGE: (frozenset({Role.AGENT}), frozenset({Role.AGENT})),
    Level.TOWNSHIP: (frozenset({Role.CLERK, Role.REVIEWER}), frozenset({Role.APPROVER})),
    Level.COUNTY: _HIGHER,
    Level.CITY: _HIGHER,
}


def office(code: str, parent: str | None = None) -> Organisation:
    """Return an office of the tree as it is at the start."""
    short_name = "" if LEVELS[code] is Level.VILLAGE else f"第{code[:9]}"
    return Organisation(code, f"{code}号", LEVELS[code], parent, short_name=short_name)


def offices_of(county: str) -> list[Organisation]:
    """Return a county and what is below it at the start, the county on top."""
    below = [code for code, parent in PARENTS.items() if county in (parent, PARENTS.get(parent))]
    return [office(county), *(office(code, PARENTS[code]) for code in below)]


def workers_of(code: str) -> list[Worker]:
    """Return who works at an office."""
    level = LEVELS[code]
    return [
        Worker(f"{code}{number:020d}", f"{level.value}{code[2:]}{number}", code, roles)
        for number, roles in enumerate(_ROLES[level])
    ]


def directory() -> Directory:
    """Return errands that the township, the county and the city decide."""
    return Directory("2026-1", "模拟目录", sample=True, items=tuple(_item(code, at) for code, at in ITEMS.items()))


def _item(code: str, level: DecideLevel) -> Item:
    return Item(
        code=code,
        name=f"事项{code}",
        category="社会保障",
        department="民政",
        kind=Kind.INSTANT if code == "T-1" else Kind.PROMISED,
        decide_level=level,
        accept_points=("村级", "乡镇"),
        proxy_mode=ProxyMode.PROXY,
        must_be_in_person=False,
        statutory=TimeLimit(20, Unit.WORKDAY),
        promised=TimeLimit(5, Unit.WORKDAY),
        materials=(Material(PAPER, 1, 1, Handling.COLLECT, tolerable=False),),
        legal_basis=(LegalBasis("行政许可法", "第二十九条", "已核"),),
        fee=Fee(charge=False, standard="不收费", status="已核"),
    )


def person(chance: Chance) -> dict[str, Any]:
    """Return what a form says of somebody who has come to no desk before, made of where the random bytes stand."""
    number, drawn = chance.place
    who = number * _PEOPLE_AN_INPUT + drawn
    told = {"id_number": somebody(who), "phone": f"139{who:08}", "address": f"沙坪镇幸福路{who}号"}
    return {"applicant": {"name": "吉克阿牛𠅤", "id_type": "111", **told}, "note": "家里老人卧床，请电话联系"}


def form_of(chance: Chance, code: str) -> dict[str, Any]:
    """Return a form that fits the action."""
    forms: dict[str, dict[str, Any]] = {
        "request_withdrawal": {"reason": "交错了"},
        "request_reclaim": {"reason": "对方一直不接"},
        "supply": {"note": "补齐", "materials": [{"name": PAPER, "originals": 1, "copies": 2}]},
        "opinion": {"text": "内部意见"},
        "refuse": {"reason": "不符合条件", "remedy": "可以申请行政复议"},
        "deliver": {"signed_by": "王五", "method": "in_person"},
    }
    if code == "note":
        return {"text": f"备注{chance.between(1, 99)}"}
    if code == "reclaim":
        to, slip = chance.choice(("giver", "taker")), chance.choice(("no", "no", "yes"))
        return {"to": to, "reason": "三日未接收", "slip": slip, "call": "九点与对方核实"}
    return forms.get(code, {})
