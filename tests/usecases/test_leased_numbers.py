"""文号 at the window: taken with the save, in the journal or not at all, typed by hand where there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from station_app.domain.actions import action_named
from station_app.domain.cases import Case
from station_app.domain.document_numbers import Block, DocumentNumber, with_leased
from station_app.domain.errors import StationError
from station_app.domain.organisations import Organisations
from station_app.exchange.leased import lease_ask
from station_app.exchange.ports import Link
from station_app.protocol.exchange_records import LeaseAsk
from station_app.protocol.signed import Signed, document_payload, read_document
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.leased_numbers import leave_blocks, number_ahead, numbering_of
from station_app.usecases.run_action import act_on_case, register_case
from station_app.usecases.run_center import ORGANISATIONS as KIND
from station_app.usecases.times import local_day
from tests.domain.casework import ORGANISATIONS, TOWNSHIP, TOWNSHIP_ITEM, registration
from tests.usecases.county import NOON, County

SERIES = "玉便受字"
ACCEPT = action_named("accept_application")
TODAY = local_day(NOON)


@pytest.fixture
def named(county: County) -> County:
    """A county whose township has a series, and two cases that have arrived there."""
    offices = Organisations(replace(o, short_name="玉便" if o.code == TOWNSHIP else "") for o in ORGANISATIONS)
    content = {"organisations": offices.to_json(), "accounts": [], "revoked": []}
    with county.township.open_book() as book:
        book.save_document(read_document(Signed(document_payload(KIND, 99, content), b"s")))
    return county


def arrived(county: County, count: int) -> list[Case]:
    """Return cases that the township has taken over from the village."""
    cases = [register_case(county.village.desk(), registration(TOWNSHIP_ITEM)) for _ in range(count)]
    batch = offer_batch(county.village.desk(), TOWNSHIP, [case.case_id for case in cases]).batch
    county.settle()
    receive_batch(county.township.desk(), batch.number, Count())
    county.settle()
    return cases


def lease(county: County, first: int, last: int, year: int = 2026) -> None:
    with county.township.open_book() as book:
        epoch = book.own_epoch().epoch
        book.save_number_blocks(with_leased(book.number_blocks(), epoch, [Block(SERIES, year, first, last)], ()))


def accept(county: County, case: Case, **form: str) -> str:
    done = act_on_case(county.township.desk(), case.case_id, "accept_application", form)
    return str(done.fields.get("acceptance_document", ""))


def ahead(county: County) -> Any:
    with county.township.read_book() as book:
        found = number_ahead(book, ACCEPT, TODAY)
        return found and found.text


def test_papers_get_the_numbers_in_order_and_then_none(named: County) -> None:
    first, second, third = arrived(named, 3)
    lease(named, 9, 10)
    assert ahead(named) == "玉便受字〔2026〕第0009号"
    assert accept(named, first) == "玉便受字〔2026〕第0009号"
    assert accept(named, second) == "玉便受字〔2026〕第0010号"
    assert ahead(named) is None
    assert accept(named, third, document_number="玉便受字〔2026〕补1号") == "玉便受字〔2026〕补1号"


def test_a_number_is_not_used_up_by_what_is_refused(named: County) -> None:
    [case] = arrived(named, 1)
    lease(named, 9, 10)
    with pytest.raises(StationError, match="date-in-future"):
        accept(named, case, accepted_on="2026-12-24")
    assert ahead(named) == "玉便受字〔2026〕第0009号"


def test_none_is_typed_while_some_are_left(named: County) -> None:
    [case] = arrived(named, 1)
    lease(named, 9, 10)
    with pytest.raises(StationError) as refused:
        accept(named, case, document_number="玉便受字〔2026〕第0010号")
    assert (refused.value.code, refused.value.params["next"]) == ("document-number-leased", "玉便受字〔2026〕第0009号")


def test_each_year_has_numbers_of_its_own(named: County) -> None:
    [case] = arrived(named, 1)
    lease(named, 1, 20, year=2027)
    assert accept(named, case) == ""


def test_an_office_without_a_series_types_as_before(county: County) -> None:
    [case] = arrived(county, 1)
    lease(county, 9, 10)
    assert accept(county, case, document_number="沙受〔2026〕1号") == "沙受〔2026〕1号"


def test_under_a_new_epoch_no_number_of_the_old_block_is_given(named: County) -> None:
    lease(named, 9, 10)
    with named.township.open_book() as book:
        book.start_epoch("f" * 16)
    assert ahead(named) is None


def test_blocks_without_a_note_beside_the_journal_are_left(named: County) -> None:
    with named.township.open_book() as book:
        assert not leave_blocks(book, "f" * 16)
    lease(named, 9, 10)
    with named.township.open_book() as book:
        before = book.own_epoch().epoch
        assert leave_blocks(book, "f" * 16)
        assert (book.own_epoch().epoch, book.own_epoch().forked_from) == ("f" * 16, before)
    assert ahead(named) is None


@pytest.mark.parametrize(("last", "asks"), [(19, False), (18, True)])
def test_the_next_block_is_asked_for_when_half_of_one_is_used(named: County, last: int, *, asks: bool) -> None:
    lease(named, 9, last)
    with named.township.read_book() as book:
        found = lease_ask(book, Link(center_time="2026-11-23T04:00:00Z"))
        numbering = numbering_of(book, ACCEPT, TODAY)
        assert numbering is not None
        assert (numbering.ahead, numbering.left) == (DocumentNumber(SERIES, 2026, 9), last - 8)
    assert found == LeaseAsk((SERIES,) if asks else (), (Block(SERIES, 2026, 9, last),))


def test_numbers_of_the_new_year_are_asked_for_by_the_centers_clock(named: County) -> None:
    lease(named, 1, 20)
    with named.township.read_book() as book:
        found = [lease_ask(book, Link(center_time=f"2026-12-31T{at}Z")) for at in ("15:59:59", "16:00:00")]
    assert [ask.wanted for ask in found if ask is not None] == [(), (SERIES,)]


def test_an_office_without_a_series_asks_nothing(county: County) -> None:
    with county.township.read_book() as book:
        assert lease_ask(book, Link()) is None
        assert numbering_of(book, ACCEPT, TODAY) is None
