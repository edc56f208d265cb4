"""All stations of a county at once: each pushes its morning's events over loopback, beside a bare bulk insert.

    python -m tests.bench.storm [--stations 200] [--events 40] [--at-once 32]

Every request is made and signed before the time is taken, and comes over a connection of its own. The same requests
go to a center on SQLite, to one on PostgreSQL with two processes, and for each to the least program that writes the
same events into the same kind of database (tests/bench/bare.py): no signatures, no rulings, no feeds, no answer.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count, islice
from pathlib import Path

from station_app.bootstrap import sample
from station_app.bootstrap.center import OpenCenter, init, open_center
from station_app.domain.lanes import SubjectKind
from station_app.domain.organisations import Level, Organisation, Organisations
from station_app.domain.people import Role, Worker
from station_app.exchange.inbox import CREDENTIAL_CONTEXT
from station_app.exchange.ports import Epoch
from station_app.exchange.writing import Chain, Draft, Pen, write_event
from station_app.keys.signing import EVENT_DEVICE, EVENT_PERSON, REQUEST, SigningKey
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import ExchangeRequest
from station_app.protocol.requests import (
    DEVICE_HEADER,
    EXCHANGE_PATH,
    NONCE_HEADER,
    SIGNATURE_HEADER,
    request_bytes,
)
from station_app.protocol.signed import DeviceCredential, device_id
from station_app.protocol.wire import pack_request
from station_app.usecases.center_ports import Account, Station
from station_app.usecases.run_center import certify, save_organisations
from tests.bench.results import Figure, finish
from tests.exchange.makers import NOTE, OPEN
from tests.postgres import Server, running

COUNTY = "511132000000"
VILLAGES_A_TOWNSHIP = 20
EPOCH, NONCE = "e" * 16, "0" * 32
AT = "2026-11-22T00:00:00Z"
NO_ANSWER, NONE = "no answer, ", "none"


@dataclass(frozen=True, slots=True)
class Asker:
    """A station that is enrolled, and the request that it will make."""

    station: Station
    worker: Worker
    person_key: bytes
    events: int
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a storm came to.

    Args:
        faults: how often a request was not served, by its status and code, or by the error of the line.
    """

    seconds: float
    latencies_s: list[float]
    events: int
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Return requests a second."""
        return len(self.latencies_s) / self.seconds

    def text(self) -> str:
        """Return the figures in one line."""
        ordered = sorted(self.latencies_s)
        p50, p99 = (ordered[int(len(ordered) * part)] * 1000 for part in (0.5, 0.99))
        events = self.events / self.seconds
        return (
            f"{self.rate:7.0f} requests/s {events:7.0f} events/s   p50 {p50:6.0f} ms   p99 {p99:6.0f} ms   "
            f"not 2xx: {self.not_served()}"
        )

    def not_served(self, beginnings: tuple[str, ...] = ("",)) -> str:
        """Return in words what was not served, of all faults or of those that begin so."""
        found = {name: count for name, count in self.faults.items() if name.startswith(beginnings)}
        return ", ".join(f"{count} x {name}" for name, count in sorted(found.items())) or NONE


def make_asker(number: int, many: int) -> Asker:
    """Return a station with its events signed and its request made."""
    seed = hashlib.sha256(b"station %d" % number).digest()
    key, person_key = SigningKey.from_seed(seed), SigningKey.from_seed(hashlib.sha256(seed).digest())
    device, org = device_id(key.public), village(number)
    worker = Worker(seed.hex()[:32], f"代办员{number}", org, frozenset({Role.AGENT}))
    events = _events(Chain(device, EPOCH, 0, None, 0), org, worker.person_id, key, person_key)
    body = pack_request(ExchangeRequest(EPOCH, "", 0, 1, tuple(islice(events, many)), 100))
    signature = key.sign(REQUEST, request_bytes(EXCHANGE_PATH, body, NONCE)).hex()
    headers = {DEVICE_HEADER: device, NONCE_HEADER: NONCE, SIGNATURE_HEADER: signature}
    station = Station(device, org, key.public, AT)
    return Asker(station, worker, person_key.public, many, body, headers)


def _events(chain: Chain, org: str, person: str, key: SigningKey, person_key: SigningKey) -> Iterator[Event]:
    pen = Pen(partial(key.sign, EVENT_DEVICE), partial(person_key.sign, EVENT_PERSON))
    for number in count():
        case = hashlib.sha256(f"{chain.origin} {number // 2}".encode()).hexdigest()[:32]
        code, effects = ("note", NOTE) if number % 2 else ("register", OPEN)
        draft = Draft(code, (SubjectKind.CASE, case), org, person, AT, effects)
        event, chain = write_event(draft, chain, pen, bytes(16))
        yield event


def township(number: int) -> str:
    """Return the code of the township of a village."""
    return f"511132{100 + number // VILLAGES_A_TOWNSHIP:03d}000"


def village(number: int) -> str:
    """Return the code of a village."""
    return f"511132{100 + number // VILLAGES_A_TOWNSHIP:03d}{200 + number % VILLAGES_A_TOWNSHIP}"


def make_center(home: Path, askers: Sequence[Asker], address: str) -> None:
    """Make a center that has enrolled all of them."""
    office = Organisation(COUNTY, "峨边彝族自治县", Level.COUNTY)
    init(home, office, sample.shipped_calendar().to_json(), None, address)
    opened = open_center(home)
    orgs = [office]
    for code in sorted({township(number) for number in range(len(askers))}):
        orgs.append(Organisation(code, f"镇{code}", Level.TOWNSHIP, COUNTY))
    for number in range(len(askers)):
        orgs.append(Organisation(village(number), f"村{number}", Level.VILLAGE, township(number)))
    with opened.write() as store:
        save_organisations(store, opened.clerk, Organisations(orgs))
        for asker in askers:
            station = asker.station
            store.save_station(station)
            store.save_epoch(Epoch(station.device, EPOCH, 1, NONCE, NONCE, AT))
            store.save_account(Account(asker.worker))
            credential = DeviceCredential(station.device, station.org, station.public_key)
            store.save_credential(opened.clerk.signed(CREDENTIAL_CONTEXT, credential.to_payload()))
            certify(store, opened.clerk, asker.worker, station, asker.person_key)
    opened.engine.dispose()


@contextmanager
def served(*command: str) -> Iterator[int]:
    """Run a program that prints where it listens, and give the port once all its processes had time to start."""
    server = subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline().rpartition(":")[2])
        time.sleep(5)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def storm(port: int, askers: Sequence[Asker], at_once: int) -> Figures:
    """Make all requests, so many at once, each over a connection of its own."""

    def ask(asker: Asker) -> tuple[float, str]:
        start = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        try:
            connection.request("POST", EXCHANGE_PATH, asker.body, asker.headers)
            answer = connection.getresponse()
            fault = fault_in(answer.status, answer.read())
        except (OSError, http.client.HTTPException) as error:
            fault = NO_ANSWER + type(error).__name__
        connection.close()
        return time.perf_counter() - start, fault

    start = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        found = list(pool.map(ask, askers))
    seconds = time.perf_counter() - start
    faults = Counter(fault for _, fault in found if fault)
    return Figures(seconds, [latency for latency, _ in found], sum(asker.events for asker in askers), faults)


def fault_in(status: int, body: bytes) -> str:
    """Return "" for a request that was served, or the status, and the code where the center says one."""
    if 200 <= status < 300:
        return ""
    try:
        code = json.loads(body)["code"]
    except (ValueError, KeyError, TypeError):
        return str(status)
    return f"{status} {code}"


def wait_for_rulings(opened: OpenCenter) -> tuple[float, dict[str, int]]:
    """Return how long the rulings took after the last answer, and what is at the center then."""
    start = time.perf_counter()
    while True:
        with opened.read() as store:
            counts = store.counts()
        if not counts["unruled"]:
            return time.perf_counter() - start, counts
        time.sleep(0.1)


def judged(
    name: str, figures: Figures, least: Figures, askers: Sequence[Asker], counts: Mapping[str, int]
) -> list[Figure]:
    """Return the figures of one kind of database with their limits.

    Args:
        least: those of the bare program.
        counts: what is at the center in the end.
    """
    cases = sum((asker.events + 1) // 2 for asker in askers)
    # Each case is opened by one event, on which the center rules by another one.
    wanted, there = figures.events + cases, counts["events"]
    broken = figures.not_served(("5", NO_ANSWER))
    return [
        Figure(f"{name}: requests", f"{figures.rate:.0f}/s", least.rate / figures.rate),
        Figure(f"{name}: answered 5xx or not at all", broken, limit=NONE, held=broken == NONE),
        Figure(
            f"{name}: taken in and ruled on",
            f"{there} events of {wanted}, {counts['refused']} refused",
            limit="all, none refused",
            held=(there, counts["cases"], counts["refused"]) == (wanted, cases, 0),
        ),
    ]


def measure(name: str, home: Path, askers: Sequence[Asker], at_once: int, server: Server | None) -> list[Figure]:
    """Measure one kind of database and print the figures."""
    processes = 2 if server else 1
    make_center(home, askers, server.database() if server else "")
    command = ("station_app.cli.center", "--home", str(home), "serve", "--port", "0", "--plain")
    with served(*command, "--processes", str(processes)) as port:
        figures = storm(port, askers, at_once)
        ruled_s, counts = wait_for_rulings(open_center(home))
    bare = server.plain_address("postgres") if server else str(home / "bare.db")
    with served("tests.bench.bare", bare, str(processes)) as port:
        least = storm(port, askers, at_once)
    print(f"{name}, {processes} process{'es' if processes > 1 else ''}")
    print(f"  exchange  {figures.text()}   ruled {ruled_s:.1f} s later")
    print(f"  bare      {least.text()}")
    print(f"  ratio     {least.rate / figures.rate:.1f} x")
    return judged(name, figures, least, askers, counts)


def main() -> int:
    """Run the storm on both databases and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stations", type=int, default=200)
    parser.add_argument("--events", type=int, default=40)
    parser.add_argument("--at-once", type=int, default=32)
    options = parser.parse_args()
    start = time.perf_counter()
    askers = [make_asker(number, options.events) for number in range(options.stations)]
    made_s = time.perf_counter() - start
    print(f"{len(askers)} stations, {options.events} events each, signed in {made_s:.1f} s; {options.at_once} at once")
    with tempfile.TemporaryDirectory() as name, running() as server:
        figures = measure("SQLite", Path(name, "sqlite"), askers, options.at_once, None)
        figures += measure("PostgreSQL", Path(name, "postgres"), askers, options.at_once, server)
    return finish(figures)


if __name__ == "__main__":
    raise SystemExit(main())
