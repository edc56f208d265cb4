"""What the lists of offices of a county and of its city change at each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from station_app.center.trust import hear_documents, heard
from station_app.domain.errors import StationError
from station_app.domain.organisations import Level, Organisation, Organisations
from station_app.exchange.inbox import DOCUMENT_CONTEXT
from station_app.protocol.signed import document_payload
from station_app.usecases.run_center import ORGANISATIONS, organisations_of, publish_organisations
from tests.exchange.centers import CITY, Node, office
from tests.exchange.makers import CASE
from tests.exchange.test_city import A_TOWN, A_VILLAGE, B_TOWN, B_VILLAGE, A, Region, move_to_b, offer_to


@pytest.fixture
def region() -> Region:
    return Region()


def tell(region: Region, number: int, offices: Organisations, *, by: Node | None = None) -> None:
    """Let A's center tell the city a list, signed by A unless somebody else is named."""
    content = {ORGANISATIONS: offices.to_json(), "accounts": [], "revoked": []}
    signed = (by or region.a).signed(document_payload(ORGANISATIONS, number, content), DOCUMENT_CONTEXT)
    with region.city.store.write() as book:
        hear_documents(book, region.city.parts, book.station(region.a.device), [signed])


def renamed(offices: Organisations, code: str, name: str) -> Organisations:
    return Organisations(replace(one, name=name) if one.code == code else one for one in offices)


def test_a_county_describes_its_own_offices_and_no_others(region: Region) -> None:
    offices = region.a.organisations
    for code in (A_TOWN, B_TOWN, CITY):
        offices = renamed(offices, code, "新名字")
    tell(region, 90, offices)
    assert [region.city.organisations.get(code).name == "新名字" for code in (A_TOWN, B_TOWN, CITY)] == [
        True,
        False,
        False,
    ]
    taken = Organisations(
        replace(one, parent=A_TOWN, former_parents=(B_TOWN,)) if one.code == B_VILLAGE else one for one in offices
    )
    tell(region, 91, taken)
    assert region.city.organisations.get(B_VILLAGE).parent == B_TOWN
    below = office("511103101099", Level.VILLAGE, B_TOWN)
    tell(region, 92, Organisations([*(replace(o, parent=A) if o.code == B_TOWN else o for o in offices), below]))
    assert below.code not in region.city.organisations


def test_a_list_that_is_old_or_signed_by_another_is_not_heard(region: Region) -> None:
    tell(region, 90, renamed(region.a.organisations, A_TOWN, "第九十号"))
    tell(region, 89, renamed(region.a.organisations, A_TOWN, "第八十九号"))
    tell(region, 91, renamed(region.a.organisations, A_TOWN, "别人说的"), by=region.b)
    assert region.city.organisations.get(A_TOWN).name == "第九十号"
    with region.city.store.read() as book:
        assert heard(book, A) == 90


def test_a_list_that_makes_no_tree_with_the_rest_is_left_aside(region: Region) -> None:
    region.city.import_offices(office(B_VILLAGE, Level.VILLAGE, A_TOWN))
    before = region.city.organisations
    # Without the township the village that the city has moved there hangs in the air.
    tell(region, 90, Organisations([office(CITY, Level.CITY), office(A, Level.COUNTY, CITY)]))
    assert region.city.organisations == before
    with region.city.store.read() as book:
        assert organisations_of(book).center_of(A_TOWN) == before.get(A)


def test_what_the_city_publishes_of_items_and_days_is_not_taken_over_by_a_county(region: Region) -> None:
    with region.city.store.write() as book:
        for kind in ("directory", "calendar"):
            content = {"items": []}
            signed = region.city.signed(document_payload(kind, 50, content), DOCUMENT_CONTEXT)
            book.save_document(kind, 50, signed)
            book.place_document([A], kind, 50)
    region.settle()
    assert ("directory", 50) in region.city.store.tables.documents
    assert not {("directory", 50), ("calendar", 50)} & region.a.store.tables.documents.keys()


def test_a_county_tells_its_offices_once_for_each_change(region: Region) -> None:
    region.a.requests.clear()
    region.a.exchange_up()
    assert [request.documents for request in region.a.requests] == [()]
    with region.a.store.write() as book:
        publish_organisations(book, region.a.clerk)
    region.a.requests.clear()
    region.a.exchange_up()
    region.a.exchange_up()
    assert [len(request.documents) for request in region.a.requests] == [1, 0]


