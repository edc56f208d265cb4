"""How a center comes to heal, whom it waits for, and how a station notices, are as docs/sync.md §7 draws it.

Each arrow of the page is walked with the program; one that is new on the page has no walk here and fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from station_app.center.healing import end_healing, waited_for
from station_app.exchange.healing_state import is_healing
from station_app.exchange.serving import BUCKETS_AT_ONCE as MOST
from station_app.exchange.station import Phase
from station_app.usecases.holding import take_back_limits
from station_app.usecases.times import stamp
from tests.center.pc_and_center import FIRST, PcAndCenter
from tests.diagrams import PAGE, Arrow, arrows, walked
from tests.exchange.makers import OPEN, VILLAGE, Device
from tests.exchange.receiving import AGAIN, REPLY, Station, in_touch
from tests.fakes import FakeKey

OTHER = FakeKey(b"o" * 32)
ANOTHER_SUM = (1, "1" * 64)
Walk = Callable[[PcAndCenter], object]
StationWalk = Callable[[Station], object]


# -- a center ----------------------------------------------------------------------------------------------------------


def mood(place: PcAndCenter) -> str:
    with place.node.store.read() as book:
        return "HEALING" if is_healing(book) else "RULING"


def show(place: PcAndCenter, **word: object) -> None:
    """Let the PC show the center's word on so much, asked for in the numbering that it names."""
    incarnation = str(word.pop("named", place.incarnation))
    place.ask(incarnation=incarnation, receipt=place.receipt(**word))


def shown_what_it_has(place: PcAndCenter) -> None:
    show(place, link=0)
    with place.node.store.write() as book:
        book.save_setting("center", {**book.setting("center"), "incarnations": ["i0"]})
    show(place, incarnation="i0", named="i0", link=9, head=9)


def shown_from_before(place: PcAndCenter) -> None:
    before = place.incarnation
    show(place, incarnation=place.first_incarnation, named=place.first_incarnation, link=9, head=9)
    assert place.incarnation == before


def shown_a_further_loss(place: PcAndCenter) -> None:
    before = place.incarnation
    show(place, link=9)
    assert place.incarnation != before


def restored_once_more(place: PcAndCenter) -> None:
    before = place.incarnation
    place.restore()
    assert place.incarnation != before


def end(place: PcAndCenter) -> None:
    with place.node.store.write() as book:
        end_healing(book, place.node.clerk)


def one_is_left(place: PcAndCenter) -> None:
    place.enrol(OTHER)
    place.ask()


CENTERS_BEGIN: Mapping[str, Walk] = {"RULING": lambda _: None, "HEALING": PcAndCenter.restore}
CENTERS: Mapping[tuple[str, str], Walk] = {
    ("RULING", "declared restored"): PcAndCenter.restore,
    ("RULING", "a receipt proves a loss"): lambda place: show(place, link=9),
    ("RULING", "a receipt of what it has, or of a numbering that it keeps in mind"): shown_what_it_has,
    ("HEALING", "a receipt that was asked for in a numbering of before"): shown_from_before,
    ("HEALING", "a receipt proves a further loss: all over again"): shown_a_further_loss,
    ("HEALING", "declared restored once more: all over again"): restored_once_more,
    ("HEALING", "a station exchanges, and one is waited for"): one_is_left,
    ("HEALING", "a station exchanges, and none is waited for"): PcAndCenter.ask,
    ("HEALING", "an administrator ends it"): end,
}


@walked("RULING")
def test_each_arrow_between_ruling_and_healing_is_walked(arrow: Arrow) -> None:
    before, why, after = arrow
    place = PcAndCenter()
    CENTERS_BEGIN[before](place)
    CENTERS[before, why](place)
    assert mood(place) == after


# -- a station for which a healing center waits ------------------------------------------------------------------------


def state_at_healing(place: PcAndCenter) -> str:
    with place.node.store.read() as book:
        notes, now = book.setting("healing_notes") or {}, place.node.clerk.now()
        if place.device in notes.get("gave_back", ()):
            return "GAVE-BACK"
        if place.device not in [station.device for station in waited_for(book, now)]:
            return "LEFT-OUT"
        return "LOOKED" if place.device in notes.get("looked", ()) else "WAITED-FOR"


def buckets(count: int) -> dict[str, tuple[int, str]]:
    """Return sums of so many buckets that the center has nothing in."""
    return {f"{number:02x}": (1, f"{number:02x}" + "1" * 62) for number in range(count)}


def with_another(place: PcAndCenter) -> None:
    """Let it be restored while it has a second PC as well, for which it goes on waiting."""
    place.enrol(OTHER)
    place.restore()


def look(place: PcAndCenter, count: int) -> None:
    place.ask(sum=ANOTHER_SUM, buckets=buckets(count))


def silent(place: PcAndCenter) -> None:
    """Let the PC have been silent for long when the other one came last."""
    place.know(last_seen_at=stamp(place.now - timedelta(days=90)))
    with_another(place)
    with place.node.store.write() as book:
        [other] = [found for found in book.stations() if found.device != place.device]
        book.save_station(replace(other, last_seen_at=stamp(place.now)))


