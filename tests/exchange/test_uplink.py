"""The link from a county's center to the city's: what may go up, what is believed, the way to an office."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from station_app.center.trust import hear_documents, heard, learn_credentials
from station_app.domain.errors import StationError
from station_app.domain.lanes import SubjectKind
from station_app.domain.organisations import Level, Organisation, Organisations
from station_app.exchange.center import accept_link, intake_view
from station_app.exchange.inbox import DOCUMENT_CONTEXT
from station_app.exchange.intake_records import IntakePlan, Pusher
from station_app.exchange.relayed import take_relayed
from station_app.exchange.uplink import Uplink, may_relay
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import ExchangeRequest
from station_app.protocol.signed import DeviceCredential, PersonCredential, Signed, document_payload, read_document
from station_app.usecases.other_centers import take_back_offices
from station_app.usecases.run_center import ELSEWHERE, ORGANISATIONS, organisations_of, publish_organisations
from tests.exchange import makers
from tests.exchange.centers import CITY, Node, office
from tests.exchange.makers import CASE, EPOCH, NOTE, OPEN, Device, answers
from tests.exchange.test_city import A_TOWN, A_VILLAGE, B_TOWN, B_VILLAGE, A, B, Region, move_to_b, offer_to
from tests.fake_store import read
from tests.fakes import fake_verify_many


@pytest.fixture
def region() -> Region:
    return Region()


# -- by which way ------------------------------------------------------------------------------------------------------


def test_an_office_is_reached_by_its_own_feed_by_its_centers_or_by_the_outbox_to_above(region: Region) -> None:
    offices = (CITY, A, A_TOWN, A_VILLAGE, B, B_VILLAGE, "unknown")
    with region.city.store.read() as book:
        assert list(book.ways(offices).values()) == [CITY, A, A, A, B, B, "unknown"]
    with region.a.store.read() as book:
        assert list(book.ways(offices).values()) == ["", A, A_TOWN, A_VILLAGE, "", "", "unknown"]


def test_a_county_that_has_joined_nobody_keeps_all_in_its_own_feeds() -> None:
    alone = Node([office(A, Level.COUNTY), office(A_TOWN, Level.TOWNSHIP, A)])
    with alone.store.read() as book:
        assert list(book.ways((A, A_TOWN, CITY)).values()) == [A, A_TOWN, CITY]
    assert alone.waits() == []


# -- what a county may bring -------------------------------------------------------------------------------------------


def tree(*moved: tuple[str, str, str]) -> Organisations:
    offices = [office(CITY, Level.CITY), office(A, Level.COUNTY, CITY), office(B, Level.COUNTY, CITY)]
    offices += [office(A_TOWN, Level.TOWNSHIP, A), office(B_TOWN, Level.TOWNSHIP, B)]
    offices += [replace(office(c, Level.VILLAGE, now), former_parents=(before,)) for c, now, before in moved]
    return Organisations(offices)


def test_a_county_brings_events_of_offices_that_it_serves_or_has_served() -> None:
    moved = tree((A_VILLAGE, B_TOWN, A_TOWN))
    may = [may_relay(moved, county) for county in (A, B)]
    assert [[one(org) for org in (A, A_TOWN, A_VILLAGE)] for one in may] == [[True, True, True], [False, False, True]]
    assert not may_relay(moved, A)("unknown")


def test_an_office_was_served_where_its_former_township_was_then_and_not_where_that_is_now() -> None:
    """By the township alone, which had gone to another county since, that county might have spoken for the village."""
    gone = replace(office(A_TOWN, Level.TOWNSHIP, B), former_parents=(A,))
    stayed = office("511102102000", Level.TOWNSHIP, A)
    village = replace(office(A_VILLAGE, Level.VILLAGE, stayed.code), former_parents=(A_TOWN,))
    came_along = replace(office("511102101002", Level.VILLAGE, A_TOWN), former_parents=(A,))
    offices = Organisations([*(one for one in tree() if one.code != A_TOWN), gone, stayed, village, came_along])
    may = [may_relay(offices, county) for county in (A, B)]
    orgs = (A_TOWN, A_VILLAGE, came_along.code)
    assert [[one(org) for org in orgs] for one in may] == [[True, True, True], [True, False, True]]


def push(region: Region, events: Sequence[Event], first_link: int) -> IntakePlan:
    """Bring events by A's link, each of which a credential of its county stands behind."""
    request = ExchangeRequest(EPOCH, "", 0, first_link, tuple(events), 0)
    with region.city.store.write() as book:
        may = may_relay(book.organisations(), A)
        return accept_link(book, Pusher(region.a.device, EPOCH), request, fake_verify_many, may, A)


