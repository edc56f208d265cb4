"""Lists page by page: order, filters, searches and counts, the same in memory and on disk."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from station_app.domain.cases import CaseState
from station_app.protocol.signed import Signed, document_payload, read_document
from station_app.usecases.case_pages import CaseLine, CaseQuery, Place, cases_after, cases_before, count_cases
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.run_action import act_on_case, register_case
from station_app.usecases.run_center import CALENDAR, ORGANISATIONS
from tests.domain.casework import COUNTY_ITEM, TOWNSHIP, TOWNSHIP_ITEM, VILLAGE, calendar, registration
from tests.domain.casework import ORGANISATIONS as OFFICES
from tests.usecases.county import County, Office

NAMES = ("王秀英", "李𬭎", "王建国", "张桂兰", "阿依·古丽", "王秀兰", "单雄信")


def applicant(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "id_type": "none", "id_number": "", **more}


def register(county: County, name: str, item: str = COUNTY_ITEM, person: str = "a") -> str:
    form = registration(item, applicant=applicant(name))
    return register_case(county.village.desk(person=person), form).case_id


@pytest.fixture
def filled(county: County) -> County:
    for number, name in enumerate(NAMES):
        register(county, name, (COUNTY_ITEM, TOWNSHIP_ITEM)[number % 2], "ab"[number % 2])
    return county


def lines(office: Office, query: CaseQuery | None = None, **cut: Any) -> list[CaseLine]:
    with office.read_book() as book:
        page = cases_after(book, query or CaseQuery(), cut.pop("position", None), cut.pop("limit", 50), **cut)
        return list(page.lines)


def names(found: list[CaseLine]) -> list[str]:
    return [line.applicant for line in found]


def count(office: Office, **query: Any) -> int:
    with office.read_book() as book:
        return count_cases(book, CaseQuery(**query))


def test_the_newest_case_comes_first_and_every_page_goes_on_behind_the_last(filled: County) -> None:
    village = filled.village
    first = lines(village, limit=3)
    second = lines(village, limit=3, position=first[-1].position)
    third = lines(village, limit=3, position=second[-1].position)
    assert names(first + second + third) == list(reversed(NAMES))
    assert [line.position for line in first + second + third] == [7, 6, 5, 4, 3, 2, 1]
    assert lines(village, position=1) == []


def test_a_list_is_read_upwards_from_any_case_and_from_its_end(filled: County) -> None:
    with filled.village.read_book() as book:
        assert [line.position for line in cases_before(book, CaseQuery(), None, 3).lines] == [3, 2, 1]
        assert [line.position for line in cases_before(book, CaseQuery(), 3, 2).lines] == [5, 4]
        assert [line.position for line in cases_before(book, CaseQuery(), 3, 2, 1).lines] == [6, 5]
        assert cases_before(book, CaseQuery(), 7, 2).lines == ()
        found = cases_before(book, CaseQuery("王"), None, 2).lines
    assert [line.applicant for line in found] == ["王建国", "王秀英"]


@pytest.mark.parametrize(
    "query",
    [CaseQuery(), CaseQuery("王"), CaseQuery(state=CaseState.REGISTERED), CaseQuery(place=Place.HERE)],
    ids=["all", "search", "state", "place"],
)
def test_a_jump_lands_where_paging_would(filled: County, query: CaseQuery) -> None:
    whole = lines(filled.village, query)
    for skip in range(len(whole) + 2):
        assert lines(filled.village, query, limit=2, skip=skip) == whole[skip : skip + 2]
        assert (
            lines(filled.village, query, limit=2, skip=skip, position=7)
            == [line for line in whole if line.position < 7][skip : skip + 2]
        )
        with filled.village.read_book() as book:
            upwards = list(cases_before(book, query, None, 2, skip).lines)
        assert upwards == whole[max(len(whole) - skip - 2, 0) : max(len(whole) - skip, 0)]


def test_a_case_keeps_its_position_when_it_is_folded_anew(filled: County) -> None:
    before = {line.case_id: line.position for line in lines(filled.village)}
    act_on_case(filled.village.desk(), lines(filled.village)[-1].case_id, "note", {"text": "已电话联系"})
    filled.settle()
    assert {line.case_id: line.position for line in lines(filled.village)} == before


def test_a_line_has_what_a_list_shows(county: County) -> None:
    case = register_case(county.village.desk(), registration())
    offer_batch(county.village.desk(), TOWNSHIP, [case.case_id])
    [line] = lines(county.village)
    assert (line.case_id, line.number, line.applicant, line.state) == (
        case.case_id,
        case.number,
        "李𬭎",
        CaseState.REGISTERED,
    )
    assert line.item_name == case.item["name"]
    assert (line.holder, line.holder_name, line.on_the_road_to) == (VILLAGE, "荷花村代办点", "玉津镇便民服务中心")
    assert (line.opened_on, line.provisional, line.late) == (date(2026, 11, 23), True, False)
    assert line.clock is not None
    assert (line.clock.kind, line.clock.label, line.clock.due_on) == ("handover", "代办交接时限", date(2026, 11, 26))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"text": "王"}, ["王秀兰", "王建国", "王秀英"]),
        ({"text": "王秀"}, ["王秀兰", "王秀英"]),
        ({"text": "wjg"}, ["王建国"]),
        ({"text": "shan"}, ["单雄信"]),
        ({"text": "依古"}, ["阿依·古丽"]),
        ({"text": "赵"}, []),
        ({"text": "临时救助"}, ["王秀兰", "张桂兰", "李𬭎"]),
        ({"text": "lsjz"}, ["王秀兰", "张桂兰", "李𬭎"]),
        ({"text": "王", "state": CaseState.CLOSED}, []),
        ({"text": "王", "state": CaseState.REGISTERED, "place": Place.HERE}, ["王秀兰", "王建国", "王秀英"]),
        ({"text": "王", "place": Place.RETURNED}, []),
        ({"place": Place.RETURNED, "state": CaseState.REGISTERED}, []),
        ({"text": "王", "place": Place.RETURNED, "state": CaseState.REGISTERED}, []),
        ({"state": CaseState.CLOSED}, []),
        ({"place": Place.ABOVE}, []),
    ],
)
def test_searches_and_filters_find_the_same_as_they_count(
    filled: County, query: dict[str, Any], expected: list[str]
) -> None:
    assert names(lines(filled.village, CaseQuery(**query))) == expected
    assert count(filled.village, **query) == len(expected)


def test_a_worker_finds_the_cases_that_she_took_in(filled: County) -> None:
    mine = filled.village.desk(person="b").worker.person_id
    assert names(lines(filled.village, CaseQuery(taken_by=mine))) == ["王秀兰", "张桂兰", "李𬭎"]
    assert names(lines(filled.village, CaseQuery("王", taken_by=mine))) == ["王秀兰"]
    assert count(filled.village, taken_by=mine, place=Place.HERE) == 3


def test_the_cases_that_came_through_one_office_are_listed_apart(filled: County) -> None:
    desk = filled.village.desk()
    offer_batch(desk, TOWNSHIP, [line.case_id for line in lines(filled.village)])
    filled.settle()
    for branch, expected in ((VILLAGE, ["王秀兰", "王建国", "王秀英"]), ("", [])):
        assert names(lines(filled.township, CaseQuery("王", branch=branch))) == expected
        assert count(filled.township, text="王", branch=branch) == len(expected)
    assert count(filled.village, branch="") == len(NAMES)
    assert count(filled.village, branch=VILLAGE) == 0


def test_a_case_is_found_by_its_number_and_its_papers(county: County) -> None:
    case = register_case(county.village.desk(), registration())
    register(county, "王五")
    for text in (case.number, case.number[:21], case.number[-4:], case.number[-7:], "002X", "11010519491231002x"):
        assert case.case_id in [line.case_id for line in lines(county.village, CaseQuery(text))]
    assert names(lines(county.village, CaseQuery(case.number))) == ["李𬭎"]
    assert names(lines(county.village, CaseQuery("002X"))) == ["李𬭎"]


def test_a_search_follows_a_case_through_its_states_and_places(county: County) -> None:
    case_id = register(county, "王五", TOWNSHIP_ITEM)
    seen = []
    for step in (
        lambda: None,
        lambda: _offer(county, case_id),
        lambda: _receive(county),
        lambda: _accept(county, case_id),
    ):
        step()
        county.settle()
        with county.village.read_book() as book:
            seen.append([p for p in Place if cases_after(book, CaseQuery("王", place=p), None, 5).lines])
    assert seen == [
        [Place.ALL, Place.HERE],
        [Place.ALL, Place.ON_THE_ROAD],
        [Place.ALL, Place.ABOVE],
        [Place.ALL, Place.ABOVE],
    ]
    assert count(county.village, text="王", state=CaseState.ACCEPTED) == 1
    assert count(county.village, text="王", state=CaseState.REGISTERED) == 0
    assert count(county.township, text="王", place=Place.HERE) == 1


def _offer(county: County, case_id: str) -> None:
    offer_batch(county.village.desk(), TOWNSHIP, [case_id])


def _receive(county: County, rejected: dict[str, str] | None = None) -> None:
    with county.township.read_book() as book:
        [batch] = [batch for batch in book.batches() if batch.open_lines]
    receive_batch(county.township.desk(), batch.number, Count(rejected=rejected or {}))


def _accept(county: County, case_id: str) -> None:
    act_on_case(county.township.desk(), case_id, "accept_application", {})


def test_a_returned_case_is_in_hand_and_among_the_returned(county: County) -> None:
    case_id = register(county, "王五")
    _offer(county, case_id)
    county.settle()
    _receive(county, {case_id: "缺申请表"})
    county.settle()
    for place in (Place.HERE, Place.RETURNED):
        assert names(lines(county.village, CaseQuery(place=place))) == ["王五"]
        assert names(lines(county.village, CaseQuery("王", place=place))) == ["王五"]
    assert count(county.township, place=Place.ABOVE) == 0


def save(office: Office, kind: str, number: int, content: dict[str, Any]) -> None:
    with office.open_book() as book:
        book.save_document(read_document(Signed(document_payload(kind, number, content), b"s")))
    look_anew(office)


def look_anew(office: Office, most: int = 25) -> list[int]:
    """Write the open cases anew in slices, and return how many each took."""
    taken = []
    while True:
        with office.read_book() as book:
            if not book.is_behind():
                return taken
        with office.open_book() as book:
            taken.append(book.look_anew(most))


def test_a_new_calendar_moves_the_clocks_of_open_cases(county: County) -> None:
    register(county, "王五")
    days_off = [date(2026, 11, 24) + timedelta(days=day) for day in range(3)]
    save(county.village, CALENDAR, 2, calendar().with_overlay(days_off).to_json())
    [line] = lines(county.village)
    assert line.clock is not None
    assert line.clock.due_on == date(2026, 12, 1)


def test_a_new_calendar_is_taken_in_slices_and_begun_again_when_another_one_comes(county: County) -> None:
    for name in ("王五", "王六", "王七", "王八", "王九"):
        register(county, name)
    days_off = [date(2026, 11, 24) + timedelta(days=day) for day in range(3)]
    documents = [
        read_document(Signed(document_payload(CALENDAR, number, calendar().with_overlay(off).to_json()), b"s"))
        for number, off in ((2, days_off), (3, days_off[:1]))
    ]

    def due() -> list[date]:
        return [line.clock.due_on for line in lines(county.village)]  # type: ignore[union-attr]

    look_anew(county.village)
    before = due()
    with county.village.open_book() as book:
        book.save_document(documents[0])
    assert due() == before
    with county.village.open_book() as book:
        assert book.look_anew(2) == 2
    assert due() == [*before[:3], date(2026, 12, 1), date(2026, 12, 1)]
    register(county, "王十")
    assert due()[0] == date(2026, 12, 1), "what is written meanwhile is counted by the calendar in force"
    with county.village.open_book() as book:
        book.save_document(documents[1])
    assert look_anew(county.village, 2) == [2, 2, 2, 0]
    assert set(due()) == {date(2026, 11, 27)}
    assert look_anew(county.village) == []


def test_a_new_edition_that_is_about_accounts_alone_moves_no_case(county: County) -> None:
    register(county, "王五")
    look_anew(county.village)
    content = {"organisations": OFFICES.to_json(), "accounts": [{"name": "新人"}], "revoked": []}
    with county.village.open_book() as book:
        book.save_document(read_document(Signed(document_payload(ORGANISATIONS, 2, content), b"s")))
        assert not book.is_behind()


def test_new_organisations_move_cases_to_their_new_places(county: County) -> None:
    case_id = register(county, "王五")
    _offer(county, case_id)
    county.settle()
    _receive(county)
    county.settle()
    assert count(county.village, place=Place.ABOVE) == 1
    offices = [office for office in OFFICES.to_json() if office["code"] != VILLAGE]
    moved = {"code": VILLAGE, "name": "荷花村代办点", "level": "village", "parent": "511123101000"}
    save(county.township, ORGANISATIONS, 2, {"organisations": [*offices, moved], "accounts": [], "revoked": []})
    with county.township.read_book() as book:
        [tally] = book.tally_cases()
    assert (tally.branch, tally.place) == ("", Place.HERE)
    save(county.village, ORGANISATIONS, 2, {"organisations": [*offices, moved], "accounts": [], "revoked": []})
    assert names(lines(county.village, CaseQuery(place=Place.ABOVE))) == ["王五"]
