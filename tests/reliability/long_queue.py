"""A long queue over a line that breaks again and again, and what the station is told of it meanwhile."""

from __future__ import annotations

import random
import sqlite3
import ssl
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest import mock
from urllib.parse import urlsplit

from station_app.bootstrap import station
from station_app.bootstrap.center_home import CenterHome
from station_app.exchange import station as exchange
from station_app.keys.transport_keys import make_server_certificate
from station_app.sync import loop as loop_parts
from station_app.sync.loop import Report, SyncLoop
from station_app.ui.presenters.syncing import _state as band_of
from station_app.ui.tokens import Tone
from station_app.usecases.look_up import waiting_summary
from station_app.usecases.standing import left_to_do
from tests.bench.exchange import fill
from tests.proxy import LOOPBACK, Break, How, Portal, Proxy, Weather, web_page
from tests.reliability.place import PIN, STATIONS, Place

VILLAGE_PC = "v1"
BATCH = 50
STALL_S = 1.0
# Of what a batch of 50 with its answer and the greeting take; several batches pass before most of these places.
SHORTEST_BYTES, LONGEST_BYTES = 4_000, 120_000
BUSY = web_page("503 Service Unavailable", "Retry-After: 1")
CENTER_NAME = "县中心"


@dataclass
class Told:
    """What came of it.

    Args:
        events: how many were in the queue.
        device: of the PC that sent them.
        reports: how each exchange ended.
        looks: how often it was looked at what the station says.
        early: the looks at which it said that all is there, though it was not; with what the center had.
        acked_early: the looks at which more counted as taken in than the center had.
    """

    events: int
    device: str
    reports: list[Report] = field(default_factory=list)
    looks: int = 0
    early: list[tuple[str, int]] = field(default_factory=list)
    acked_early: list[tuple[int, int]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def codes(self) -> Counter[str]:
        return Counter(report.code for report in self.reports)

    def text(self) -> str:
        """Return the counts in a line."""
        ended = ", ".join(f"{count} x {code or 'whole'}" for code, count in sorted(self.codes.items()))
        return f"{self.events} events in {self.seconds:.1f} s: {ended}; looked at {self.looks} times"


class _Line:
    """Weather that changes after each exchange: some whole batches pass, then it breaks in one way or another."""

    def __init__(self, proxy: Proxy, busy: ssl.SSLContext, rng: random.Random) -> None:
        self._proxy, self._busy, self._rng = proxy, busy, rng
        self._ways = [How.RESET, How.CLOSE, How.SILENCE, None]

    def change(self) -> None:
        how = self._ways.pop(0)
        self._ways.append(how)
        at = self._rng.randrange(SHORTEST_BYTES, LONGEST_BYTES)
        if how is None:
            self._proxy.weather = Weather(portal=Portal(BUSY, self._busy))
        else:
            # Far less comes down than goes up.
            up = self._rng.random() < 0.6
            self._proxy.weather = Weather(broken=Break(up, at if up else at // 4, how, connection=None))


def drain(place: Place, events: int, seed: int = 0) -> Told:
    """Fill a village's queue and exchange as its program does until all is sent; look all the while what it says."""
    signed_in = station.sign_in(place.home(VILLAGE_PC), next(iter(STATIONS[VILLAGE_PC][1])), PIN)
    try:
        fill(signed_in, events)
        with place.serving() as url, Proxy(urlsplit(url).port or 0, seed) as proxy:
            place.moved_to(proxy.url)
            line = _Line(proxy, _certificate(place), random.Random(seed))
            return _Draining(signed_in, place.home("c"), line, events).run()
    finally:
        signed_in.engine.dispose()


def _certificate(place: Place) -> ssl.SSLContext:
    """Return what a program in front of the center shows, which answers in its place while it is down."""
    made = make_server_certificate(CenterHome(place.home("c")).identity().seed, [LOOPBACK], station.now())
    chain, key = place.folder / "front.pem", place.folder / "front.key"
    chain.write_text(made.chain_pem)
    key.write_text(made.private_key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return context


class _Draining:
    """The station's loop at work, looked at after each reply and after each exchange."""

    def __init__(self, signed_in: station.SignedIn, center: Path, line: _Line, events: int) -> None:
        self._signed_in, self._center, self._line = signed_in, center, line
        self._told = Told(events, signed_in.home.identity().device)
        self._stop = threading.Event()

    def run(self) -> Told:
        begun = time.monotonic()
        self._line.change()
        # As often as it is wanted to be looked at: a real station rests a minute between its exchanges.
        with mock.patch.object(exchange, "BATCH", BATCH), mock.patch.object(loop_parts, "LOOK_EVERY_S", 0.05):
            self._loop().run(self._stop, self._after_exchange)
        self._told.seconds = time.monotonic() - begun
        return self._told

    def _loop(self) -> SyncLoop:
        loop = self._signed_in.loop(0.05)
        loop._parts = replace(loop._parts, applied=lambda: self._after_reply(loop))
        loop._state = replace(loop._state, batch=BATCH)
        return loop

    def _after_reply(self, loop: SyncLoop) -> None:
        self._signed_in.keep_keys()
        assert loop._state.batch <= BATCH
        self._look("")

    def _after_exchange(self, report: Report) -> None:
        self._told.reports.append(report)
        if self._look(report.code) == 0 and not report.code:
            self._stop.set()
        self._line.change()

    def _look(self, code: str) -> int:
        """Compare what the station says now with what the center has, and return how much still waits."""
        with self._signed_in.desk.read_book() as book:
            found, left = waiting_summary(book), left_to_do(book)
        told = self._told
        acked, (there, _) = told.events - found.events - found.refused, of_device(self._center, told.device)
        told.looks += 1
        state, tone = band_of(found, code, CENTER_NAME, old=False, all_well=not left)
        says_all = tone is Tone.GOOD or not found.events or (bool(found.last_ok_at) and there < told.events)
        if says_all and there < told.events:
            told.early.append((state, there))
        if acked > there:
            told.acked_early.append((acked, there))
        return found.events


def of_device(center: Path, device: str) -> tuple[int, int]:
    """Return how many events of a PC a center's file holds, and how many different ones."""
    with closing(sqlite3.connect(f"file:{center / 'center.db'}?mode=ro", uri=True)) as file:
        found = file.execute("SELECT COUNT(*), COUNT(DISTINCT event_id) FROM events WHERE origin = ?", (device,))
        every, different = found.fetchone()
    return every, different
