"""Every action of the registry: whose turn, from where, by whom, what it writes, and how it is documented."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from station_app.domain.action import CaseAction, Turn, check_may, fence
from station_app.domain.actions import ALL, action_named
from station_app.domain.cases import POSSIBLE_DUPLICATE, STATE_LABELS, Case, CaseState
from station_app.domain.effects import Effects, effects_from_json
from station_app.domain.errors import StationError
from station_app.domain.lanes import Audience, Lane
from station_app.domain.numbers import grouped
from station_app.domain.people import ROLE_LABELS, Role
from station_app.protocol import canonical
from tests.domain.casework import (
    AT_COUNTY,
    AT_TOWNSHIP,
    AT_VILLAGE,
    COUNTY,
    COUNTY_ITEM,
    FORMS,
    OFFICES,
    OTHER_NUMBER,
    SCAN,
    SECOND_PERSON,
    STANDING,
    TOWNSHIP,
    TOWNSHIP_PC_2,
    VILLAGE,
    Casework,
    Seat,
    asked_back,
    at_county,
    at_township,
    decided,
    delivered,
    maybe_twice,
    offered,
    papers_sent,
    registered,
    registration,
)

DOCS = Path(__file__).resolve().parents[2] / "docs" / "actions.md"
CHINESE = re.compile(r"[一-鿿]")
every_action = pytest.mark.parametrize("action", ALL, ids=lambda action: action.code)

# Where each action is possible, reached by real actions: (code, how to get there, who acts, the form).
READY: list[tuple[str, Callable[[], Casework], Seat, dict[str, object]]] = [
    ("register", Casework, AT_VILLAGE, registration()),
    ("register", Casework, AT_TOWNSHIP, registration()),
    ("offer", registered, AT_VILLAGE, {"to": TOWNSHIP}),
    ("offer", lambda: at_township(COUNTY_ITEM), AT_TOWNSHIP, {"to": COUNTY}),
    ("request_withdrawal", offered, AT_VILLAGE, {"reason": "拿错一份"}),
    ("accept_handover", offered, AT_TOWNSHIP, {}),
    ("accept_handover", offered, AT_TOWNSHIP, {"differences": [{"material": "待遇领取申请表", "originals": 0}]}),
    ("reject_handover", offered, AT_TOWNSHIP, {"reason": "缺申请表"}),
    ("request_reclaim", asked_back, AT_COUNTY, {"reason": "乡镇一直没有接收"}),
    ("reclaim", lambda: offered().days_later(3), AT_COUNTY, {"to": "giver", "reason": "材料还在村里", "slip": "no"}),
    ("reclaim", lambda: offered().days_later(3), AT_COUNTY, {"to": "taker", "reason": "件已在乡镇", "slip": "no"}),
    ("take_over", registered, replace(AT_VILLAGE, device="pc-2"), {}),
    ("take_over", STANDING[CaseState.ACCEPTED], TOWNSHIP_PC_2, {}),
    ("supply", STANDING[CaseState.RETURNED], AT_VILLAGE, {"note": "补了申请表"}),
    (
        "accept_application",
        at_township,
        AT_TOWNSHIP,
        {"accepted_on": "2026-11-23", "document_number": "1号"},
    ),
    ("accept_application", lambda: registered("SAMPLE-MZ-003", AT_TOWNSHIP), AT_TOWNSHIP, {}),
    ("accept_application", at_county, AT_COUNTY, {}),
    ("opinion", at_township, AT_TOWNSHIP, {"text": "材料属实"}),
    ("grant", STANDING[CaseState.ACCEPTED], SECOND_PERSON, {"document_number": "玉津准〔2026〕1号"}),
    ("refuse", STANDING[CaseState.ACCEPTED], SECOND_PERSON, dict(FORMS["refuse"])),
    ("send_papers", decided, AT_TOWNSHIP, {"to": VILLAGE}),
    ("send_papers", lambda: decided("refuse"), AT_TOWNSHIP, {"to": VILLAGE}),
    ("receive_papers", papers_sent, AT_VILLAGE, {}),
    ("receive_papers", papers_sent, AT_VILLAGE, {"reason": "不是本村的"}),
    ("deliver", decided, AT_VILLAGE, dict(FORMS["deliver"])),
    ("deliver", lambda: decided("refuse"), AT_VILLAGE, dict(FORMS["deliver"])),
    ("close", delivered, AT_VILLAGE, {}),
    ("judge_duplicate", maybe_twice, AT_TOWNSHIP, {"verdict": "same"}),
    ("judge_duplicate", maybe_twice, AT_TOWNSHIP, {"verdict": "different", "reason": "两件的申请事由不同"}),
    ("note", STANDING[CaseState.CLOSED], AT_TOWNSHIP, {"text": "县里来过电话"}),
    ("attach", registered, AT_VILLAGE, {"file": SCAN}),
    ("attach", STANDING[CaseState.CLOSED], AT_TOWNSHIP, dict(FORMS["attach"])),
    ("note", registered, AT_VILLAGE, {"text": "下午再来"}),
]
OPEN_LANE = [row for row in READY if action_named(row[0]).lane is Lane.OPEN]
on_a_case = pytest.mark.parametrize(
    "action", [a for a in ALL if a.turn is not Turn.OPENER], ids=lambda action: action.code
)
every_ready = pytest.mark.parametrize(
    ("code", "there", "seat", "form"), READY, ids=[f"{row[0]}-{number}" for number, row in enumerate(READY)]
)


def _stands_ready(code: str) -> tuple[Case, Seat]:
    _, there, seat, _ = next(row for row in READY if row[0] == code)
    return there().case, seat


def _refusal(run: Callable[[], object]) -> str:
    try:
        run()
    except StationError as error:
        return error.code
    return ""


def test_the_registry_has_each_code_once_and_gives_it_back() -> None:
    assert len({action.code for action in ALL}) == len(ALL)
    assert [action_named(action.code) for action in ALL] == list(ALL)


def test_an_unknown_action_is_refused_with_those_there_are() -> None:
    with pytest.raises(StationError) as refused:
        action_named("sell")
    assert refused.value.code == "action-unknown"
    assert "accept_handover" in str(refused.value.params["allowed"])


@every_action
def test_each_declared_state_and_turn_is_reached_by_real_actions(action: CaseAction) -> None:
    reached = {there().case.state for code, there, _, _ in READY if code == action.code and action.code != "register"}
    assert action.from_states <= reached
    assert action.code in FORMS


@every_ready
def test_what_it_writes_survives_the_way_to_disk_and_network(
    code: str, there: Callable[[], Casework], seat: Seat, form: dict[str, object]
) -> None:
    effects = there().entry(code, seat, form).effects
    assert effects is not None
    assert effects_from_json(canonical.decode_object(canonical.encode(effects.to_json()))) == effects


@every_ready
def test_the_fold_gives_the_state_and_facts_that_it_declares(
    code: str, there: Callable[[], Casework], seat: Seat, form: dict[str, object]
) -> None:
    work = there()
    before = work.case.state if work.entries else None
    entry = work.act(code, seat, form)
    assert entry.effects is not None
    assert work.case.state == (entry.effects.state or before)
    assert {key: work.case.fields[key] for key in entry.effects.fields} == dict(entry.effects.fields)


@every_ready
def test_the_lane_is_the_declared_one(
    code: str, there: Callable[[], Casework], seat: Seat, form: dict[str, object]
) -> None:
    entry = there().entry(code, seat, form)
    assert entry.in_custody_lane is (action_named(code).lane is Lane.CUSTODY)


@pytest.mark.parametrize(("code", "there", "seat", "form"), OPEN_LANE, ids=[row[0] for row in OPEN_LANE])
def test_an_open_lane_action_moves_nothing(
    code: str, there: Callable[[], Casework], seat: Seat, form: dict[str, object]
) -> None:
    work = there()
    before = work.case
    work.act(code, seat, form)
    assert replace(work.case, remarks=before.remarks, custody=before.custody) == before
    assert (work.case.custody.grant, work.case.custody.head) == (before.custody.grant, before.custody.head)
    assert len(work.case.remarks) == len(before.remarks) + 1


@pytest.mark.parametrize("state", CaseState)
@on_a_case
def test_it_starts_from_exactly_its_states(action: CaseAction, state: CaseState) -> None:
    case, seat = _stands_ready(action.code)
    expected = "" if not action.from_states or state in action.from_states else "state-wrong"
    assert _refusal(lambda: check_may(action, replace(case, state=state), seat.worker)) == expected


@pytest.mark.parametrize("state", CaseState)
@pytest.mark.parametrize("action", [a for a in ALL if a.from_states], ids=lambda action: action.code)
def test_a_case_that_really_stands_elsewhere_refuses_it(action: CaseAction, state: CaseState) -> None:
    work = STANDING[state]()
    code = _refusal(lambda: work.entry(action.code, _whose_turn(action, work.case)))
    if state not in action.from_states:
        assert code == "state-wrong"
    else:
        assert code != "state-wrong"


def _whose_turn(action: CaseAction, case: Case) -> Seat:
    return {COUNTY: AT_COUNTY, TOWNSHIP: SECOND_PERSON}.get(case.custody.holder, AT_VILLAGE)


@pytest.mark.parametrize("role", Role)
@every_action
def test_exactly_its_roles_may_do_it(action: CaseAction, role: Role) -> None:
    case, seat = (None, AT_VILLAGE) if action.turn is Turn.OPENER else _stands_ready(action.code)
    worker = replace(seat, roles=frozenset({role})).worker
    assert _refusal(lambda: check_may(action, case, worker)) == ("" if role in action.roles else "role-missing")


@on_a_case
def test_nothing_can_be_done_to_a_case_that_the_office_had_to_forget(action: CaseAction) -> None:
    """A county took back a case of which it saw no more than a line, and never heard that it was late; seed 332."""
    case, seat = _stands_ready(action.code)
    forgotten = replace(case, forgotten=True)
    assert _refusal(lambda: check_may(action, forgotten, seat.worker)) == "case-not-seen"


REFUSED_TO_OTHERS = {
    Turn.CUSTODIAN: "not-the-holder",
    Turn.TAKER: "not-offered",
    Turn.OBLIGEE: "no-obligation",
    Turn.VIEWER: "not-a-party",
    Turn.COLLEAGUE: "not-the-holder",
    Turn.ARBITER: "nothing-to-reclaim",
}


@pytest.mark.parametrize("office", OFFICES)
@on_a_case
def test_only_the_office_whose_turn_it_is_may_do_it(action: CaseAction, office: str) -> None:
    case, seat = _stands_ready(action.code)
    sees = office in case.seen_by or case.waits_for(office)
    mine = sees if action.turn is Turn.VIEWER else office == seat.office
    code = _refusal(lambda: fence(action, case, office, replace(seat, office=office).origin))
    assert code == ("" if mine else REFUSED_TO_OTHERS[action.turn])


custodian_actions = pytest.mark.parametrize(
    "action", [a for a in ALL if a.turn is Turn.CUSTODIAN], ids=lambda action: action.code
)


@custodian_actions
def test_nothing_is_done_to_a_case_on_the_road(action: CaseAction) -> None:
    case = offered().case
    assert _refusal(lambda: fence(action, case, AT_VILLAGE.office, AT_VILLAGE.origin)) == "case-on-the-road"


@custodian_actions
def test_another_pc_of_the_office_does_not_act_on_it(action: CaseAction) -> None:
    case, seat = _stands_ready(action.code)
    other = replace(seat, device="pc-2")
    assert _refusal(lambda: fence(action, case, other.office, other.origin)) == "held-by-other-pc"


@custodian_actions
def test_nothing_is_done_after_the_decision_but_delivering(action: CaseAction) -> None:
    case = decided().case
    assert _refusal(lambda: fence(action, case, SECOND_PERSON.office, SECOND_PERSON.origin)) == "case-ended"


@every_action
def test_a_worker_reads_chinese(action: CaseAction) -> None:
    texts = [action.label, action.help, *(field.label for field in action.fields)]
    texts += [label for field in action.fields for label in field.choices.values()]
    assert [text for text in texts if not CHINESE.search(text) or re.search(r"[A-Za-z]", text)] == []
    assert action.help.endswith("。")
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", action.code)


TURNS = {
    Turn.OPENER: "收件单位",
    Turn.CUSTODIAN: "经办单位（经办电脑）",
    Turn.TAKER: "被交接的单位",
    Turn.OBLIGEE: "负责送达的单位",
    Turn.VIEWER: "相关各方",
    Turn.COLLEAGUE: "经办单位（另一台电脑）",
    Turn.ARBITER: "裁定这次交接的县中心所在单位",
}
AUDIENCES = {
    Audience.PARTIES: "",
    Audience.HANDLING: "，村级看不到内容",
    Audience.OFFICE: "，只本单位看",
    Audience.SUPERVISION: "，只监察看",
}
HEAD = """# 操作一览

