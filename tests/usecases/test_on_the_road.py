"""A hand-over that nobody answers: what each office on its way is told, and what is done at once for a whole slip."""

from __future__ import annotations

from datetime import timedelta

import pytest

from station_app.domain.case_cards import CaseQuery, Place
from station_app.domain.cases import Case
from station_app.domain.errors import StationError
from station_app.domain.organisations import Level
from station_app.domain.people import Role
from station_app.ui.models.case_now import now_text
from station_app.ui.presenters.custody_words import custody_words
from station_app.usecases.case_pages import cases_after, count_cases
from station_app.usecases.hand_over import offer_batch
from station_app.usecases.home import county_wall
from station_app.usecases.look_up import CasePageView, case_page
from station_app.usecases.on_the_road import RoadView, act_on_mates_too
from station_app.usecases.ports import SyncStatus
from station_app.usecases.run_action import act_on_case, register_case
from station_app.usecases.times import stamp
from tests.domain.casework import TOWNSHIP, VILLAGE, registration
from tests.usecases.county import County, Office

AGENT = frozenset({Role.AGENT})
SUPERVISOR = frozenset({Role.SUPERVISOR})
REASON = {"reason": "镇上一直没有接"}
BACK = {"to": "giver", "reason": "三天没有人接", "slip": "no"}
SIGNED = {**BACK, "slip": "yes", "call": "上午十时电话，镇上说没有收到"}


@pytest.fixture
def handed_over(county: County) -> list[str]:
    """Three cases on one slip, known to every center and PC."""
    ids = [register_case(county.village.desk(), registration()).case_id for _ in range(3)]
    offer_batch(county.village.desk(), TOWNSHIP, ids)
    county.settle()
    return ids


@pytest.fixture
def asked_back(county: County, handed_over: list[str]) -> list[str]:
    """The same, all asked back by the village at once."""
    assert act_on_mates_too(county.village.desk(roles=AGENT), handed_over[0], "request_withdrawal", REASON) == 3
    county.settle()
    return handed_over


def page(office: Office, case_id: str, *, person: str = "a", roles: frozenset[Role] = SUPERVISOR) -> CasePageView:
    desk = office.desk(person=person, roles=roles)
    with office.read_book() as book:
        return case_page(desk, book, case_id)


def road(office: Office, case_id: str, *, person: str = "a", roles: frozenset[Role] = SUPERVISOR) -> RoadView:
    found = page(office, case_id, person=person, roles=roles).road
    assert found is not None
    return found


def said(office: Office, case_id: str, *, person: str = "a", roles: frozenset[Role] = SUPERVISOR) -> str:
    level = Level.COUNTY if office is office.county.county else Level.VILLAGE
    words = custody_words(page(office, case_id, person=person, roles=roles), level, office.county.now)
    return "\n".join(word.text for word in words)


def codes(office: Office, case_id: str, *, person: str = "a", roles: frozenset[Role] = SUPERVISOR) -> set[str]:
    return {action.code for action in page(office, case_id, person=person, roles=roles).actions}


def case_at(office: Office, case_id: str) -> Case:
    with office.read_book() as book:
        found = book.case(case_id)
    assert found is not None
    return found


def connect(office: Office) -> None:
    """Have the center answered just now."""
    with office.open_book() as book:
        book.save_sync_status(SyncStatus("", {}, "", stamp(office.county.now)))


def test_the_giver_is_told_since_when_whom_to_call_and_how_to_get_it_back(
    county: County, handed_over: list[str]
) -> None:
    county.now += timedelta(days=1, hours=2)
    told = said(county.village, handed_over[0], roles=AGENT)
    assert "1 天前交出，玉津镇便民服务中心还没有接收。先打电话问一问。" in told
    assert "要收回的，按“请求撤回”写明原因" in told
    assert "县中心现在还不能收回：交接要满三天（72 小时），到 11月26日 12:00，还差 1 天 22 小时。" in told
    assert now_text(page(county.village, handed_over[0]), VILLAGE).startswith("本单位 1 天前交出（交接单")
    assert road(county.village, handed_over[0]).mates == 2


def test_a_giver_without_the_role_is_told_who_may_ask(county: County, handed_over: list[str]) -> None:
    assert "请代办员或窗口人员在这里按“请求撤回”" in said(county.village, handed_over[0], roles=SUPERVISOR)


def test_a_hand_over_that_no_center_has_confirmed_is_not_taken_back_yet(county: County) -> None:
    case_id = register_case(county.village.desk(), registration()).case_id
    offer_batch(county.village.desk(), TOWNSHIP, [case_id])
    assert "县中心还没有确认这次交接。请先联网同步" in said(county.village, case_id, roles=AGENT)


def test_what_was_asked_back_is_told_to_all_three(county: County, asked_back: list[str]) -> None:
    assert "已经请求撤回：对方退回，或者由县中心核实收回" in said(county.village, asked_back[0], roles=AGENT)
    at_township = road(county.township, asked_back[0])
    assert (at_township.side, at_township.asked_back) == ("taker", True)
    assert "荷花村代办点请求撤回这件。还没有办的，请到“接收批次”退回" in said(county.township, asked_back[0])
    assert road(county.county, asked_back[0]).side == "arbiter"
    with county.county.read_book() as book:
        assert count_cases(book, CaseQuery(place=Place.ASKED_BACK)) == 3
        assert county_wall(book, county.now).asked_back == 3


def listed(county: County, case_id: str) -> tuple[int, int, int]:
    """Return how many cases the county's list, its search for this one and its wall say nobody takes."""
    number = case_at(county.county, case_id).number
    queries = [CaseQuery(place=Place.ASKED_BACK), CaseQuery(text=number[-4:], place=Place.ASKED_BACK)]
    with county.county.read_book() as book:
        found, searched = (len(cases_after(book, query, None, 50).lines) for query in queries)
        assert [count_cases(book, query) for query in queries] == [found, searched]
        assert sum(entry.count for entry in book.tally_cases()) == count_cases(book, CaseQuery())
        return found, searched, county_wall(book, county.now).asked_back