def clone(place: PcAndCenter) -> None:
    place.go_on(sum=ANOTHER_SUM)
    place.ask(sum=ANOTHER_SUM)
    assert place.station.cloned


def revoke_by_document(place: PcAndCenter) -> None:
    with place.node.store.write() as book:
        take_back_limits(book, {"revoked": [{"device": place.device, "epoch": FIRST, "seq": 0}]})


def stay_away(place: PcAndCenter) -> None:
    place.ask(incarnation="i0")
    place.wait(days=29)
    assert state_at_healing(place) == "WAITED-FOR"
    place.wait(days=31)


WAITED_BEGIN: Mapping[str, Walk] = {
    "WAITED-FOR": with_another,
    "LOOKED": lambda place: (with_another(place), look(place, 3)),
    "GAVE-BACK": lambda place: (with_another(place), place.ask()),
    "LEFT-OUT": silent,
}
WAITED: Mapping[tuple[str, str], Walk] = {
    ("WAITED-FOR", "asks in another incarnation"): lambda place: place.ask(incarnation="i0"),
    ("WAITED-FOR", "gives something"): lambda place: place.ask(events=(Device(VILLAGE).write("register", OPEN),)),
    ("WAITED-FOR", "another sum"): lambda place: place.ask(sum=ANOTHER_SUM),
    ("WAITED-FOR", f"another sum, and buckets of which {MOST} or more differ"): lambda place: look(place, MOST),
    ("WAITED-FOR", f"another sum, and buckets of which fewer than {MOST} differ"): lambda place: look(place, MOST - 1),
    ("WAITED-FOR", "an equal sum, and nothing to give"): PcAndCenter.ask,
    ("LOOKED", "another sum, and nothing to give"): lambda place: place.ask(place.nonce, sum=ANOTHER_SUM),
    ("WAITED-FOR", "cloned"): clone,
    ("WAITED-FOR", "revoked"): revoke_by_document,
    ("WAITED-FOR", "silent for 30 days, from the beginning on"): stay_away,
    ("LEFT-OUT", "silent before, comes after all"): lambda place: place.ask(incarnation="i0"),
    ("GAVE-BACK", "the center is restored once more"): lambda place: (place.restore(), place.ask(incarnation="i0")),
}


@walked("WAITED-FOR")
def test_each_arrow_between_the_stations_that_are_waited_for_and_others_is_walked(arrow: Arrow) -> None:
    before, why, after = arrow
    place = PcAndCenter()
    WAITED_BEGIN[before](place)
    assert state_at_healing(place) == before
    WAITED[before, why](place)
    assert state_at_healing(place) == after
    assert mood(place) == "HEALING"


# -- a station and a center that does not know -------------------------------------------------------------------------


def be_at(station: Station, row: int) -> None:
    with station.store.write() as book:
        book.save_link(replace(book.link(), cursor=row))


LOSS_BEGIN: Mapping[str, StationWalk] = {
    "WHOLE": lambda _: None,
    "LOST": lambda station: station.apply(replace(REPLY, nonce="n2", link_head=1)),
}
LOSS: Mapping[tuple[str, str], StationWalk] = {
    ("WHOLE", "told all that it has the center's word on"): lambda s: s.apply(replace(REPLY, nonce="n2", link_head=2)),
    ("WHOLE", "told a smaller link_head"): LOSS_BEGIN["LOST"],
    ("WHOLE", "told a smaller head"): lambda s: (be_at(s, 7), s.apply(replace(REPLY, nonce="n2", link_head=2, head=6))),
    ("WHOLE", "told again in another incarnation"): lambda s: s.apply(replace(AGAIN, incarnation="i2")),
    ("LOST", "has shown its receipt, and is told less all the same"): lambda s: s.apply(
        replace(REPLY, nonce="n3", link_head=1)
    ),
    ("LOST", "has shown its receipt, and is told reset"): lambda s: s.apply(
        replace(REPLY, nonce="n3", link_head=1, incarnation="i2", reset=True)
    ),
}


@walked("WHOLE")
def test_each_arrow_between_whole_and_lost_is_walked(arrow: Arrow) -> None:
    before, why, after = arrow
    station = Station()
    in_touch(station)
    LOSS_BEGIN[before](station)
    LOSS[before, why](station)
    with station.store.read() as book:
        assert book.link().lost == (after == "LOST")


def test_no_walk_is_without_its_arrow() -> None:
    for first, walks in (("RULING", CENTERS), ("WAITED-FOR", WAITED), ("WHOLE", LOSS)):
        assert {(before, why) for before, why, _ in arrows(first)} == set(walks)


def test_the_exchange_has_the_phases_that_are_drawn() -> None:
    drawn = PAGE[PAGE.index("RESTING ──wake──▶") :].split("```")[0]
    assert set(re.findall(r"[A-Z]{2,}", drawn)) == {phase.name for phase in Phase}
