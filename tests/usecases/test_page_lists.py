"""What the pages of handing over, delivering and the outbox read: the same rules as the actions themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from station_app.domain.people import Role
from station_app.usecases import ready_cases as ready_parts
from station_app.usecases.deliveries import Deliveries, deliveries
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.home import village_home
from station_app.usecases.ports import Desk, SyncStatus
from station_app.usecases.ready_cases import ReadyCases, ready_cases
from station_app.usecases.run_action import act_on_case, register_case
from station_app.usecases.times import stamp
from station_app.usecases.unsent import CASE, COUNTED_BATCH, SENT_BATCH, UnsentPage, unsent
from tests.domain.casework import COUNTY_ITEM, ORGANISATIONS, TOWNSHIP, TOWNSHIP_ITEM, VILLAGE, registration
from tests.usecases.county import County, Office


def _ready(desk: Desk) -> ReadyCases:
    with desk.read_book() as book:
        return ready_cases(desk, book)


def _deliveries(office: Office) -> Deliveries:
    with office.read_book() as book:
        return deliveries(book)


def _unsent(office: Office, county: County) -> UnsentPage:
    with office.read_book() as book:
        return unsent(book, county.now)


def _sent_up(county: County, *codes: str) -> list[str]:
    ids = [register_case(county.village.desk(), registration(code)).case_id for code in codes]
    offer_batch(county.village.desk(), TOWNSHIP, ids)
    county.settle()
    return ids


def test_a_registered_case_is_ready_with_its_papers_and_originals(county: County) -> None:
    desk = county.village.desk()
    case = register_case(desk, registration(COUNTY_ITEM))
    found = _ready(desk)
    assert (found.to, found.to_name) == (TOWNSHIP, ORGANISATIONS.get(TOWNSHIP).name)
    (entry,) = found.cases
    assert (entry.line.case_id, entry.error, entry.mine) == (case.case_id, None, True)
    assert (entry.papers, entry.originals) == (4, (("待遇领取申请表", 1),))
    assert not _ready(county.village.desk(person="b")).cases[0].mine


def test_the_list_and_the_home_say_the_same_number_however_few_are_listed(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready_parts, "MOST_LISTED", 2)
    for _ in range(3):
        register_case(county.village.desk(), registration(COUNTY_ITEM))
    found = _ready(county.village.desk())
    with county.village.read_book() as book:
        at_home = village_home(book, county.village.desk().worker.person_id, county.now).to_hand_over_all
    assert (len(found.cases), found.count, at_home) == (2, 3, 3)


def test_asking_what_is_ready_writes_nothing(county: County) -> None:
    register_case(county.village.desk(), registration(COUNTY_ITEM))
    before = county.village.journal()
    _ready(county.village.desk())
    assert county.village.journal() == before


def test_a_worker_without_the_role_learns_why_nothing_can_go(county: County) -> None:
    register_case(county.village.desk(), registration(COUNTY_ITEM))
    (entry,) = _ready(county.village.desk(roles=frozenset({Role.SUPERVISOR}))).cases
    assert entry.error is not None
    assert entry.error.code == "role-missing"


def test_what_the_township_decides_is_counted_and_not_listed(county: County) -> None:
    ids = _sent_up(county, COUNTY_ITEM, TOWNSHIP_ITEM)
    with county.township.read_book() as book:
        batch = book.batches()[0].number
    receive_batch(county.township.desk(), batch, Count())
    found = _ready(county.township.desk())
    assert [entry.line.case_id for entry in found.cases] == ids[:1]
    assert found.decided_here == 1


def test_what_came_back_is_listed_with_who_and_why_until_it_is_supplied(county: County) -> None:
    (case_id,) = _sent_up(county, COUNTY_ITEM)
    with county.township.read_book() as book:
        batch = book.batches()[0].number
    receive_batch(county.township.desk(), batch, Count(rejected={case_id: "缺户口簿复印件"}))
    county.settle()
    found = _ready(county.village.desk())
    assert found.cases == ()
    (back,) = found.returned
    assert (back.line.case_id, back.reason, back.on) == (case_id, "缺户口簿复印件", "2026-11-23")
    act_on_case(county.village.desk(), case_id, "supply", {"note": "已补"})
    supplied = _ready(county.village.desk())
    assert [entry.line.case_id for entry in supplied.cases] == [case_id]
    assert supplied.returned == ()


def _decided(county: County, code: str, form: dict[str, str]) -> str:
    (case_id,) = _sent_up(county, TOWNSHIP_ITEM)
    with county.township.read_book() as book:
        batch = book.batches()[0].number
    receive_batch(county.township.desk(), batch, Count())
    act_on_case(county.township.desk(), case_id, "accept_application", {})
    act_on_case(county.township.desk(person="b"), case_id, code, form)
    county.settle()
    return case_id


def test_a_result_is_owed_by_the_office_that_took_the_case_in(county: County) -> None:
    case_id = _decided(county, "grant", {"result": "发放补贴", "document_number": "镇〔2026〕8号"})
    (entry,) = _deliveries(county.village).entries
    assert (entry.line.case_id, entry.granted, entry.result) == (case_id, True, "发放补贴")
    assert (entry.document, entry.decided_on, entry.delivered_on) == ("镇〔2026〕8号", "2026-11-23", "")
    assert entry.phone.count("*") >= 3
    assert _deliveries(county.township).entries == ()


def test_a_refusal_carries_its_reason_and_the_remedy(county: County) -> None:
    _decided(county, "refuse", {"reason": "不符合条件", "remedy": "可以申请行政复议"})
    (entry,) = _deliveries(county.village).entries
    assert (entry.granted, entry.reason, entry.remedy) == (False, "不符合条件", "可以申请行政复议")


def test_a_delivered_case_stays_listed_until_it_is_closed(county: County) -> None:
    case_id = _decided(county, "grant", {})
    act_on_case(county.village.desk(), case_id, "deliver", {"signed_by": "李四", "method": "in_person"})
    (entry,) = _deliveries(county.village).entries
    assert (entry.delivered_on, entry.signed_by) == ("2026-11-23", "李四")
    act_on_case(county.village.desk(), case_id, "close", {})
    assert _deliveries(county.village).entries == ()


def test_the_outbox_names_whose_and_what_each_entry_is(county: County) -> None:
    desk = county.village.desk()
    case = register_case(desk, registration(COUNTY_ITEM))
    offer_batch(desk, TOWNSHIP, [case.case_id])
    found = {entry.kind: entry for entry in _unsent(county.village, county).entries}
    assert (found[CASE].who, found[CASE].label) == (case.applicant["name"], case.number)
    assert (found[CASE].events, found[CASE].since, found[CASE].refused) == (2, county.now, False)
    assert (found[SENT_BATCH].about, found[SENT_BATCH].who) == ("1 件", _ready(desk).to_name)


def test_a_batch_that_was_counted_here_is_told_from_one_that_was_sent(county: County) -> None:
    _sent_up(county, COUNTY_ITEM)
    with county.township.read_book() as book:
        batch = book.batches()[0].number
    receive_batch(county.township.desk(), batch, Count())
    kinds = {entry.kind for entry in _unsent(county.township, county).entries}
    assert kinds == {CASE, COUNTED_BATCH}


def test_an_exchange_is_stale_after_a_day_and_before_the_first(county: County) -> None:
    assert _unsent(county.village, county).stale
    with county.village.open_book() as book:
        book.save_sync_status(SyncStatus(code="no-network", last_ok_at=stamp(county.now)))
    assert not _unsent(county.village, county).stale
    county.now += timedelta(hours=25)
    page = _unsent(county.village, county)
    assert (page.stale, page.entries, page.more) == (True, (), 0)


def test_why_nothing_goes_stands_at_each_entry(county: County) -> None:
    register_case(county.village.desk(), registration(COUNTY_ITEM))
    with county.village.open_book() as book:
        book.save_sync_status(SyncStatus(code="no-network", next_attempt=stamp(county.now + timedelta(minutes=1))))
    (entry,) = _unsent(county.village, county).entries
    assert (entry.code, entry.refused) == ("no-network", False)
    assert entry.next_attempt == county.now + timedelta(minutes=1)
    assert VILLAGE in entry.label