def test_an_arbiter_that_sees_it_for_good_is_told_when_the_time_lock_of_a_new_offer_is_over(
    county: County, asked_back: list[str]
) -> None:
    county.now += timedelta(days=3)
    connect(county.county)
    act_on_mates_too(county.county.desk(roles=SUPERVISOR), asked_back[0], "reclaim", BACK)
    county.settle()
    assert listed(county, asked_back[0]) == (0, 0, 0)
    offer_batch(county.village.desk(), TOWNSHIP, asked_back[:1])
    county.settle()
    county.now += timedelta(hours=71)
    connect(county.county)
    assert listed(county, asked_back[0]) == (0, 0, 0)
    county.now += timedelta(hours=1)
    connect(county.county)
    assert listed(county, asked_back[0]) == (1, 1, 1)


def test_before_three_days_the_arbiter_has_no_such_action_and_is_told_why(
    county: County, asked_back: list[str]
) -> None:
    county.now += timedelta(hours=71, minutes=30)
    assert "reclaim" not in codes(county.county, asked_back[0])
    assert "request_reclaim" in codes(county.county, asked_back[0])
    told = said(county.county, asked_back[0])
    assert "荷花村代办点请求撤回。3 天前交出，玉津镇便民服务中心还没有接收。" in told
    assert "现在还不能收回：交接要满三天（72 小时），到 今天 12:00，还差 不到 1 小时。" in told
    county.now += timedelta(minutes=30)
    assert "reclaim" in codes(county.county, asked_back[0])
    assert "满三天了，可以收回。要连着县中心办" in said(county.county, asked_back[0])


def test_who_may_not_reclaim_is_told_who_may(county: County, asked_back: list[str]) -> None:
    told = said(county.county, asked_back[0], roles=frozenset({Role.CLERK}))
    assert "收回由监察人员或系统管理员办" in told


def test_where_both_have_signed_a_second_person_takes_all_of_the_slip_back(
    county: County, asked_back: list[str]
) -> None:
    county.now += timedelta(days=3)
    connect(county.county)
    first, second = county.county.desk(roles=SUPERVISOR), county.county.desk(person="b", roles=SUPERVISOR)
    assert "要两个人：一人先按“提请收回”，另一人再收回" in said(county.county, asked_back[0])
    with pytest.raises(StationError, match="second-person-needed"):
        act_on_mates_too(first, asked_back[0], "reclaim", SIGNED)
    assert act_on_mates_too(first, asked_back[0], "request_reclaim", REASON) == 3
    assert "您已经提请收回。双方已签字的，要另一人电话核实后收回" in said(county.county, asked_back[0])
    assert "已经提请收回（今天 12:00）。双方已签字的，由您电话核实后收回。" in said(
        county.county, asked_back[1], person="b"
    )
    assert act_on_mates_too(second, asked_back[1], "reclaim", SIGNED) == 3
    county.settle()
    custodies = [case_at(county.village, case_id).custody for case_id in asked_back]
    assert {(custody.holder, custody.offer) for custody in custodies} == {(VILLAGE, None)}


def test_without_the_center_nothing_of_a_slip_is_taken_back(county: County, asked_back: list[str]) -> None:
    county.now += timedelta(days=3)
    before = county.county.journal()
    with pytest.raises(StationError, match="needs-connection"):
        act_on_mates_too(county.county.desk(roles=SUPERVISOR), asked_back[0], "reclaim", BACK)
    # An answer of a time when the clock was two days ahead is none of just now.
    with county.county.open_book() as book:
        book.save_sync_status(SyncStatus("", {}, "", stamp(county.now + timedelta(days=2))))
    with pytest.raises(StationError, match="needs-connection"):
        act_on_mates_too(county.county.desk(roles=SUPERVISOR), asked_back[0], "reclaim", BACK)
    assert county.county.journal() == before


def test_a_mate_that_refuses_stays_as_it_is(county: County, asked_back: list[str]) -> None:
    county.now += timedelta(days=3)
    connect(county.county)
    desks = county.county.desk(roles=SUPERVISOR), county.county.desk(person="b", roles=SUPERVISOR)
    act_on_case(desks[0], asked_back[0], "request_reclaim", REASON)
    assert act_on_mates_too(desks[1], asked_back[0], "reclaim", SIGNED) == 1
    assert case_at(county.county, asked_back[1]).custody.offer is not None


def test_what_was_judged_to_the_taker_has_no_pc_until_one_takes_it_over(county: County, asked_back: list[str]) -> None:
    county.now += timedelta(days=3)
    connect(county.county)
    act_on_case(county.county.desk(roles=SUPERVISOR), asked_back[0], "reclaim", {**BACK, "to": "taker"})
    county.settle()
    clerk = frozenset({Role.CLERK})
    found = page(county.township, asked_back[0], roles=clerk)
    assert (found.pc, found.road) == ("another", None)
    told = said(county.township, asked_back[0], roles=clerk)
    assert told == "这件收回以后还没有哪台电脑经办。要在这台电脑上接着办，按“接手”。"
    act_on_case(county.township.desk(roles=clerk), asked_back[0], "take_over", {})
    assert page(county.township, asked_back[0], roles=clerk).pc == "this"
    assert (
        said(county.township, asked_back[0], roles=clerk)
        == "这件由这台电脑接手，还没有确认：先办着，联网后由县中心确认。"
    )
    county.settle()
    assert said(county.township, asked_back[0], roles=clerk) == ""
