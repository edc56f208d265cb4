"""10,000 events pushed by a fresh station and pulled by another over loopback, beside the lower bound.

    python -m tests.bench.exchange [--events N]

Push and pull have a lower bound each (tests/bench/bounds.py), which no exchange of single, signed, ruled and placed
events can go below: for the push one bulk insert of the same bytes at the center, on the disk; for the pull a bulk
select there, the same bytes over TLS, and one bulk insert at the station. Told besides is how long as many
verifications take.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import pstats
import sqlite3
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from station_app.bootstrap.center import open_center
from station_app.bootstrap.station import SignedIn
from station_app.domain.id_numbers import check_character
from station_app.exchange.center import accept_push, rule_pending
from station_app.exchange.intake_records import Pusher
from station_app.keys.signing import verify_many
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import ExchangeRequest
from station_app.protocol.wire import pack_request, unpack_request
from station_app.storage.engine import reading
from station_app.storage.station_book import StationBookOnDisk
from station_app.sync.center_client import HttpAnswer
from station_app.sync.transport import HttpTransport
from station_app.usecases.hand_over import offer_batch
from station_app.usecases.run_action import act_on_case, register_case
from tests.bench.bounds import Texts, pull_bound, push_bound, signature_jobs, texts_of
from tests.bench.place import TOWNSHIP, VILLAGE, Place, in_one_transaction
from tests.bench.results import Figure, finish

FORM: dict[str, Any] = {
    "item": "SAMPLE-SB-003",
    "applicant": {
        "id_type": "111",
        "id_number": "11010519491231002X",
        "phone": "13800000000",
        "address": "示例一村 3 组",
    },
    "materials": [
        {"name": "申请人居民身份证", "originals": 1, "copies": 1},
        {"name": "待遇领取申请表", "originals": 1},
    ],
}
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"
GIVEN = "秀英桂兰建国志强丽华玉珍海燕小龙文明春梅晓东红霞"


class CountingTransport(HttpTransport):
    """Counts the bytes of bodies and headers of our own that go each way."""

    sent = received = calls = 0
    last_push = 0.0

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        answer = super().post(path, body, headers)
        self.sent += len(body) + sum(len(k) + len(v) + 4 for k, v in headers.items())
        self.received += len(answer.body)
        self.calls += 1
        if len(body) > 20_000:
            self.last_push = time.perf_counter()
        return answer


def fill(village: SignedIn, events: int) -> None:
    """Write a fresh station's work: cases taken in, handed over forty at a time, and notes."""
    cases = events * 32 // 100
    with village.desk.open_book() as book:
        desk = in_one_transaction(village.desk, book)
        now, ids = desk.now(), []
        for number in range(cases):
            # A day has 9,999 numbers.
            desk = replace(desk, now=partial(now.__add__, timedelta(days=number // 9_000)))
            ids.append(register_case(desk, {**FORM, "applicant": _applicant(number)}).case_id)
        for first in range(0, cases, 40):
            offer_batch(desk, TOWNSHIP, ids[first : first + 40])
        rest = events - 2 * cases - (cases + 39) // 40
        for number in range(rest):
            act_on_case(desk, ids[number % cases], "note", {"text": f"已电话告知申请人第 {number} 次"})


def _applicant(number: int) -> dict[str, Any]:
    """Return one of 10,950,000 people, each with another identity number."""
    name = SURNAMES[number % len(SURNAMES)] + GIVEN[number % 24] + GIVEN[number // 24 % 24]
    born = date(1940, 1, 1) + timedelta(days=number % 10_950)
    digits = f"511102{born:%Y%m%d}{number // 10_950:03}"
    return {**FORM["applicant"], "name": name, "id_number": digits + check_character(digits)}


def timed_exchange(signed_in: SignedIn) -> tuple[float, int, int, CountingTransport]:
    """Exchange until nothing is left; return seconds, events pushed, events pulled and the bytes counted."""
    me = signed_in.home.identity()
    transport = CountingTransport(me.center_url, me.authority_pem)
    loop = signed_in.loop(1.0)
    loop._parts.client._transport = transport
    start, cpu = time.perf_counter(), time.process_time()
    report = loop.exchange_once()
    if report.code:
        raise SystemExit(f"the exchange stopped: {report.code} {report.params}")
    end = transport.last_push if report.pushed else time.perf_counter()
    print(f"        station: {time.process_time() - cpu:.2f} s of CPU, {time.perf_counter() - start:.2f} s in all")
    return end - start, report.pushed, report.pulled, transport


def profile_center(place: Place, village: SignedIn, events: Sequence[Event], folder: Path) -> str:
    """Return where the center's time goes for one batch of 500, in this process, on a copy of its keys."""
    import shutil

    copy = folder / "profiled"
    shutil.copytree(place.center_home, copy, ignore=shutil.ignore_patterns("center.db*"))
    source, target = sqlite3.connect(place.center_home / "center.db"), sqlite3.connect(copy / "center.db")
    source.backup(target)
    source.close()
    target.close()
    opened = open_center(copy)
    parts = opened.parts()
    me = village.home.identity()
    body = pack_request(ExchangeRequest(me.epoch, "", 0, 1, tuple(events[:500]), 1000))
    profile = cProfile.Profile()
    profile.enable()
    with opened.write() as store:
        plan = accept_push(store, Pusher(me.device, me.epoch), unpack_request(body), verify_many)
    with opened.write() as store:
        rule_pending(store, parts.desk, "2026-11-22T00:00:00Z", 500)
    profile.disable()
    assert len(plan.stored) == 500
    out = io.StringIO()
    pstats.Stats(profile, stream=out).sort_stats("tottime").print_stats(18)
    return out.getvalue()


def push(place: Place, village: SignedIn, events: Sequence[Event], folder: Path) -> list[Figure]:
    """Push what was written, and wait until it is ruled on."""
    jobs = signature_jobs(village, events)
    start = time.perf_counter()
    assert all(verify_many(jobs))
    print(f"verify  {len(jobs)} signatures alone in {time.perf_counter() - start:.2f} s")
    bound = least(push_bound, events, folder / "push")
    cpu = place.center_cpu_s()
    seconds, pushed, _, wire = timed_exchange(village)
    print(f"        center: {place.center_cpu_s() - cpu:.2f} s of CPU, rulings given meanwhile included")
    print(
        f"push    {pushed / seconds:8.0f} events/s  ({seconds:.2f} s, "
        f"{seconds / bound:.1f} x its bound of {bound:.3f} s; {wire.sent / pushed:.0f} bytes an event up, "
        f"{wire.received / pushed:.0f} down, {wire.calls} calls)"
    )
    print(f"ruled   {place.until_ruled():.2f} s after the push")
    refused = int(place.center("status")["refused"])
    return [
        Figure("push", f"{pushed / seconds:.0f} events/s", seconds / bound),
        Figure(
            "push: taken in",
            f"{pushed - refused} of {len(events)}",
            limit="all, none refused",
            held=(pushed, refused) == (len(events), 0),
        ),
    ]


def pull(place: Place, township: SignedIn, folder: Path) -> list[Figure]:
    """Pull all that the office sees, rulings among it."""
    opened = open_center(place.center_home)
    with opened.read() as store:
        there = len(list(store.feed_ids(TOWNSHIP)))
    opened.engine.dispose()
    seconds, _, pulled, wire = timed_exchange(township)
    with township.desk.read_book() as book:
        is_equal = bool(book.link().equal_at)
    with reading(township.engine) as connection:
        events = list(StationBookOnDisk(connection).all_events())
    bound = least(pull_bound, events, folder / "pull")
    print(
        f"pull    {pulled / seconds:8.0f} events/s  ({pulled} events with rulings, {seconds:.2f} s, "
        f"{seconds / bound:.1f} x its bound of {bound:.3f} s; {wire.received / pulled:.0f} bytes an event)"
    )
    return [
        Figure("pull", f"{pulled / seconds:.0f} events/s", seconds / bound),
        Figure(
            "pull: come",
            f"{pulled} of {there}, {'equal sums' if is_equal else 'sums not equal'}",
            limit="all, equal sums",
            held=pulled == there and is_equal,
        ),
    ]


def least(bound: Callable[[Sequence[Texts], Path], float], events: Sequence[Event], folder: Path) -> float:
    """Return the shortest of three runs of a lower bound over these events."""
    rows = [texts_of(event) for event in events]
    runs = [folder / str(number) for number in range(3)]
    for run in runs:
        run.mkdir(parents=True)
    return min(bound(rows, run) for run in runs)


def main() -> int:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Place(Path(name)) as place:
        folder = Path(name)
        village = place.station("village", VILLAGE, "李𬭎", "agent")
        township = place.station("township", TOWNSHIP, "张䶮", "clerk")
        start = time.perf_counter()
        fill(village, options.events)
        print(f"fill    {options.events} events signed and saved in {time.perf_counter() - start:.2f} s")
        with village.desk.read_book() as book:
            events = [event for _, event in book.outbox(options.events)]
        profile = profile_center(place, village, events, folder)
        figures = push(place, village, events, folder) + pull(place, township, folder)
        print("\nThe center's side of one batch and its rulings (cProfile, slower than life):\n" + profile)
    return finish(figures)


if __name__ == "__main__":
    raise SystemExit(main())
