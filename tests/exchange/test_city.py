"""A city and two counties in memory: what goes up, what comes home, what never leaves, and who rules meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from station_app.domain.cases import CaseState
from station_app.domain.effects import CustodyMove, CustodyOp, Effects, ObligationMove, ObligationOp
from station_app.domain.fold import Verdict
from station_app.domain.lanes import Audience, SubjectKind
from station_app.domain.organisations import Level
from station_app.exchange.authentic import RULING, ruling_of
from station_app.protocol.event import Event
from station_app.usecases.retrying import give_back_refused
from tests.exchange.centers import CITY, Node, Pc, office, settle
from tests.exchange.makers import ACCEPT, CASE, CLOSE, DELIVER, NOTE, REJECT, TAKE_ON

A, A_TOWN, A_VILLAGE = "511102000000", "511102101000", "511102101001"
B, B_TOWN, B_VILLAGE = "511103000000", "511103101000", "511103101001"
OPEN = Effects(
    fields={"number": "1", "item": {"decide_level": "市级"}},
    state=CaseState.REGISTERED,
    custody=CustodyMove(CustodyOp.OPEN),
)


def offer_to(to: str, arbiter: str) -> Effects:
    return Effects(custody=CustodyMove(CustodyOp.OFFER, to=to, arbiter=arbiter))


def grant_for(origin: str) -> Effects:
    duty = ObligationMove(ObligationOp.CREATE, "deliver", origin)
    return Effects(state=CaseState.GRANTED, custody=CustodyMove(CustodyOp.END), obligation=duty)


@dataclass
class Region:
    """A city with two counties below it, all joined, and a PC in every office."""

    city: Node = field(init=False)
    a: Node = field(init=False)
    b: Node = field(init=False)

    def __post_init__(self) -> None:
        counties = [office(A, Level.COUNTY, CITY), office(B, Level.COUNTY, CITY)]
        self.city = Node([office(CITY, Level.CITY), *counties])
        self.a = county(A, A_TOWN, A_VILLAGE)
        self.b = county(B, B_TOWN, B_VILLAGE)
        self.centers = [self.city, self.a, self.b]
        self.pcs = {CITY: Pc(CITY).enrol(self.city)}
        for node, offices in ((self.a, (A, A_TOWN, A_VILLAGE)), (self.b, (B, B_TOWN, B_VILLAGE))):
            node.join(self.city)
            self.pcs.update({code: Pc(code).enrol(node) for code in offices})
        self.settle()

    def settle(self) -> None:
        settle(self.centers, list(self.pcs.values()))

    def step(self, org: str, code: str, effects: Effects, **more: object) -> Event:
        """Write the next custody step of an office, on what that office sees, and let it go everywhere."""
        pc = self.pcs[org]
        event = pc.write(code, effects, **{**pc.head(), **more})
        self.settle()
        return event

    def up_to(self, top: str, *line: str) -> None:
        """Open the case at the first office of a line and hand it over from one to the next, up to `top`."""
        self.pcs[line[0]].write("register", OPEN)
        self.settle()
        for sender, taker in zip(line, (*line[1:], top), strict=True):
            arbiter = CITY if taker == CITY else self.centers[1].org if sender in (A, A_TOWN, A_VILLAGE) else B
            self.step(sender, "offer", offer_to(taker, arbiter))
            self.step(taker, "accept_handover", ACCEPT)

    def duty(self, org: str) -> Mapping[str, object]:
        case = self.pcs[org].case()
        assert case is not None
        [duty] = case.obligations.values()
        return {"grant": duty.token, "base": duty.head}


def county(*codes: str) -> Node:
    levels = (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)
    return Node([office(code, level, above) for code, level, above in zip(codes, levels, (None, *codes), strict=False)])


@pytest.fixture
def region() -> Region:
    return Region()


def rulers(node: Node) -> dict[str, str]:
    """Return of each event of the case, by its kind and office, whose center ruled on it."""
    events = node.store.tables.subjects[CASE]
    kinds = {event.event_id: f"{event.header.type} {event.header.org}" for event in events}
    rulings = [ruling for event in events if (ruling := ruling_of(event))]
    assert {ruling.verdict for ruling in rulings} == {Verdict.ACCEPTED}
    return {kinds[ruling.event_id]: ruling.org for ruling in rulings}


def test_a_case_goes_up_to_the_city_and_its_result_home_each_step_ruled_by_the_holders_center(region: Region) -> None:
    region.up_to(CITY, A_VILLAGE, A_TOWN, A)
    region.step(CITY, "accept_application", TAKE_ON)
    region.step(CITY, "grant", grant_for(A_VILLAGE))
    granted = region.pcs[A_VILLAGE].case()
    assert granted is not None
    assert (granted.state, granted.custody.holder) == (CaseState.GRANTED, CITY)
    region.step(A_VILLAGE, "deliver", DELIVER, **region.duty(A_VILLAGE))
    region.step(A_VILLAGE, "close", CLOSE, **region.duty(A_VILLAGE))
    assert rulers(region.city) == {
        f"register {A_VILLAGE}": A,
        f"offer {A_VILLAGE}": A,
        f"accept_handover {A_TOWN}": A,
        f"offer {A_TOWN}": A,
        f"accept_handover {A}": A,
        f"offer {A}": A,
        f"accept_handover {CITY}": CITY,
        f"accept_application {CITY}": CITY,
        f"grant {CITY}": CITY,
        f"deliver {A_VILLAGE}": A,
        f"close {A_VILLAGE}": A,
    }
    seen = [region.pcs[org].case() for org in (CITY, A, A_TOWN, A_VILLAGE)]
    assert all(case == region.city.case() == region.a.case() for case in seen)
    assert region.city.case().state is CaseState.CLOSED
    assert region.a.waits() == []


def test_each_author_is_told_that_the_city_has_what_it_wrote(region: Region) -> None:
    region.up_to(CITY, A_VILLAGE, A_TOWN, A)
    for org in (A_VILLAGE, A_TOWN, A):
        own = {event.event_id for event in region.pcs[org].wrote}
        assert region.pcs[org].hops == {event_id: {CITY} for event_id in own}
    assert region.pcs[CITY].hops == {}


def test_what_the_city_refused_of_a_county_is_judged_anew_when_it_is_given_back(region: Region) -> None:
    """A county sent its village's step before it had the person's credential, and nothing ever sent it again."""
    region.up_to(CITY, A_VILLAGE, A_TOWN, A)
    lost = {key for key in region.a.store.tables.credentials if key[0] == region.pcs[A_VILLAGE].person}
    kept = {key: region.a.store.tables.credentials[key] for key in lost}
    note = region.pcs[A_VILLAGE].write("note", NOTE)
    region.pcs[A_VILLAGE].sync()
    for key in lost:
        del region.a.store.tables.credentials[key], region.city.store.tables.credentials[key]
    region.settle()
    assert region.city.store.tables.refused == {note.event_id: "person-unknown"}
    with region.a.store.write() as book:
        assert book.refused_in_outbox() == {note.event_id: "person-unknown"}
        for signed in kept.values():
            book.save_credential(signed)
        assert give_back_refused(region.a._uplink(book), "b" * 32) == []
        assert give_back_refused(region.a._uplink(book)) == [note.event_id]
    region.settle()
    assert note.event_id in {event.event_id for event in region.city.store.tables.subjects[CASE]}
    with region.a.store.write() as book:
        assert book.refused_in_outbox() == {}
        assert give_back_refused(region.a._uplink(book)) == []
    assert region.a.requests[-1].sum == region.a.ask(region.a.requests[-1]).sum


def test_two_counties_never_see_each_others_cases(region: Region) -> None:
    region.up_to(CITY, A_VILLAGE, A_TOWN, A)
    other = "d" * 32
    region.pcs[B_TOWN].write("register", OPEN, subject=(SubjectKind.CASE, other))
    region.settle()
    assert CASE not in region.b.store.tables.subjects
    assert all(not region.pcs[org].events_of() for org in (B, B_TOWN, B_VILLAGE))
    assert other not in region.city.store.tables.subjects
    assert other not in region.a.store.tables.subjects
    assert region.b.waits() == []


def test_an_opinion_of_the_city_is_read_at_the_county_and_the_township_and_never_in_a_village(region: Region) -> None:
    region.up_to(CITY, A_VILLAGE, A_TOWN, A)
    opinion = region.pcs[CITY].write("opinion", NOTE, audience=Audience.HANDLING)
    region.settle()
    readable = {org: region.pcs[org].has[opinion.event_id].body is not None for org in (A, A_TOWN, A_VILLAGE)}
    assert readable == {A: True, A_TOWN: True, A_VILLAGE: False}


def test_what_is_for_one_office_alone_stays_at_its_county(region: Region) -> None:
    region.up_to(CITY, A_VILLAGE, A_TOWN, A)
    private = region.pcs[A].write("note", NOTE, audience=Audience.OFFICE)
    region.settle()
    assert region.a.store.tables.events[private.event_id].body is not None
    assert region.city.store.tables.events[private.event_id].body is None
    assert region.pcs[CITY].has[private.event_id].body is None


def test_what_the_city_rejects_is_the_countys_again_which_rules_on(region: Region) -> None:
    region.up_to(A, A_VILLAGE, A_TOWN)
    region.step(A, "offer", offer_to(CITY, CITY))
    region.step(CITY, "reject_handover", REJECT)
    supplied = region.step(A, "supply", Effects(state=CaseState.REGISTERED))
    case = region.a.case()
    assert (case.custody.holder, case.custody.head, case.state) == (A, supplied.event_id, CaseState.REGISTERED)
    assert rulers(region.a)[f"reject_handover {CITY}"] == CITY
    assert rulers(region.a)[f"supply {A}"] == A
    assert region.pcs[A_VILLAGE].case() == case


def test_a_lost_reply_of_the_city_doubles_nothing(region: Region) -> None:
    region.up_to(A, A_VILLAGE, A_TOWN)
    pc = region.pcs[A]
    pc.write("offer", offer_to(CITY, CITY), **pc.head())
    pc.sync()
    region.a.rule()
    waiting = {event.event_id for event in region.a.waits()}
    assert waiting
    region.a.exchange_up(lose_reply=True)
    held = dict(region.city.store.tables.events)
    assert waiting <= held.keys()
    assert {event.event_id for event in region.a.waits()} == waiting
    region.a.exchange_up()
    assert region.a.waits() == []
    assert region.city.store.tables.events.keys() == held.keys()
    region.settle()
    assert region.city.case() == region.a.case()
    assert region.city.store.tables.refused == {}


def test_both_sides_of_the_link_count_the_same_and_ask_for_nothing_again(region: Region) -> None:
    region.up_to(CITY, A_VILLAGE, A_TOWN, A)
    region.step(CITY, "accept_application", TAKE_ON)
    with region.city.store.read() as city, region.a.store.read() as book:
        assert region.a._uplink(book).id_sum() == city.feed_sum(A)
    region.a.requests.clear()
    region.a.exchange_up()
    [request] = region.a.requests
    assert (request.events, request.buckets, request.wanted, request.returns, request.documents) == (
        (),
        None,
        (),
        (),
        (),
    )


# -- a village that moves ----------------------------------------------------------------------------------------------


def move_to_b(region: Region) -> None:
    """The city moves A's village below B's township; both counties learn it."""
    region.city.import_offices(office(A_VILLAGE, Level.VILLAGE, B_TOWN))
    region.settle()


def test_a_move_between_counties_is_the_citys_and_both_learn_it(region: Region) -> None:
    move_to_b(region)
    for node in region.centers:
        moved = node.organisations.get(A_VILLAGE)
        assert (moved.parent, moved.former_parents) == (B_TOWN, (A_TOWN, A)), node.org
        assert node.organisations.center_of(A_VILLAGE) == node.organisations.get(B)


def test_a_village_that_comes_back_is_where_it_was_for_everybody(region: Region) -> None:
    """Two counties each believed for good that the village was theirs: each remembered it with the other one."""
    second = office("510001300000", Level.TOWNSHIP, B)
    region.b.import_offices(second)
    move_to_b(region)
    region.b.import_offices(office(A_VILLAGE, Level.VILLAGE, second.code))
    region.settle()
    region.city.import_offices(office(A_VILLAGE, Level.VILLAGE, A_TOWN))
    region.settle()
    for node in region.centers:
        moved = node.organisations.get(A_VILLAGE)
        assert (moved.parent, moved.former_parents) == (A_TOWN, (A_TOWN, A, B_TOWN, second.code, B)), node.org


def test_of_two_moves_at_once_everybody_believes_the_same(region: Region) -> None:
    other = office("510001200000", Level.TOWNSHIP, A)
    region.a.import_offices(other)
    region.settle()
    region.a.import_offices(office(A_VILLAGE, Level.VILLAGE, other.code))
    region.city.import_offices(office(A_VILLAGE, Level.VILLAGE, B_TOWN))
    region.settle()
    assert len({node.organisations.get(A_VILLAGE).parent for node in region.centers}) == 1


@pytest.mark.parametrize("moves", [1, 2])
@pytest.mark.parametrize("to", [B_TOWN, A_TOWN], ids=["from A to B", "from B to A"])
def test_where_the_city_puts_a_village_its_county_can_not_undo_by_moves_of_its_own(
    region: Region, to: str, moves: int
) -> None:
    """The county had not heard of it, moved the village twice, and believed for good that it was its own (seed 786)."""
    node, village, town = (region.a, A_VILLAGE, A_TOWN) if to == B_TOWN else (region.b, B_VILLAGE, B_TOWN)
    other = office(f"{node.org[:6]}300000", Level.TOWNSHIP, node.org)
    node.import_offices(other)
    region.settle()
    region.city.import_offices(office(village, Level.VILLAGE, to))
    for above in (other.code, town)[:moves]:
        node.import_offices(office(village, Level.VILLAGE, above))
    region.settle()
    assert [center.organisations.get(village).parent for center in region.centers] == [to] * 3


def test_a_village_that_moves_between_offer_and_answer_keeps_the_offers_arbiter_to_the_end(region: Region) -> None:
    village = region.pcs[A_VILLAGE]
    village.write("register", OPEN)
    region.settle()
    region.step(A_VILLAGE, "offer", offer_to(A_TOWN, A))
    region.b.requests.clear()
    move_to_b(region)
    # The rows themselves brought it all; nothing had to be found missing first.
    assert [request.wanted for request in region.b.requests if request.wanted] == []
    taken = region.step(A_TOWN, "accept_handover", ACCEPT)
    assert rulers(region.a)[f"accept_handover {A_TOWN}"] == A
    assert region.a.case().custody.holder == A_TOWN
    # All that the village sees is at its new county as well, and says the same there.
    assert region.b.case() == region.a.case() == region.city.case()
    assert taken.event_id in {row.event.event_id for row in region.b.rows(A_VILLAGE) if row.event}


def test_a_moved_villages_own_case_is_ruled_by_its_new_county(region: Region) -> None:
    region.pcs[A_VILLAGE].write("register", OPEN)
    region.settle()
    move_to_b(region)
    assert region.b.case() == region.a.case()
    head = region.pcs[A_VILLAGE].head()
    region.pcs[A_VILLAGE] = Pc(A_VILLAGE, number=1).enrol(region.b)
    region.settle()
    assert region.pcs[A_VILLAGE].head() == head
    region.step(A_VILLAGE, "offer", offer_to(B_TOWN, B))
    region.step(B_TOWN, "accept_handover", ACCEPT)
    assert region.b.case().custody.holder == B_TOWN
    assert rulers(region.b) == {
        f"register {A_VILLAGE}": A,
        f"offer {A_VILLAGE}": B,
        f"accept_handover {B_TOWN}": B,
    }
    ruled = [event for event in region.b.store.tables.subjects[CASE] if event.header.type == RULING]
    assert {event.header.origin for event in ruled} == {region.a.device, region.b.device}