def known_pc(region: Region, org: str, *, by: Node) -> Device:
    pc = Device(org, number=7)
    with region.city.store.write() as book:
        for signed in pc.credentials():
            book.save_credential(by.signed(signed.payload))
    return pc


@pytest.fixture
def pc(region: Region, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Device]:
    monkeypatch.setattr(makers, "ROLES", dict.fromkeys((A, A_TOWN, A_VILLAGE, B_TOWN), ("agent", "clerk")))
    return lambda org: known_pc(region, org, by=region.a)


def test_a_link_with_a_gap_takes_nothing_in(region: Region, pc: Callable[[str], Device]) -> None:
    town = pc(A_TOWN)
    event = town.write("register", OPEN)
    assert answers(push(region, [event], 3)) == [(3, "waiting", "1")]
    assert event.event_id not in region.city.store.tables.events
    assert answers(push(region, [event], 1)) == [(1, "stored", "")]
    assert answers(push(region, [event], 1)) == [(1, "stored", "")]
    assert list(region.city.store.tables.events).count(event.event_id) == 1


def test_what_is_refused_leaves_a_tombstone_and_the_link_goes_on(region: Region, pc: Callable[[str], Device]) -> None:
    town, foreign = pc(A_TOWN), pc(B_TOWN)
    opened = town.write("register", OPEN)
    forged = replace(town.write("note", NOTE), signature=b"\0" * 16)
    other = foreign.write("register", OPEN, subject=(SubjectKind.CASE, "f" * 32))
    without = pc(A_VILLAGE).write("note", NOTE, subject=(SubjectKind.CASE, "9" * 32))
    plan = push(region, [opened, forged, other, without], 1)
    assert answers(plan) == [
        (1, "stored", ""),
        (2, "refused", "signature-wrong"),
        (3, "refused", "origin-foreign"),
        # Its opening may have been refused there, or lost; the county has the rest of the case all the same.
        (4, "stored", ""),
    ]
    assert plan.link_head == 4
    with region.city.store.read() as book:
        assert book.epoch(region.a.device, EPOCH).link == 4
        assert book.refused_ids([forged.event_id, other.event_id]) == {
            forged.event_id: "signature-wrong",
            other.event_id: "origin-foreign",
        }
    # Asked again, the same answers, and no second tombstone.
    again = push(region, [opened, forged, other, without], 1)
    assert answers(again) == answers(plan)
    assert len(region.city.store.tables.refusals) == 2
    assert answers(push(region, [town.write("note", NOTE)], 5)) == [(5, "stored", "")]


def test_a_case_begins_before_what_was_written_on_it_whatever_the_clocks_said(region: Region) -> None:
    """A PC that has heard little counts low: its step may say to be older than the registration that it follows."""
    village, town = region.pcs[A_VILLAGE], region.pcs[A_TOWN]
    for _ in range(3):
        village.write("register", OPEN, subject=(SubjectKind.CASE, f"{len(village.wrote)}" * 32))
    opened, taken = village.write("register", OPEN), town.write("note", NOTE)
    assert taken.header.lamport < opened.header.lamport
    with region.city.store.write() as book:
        learn_credentials(book, region.city.parts, list(region.a.store.tables.credentials.values()))
        # As what a county relays is seen.
        view = replace(intake_view(book, [taken, opened], None), restored=True)
    assert take_relayed(view, [taken, opened], fake_verify_many).codes == ("", "")


def test_the_city_gets_back_from_its_counties_what_it_had_published(region: Region) -> None:
    """No PC of its own was there to give it back, and a village was with the wrong county; by the simulator (249)."""
    kept = region.city.store.take_copy()
    move_to_b(region)
    region.settle()
    assert region.a.organisations.is_served_by(A_VILLAGE, B)
    region.city.store.put_copy(kept)
    with region.city.store.write() as book:
        book.start_center_epoch("9" * 16)
    del region.pcs[CITY]
    region.settle()
    assert all(node.organisations.is_served_by(A_VILLAGE, B) for node in region.centers)


