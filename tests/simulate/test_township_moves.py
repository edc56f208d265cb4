"""A township that comes to another county with its villages, while cases are on the road and at work."""

from __future__ import annotations

from datetime import timedelta

import pytest

from station_app.domain.cases import Case, CaseState
from station_app.domain.organisations import Level, Organisation, Organisations
from station_app.exchange.station import Wake
from station_app.usecases.hand_over import Count, receive_batch
from station_app.usecases.run_action import act_on_case
from station_app.usecases.run_center import organisations_of, save_organisations
from tests.simulate.building import add_workers, home_of, new_pc
from tests.simulate.custody import words_of
from tests.simulate.happenings import moves, work
from tests.simulate.machines import Center, Pc
from tests.simulate.story import Story
from tests.simulate.tree import COUNTY, NEXT_TOWNSHIP, NEXT_VILLAGE, OTHER_COUNTY, TOWNSHIP, VILLAGE, workers_of


class TownshipStory(Story):
    """A story in which the township of the first village moves to the other county."""

    def __init__(self) -> None:
        super().__init__()
        # The city has heard of all offices.
        self.rest()

    @property
    def city(self) -> Center:
        return self.county.boss

    @property
    def other(self) -> Center:
        return self.world.centers[OTHER_COUNTY]

    def move(self, to: str = OTHER_COUNTY) -> None:
        moves.move(self.world, self.city, TOWNSHIP, to)
        with self.world.centers[to].store.write() as book:
            for org in (TOWNSHIP, VILLAGE, NEXT_VILLAGE):
                add_workers(book, workers_of(org))

    def tell(self) -> None:
        """Let the centers hear of the move, the PCs not yet."""
        self.sync(self.county, self.other, self.county, self.other)

    def receive(self, number: str, pc: Pc) -> None:
        self.draw()
        receive_batch(pc.desks[0], number, Count())

    def reclaim(self, case: Case) -> None:
        """The village asks for what it has offered, and four days after the offer its first county gives it back."""
        self.ask_back(case)
        self.rest()

    def ask_back(self, case: Case, *told: Center) -> None:
        """Do the same, but tell nobody of it, or these centers alone, that it was given back."""
        self.act(self.pc(VILLAGE), case, "request_withdrawal", reason="交错了")
        self.rest()
        self.world.passed += timedelta(days=4)
        county = self.pc(COUNTY)
        self.sync(county)
        work._note_exchange(county)
        self.act(county, case, "reclaim", to="giver", reason="三日未接收", slip="no", call="")
        self.sync(county, *told)

    def act(self, pc: Pc, case: Case, code: str, worker: int = 0, **form: str) -> None:
        self.draw()
        act_on_case(pc.desks[worker], case.case_id, code, form)


def test_everybody_believes_that_the_villages_have_moved_with_their_township() -> None:
    story = TownshipStory()
    story.move()
    story.rest()
    for center in story.world.centers.values():
        with center.store.read() as book:
            offices = organisations_of(book)
        assert offices.get(TOWNSHIP).former_parents == (COUNTY,), center.name
        for village in (VILLAGE, NEXT_VILLAGE):
            assert offices.get(village).parent == TOWNSHIP, center.name
            assert offices.get(village).former_parents == (COUNTY,), center.name
            assert offices.is_served_by(village, OTHER_COUNTY), center.name
    homes = {pc.org: pc.boss for pc in story.world.pcs}
    assert homes[VILLAGE] is homes[TOWNSHIP] is story.other


