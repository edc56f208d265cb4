"""A case's card: where it is for an office, and what stays readable when its facts are not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from station_app.domain.case_cards import PLACE_LABELS, CaseCard, Place, Standpoint, card_of
from station_app.domain.cases import Case, CaseState
from station_app.domain.organisations import Organisations
from tests.domain.casework import (
    COUNTY,
    INSTANT_ITEM,
    ORGANISATIONS,
    OTHER_TOWNSHIP,
    TOWNSHIP,
    TOWNSHIP_ITEM,
    VILLAGE,
    Casework,
    accepted,
    at_county,
    at_township,
    calendar,
    closed,
    decided,
    delivered,
    offered,
    registered,
    returned,
)


def seen_from(org: str) -> Standpoint:
    return Standpoint(org, ORGANISATIONS, calendar())


def card(work: Casework | Case, org: str) -> CaseCard:
    return card_of(work.case if isinstance(work, Casework) else work, seen_from(org))


@pytest.mark.parametrize(
    ("make", "village", "township", "county"),
    [
        (registered, Place.HERE, Place.ALL, Place.ALL),
        # Its arbiter does not have it before it was asked, or the time lock is over.
        (offered, Place.ON_THE_ROAD, Place.INCOMING, Place.ASKED_BACK),
        (returned, Place.HERE, Place.ALL, Place.ALL),
        (at_township, Place.ABOVE, Place.HERE, Place.ALL),
        (at_county, Place.ABOVE, Place.ABOVE, Place.HERE),
        (accepted, Place.ABOVE, Place.HERE, Place.ALL),
        (decided, Place.TO_DELIVER, Place.ALL, Place.ALL),
        (lambda: decided("refuse"), Place.TO_DELIVER, Place.ALL, Place.ALL),
        (delivered, Place.ALL, Place.ALL, Place.ALL),
        (closed, Place.DONE, Place.DONE, Place.DONE),
    ],
)
def test_each_office_sees_a_case_in_its_own_place(
    make: Callable[[], Casework], village: Place, township: Place, county: Place
) -> None:
    assert [card(make(), org).place for org in (VILLAGE, TOWNSHIP, COUNTY)] == [village, township, county]


def test_a_card_says_who_took_the_case_in_and_through_which_office_it_came() -> None:
    work = registered()
    assert card(work, VILLAGE).taken_by == f"{VILLAGE}-a"
    assert [card(work, org).branch for org in (VILLAGE, TOWNSHIP, COUNTY, OTHER_TOWNSHIP)] == [
        "",
        VILLAGE,
        TOWNSHIP,
        "",
    ]


def test_a_card_knows_whether_its_office_decides() -> None:
    work = at_township(TOWNSHIP_ITEM)
    assert [card(work, org).decides for org in (VILLAGE, TOWNSHIP, COUNTY)] == [False, True, False]


@pytest.mark.parametrize(
    ("code", "decision"), [("grant", CaseState.GRANTED), ("refuse", CaseState.REFUSED)], ids=["granted", "refused"]
)
def test_a_card_keeps_telling_how_the_case_was_decided(code: str, decision: CaseState) -> None:
    assert [card(make(code), COUNTY).decision for make in (decided, delivered, closed)] == [decision] * 3
    assert [card(make(), COUNTY).decision for make in (registered, returned, accepted)] == [None] * 3


def test_an_open_offer_has_its_office_and_its_day() -> None:
    found = card(offered(), VILLAGE)
    assert (found.offered_to, found.offered_on) == (TOWNSHIP, "2026-11-23")
    assert (card(returned(), VILLAGE).offered_to, card(returned(), VILLAGE).offered_on) == ("", "")


def test_the_first_clock_to_end_comes_first() -> None:
    assert [clock.kind for clock in card(accepted(INSTANT_ITEM), TOWNSHIP).clocks] == ["promised", "statutory"]


def test_what_was_set_aside_makes_a_case_late() -> None:
    case = registered().case
    assert not card(case, VILLAGE).late
    assert card(replace(case, not_standing={"e": "base-passed"}), VILLAGE).late


def test_before_the_documents_have_come_a_card_has_codes_for_names_and_no_clocks() -> None:
    found = card_of(offered().case, Standpoint(TOWNSHIP, Organisations(), None))
    assert (found.place, found.branch, found.decides, found.clocks) == (Place.INCOMING, "", False, ())


@pytest.mark.parametrize("fields", [{}, {"item": {"decide_level": "省级"}}, {"item": 1, "applicant": []}])
def test_facts_of_a_faulty_program_leave_the_case_in_the_list(fields: dict[str, object]) -> None:
    found = card(replace(registered().case, fields=fields), VILLAGE)
    assert (found.place, found.decides, found.applicant) == (Place.HERE, False, "")


def test_every_place_has_a_label() -> None:
    assert set(PLACE_LABELS) == set(Place)
