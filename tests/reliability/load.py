"""A center that is killed again and again while three stations work, and the comparison of all stores afterwards."""

from __future__ import annotations

import os
import random
import signal
import socket
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from station_app.bootstrap import station
from station_app.bootstrap.center import open_center
from station_app.bootstrap.station_home import StationHome
from station_app.protocol.event import Event
from tests.reliability.place import ENV, FORM, PIN, STATIONS, TOWNSHIP, Place, listening
from tests.reliability.warm import Started

SERVE = "tests.reliability.dying:serve"
WORK = "tests.reliability.work:work_and_sync"
HOMES = ("v1", "v2", "t")
# What a center writes by itself.
BY_CENTER = ("ruling", "possible_duplicate", "body_removed")
LONGEST_S = 0.5


@dataclass
class Load:
    """What happened: kills of the center, and the cases that each station was told to be saved."""

    kills: int = 0
    told: dict[str, list[str]] = field(default_factory=dict)

    def text(self) -> str:
        """Return the counts in one line."""
        return f"kills of the center: {self.kills}, saves acknowledged: {sum(map(len, self.told.values()))}"


def kill_center_under_load(place: Place, kills: int, rng: random.Random) -> Load:
    """Let three stations work and exchange while the center is killed at random; at the end all of them are stopped."""
    port = free_port()
    place.moved_to(f"https://127.0.0.1:{port}")
    stations = start_stations(place)
    load = Load()
    for _ in range(kills):
        center = place.warm.start(SERVE, str(place.home("c")), str(port), "never", env=ENV)
        listening(center)
        time.sleep(rng.random() * LONGEST_S)
        os.kill(center.pid, signal.SIGKILL)
        ran = place.warm.wait(center)
        assert (ran.status, ran.err) == (-signal.SIGKILL, "")
        load.kills += 1
    stop_stations(place, stations, load)
    return load


def start_stations(place: Place) -> dict[str, Started]:
    """Let three stations work and exchange without pause."""
    to = {name: TOWNSHIP if name.startswith("v") else "" for name in HOMES}
    workers = {name: next(iter(STATIONS[name][1])) for name in HOMES}
    return {
        name: place.warm.start(WORK, str(place.home(name)), workers[name], to[name], FORM, env=ENV) for name in HOMES
    }


def stop_stations(place: Place, stations: dict[str, Started], load: Load) -> None:
    """Stop them, and note what each was told to be saved."""
    for name, started in stations.items():
        os.kill(started.pid, signal.SIGTERM)
        ran = place.warm.wait(started)
        assert (ran.status, ran.err) == (0, ""), ran.err
        load.told[name] = [line["case_id"] for line in ran.lines()]


def free_port() -> int:
    """Return a port that is free now, for a center that must come back at the same address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settle(place: Place) -> None:
    """Let everything arrive: the center up, and each station exchanging until nothing is left anywhere."""
    with place.serving():
        for name in HOMES * 2:
            assert place.station(name, "sync").found()["complete"] is True


def compare(place: Place, load: Load) -> dict[str, int]:
    """Compare all stores, once everything has arrived, and return what there is.

    At the center is each event of each station once and nothing else but one ruling for each custody event; nothing
    that was told to be saved is missing; whoever sees a case sees the same of it.
    """
    checked = place.center("check").found()
    assert (checked["ok"], checked["unruled"], checked["refused"]) == (True, 0, 0)
    held = read_center(place)
    journals = {name: read_journal(place, name) for name in HOMES}
    own = [event.event_id for name, events in journals.items() for event in written_here(place, name, events)]
    from_stations = [event.event_id for event in held if event.header.type not in BY_CENTER]
    assert sorted(own) == sorted(from_stations)
    assert len(set(from_stations)) == len(from_stations)
    ruled = Counter((event.effects or {})["ruling"]["event"] for event in held if event.header.type == "ruling")
    in_custody = {e.event_id for e in held if e.header.subject_kind == "case" and e.header.type not in BY_CENTER}
    assert ruled == Counter(in_custody)
    told = {case for cases in load.told.values() for case in cases}
    assert told == {event.header.subject_id for event in held if event.header.type == "register"}
    _same_everywhere(place)
    return {"events": len(held), "cases": len(told), "rulings": len(ruled)}


def _same_everywhere(place: Place) -> None:
    seen: dict[str, set[tuple[Any, ...]]] = {}
    for name in HOMES:
        assert place.station(name, "outbox").lines() == []
        assert place.station(name, "check").found()["ok"] is True
        for case in place.station(name, "case", "list").lines():
            seen.setdefault(case["case_id"], set()).add((case["state"], case["custodian"], case["on_the_road_to"]))
            assert case["provisional"] is False
    assert {case: states for case, states in seen.items() if len(states) != 1} == {}


def read_center(place: Place) -> list[Event]:
    """Return all events that the center holds."""
    opened = open_center(place.home("c"))
    with opened.read() as store:
        found = list(store.all_events())
    opened.engine.dispose()
    return found


def read_journal(place: Place, name: str) -> list[Event]:
    """Return all events that a station holds."""
    worker = next(iter(STATIONS[name][1]))
    signed_in = station.sign_in(place.home(name), worker, PIN)
    with signed_in.desk.read_book() as book:
        found = list(book.all_events())
    signed_in.engine.dispose()
    return found


def written_here(place: Place, name: str, events: list[Event]) -> list[Event]:
    """Return those that the station wrote itself."""
    device = StationHome(place.home(name)).identity().device
    return [event for event in events if event.header.origin == device]