@pytest.mark.parametrize("enrolled", [False, True], ids=["by its old PC", "enrolled anew"])
def test_what_a_village_offered_before_is_accepted_after_and_ruled_by_the_center_that_the_offer_names(
    *, enrolled: bool
) -> None:
    story = TownshipStory()
    case = story.register()
    number = story.offer(case)
    story.sync(story.village, story.township)
    story.move()
    if enrolled:
        story.rest()
    else:
        story.tell()
    town = story.pc(TOWNSHIP)
    assert (town.boss is story.other) == enrolled
    story.receive(number, town)
    story.rest()
    now = story.pc(TOWNSHIP)
    shown = story.shown(now, case)
    assert (shown.custody.holder, shown.state) == (TOWNSHIP, CaseState.RECEIVED)
    words = [e for e in story.other.store.tables.subjects[case.case_id] if e.header.type == "ruling"]
    accepted = next(e for e in story.other.store.tables.subjects[case.case_id] if e.header.type == "accept_handover")
    by = [e.header.org for e in words if e.said and e.said["ruling"]["event"] == accepted.event_id]
    assert by == [COUNTY]


def test_what_a_village_offers_unheard_of_the_move_is_ruled_to_its_end() -> None:
    """Its county has heard of the move when the offer comes; the new one lets it stand, the named one the accept."""
    story = TownshipStory()
    case = story.register()
    story.sync(story.village)
    number = story.offer(case)
    story.move()
    story.tell()
    story.rest()
    town = story.pc(TOWNSHIP)
    story.receive(number, town)
    story.rest()
    assert story.shown(town, case).custody.holder == TOWNSHIP
    assert story.shown(town, case).last_ruling[0] == 3


def test_what_a_township_offered_to_its_county_is_taken_and_decided_there() -> None:
    story = TownshipStory()
    case = story.register(story.township, "C-1")
    number = story.offer(case, pc=story.township)
    story.sync(story.township)
    story.move()
    story.rest()
    county_pc = story.pc(COUNTY)
    story.receive(number, county_pc)
    story.act(county_pc, case, "accept_application", 0)
    story.sync(county_pc)
    story.act(county_pc, case, "grant", 1, result="准予")
    story.rest()
    assert story.shown(story.pc(TOWNSHIP), case).state is CaseState.GRANTED


def test_a_case_goes_on_to_its_end_at_the_new_county() -> None:
    story = TownshipStory()
    case = story.register()
    number = story.offer(case)
    story.sync(story.village, story.township)
    story.receive(number, story.township)
    story.sync(story.township)
    story.move()
    story.rest()
    town, village = story.pc(TOWNSHIP), story.pc(VILLAGE)
    story.act(town, case, "take_over")
    story.act(town, case, "accept_application", 0)
    story.act(town, case, "grant", 1, result="准予")
    story.sync(town, village)
    signed = {"signed_by": "王五", "method": "in_person", "delivered_on": "2026-03-02"}
    story.act(village, case, "deliver", **signed)
    story.act(village, case, "close")
    story.rest()
    assert story.shown(town, case).state is CaseState.CLOSED
    words = [e for e in story.other.store.tables.subjects[case.case_id] if e.header.type == "ruling"]
    assert [e.header.org for e in words] == [COUNTY] * 3 + [OTHER_COUNTY] * 5


def test_events_that_its_pcs_had_not_sent_are_taken_in() -> None:
    story = TownshipStory()
    cases = [story.register() for _ in range(10)]
    for case in cases:
        story.note(story.village, case)
    own = story.register(story.township)
    story.note(story.township, own)
    story.move()
    story.tell()
    story.rest()
    everything = set(story.world.watch.confirmed)
    assert everything <= set(story.other.store.tables.events)
    assert {case.case_id for case in cases} <= set(story.pc(VILLAGE).store.tables.cases)
    assert own.case_id in story.pc(TOWNSHIP).store.tables.cases


