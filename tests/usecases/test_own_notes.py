"""Drafts, looks at what is masked, and people found again: what stays on this PC."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from station_app.domain.errors import StationError
from station_app.usecases.drafts import Draft, drafts_of, drop_draft, save_draft
from station_app.usecases.people_known import known_applicants
from station_app.usecases.ports import Reveal
from station_app.usecases.reveal import reveal, revealed
from station_app.usecases.run_action import register_case
from tests.domain.casework import COUNTY_ITEM, ID_NUMBER, TOWNSHIP_ITEM, registration
from tests.usecases.county import County


def test_a_draft_comes_back_as_it_was_and_the_last_saved_first(county: County) -> None:
    desk = county.village.desk()
    save_draft(desk, "d1", "register", "李𬭎", {"applicant": {"name": "李𬭎"}})
    county.now += timedelta(minutes=1)
    save_draft(desk, "d2", "register", "王五", {})
    county.now += timedelta(minutes=1)
    save_draft(desk, "d1", "register", "李𬭎 养老", {"applicant": {"name": "李𬭎", "phone": "138"}})
    person = desk.worker.person_id
    content = {"applicant": {"name": "李𬭎", "phone": "138"}}
    assert drafts_of(desk) == [
        Draft("d1", person, "register", "李𬭎 养老", content, "2026-11-23T04:02:00Z"),
        Draft("d2", person, "register", "王五", {}, "2026-11-23T04:01:00Z"),
    ]


def test_nobody_sees_or_drops_the_draft_of_another(county: County) -> None:
    mine, hers = county.village.desk(), county.village.desk(person="b")
    save_draft(mine, "d1", "register", "李𬭎", {})
    drop_draft(hers, "d1")
    assert drafts_of(hers) == []
    assert len(drafts_of(mine)) == 1
    drop_draft(mine, "d1")
    drop_draft(mine, "d1")
    assert drafts_of(mine) == []


def test_a_draft_goes_with_the_case_that_came_of_it(county: County) -> None:
    desk = county.village.desk()
    save_draft(desk, "d1", "register", "李𬭎", {})
    with pytest.raises(StationError):
        register_case(desk, registration(materials=[]), "d1")
    assert len(drafts_of(desk)) == 1
    register_case(desk, registration(), "d1")
    assert drafts_of(desk) == []


def test_a_masked_fact_is_shown_once_it_is_on_record(county: County) -> None:
    desk = county.village.desk()
    case = register_case(desk, registration())
    assert reveal(desk, case.case_id, "id_number") == ID_NUMBER
    assert reveal(desk, case.number, "applicant.phone") == "13800138000"
    assert reveal(desk, case.case_id, "address") == ""
    with county.village.read_book() as book:
        looks = list(revealed(book, case.case_id))
    person, at = desk.worker.person_id, "2026-11-23T04:00:00Z"
    assert looks == [Reveal(person, case.case_id, name, at) for name in ("id_number", "phone", "address")]


def test_what_is_not_masked_or_not_here_is_not_shown(county: County) -> None:
    desk = county.village.desk()
    case = register_case(desk, registration())
    for case_id, name, code in ((case.case_id, "name", "field-not-masked"), ("f" * 32, "phone", "case-unknown")):
        with pytest.raises(StationError, match=code):
            reveal(desk, case_id, name)
    with county.village.read_book() as book:
        assert list(revealed(book, case.case_id)) == []


def take_in(county: County, name: str, item: str = COUNTY_ITEM, **more: Any) -> None:
    applicant = {"name": name, "id_type": "none", "phone": "", **more}
    register_case(county.village.desk(), registration(item, applicant=applicant))


def known(county: County, text: str, limit: int = 8) -> list[tuple[str, str, str]]:
    with county.village.read_book() as book:
        return [(found.name, found.phone, found.address) for found in known_applicants(book, text, limit)]


def test_a_known_person_comes_once_with_what_was_last_written_down(county: County) -> None:
    papers = {"id_type": "111", "id_number": ID_NUMBER}
    take_in(county, "李𬭎", phone="13800138000", address="荷花村 1 组", **papers)
    county.now += timedelta(days=1)
    take_in(county, "李𬭎", TOWNSHIP_ITEM, phone="13900139000", address="荷花村 2 组", **papers)
    for text in ("李", "𬭎", "lh", "002X", "002x", "9000", "1390013", "13900139000", ID_NUMBER, ID_NUMBER[:15]):
        assert known(county, text) == [("李𬭎", "13900139000", "荷花村 2 组")]
    for text in ("", "8000", "002", "139", "1390014", "养老", "王"):
        assert known(county, text) in ([], [("李𬭎", "13800138000", "荷花村 1 组")])
    with county.village.read_book() as book:
        [found] = known_applicants(book, "李")
    assert (found.id_type, found.id_number) == ("111", ID_NUMBER)
    assert (found.last_item, found.last_on) == ("临时救助", date(2026, 11, 24))


def test_people_without_a_number_are_told_apart_by_name_and_phone(county: County) -> None:
    for phone in ("13800138001", "13800138002", "13800138001"):
        take_in(county, "王五", phone=phone)
    assert [phone for _, phone, _ in known(county, "王五")] == ["13800138001", "13800138002"]
    assert known(county, "王五", 1) == [("王五", "13800138001", "")]
    assert known(county, "8002") == [("王五", "13800138002", "")]