def test_a_city_set_back_to_before_its_counties_had_told_it_anything_knows_their_offices_again(region: Region) -> None:
    """A moved village hung in the air, and no request of any county was answered; found by the simulator (183)."""
    move_to_b(region)
    region.settle()
    with region.city.store.write() as book:
        published = read_document(book.document(ORGANISATIONS)).content[ORGANISATIONS]
        book.save_setting(ELSEWHERE, {})
        book.save_setting(ORGANISATIONS, [office(CITY, Level.CITY).to_json()])
        take_back_offices(book, published)
        assert {entry["code"] for entry in book.setting(ORGANISATIONS)} == {CITY, A_VILLAGE}
        assert organisations_of(book) == Organisations.from_json(published)


def test_a_county_goes_by_the_newest_word_from_above(region: Region) -> None:
    """In a new numbering the older documents come first, and for a moment a village was back where it had been."""
    move_to_b(region)
    region.settle()
    with region.city.store.read() as book:
        numbers = range(1, book.last_document(ORGANISATIONS) + 1)
        older = [region.city.store.tables.documents[ORGANISATIONS, number] for number in numbers]
    told: list[int] = []
    with region.a.store.write() as book:
        uplink = Uplink(book, lambda document: told.append(document.number))
        for signed in older:
            uplink.save_document(read_document(signed))
        assert [read_document(signed) for signed in uplink.documents_behind({})]
        assert not uplink.documents_behind({"organisations": numbers[-1], "centers": 99})
    assert told == []


# -- what is believed --------------------------------------------------------------------------------------------------


def learn(node: Node, *found: Signed) -> None:
    with node.store.write() as book:
        learn_credentials(book, node.parts, found)


def device_of(org: str, number: int = 9) -> DeviceCredential:
    pc = Device(org, number)
    return DeviceCredential(pc.device, org, pc.key.public)


def knows(node: Node, credential: DeviceCredential) -> bool:
    with node.store.read() as book:
        return credential.device in book.credentials({credential.device}).devices


def test_a_county_speaks_for_the_pcs_of_its_own_offices_alone(region: Region) -> None:
    own, of_b, of_the_city = device_of(A_TOWN), device_of(B_TOWN), device_of(CITY)
    learn(region.city, *(region.a.signed(credential.to_payload()) for credential in (own, of_b, of_the_city)))
    assert [knows(region.city, credential) for credential in (own, of_b, of_the_city)] == [True, False, False]
    nobody = Node([office("511109000000", Level.COUNTY)])
    stranger = device_of(A_TOWN, number=10)
    learn(region.city, nobody.signed(stranger.to_payload()))
    assert not knows(region.city, stranger)


def test_nobody_else_speaks_for_a_pc_that_is_enrolled_here_or_for_the_center_itself(region: Region) -> None:
    """The stations of a center can check only what it has signed itself; bug of the first version."""

    def signed_of(node: Node, device: str) -> Signed:
        with node.store.read() as book:
            [found] = book.signed_credentials({device}, ())
        return found

    before = signed_of(region.city, region.a.device)
    again = DeviceCredential(region.a.device, A, region.a.key.public).to_payload()
    learn(region.city, region.a.signed(again))
    assert signed_of(region.city, region.a.device) == before == region.city.signed(again)
    assert signed_of(region.a, region.a.device) == region.a.signed(again)


@pytest.mark.parametrize("shown_last", ["2026-03-02T00:30:00Z", "2026-04-03T02:06:30Z"])
def test_what_a_station_shows_does_not_take_the_place_of_a_credential_that_was_renewed_since(
    region: Region, shown_last: str
) -> None:
    """A center that had been restored twice took the older back at each request; found by the simulator (seed 34)."""
    device = region.pcs[A_TOWN].device
    held = region.a.store.tables.credentials
    person = next(c for c in map(read, held.values()) if isinstance(c, PersonCredential) and c.device == device)
    dates = ["2026-03-02T00:30:00Z", "2026-04-03T02:06:30Z"]
    for valid_from in [*sorted(dates, key=shown_last.__eq__), shown_last]:
        learn(region.a, region.a.signed(replace(person, valid_from=valid_from).to_payload()))
    with region.a.store.read() as book:
        found = book.credentials({device}).person(person.person, device)
    assert found is not None
    assert found.valid_from == max(dates)


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