def test_of_what_two_counties_let_stand_the_one_that_sees_the_case_no_more_need_not_hear() -> None:
    """The township has gone back, unheard of there; who wrote what does not stand after all is told where it is now."""
    story = TownshipStory()
    case = story.register(story.township, "C-1")
    story.sync(story.township)
    story.move()
    story.rest()
    first, second = story.pc(TOWNSHIP), new_pc(story.world.site, "t1c", story.other, TOWNSHIP)
    story.world.pcs.append(second)
    story.world.look_after(second)
    story.sync(first, second)
    story.rest()
    story.move(COUNTY)
    story.sync(story.county)
    story.world.enrol_anew(first)
    first = story.pc(TOWNSHIP)
    story.sync(first, story.county, first)
    for pc in (second, first):
        story.act(pc, case, "take_over")
        story.offer(case, pc=pc)
        story.sync(pc)
    story.sync(story.county, story.other, story.county)
    story.rest()
    words = {center.org: _verdicts(center, case) for center in story.world.centers.values()}
    assert words[story.city.org] == words[COUNTY]
    assert (words[COUNTY].count("late"), words[OTHER_COUNTY].count("late")) == (2, 0)
    shown = [story.shown(pc, case) for pc in story.world.pcs if pc.org == TOWNSHIP]
    assert [sorted(one.not_standing.values()) for one in shown] == [["base-passed"] * 2] * len(shown)


def _verdicts(center: Center, case: Case) -> list[str]:
    return [word.verdict for word in words_of(center.store.tables.subjects[case.case_id])]


def test_what_the_township_saw_no_more_and_got_elsewhere_is_whole_when_it_comes_back() -> None:
    """Its old feed had taken the case from it; what came of it since was put behind that alone."""
    story = TownshipStory()
    case = story.register()
    story.offer(case)
    story.rest()
    story.reclaim(case)
    assert story.shown(story.township, case).forgotten
    story.move()
    story.rest()
    village, town = story.pc(VILLAGE), story.pc(TOWNSHIP)
    story.act(village, case, "take_over")
    number = story.offer(case, pc=village)
    story.sync(village, town)
    story.receive(number, town)
    story.rest()
    story.move(COUNTY)
    story.rest()
    shown = story.shown(story.pc(TOWNSHIP), case)
    assert (shown.custody.holder, shown.forgotten) == (TOWNSHIP, False)


def test_what_the_township_was_offered_and_lost_elsewhere_is_taken_from_it_when_it_comes_back() -> None:
    """Its old feed still brought the offer to its new PC, as one that waits for it."""
    story = TownshipStory()
    case = story.register()
    story.offer(case)
    story.rest()
    story.move()
    story.rest()
    story.reclaim(case)
    story.move(COUNTY)
    story.rest()
    town = story.pc(TOWNSHIP)
    assert town.boss is story.county
    assert story.shown(town, case).forgotten


@pytest.mark.parametrize("first", [COUNTY, OTHER_COUNTY])
def test_a_county_that_gives_an_offer_back_to_the_city_hears_that_it_was_taken_back(first: str) -> None:
    """The city is set back to before it had the case; by what is back then nobody of that county sees it."""
    story = TownshipStory()
    case = story.register()
    story.offer(case)
    story.rest()
    moves.move(story.world, story.county, VILLAGE, NEXT_TOWNSHIP)
    story.rest()
    story.move()
    kept = story.backup(story.city)
    story.rest()
    assert not story.shown(story.pc(TOWNSHIP), case).forgotten
    story.ask_back(case, story.county)
    story.restore(story.city, kept)
    last = {COUNTY: story.other, OTHER_COUNTY: story.county}[first]
    story.sync(*[story.world.centers[first]] * 3, last)
    story.rest()
    assert story.shown(story.pc(TOWNSHIP), case).forgotten


def test_what_a_county_had_sent_up_before_it_was_set_back_is_counted_as_what_the_city_has() -> None:
    """Nobody elsewhere sees the case any more, so it is not sent again; the two differed for good."""
    story = TownshipStory()
    case = story.register()
    story.rest()
    kept = story.backup(story.county)
    for to in (OTHER_COUNTY, COUNTY):
        story.move(to)
        story.rest()
    assert case.case_id in story.city.store.tables.subjects
    story.restore(story.county, kept)
    story.rest()
    with story.county.book(write=False) as book, story.city.store.read() as city:
        assert book.id_sum() == city.feed_sum(COUNTY)


