"""The link from a county's center to the city's: what may go up, what is believed, the way to an office."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from station_app.center.trust import learn_credentials
from station_app.domain.lanes import SubjectKind
from station_app.domain.organisations import Level, Organisations
from station_app.exchange.center import accept_link
from station_app.exchange.id_sums import IdSum
from station_app.exchange.intake_records import IntakePlan, Pusher
from station_app.exchange.intake_view import intake_view
from station_app.exchange.relayed import take_relayed
from station_app.exchange.uplink import Uplink, may_relay, note_regained
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import ExchangeRequest
from station_app.protocol.signed import DeviceCredential, PersonCredential, Signed, read_document
from station_app.usecases.other_centers import take_back_offices
from station_app.usecases.run_center import ELSEWHERE, ORGANISATIONS, organisations_of
from tests.exchange import makers
from tests.exchange.centers import CITY, Node, office
from tests.exchange.makers import EPOCH, NOTE, OPEN, Device, answers
from tests.exchange.test_city import A_TOWN, A_VILLAGE, B_TOWN, B_VILLAGE, A, B, Region, move_to_b
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


def test_what_others_wrote_and_stations_give_back_had_come_from_above(region: Region) -> None:
    """City and county had both forgotten a ruling of the city, and the county alone got it back (seed 4839)."""
    theirs, own = Device(B_VILLAGE).write("register", OPEN), Device(A_VILLAGE).write("note", NOTE)
    with region.a.store.write() as book:
        book.add_events([theirs, own])
        for _ in range(2):
            note_regained(book, [theirs, own])
        uplink = Uplink(book, lambda _document: None)
        assert list(uplink.shared_ids()) == [theirs.event_id]
        assert uplink.id_sum() == IdSum().plus([theirs.event_id])


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
