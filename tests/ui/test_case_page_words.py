"""What the case page says: who has it and what happens next, limits, steps with their marks, masks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from station_app.domain.cases import Case, CaseState, Custody, Obligation, Offer, Removed
from station_app.domain.clocks import Clock, clock_of
from station_app.domain.organisations import Level
from station_app.ui.models.case_now import left_word, now_text, state_word
from station_app.ui.presenters.case_facts import facts_of, masked_of, title_of
from station_app.ui.presenters.case_steps import local_time, notes_of, set_aside_of, steps_of
from station_app.ui.presenters.custody_words import custody_words
from station_app.ui.tokens import Tone
from station_app.usecases.look_up import CasePageView, LateStep, RemarkView
from station_app.usecases.on_the_road import RoadView
from station_app.usecases.set_aside import Disagreement
from station_app.usecases.timeline import TimelineStep

US, TOWN, VILLAGE = "511132100000", "511132101000", "511132100201"
TODAY = date(2026, 11, 23)


def clock(kind: str, due: date, *, provisional: bool = False) -> Clock:
    return clock_of(kind, TODAY, due, provisional=provisional)


def case(state: CaseState, holder: str = TOWN, **fields: Any) -> Case:
    custody = Custody(holder, "d", "g", "h", ended=state in (CaseState.GRANTED, CaseState.REFUSED))
    facts = {"number": "5" * 25, "applicant": {"name": "李𬭎"}, **fields}
    return Case("c" * 32, VILLAGE, "2026-11-20T02:00:00Z", facts, state, custody)


def view(found: Case, *clocks: Clock, **parts: Any) -> CasePageView:
    nothing: dict[str, Any] = dict.fromkeys(("timeline", "actions", "papers", "remarks", "differences", "late"), ())
    words = {"holder_name": "沙坪镇便民服务中心", "on_the_road_to": "", "origin_name": "示例一村", "batch_number": ""}
    return CasePageView(case=found, clocks=clocks, provisional=False, **{**nothing, **words, **parts})


def test_a_case_with_another_office_says_where_it_is_and_until_when() -> None:
    found = view(case(CaseState.RECEIVED), clock("notice", date(2026, 12, 3)))
    assert now_text(found, US) == "现在在沙坪镇便民服务中心，等它在 12月3日前受理或者告知补正。"


def test_a_case_in_our_hands_says_what_we_have_to_do() -> None:
    found = view(case(CaseState.ACCEPTED, US), clock("promised", date(2026, 12, 3), provisional=True))
    assert now_text(found, US) == "现在在本单位，要在 12月3日前（暂定）作出决定。"


def test_a_case_without_a_limit_says_what_it_waits_for() -> None:
    assert now_text(view(case(CaseState.RECEIVED)), US) == "现在在沙坪镇便民服务中心，等它受理或者上报。"


def test_a_returned_case_says_why() -> None:
    found = view(case(CaseState.RETURNED, US, return_reason="缺申请表"), clock("handover", date(2026, 11, 27)))
    assert now_text(found, US) == "现在在本单位，要在 11月27日前补齐材料后再交。退回原因：缺申请表"


@pytest.mark.parametrize(("to", "says"), [(US, "等本单位清点接收"), ("x", "等峨边县中心清点接收")])
def test_a_case_on_the_road_says_who_is_to_take_it(to: str, says: str) -> None:
    found = case(CaseState.REGISTERED)
    offered = replace(found, custody=replace(found.custody, offer=Offer("e", to, "a", "b", "")))
    text = now_text(view(offered, on_the_road_to="峨边县中心", batch_number="9" * 26), US)
    assert says in text
    assert f"（交接单 {'9' * 12} {'9' * 6} {'9' * 8}）" in text


def test_a_decided_case_says_that_the_result_has_come_home() -> None:
    found = replace(case(CaseState.GRANTED), obligations={"t": Obligation("t", "deliver", VILLAGE, "h")})
    limit = clock("delivery", date(2026, 12, 7))
    assert now_text(view(found, limit), US) == "已经决定“准予”，结果已回到示例一村，等它在 12月7日前送达申请人。"
    assert now_text(view(found, limit), VILLAGE) == "已经决定“准予”，结果已回到本单位，要在 12月7日前送达申请人。"


def test_a_case_that_is_over_says_so() -> None:
    granted = replace(case(CaseState.CLOSED), fields={"delivered_on": "2026-11-25", "signed_by": "李𬭎"})
    assert now_text(view(granted), US) == "已经办结归档：准予，11月25日送达，李𬭎签收。"
    refused = replace(case(CaseState.CLOSED), fields={"refusal_reason": "不符合", "delivered_on": "2026-11-25"})
    assert now_text(view(refused), US) == "已经办结归档：不予，11月25日送达。"
    assert now_text(view(case(CaseState.DELIVERED)), US) == "结果已经送达申请人，等示例一村办结归档。"


@pytest.mark.parametrize(
    ("due", "text", "tone"),
    [
        (date(2026, 12, 3), "12月3日 剩\N{NO-BREAK SPACE}10\N{NO-BREAK SPACE}天", Tone.PLAIN),
        (date(2026, 11, 25), "11月25日 剩\N{NO-BREAK SPACE}2\N{NO-BREAK SPACE}天", Tone.WARN),
        (TODAY, "11月23日 今天到期", Tone.BAD),
        (date(2026, 11, 21), "11月21日 超\N{NO-BREAK SPACE}2\N{NO-BREAK SPACE}天", Tone.BAD),
    ],
)
def test_a_limit_says_how_far_off_it_is(due: date, text: str, tone: Tone) -> None:
    word = left_word(clock("promised", due), TODAY)
    assert (word.text, word.tone) == (text, tone)
    assert left_word(clock("promised", due, provisional=True), TODAY).text == f"{text}（暂定）"
    assert left_word(None, TODAY).text == ""


def test_every_state_has_a_word() -> None:
    assert all(state_word(state).text for state in CaseState)


def test_personal_data_is_masked() -> None:
    applicant = {"id_number": "99000019620305881X", "phone": "13800005678", "address": "峨边县沙坪镇示例一村 3 组"}
    masked = {one.field: one.text for one in masked_of(case(CaseState.RECEIVED, applicant=applicant))}
    assert masked == {"id_number": "990***********881X", "phone": "138****5678", "address": "峨边县沙坪镇******"}
    nothing = masked_of(case(CaseState.RECEIVED, applicant={"name": "李", "address": "沙坪镇"}))
    assert [one.text for one in nothing] == ["", "", "***"]


def test_facts_have_labels_and_dates_in_words() -> None:
    facts = facts_of(case(CaseState.DELIVERED, received_on="2026-11-20", delivery_method="at_home", internal="x"))
    assert [(fact.label, fact.text) for fact in facts] == [("收件日期", "11月20日"), ("送达方式", "上门送达")]


def step(**parts: Any) -> TimelineStep:
    usual = {
        "event_id": "e", "type": "offer", "label": "交接", "org": US, "org_name": "示例一村", "actor": "李𬭎",
        "claimed_at": "2026-11-23T04:05:06Z", "readable": True, "ruling": "", "reason": "", "at_center": True,
        "at_city": False, "taken_over": False, "code": "",
    }  # fmt: skip
    return TimelineStep(**{**usual, **parts})


def marks(found: TimelineStep) -> list[tuple[str, Tone]]:
    return [(mark.text, mark.tone) for mark in steps_of([found], "县中心")[0].marks]


def test_a_step_shows_its_receipts_hop_by_hop() -> None:
    saved, here = ("本机已存", Tone.GOOD), ("县已收", Tone.GOOD)
    assert marks(step(at_center=False)) == [saved, ("还没传到中心", Tone.STALE)]
    assert marks(step()) == [saved, here, ("对方没有接收", Tone.STALE)]
    assert marks(step(taken_over=True)) == [saved, here, ("对方已接收", Tone.GOOD)]
    assert marks(step(type="register")) == [saved, here]
    further = ("市已收", Tone.GOOD)
    assert marks(step(type="register", at_city=True)) == [saved, here, further]
    assert marks(step(type="grant", at_center=False, at_city=True)) == [saved, further]
    assert marks(step(ruling="late", reason="custody-passed")) == [saved, here, ("没有生效", Tone.BAD)]
    assert marks(step(at_center=False, code="person-unknown")) == [saved, ("中心没有收", Tone.BAD)]


def test_steps_are_newest_first_with_local_time_and_what_went_wrong() -> None:
    first, second = steps_of([step(), step(label="退回", readable=False, code="fork")], "县中心")
    assert (first.title, second.title) == ("退回", "交接")
    assert (second.who, second.when, second.remark) == ("示例一村，李𬭎", "2026-11-23 12:05", "")
    assert "备份" in first.remark
    assert "看不到" in steps_of([step(readable=False)], "县中心")[0].remark
    assert steps_of([step(ruling="late", reason="custody-passed")], "县中心")[0].remark.startswith("晚了一步")
    assert local_time("昨天") == "昨天"


def test_a_step_set_aside_shows_both_values() -> None:
    late = LateStep(
        "e", "受理", "沙坪镇", "张䶮", "2026-11-23T04:05:06Z", "晚了一步", Level.CITY, "2026-11-23T05:05:06Z"
    )
    found = [
        Disagreement("e", "accepted_on", "2026-11-23", ""),
        Disagreement("e", "state", "已受理", "已接收"),
        Disagreement("e", "accepted_by", "id", ""),
        Disagreement("other", "result", "a", "b"),
    ]
    [aside] = set_aside_of(view(case(CaseState.RECEIVED), late=(late,)), found, "县中心")
    assert (aside.title, aside.who, aside.reason) == ("受理", "沙坪镇，张䶮，2026-11-23 12:05", "晚了一步")
    assert aside.by == "市中心裁定（2026-11-23 13:05）"
    refused = replace(late, ruled_by=None)
    [aside] = set_aside_of(view(case(CaseState.RECEIVED), late=(refused,)), found, "县中心")
    assert aside.by == "县中心没有收下（2026-11-23 13:05）"
    assert aside.pairs == (("受理日期", "11月23日", "（没有）"), ("办理状态", "已受理", "已接收"))


def test_notes_say_what_they_are_and_who_wrote_them() -> None:
    remarks = [RemarkView("示例一村", "李𬭎", "2026-11-23T04:05:06Z", kind, kind) for kind in ("note", "opinion")]
    assert [(note.kind, note.text) for note in notes_of(remarks)] == [("审查意见", "opinion"), ("备注", "note")]


def test_a_case_whose_contents_were_removed_says_so_with_basis_and_day() -> None:
    left = replace(case(CaseState.CLOSED), removed=Removed("《规定》第三条", "2029-06-01T02:00:00Z"))
    emptied = replace(left, fields={"number": left.number})
    [word] = custody_words(view(emptied), Level.VILLAGE, datetime(2029, 6, 2, tzinfo=UTC))
    assert word.text.startswith("内容已按规定删除（依据：《规定》第三条，2029-06-01）。")
    assert title_of(emptied) == "内容已按规定删除"
    assert {one.absent for one in masked_of(emptied)} == {"已删除"}
    assert [step.remark for step in steps_of([step(readable=False, removed=True)], "县中心")] == ["内容已按规定删除。"]


@pytest.mark.parametrize(("asked", "begins"), [(True, "示例一村请求撤回。4 天前交出"), (False, "示例一村 4 天前交出")])
def test_an_arbiter_reads_why_it_sees_a_hand_over(asked: bool, begins: str) -> None:
    opens = datetime(2026, 11, 26, 4, tzinfo=UTC)
    road = RoadView("arbiter", 4, "示例一村", "沙坪镇", "", Level.COUNTY, asked, opens, True, (), True, 0)
    told = custody_words(replace(view(case(CaseState.REGISTERED)), road=road), Level.COUNTY, opens)
    assert told[0].text.startswith(f"{begins}，沙坪镇还没有接收。")
    assert "满三天了，可以收回" in told[1].text
