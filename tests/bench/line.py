"""What an exchange costs on the line: with nothing new on an open connection, and twenty events on a slow line.

    python -m tests.bench.line [--rounds 100] [--kbit 64] [--round-trip-ms 600]

All bytes pass a proxy that counts them, TLS included. Nothing new is compared with the least request that the same
program can answer on the same connection (GET /center, no database); the twenty events with as many bytes in one
request to a path that the center does not know.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from station_app.bootstrap.station import SignedIn
from station_app.domain.errors import StationError
from station_app.sync.loop import SyncLoop
from station_app.sync.transport import FIRST_CONTACT_PATH, HttpTransport
from station_app.usecases.run_action import act_on_case, register_case
from tests.bench.exchange import FORM
from tests.bench.place import VILLAGE, Place
from tests.proxy import Proxy, Weather

QUEUED = 20
MOST_BYTES = 2048


def behind(proxy: Proxy, signed_in: SignedIn) -> HttpTransport:
    """Return a way to the center that leads through the proxy, over a connection of its own."""
    return HttpTransport(proxy.url, signed_in.home.identity().authority_pem)


def loop_behind(proxy: Proxy, signed_in: SignedIn) -> SyncLoop:
    """Return the station's loop, on its way to the center through the proxy."""
    loop = signed_in.loop(1.0)
    loop._parts.client._transport = behind(proxy, signed_in)
    return loop


def exchange(loop: SyncLoop) -> None:
    """Exchange once, which must succeed."""
    report = loop.exchange_once()
    if report.code:
        raise SystemExit(f"the exchange stopped: {report.code} {report.params}")


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def nothing_new(proxy: Proxy, village: SignedIn, rounds: int) -> None:
    """Exchange again and again with nothing to tell either way, and print what it costs."""
    loop = loop_behind(proxy, village)
    proxy.weather = Weather()
    exchange(loop)
    [passed] = proxy.connections
    before = passed.up + passed.down
    took = [seconds(lambda: exchange(loop)) for _ in range(rounds)]
    each = (passed.up + passed.down - before) / rounds
    assert len(proxy.connections) == 1, "a connection was opened anew"
    with behind(proxy, village) as transport:
        least = [seconds(lambda: transport.request("GET", FIRST_CONTACT_PATH, b"", {})) for _ in range(rounds + 1)][1:]
    ours, bound = (statistics.median(found) * 1000 for found in (took, least))
    print(
        f"nothing new   {ours:6.1f} ms   {each:5.0f} bytes both ways with TLS (at most {MOST_BYTES}), 1 connection   "
        f"least request {bound:.1f} ms, ratio {ours / bound:.1f}"
    )


def twenty_events(proxy: Proxy, village: SignedIn, weather: Weather) -> None:
    """Send twenty queued events over a slow line, connecting included, and print how long it takes."""
    case = register_case(village.desk, {**FORM, "applicant": {**FORM["applicant"], "name": "李𬭎"}})
    for number in range(QUEUED - 1):
        act_on_case(village.desk, case.case_id, "note", {"text": f"已电话告知申请人第 {number} 次"})
    proxy.weather = weather
    took = seconds(lambda: exchange(loop_behind(proxy, village)))
    passed = list(proxy.connections)
    up, down = sum(one.up for one in passed), sum(one.down for one in passed)

    def as_many_bytes() -> None:
        with behind(proxy, village) as transport, suppress(StationError):
            transport.post("/nothing", bytes(up), {})

    bound = seconds(as_many_bytes)
    print(
        f"{QUEUED} events     {took:6.1f} s    {up} bytes up, {down} down, {len(passed)} connection(s)   "
        f"as many bytes in one request {bound:.1f} s, ratio {took / bound:.2f}"
    )


def main() -> None:
    """Run both and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--kbit", type=float, default=64)
    parser.add_argument("--round-trip-ms", type=float, default=600)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Place(Path(name)) as place:
        village = place.station("village", VILLAGE, "李𬭎", "agent")
        with Proxy(urlsplit(place.url).port or 0) as proxy:
            nothing_new(proxy, village, options.rounds)
            twenty_events(proxy, village, Weather(options.round_trip_ms / 2000, options.kbit))


if __name__ == "__main__":
    main()
