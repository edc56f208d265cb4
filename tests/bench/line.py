"""What an exchange costs on the line: with nothing new on an open connection, and twenty events on a slow line.

    python -m tests.bench.line [--rounds 100] [--kbit 64] [--round-trip-ms 600]

All bytes pass a proxy that counts them, TLS included. Nothing new is compared with the least request that the same
program can answer on the same connection (GET /center, no database); the twenty events with as many bytes in one
request that the center refuses when it has read them.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from station_app.bootstrap.station import SignedIn
from station_app.domain.errors import StationError
from station_app.protocol.requests import EXCHANGE_PATH
from station_app.sync.loop import SyncLoop
from station_app.sync.transport import FIRST_CONTACT_PATH
from station_app.usecases.run_action import act_on_case, register_case
from tests.bench.exchange import FORM, CountingTransport
from tests.bench.place import VILLAGE, Place
from tests.bench.results import Figure, finish
from tests.proxy import Proxy, Weather

QUEUED = 20
MOST_BYTES = 2048


def behind(proxy: Proxy, signed_in: SignedIn) -> CountingTransport:
    """Return a way to the center that leads through the proxy, over a connection of its own."""
    return CountingTransport(proxy.url, signed_in.home.identity().authority_pem)


def loop_over(transport: CountingTransport, signed_in: SignedIn) -> SyncLoop:
    """Return the station's loop, on its way to the center through the proxy."""
    loop = signed_in.loop(1.0)
    loop._parts.client._transport = transport
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


def nothing_new(proxy: Proxy, village: SignedIn, rounds: int) -> list[Figure]:
    """Exchange again and again with nothing to tell either way, and print what it costs."""
    transport = behind(proxy, village)
    loop = loop_over(transport, village)
    proxy.weather = Weather()
    exchange(loop)
    took, posts, passed = [], [], []
    for _ in range(rounds):
        calls, before = transport.calls, passed_through(proxy)
        took.append(seconds(lambda: exchange(loop)))
        posts.append(transport.calls - calls)
        passed.append(passed_through(proxy) - before)
    connections = len(proxy.connections)
    with behind(proxy, village) as least_way:
        least = [seconds(lambda: least_way.request("GET", FIRST_CONTACT_PATH, b"", {})) for _ in range(rounds + 1)][1:]
    ours, bound = (statistics.median(found) * 1000 for found in (took, least))
    most = max(passed)
    print(
        f"nothing new   {ours:6.1f} ms   {most:5d} bytes both ways with TLS at most, {connections} "
        f"connection(s)   least request {bound:.1f} ms, ratio {ours / bound:.1f}"
    )
    return [Figure("nothing new", f"{ours:.1f} ms", ours / bound), *quiet(posts, connections, most)]


def quiet(posts: Sequence[int], connections: int, most: int) -> list[Figure]:
    """Return the limits of exchanges with nothing new: POSTs of each, connections of all, and the most bytes of one."""
    return [
        Figure(
            "nothing new: POSTs",
            f"{min(posts)} to {max(posts)} on {connections} connection(s)",
            limit="1 POST on 1 open connection",
            held=(set(posts), connections) == ({1}, 1),
        ),
        # TLS adds to headers and bodies: what holds with it holds without.
        Figure(
            "nothing new: bytes",
            f"{most} with TLS",
            limit=f"at most {MOST_BYTES}",
            held=most <= MOST_BYTES,
        ),
    ]


def passed_through(proxy: Proxy) -> int:
    """Return how many bytes have gone through the line, both ways."""
    return sum(one.up + one.down for one in proxy.connections)


def twenty_events(proxy: Proxy, village: SignedIn, weather: Weather) -> list[Figure]:
    """Send twenty queued events over a slow line, connecting included, and print how long it takes."""
    case = register_case(village.desk, {**FORM, "applicant": {**FORM["applicant"], "name": "李𬭎"}})
    for number in range(QUEUED - 1):
        act_on_case(village.desk, case.case_id, "note", {"text": f"已电话告知申请人第 {number} 次"})
    with village.desk.read_book() as book:
        queued = len(book.outbox(2 * QUEUED))
    proxy.weather = weather
    transport = behind(proxy, village)
    took = seconds(lambda: exchange(loop_over(transport, village)))
    passed = list(proxy.connections)
    up, down = sum(one.up for one in passed), sum(one.down for one in passed)
    with village.desk.read_book() as book:
        left = len(book.outbox(2 * QUEUED))

    def as_many_bytes() -> None:
        with behind(proxy, village) as way, suppress(StationError):
            way.post(EXCHANGE_PATH, bytes(transport.sent), {})

    bound = seconds(as_many_bytes)
    print(
        f"{QUEUED} events     {took:6.1f} s    {up} bytes up, {down} down, {transport.calls} POST(s) on {len(passed)} "
        f"connection(s)   as many bytes in one request {bound:.1f} s, ratio {took / bound:.2f}"
    )
    return [
        Figure(f"{QUEUED} events on a slow line", f"{took:.1f} s, {up} bytes up, {down} down", took / bound),
        Figure(
            f"{QUEUED} events: taken in",
            f"{queued - left} of {queued}",
            limit="all",
            held=(queued, left) == (QUEUED, 0),
        ),
        Figure(
            f"{QUEUED} events: POSTs",
            f"{transport.calls} on {len(passed)} connection(s)",
            limit="1 POST on 1 connection",
            held=(transport.calls, len(passed)) == (1, 1),
        ),
    ]


def main() -> int:
    """Run both and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--kbit", type=float, default=64)
    parser.add_argument("--round-trip-ms", type=float, default=600)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Place(Path(name)) as place:
        village = place.station("village", VILLAGE, "李𬭎", "agent")
        with Proxy(urlsplit(place.url).port or 0) as proxy:
            figures = nothing_new(proxy, village, options.rounds)
            figures += twenty_events(proxy, village, Weather(options.round_trip_ms / 2000, options.kbit))
    return finish(figures)


if __name__ == "__main__":
    raise SystemExit(main())