def test_a_countys_list_moves_nothing_between_counties(region: Region) -> None:
    for moved in (office(B_VILLAGE, Level.VILLAGE, A_TOWN), office(A_VILLAGE, Level.VILLAGE, B_TOWN)):
        with pytest.raises(StationError) as refused:
            region.a.import_offices(moved)
        assert refused.value.code == "organisation-elsewhere"
    new = office("511102101009", Level.VILLAGE, A_TOWN)
    region.a.import_offices(new, office(A, Level.COUNTY))
    region.settle()
    assert region.a.organisations.get(A).parent == CITY
    assert region.city.organisations.center_of(new.code) == region.city.organisations.get(A)
    assert new.code in region.b.organisations


@pytest.mark.parametrize(
    "changed",
    [
        Organisation(A_VILLAGE, "改了名的村", Level.VILLAGE, A_TOWN),
        office(A_VILLAGE, Level.VILLAGE, "511132101000"),
        office("511132100299", Level.VILLAGE, A_TOWN),
        Organisation(A, "改了名的县", Level.COUNTY, CITY),
    ],
    ids=["renamed", "in another township", "new", "the county itself"],
)
def test_a_citys_list_changes_nothing_that_stays_in_a_county(region: Region, changed: Organisation) -> None:
    """The county did not take it over where the village had never left it: the two stood apart on the township."""
    region.a.import_offices(office("511132101000", Level.TOWNSHIP, A))
    region.settle()
    before = region.city.organisations
    with pytest.raises(StationError) as refused:
        region.city.import_offices(changed)
    assert (refused.value.code, refused.value.params["county"]) == ("organisation-of-county", before.get(A).name)
    assert region.city.organisations == before
    region.a.import_offices(changed)
    region.settle()
    assert region.city.organisations.get(changed.code) == region.a.organisations.get(changed.code)


def test_what_a_county_says_of_an_office_that_the_city_had_moved_to_it_comes_to_the_city(region: Region) -> None:
    """The city's own row from the move hid the new name for good, and its list could not mend that."""
    move_to_b(region)
    region.settle()
    there = region.b.organisations.get(A_VILLAGE)
    region.b.import_offices(replace(there, name="改了名的村"))
    region.settle()
    assert region.city.organisations.get(A_VILLAGE) == region.b.organisations.get(A_VILLAGE)
    assert region.city.organisations.get(A_VILLAGE).name == "改了名的村"
    region.city.import_offices(region.b.organisations.get(A_VILLAGE))


def test_what_a_city_said_of_a_county_before_it_joined_makes_way_for_what_the_county_says(region: Region) -> None:
    with region.city.store.write() as book:
        centers = book.setting("centers")
        book.save_setting("centers", [])
    region.city.import_offices(Organisation(A_VILLAGE, "市里起的名", Level.VILLAGE, A_TOWN))
    with region.city.store.write() as book:
        book.save_setting("centers", centers)
    region.a.import_offices(Organisation(A_VILLAGE, "县里起的名", Level.VILLAGE, A_TOWN))
    region.settle()
    assert region.city.organisations.get(A_VILLAGE).name == "县里起的名"


def test_a_village_that_moves_away_and_back_is_where_the_city_says(region: Region) -> None:
    move_to_b(region)
    region.city.import_offices(office(A_VILLAGE, Level.VILLAGE, A_TOWN))
    region.settle()
    assert [node.organisations.get(A_VILLAGE).parent for node in region.centers] == [A_TOWN] * 3


def test_nothing_is_lost_when_the_city_joins_in_after_years(region: Region) -> None:
    """Until a case goes to the city nothing of it leaves the county; then all of it goes, from the first event on."""
    region.up_to(A, A_VILLAGE, A_TOWN)
    assert CASE not in region.city.store.tables.subjects
    region.step(A, "offer", offer_to(CITY, CITY))
    ids = [{e.event_id for e in node.store.tables.subjects[CASE]} for node in (region.city, region.a)]
    assert ids[0] == ids[1]