本表由 `STATION_WRITE_DOCS=1 pytest tests/domain/test_every_action.py` 写出，与程序里的操作登记表
（`station_app/domain/actions/__init__.py`）一致；不一致时测试不通过。

“谁”先写轮到哪个单位，再写要有哪个角色（有一个即可）。“栏”：经办栏的每一步由县中心裁定先后；备注栏谁都可以写，
不排先后。带 * 的字段必填。

| 代号 | 名称 | 谁 | 从哪些状态 | 栏 | 字段 | 说明 |
|---|---|---|---|---|---|---|
"""


def _row(action: CaseAction) -> str:
    roles = "、".join(ROLE_LABELS[role] for role in Role if role in action.roles)
    states = "、".join(STATE_LABELS[state] for state in CaseState if state in action.from_states)
    lane = ("经办栏" if action.lane is Lane.CUSTODY else "备注栏") + AUDIENCES[action.audience]
    fields = "；".join(f"{field.label}{'*' if field.required else ''}（`{field.name}`）" for field in action.fields)
    rest = ("整批办理。" if action.in_batch else "") + ("须联网办理。" if action.online else "")
    cells = [f"`{action.code}`", action.label, f"{TURNS[action.turn]}：{roles}", states or "不限", lane, fields or "无"]
    return f"| {' | '.join([*cells, action.help + rest])} |\n"


def test_the_table_of_actions_is_what_the_registry_says() -> None:
    expected = HEAD + "".join(_row(action) for action in ALL)
    if os.environ.get("STATION_WRITE_DOCS"):
        DOCS.parent.mkdir(exist_ok=True)
        DOCS.write_text(expected, encoding="utf-8")
    assert DOCS.read_text(encoding="utf-8") == expected


def test_a_duplicate_is_judged_once_where_the_center_has_told_of_one() -> None:
    assert _refusal(lambda: at_township().entry("judge_duplicate", AT_TOWNSHIP)) == "no-duplicate-told"
    work = maybe_twice()
    remark = work.act("judge_duplicate", AT_TOWNSHIP, {"verdict": "same", "reason": "同一天的申请"}).effects.remark
    assert remark == {
        "kind": "duplicate_judged",
        "number": OTHER_NUMBER,
        "verdict": "same",
        "text": f"和 {grouped(OTHER_NUMBER)} 核对：是同一件，重复收了。同一天的申请",
    }
    assert _refusal(lambda: work.entry("judge_duplicate", AT_TOWNSHIP)) == "no-duplicate-told"


def test_of_several_that_may_be_the_same_the_one_meant_is_named() -> None:
    work = maybe_twice()
    other = f"{OTHER_NUMBER[:-1]}5"
    told = next(entry for entry in work.entries if entry.type == POSSIBLE_DUPLICATE)
    remark = {**(told.effects.remark or {}), "number": other} if told.effects else {}
    work.entries.append(replace(told, event_id="e" * 64, effects=Effects(remark=remark)))
    form = {"verdict": "same"}
    assert _refusal(lambda: work.entry("judge_duplicate", AT_TOWNSHIP, form)) == "duplicate-unnamed"
    named = work.act("judge_duplicate", AT_TOWNSHIP, {**form, "number": grouped(OTHER_NUMBER)})
    assert named.effects is not None and (named.effects.remark or {})["number"] == OTHER_NUMBER
    # Of the one that is left it need not be said.
    last = work.act("judge_duplicate", AT_TOWNSHIP, form)
    assert last.effects is not None and (last.effects.remark or {})["number"] == other
