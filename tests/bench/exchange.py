"""10,000 events pushed by a fresh station and pulled by another over loopback, beside the lower bound.

    python -m tests.bench.exchange [--events N]

The lower bound moves the same events in bodies of 20,000 over loopback, verifies as many signatures and writes them
with one bulk insert: what no exchange of single, signed, ruled and placed events can go below.
"""

from __future__ import annotations

import argparse
import cProfile
import http.server
import io
import pstats
import sqlite3
import tempfile
import threading
import time
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from station_app.bootstrap.center import open_center
from station_app.bootstrap.station import SignedIn
from station_app.domain.id_numbers import check_character
from station_app.exchange.center import accept_push, rule_pending
from station_app.exchange.intake import Pusher
from station_app.keys.signing import verify_many
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import ExchangeRequest
from station_app.protocol.wire import pack, pack_request, unpack, unpack_request
from station_app.sync.center_client import HttpAnswer
from station_app.sync.transport import HttpTransport
from station_app.usecases.hand_over import offer_batch
from station_app.usecases.run_action import act_on_case, register_case
from tests.bench.place import TOWNSHIP, VILLAGE, Place, in_one_transaction

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
A_BODY = 20_000
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


def lower_bound(events: Sequence[Event], jobs: Sequence[tuple[bytes, str, bytes, bytes]], folder: Path) -> float:
    """Return the seconds of as few compressed bodies as hold them, as many verifications, and one bulk insert."""
    received: list[bytes] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    start = time.perf_counter()
    for first in range(0, len(events), A_BODY):
        body = pack([_texts(event) for event in events[first : first + A_BODY]])
        urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/", body).read()
    assert all(verify_many(jobs))
    with sqlite3.connect(folder / "bound.db") as connection:
        connection.execute("PRAGMA journal_mode=wal")
        connection.execute("PRAGMA synchronous=full")
        connection.execute("CREATE TABLE e (h TEXT, s TEXT, p TEXT, b TEXT)")
        for part in received:
            connection.executemany("INSERT INTO e VALUES (?, ?, ?, ?)", unpack(part))
    connection.close()
    seconds = time.perf_counter() - start
    server.shutdown()
    server.server_close()
    return seconds


def _texts(event: Event) -> list[str]:
    body = event.body or b""
    return [event.header_bytes.decode(), event.signature.hex(), event.person_signature.hex(), body.decode()]


def signature_jobs(village: SignedIn, events: Sequence[Event]) -> list[tuple[bytes, str, bytes, bytes]]:
    """Return the verifications that these events need, two each."""
    from station_app.exchange.authentic import DEVICE_CONTEXT, PERSON_CONTEXT

    with village.desk.read_book() as book:
        known = book.credentials()
    device = next(iter(known.devices[e.header.origin] for e in events)).public_key
    person = next(iter(known.people.values()))[-1].public_key
    jobs = []
    for event in events:
        jobs.append((device, DEVICE_CONTEXT, event.header_bytes, event.signature))
        jobs.append((person, PERSON_CONTEXT, event.header_bytes, event.person_signature))
    return jobs


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


def main() -> None:
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
        bound = min(lower_bound(events, signature_jobs(village, events), fresh(folder, i)) for i in range(3))
        cpu = place.center_cpu_s()
        seconds, pushed, _, wire = timed_exchange(village)
        print(f"        center: {place.center_cpu_s() - cpu:.2f} s of CPU, rulings given meanwhile included")
        print(f"bound   {len(events) / bound:8.0f} events/s  ({bound:.2f} s)")
        print(
            f"push    {pushed / seconds:8.0f} events/s  ({seconds:.2f} s, {seconds / bound:.2f} x the bound, "
            f"{wire.sent / pushed:.0f} bytes an event up, {wire.received / pushed:.0f} down, {wire.calls} calls)"
        )
        start = time.perf_counter()
        while place.center("status")["unruled"]:
            time.sleep(0.1)
        print(f"ruled   {time.perf_counter() - start:.2f} s after the push")
        seconds, _, pulled, wire = timed_exchange(township)
        print(
            f"pull    {pulled / seconds:8.0f} events/s  ({pulled} events with rulings, {seconds:.2f} s, "
            f"{seconds / bound:.2f} x the bound, {wire.received / pulled:.0f} bytes an event)"
        )
        print("\nThe center's side of one batch of 500 and its rulings (cProfile, slower than life):\n" + profile)


def fresh(folder: Path, number: int) -> Path:
    """Return a new folder."""
    made = folder / f"bound{number}"
    made.mkdir()
    return made


if __name__ == "__main__":
    main()