def test_numbers_that_are_printed_there_repeat_none_from_before() -> None:
    story = TownshipStory()
    before = [story.register(pc).number for pc in (story.village, story.township)]
    story.move()
    story.rest()
    after = [story.register(story.pc(org)).number for org in (VILLAGE, TOWNSHIP)]
    assert not set(before) & set(after)
    story.move(COUNTY)
    story.rest()
    back = [story.register(story.pc(org)).number for org in (VILLAGE, TOWNSHIP)]
    assert not {*before, *after} & set(back)
    story.rest()


def test_numbers_of_papers_are_given_once_while_a_pc_still_has_some_of_its_old_county() -> None:
    story = TownshipStory()
    given = []
    for to in (OTHER_COUNTY, COUNTY):
        left = story.pc(TOWNSHIP)
        # One block of the county's is with it, and what it gives is heard of only after the move.
        story.sync(left, left)
        story.move(to)
        given.append(_given(story, left))
        story.rest()
        fresh = story.pc(TOWNSHIP)
        story.sync(fresh, fresh)
        given.append(_given(story, fresh))
        story.rest()
    assert len(set(given)) == 4
    assert all("受字" in number for number in given)


def _given(story: TownshipStory, pc: Pc) -> str:
    case = story.register(pc)
    story.act(pc, case, "accept_application", 0)
    return str(story.shown(pc, case).fields["acceptance_document"])


def test_a_village_that_its_county_had_taken_from_it_before_is_known_when_the_township_comes_back() -> None:
    """While the township was away, the county took the city's word on the village for its own, and then lost it."""
    story = TownshipStory()
    moves.move(story.world, story.county, NEXT_VILLAGE, NEXT_TOWNSHIP)
    story.rest()
    story.move()
    story.rest()
    with story.county.store.write() as book:
        save_organisations(book, story.county.clerk, organisations_of(book))
    story.move(COUNTY)
    story.rest()
    assert _above(story, NEXT_VILLAGE) == {NEXT_TOWNSHIP}


def test_a_village_that_its_county_put_below_it_unheard_of_the_move_goes_back_to_where_it_was() -> None:
    """The city never knew it there: no center would have served it."""
    story = TownshipStory()
    moves.move(story.world, story.county, NEXT_VILLAGE, NEXT_TOWNSHIP)
    story.rest()
    story.move()
    moves.move(story.world, story.county, NEXT_VILLAGE, TOWNSHIP)
    story.draw()
    story.world.happen(story.county, Wake())
    while story.world.parcels:
        story.world.deliver(story.world.parcels[0])
        with story.city.store.read() as book:
            assert NEXT_VILLAGE in organisations_of(book)
    story.rest()
    assert _above(story, NEXT_VILLAGE) == {NEXT_TOWNSHIP}
    assert home_of(story.world.site, NEXT_VILLAGE) is story.county


def test_a_village_that_its_county_took_from_it_unheard_of_the_move_goes_with_it() -> None:
    story = TownshipStory()
    story.move()
    moves.move(story.world, story.county, NEXT_VILLAGE, NEXT_TOWNSHIP)
    story.rest()
    assert _above(story, NEXT_VILLAGE) == {TOWNSHIP}
    assert home_of(story.world.site, NEXT_VILLAGE) is story.other


def test_a_village_that_its_county_set_up_below_it_unheard_of_the_move_stays_below_the_county() -> None:
    story = TownshipStory()
    story.move()
    new = Organisation("511102101009", "新村", Level.VILLAGE, TOWNSHIP)
    with story.county.store.write() as book:
        save_organisations(book, story.county.clerk, Organisations([*organisations_of(book), new]))
    story.rest()
    assert _above(story, new.code) == {COUNTY}


def _above(story: TownshipStory, org: str) -> set[str | None]:
    found = set()
    for center in story.world.centers.values():
        with center.store.read() as book:
            found.add(organisations_of(book).get(org).parent)
    return found
