"""An event of a newer program on its way through a center and a station of today (§4, row 9 of what goes wrong)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from station_app.exchange.loading import loaded
from station_app.exchange.station import Load
from station_app.protocol.event import Event
from tests.exchange.makers import CASE, TOWNSHIP, VILLAGE, Device, answers, center_with
from tests.exchange.receiving import REPLY, Station, sum_of

Write = Callable[[Device], Event]
STARS: dict[str, object] = {"stars": 5, "remark": {"kind": "praise", "text": "办得快"}}


def praise(village: Device) -> Event:
    return village.write("praise", STARS)


def newer_step(village: Device) -> Event:
    opened = village.wrote[0]
    return village.write("teleport", {"custody": {"op": "beam"}}, grant=opened.event_id, base=opened.event_id)


def newer_version(village: Device) -> Event:
    """Write a note of a type that says something else by the same words from now on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("station_app.exchange.writing.TYPE_VERSION", 2)
        return village.write("note", {"remark": {"kind": "note", "text": "备注"}})


each = pytest.mark.parametrize(
    "write", [praise, newer_step, newer_version], ids=["open lane", "custody lane", "higher version"]
)


def passed_on(write: Write) -> tuple[Station, Event]:
    """Return a township's station after an event of a newer program has come to it by its center."""
    station = Station()
    center = station.offered()
    newer = write(station.village)
    assert answers(center.push(station.village, [newer], first_link=len(station.village.wrote)))[0][1:] == (
        "stored",
        "",
    )
    center.rule()
    station.apply(station.reply(center))
    with station.store.read() as book:
        assert (book.id_sum().count, book.id_sum().total) == sum_of(center)
    return station, newer


@each
def test_it_is_kept_byte_for_byte_counted_and_given_back(write: Write) -> None:
    station, newer = passed_on(write)
    assert station.tables.events[newer.event_id] == newer
    assert not station.tables.held
    with station.store.read() as book:
        found = loaded(book, Load(1, owed=(newer.event_id,)))
    assert found.returns == (newer,)
    # A center of today that has lost it takes it in again from whoever has it.
    lacking = center_with(station.village, station.me)
    lacking.push(station.village, station.village.wrote[:-1])
    assert lacking.give_back(found.returns).codes == ("",)
    assert newer.event_id in lacking.book.feed_ids(VILLAGE)


@each
def test_it_changes_nothing_of_the_case(write: Write) -> None:
    station, newer = passed_on(write)
    case = station.tables.cases[CASE]
    assert case.custody.offer is not None
    assert case.custody.offer.to == TOWNSHIP
    assert newer.event_id not in {remark.event_id for remark in case.remarks}
    assert not case.needs_upgrade
    assert station.apply(REPLY).pulled == 0
