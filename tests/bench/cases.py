"""Pages, searches and boards over many cases in a real encrypted journal.

    python -m tests.bench.cases [--cases N] [--rounds N] [--keep FOLDER]

The projection is filled by the same code that a fold uses; the events behind the cases are left out. A folder that was
kept is used again. Aim: every page and search at a million cases within 25 ms (p99). Their lower bound is to read the
rows of one page, whose places are known, from the same file.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.event import listen

from station_app.domain.calendar import Calendar
from station_app.domain.cases import Case, CaseState, Custody, Obligation, Offer
from station_app.domain.id_numbers import check_character
from station_app.domain.numbers import case_number
from station_app.domain.organisations import Level, Organisation, Organisations
from station_app.paths import resource
from station_app.protocol.signed import Signed, document_payload, read_document
from station_app.storage.engine import open_encrypted, reading, writing
from station_app.storage.rows import SHARED, tables
from station_app.storage.schema import prepare
from station_app.storage.station_book import StationBookOnDisk
from station_app.storage.station_rows import STATION
from station_app.usecases.case_pages import CasePage, CaseQuery, Place, cases_after, cases_before, count_cases
from station_app.usecases.home import county_wall, township_board, village_home
from station_app.usecases.people_known import known_applicants
from station_app.usecases.ports import Identity
from station_app.usecases.reference import standpoint_of
from station_app.usecases.run_center import CALENDAR, DIRECTORY, ORGANISATIONS
from tests.bench.results import Figure, finish

COUNTY = "511132000000"
KEY = bytes(range(32))
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PAGE = 50
AIM_MS = 25.0
AT_ONCE = 2000
# Surnames by how common they are; a million people share a few hundred.
SURNAMES = (
    "王李张刘陈" * 14
    + "杨赵黄周吴" * 5
    + "徐孙胡朱高林何郭马罗" * 3
    + "梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白"
    + "崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = "秀英桂兰建国志强丽华玉珍海燕小龙文明春梅晓东红霞伟芳娜敏静磊军洋勇艳杰娟涛超秀霞平刚阿依古吉木𬭎䶮"
STATES = ((CaseState.CLOSED, 920), (CaseState.DELIVERED, 5), (CaseState.GRANTED, 20), (CaseState.REFUSED, 3))
OPEN = (CaseState.REGISTERED, CaseState.RECEIVED, CaseState.RETURNED, CaseState.ACCEPTED)


def organisations() -> Organisations:
    """Return a county of twelve townships of seventeen villages."""
    members = [Organisation(COUNTY, "峨边彝族自治县政务服务中心", Level.COUNTY)]
    for t in range(1, 13):
        township = f"5111321{t:02d}000"
        members.append(Organisation(township, f"第{t}镇便民服务中心", Level.TOWNSHIP, COUNTY))
        villages = (
            Organisation(f"5111321{t:02d}{v:03d}", f"第{t}镇第{v}村", Level.VILLAGE, township) for v in range(201, 218)
        )
        members += list(villages)
    return Organisations(members)


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes cases as a county holds them after some years: most of them done."""

    rng: Random
    villages: list[str]
    items: list[dict[str, Any]]

    def case(self, number: int, count: int) -> Case:
        """Return case `number` of `count`, from the oldest to the newest."""
        rng = self.rng
        village = self.villages[number % len(self.villages)]
        township = f"{village[:9]}000"
        day = date(2022, 1, 1) + timedelta(days=number * 1780 // count)
        case_id = f"{number:032x}"
        state = rng.choices([s for s, _ in STATES] + [None], [w for _, w in STATES] + [52])[0] or rng.choice(OPEN)
        over = state not in OPEN
        holder, offer = (COUNTY, None) if over else self._held(village, township)
        duty = Obligation("t" * 64, "deliver", village if number % 40 else COUNTY, "t" * 64, state is CaseState.CLOSED)
        fields = {
            "number": case_number(village, day, number % 100, number % 9999 + 1),
            "item": self.items[rng.randrange(len(self.items))],
            "applicant": self._applicant(),
            "materials": [{"name": "申请表", "originals": 1, "copies": 1, "handling": "收取"}] * 4,
            "received_on": day.isoformat(),
            "received_by": "王代办",
            f"arrived_on:{COUNTY}": day.isoformat(),
            "accepted_on": day.isoformat(),
            "decided_on": day.isoformat(),
            "returned_on": day.isoformat(),
            f"handed_on:{holder}": day.isoformat(),
        }
        return Case(
            case_id=case_id,
            origin_org=village,
            opened_at=f"{day.isoformat()}T02:00:00Z",
            fields=fields,
            state=state,
            custody=Custody(holder, "d" * 32, "g" * 64, "h" * 64, offer, over),
            obligations={"t" * 64: duty} if over else {},
            viewers=(village, township, COUNTY),
            opened_by=f"{number % 300:032x}",
        )

    def _held(self, village: str, township: str) -> tuple[str, Offer | None]:
        offer = Offer("o" * 64, COUNTY, COUNTY, "b" * 32, "2026-11-20T02:00:00Z")
        return self.rng.choice([(COUNTY, None), (COUNTY, None), (township, offer), (village, None)])

    def _applicant(self) -> dict[str, Any]:
        rng = self.rng
        name = rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2, 2))))
        born = date(1940, 1, 1) + timedelta(days=rng.randrange(25_000))
        digits = f"511132{born:%Y%m%d}{rng.randrange(1000):03d}"
        phone = f"1{rng.randrange(30, 99)}{rng.randrange(10**8):08d}"
        number = digits + check_character(digits)
        return {"name": name, "id_type": "111", "id_number": number, "phone": phone, "address": "示例一村 3 组 12 号"}


def open_station(folder: Path) -> Engine:
    """Return the journal of a county's station, with its documents."""
    engine = open_encrypted(folder / "journal.db", KEY)
    prepare(engine, tables(SHARED + STATION))
    content = json.loads(resource("data/calendar_cn.json").read_text("utf-8"))
    with writing(engine) as connection:
        book = StationBookOnDisk(connection)
        book.save_identity(Identity("d" * 32, "e" * 16, 0, COUNTY, "", "c" * 32, "", ""))
        offices = {"organisations": organisations().to_json(), "accounts": [], "revoked": []}
        for kind, found in ((ORGANISATIONS, offices), (CALENDAR, Calendar.from_json(content).to_json())):
            book.save_document(read_document(Signed(document_payload(kind, 1, found), b"s")))
        meta = {"meta": {"version": "2026-1", "sample": True}}
        book.save_document(read_document(Signed(document_payload(DIRECTORY, 1, meta), b"s")))
    return engine


def fill(engine: Engine, count: int) -> None:
    """Write the cases that are missing, as folds of them would."""
    with reading(engine) as connection:
        done = StationBookOnDisk(connection).last_position()
    villages = [office.code for office in organisations() if office.level is Level.VILLAGE]
    maker = Maker(Random(done), villages, _items())
    start = time.perf_counter()
    for first in range(done, count, AT_ONCE):
        cases = [maker.case(number, count) for number in range(first, min(first + AT_ONCE, count))]
        with writing(engine) as connection:
            book = StationBookOnDisk(connection)
            book.put_cases(cases, standpoint_of(book))
    seconds = time.perf_counter() - start
    if count > done:
        print(f"fill      {count - done} cases in {seconds:.0f} s ({seconds / (count - done) * 1e6:.0f} us a case)")


def _items() -> list[dict[str, Any]]:
    from tests.domain.casework import directory

    return [
        {
            "code": item.code,
            "name": item.name,
            "decide_level": "县级",
            "statutory": {"days": 20, "unit": "workday"},
            "promised": {"days": 5, "unit": "workday"},
            "directory": {"number": 1},
        }
        for item in directory().items
    ]


Job = Callable[[StationBookOnDisk, Random], Any]
WORKER = f"{7:032x}"
FILTERS = {
    "state closed": CaseQuery(state=CaseState.CLOSED),
    "state accepted": CaseQuery(state=CaseState.ACCEPTED),
    "place done": CaseQuery(place=Place.DONE),
    "place here": CaseQuery(place=Place.HERE),
    "place returned": CaseQuery(place=Place.RETURNED),
    "one worker": CaseQuery(taken_by=WORKER),
    "one worker, accepted": CaseQuery(state=CaseState.ACCEPTED, taken_by=WORKER),
    "one worker, closed": CaseQuery(state=CaseState.CLOSED, taken_by=WORKER),
    "one worker, here": CaseQuery(place=Place.HERE, taken_by=WORKER),
    "one worker, accepted, here": CaseQuery(state=CaseState.ACCEPTED, place=Place.HERE, taken_by=WORKER),
}
SEARCHES = {
    "1 character, common": CaseQuery("王"),
    "1 character, rare": CaseQuery("龚"),
    "2 characters": CaseQuery("王秀"),
    "2 characters, rare": CaseQuery("龚𬭎"),
    "3 characters": CaseQuery("张桂兰"),
    "2 initials": CaseQuery("wx"),
    "3 initials": CaseQuery("lgl"),
    "full pinyin": CaseQuery("zhanggui"),
    "an item": CaseQuery("养老"),
    "an item's initials": CaseQuery("ylbx"),
    "last four with X": CaseQuery("123X"),
    "last six of the number": CaseQuery("003215"),
    "a beginning of the number": CaseQuery("511132103205"),
    "a whole number": CaseQuery(case_number("511132103205", date(2026, 1, 5), 1, 1)),
    "state, common": CaseQuery("王", CaseState.CLOSED),
    "state, rare": CaseQuery("王", CaseState.RETURNED),
    "place": CaseQuery("李", place=Place.HERE),
    "worker": CaseQuery("李", taken_by=WORKER),
}


def pages(total: int) -> Iterator[tuple[str, Job]]:
    """Yield the ways through the whole list."""
    whole = CaseQuery()
    yield "first page", lambda book, _: cases_after(book, whole, None, PAGE)
    yield "page after", lambda book, rng: cases_after(book, whole, rng.randrange(PAGE, total), PAGE)
    yield "page before", lambda book, rng: cases_before(book, whole, rng.randrange(1, total), PAGE)
    yield "jump to the end", lambda book, _: cases_before(book, whole, None, PAGE)
    yield "jump to the middle by skip", lambda book, _: cases_after(book, whole, None, PAGE, total // 2)


def filtered(engine: Engine) -> Iterator[tuple[str, Job]]:
    """Yield each filter: its first page, its count, and a jump to its middle."""
    for name, query in FILTERS.items():
        with reading(engine) as connection:
            half = count_cases(StationBookOnDisk(connection), query) // 2
        yield name, lambda book, _, query=query: cases_after(book, query, None, PAGE)
        yield f"{name}: count", lambda book, _, query=query: count_cases(book, query)
        yield f"{name}: middle", lambda book, _, query=query, half=half: cases_after(book, query, None, PAGE, half)


def searches() -> Iterator[tuple[str, Job]]:
    """Yield each search, and what people do with a long result."""
    for name, query in SEARCHES.items():
        yield f"search {name}", lambda book, _, query=query: cases_after(book, query, None, PAGE)
    yield "search last four", lambda book, rng: cases_after(book, CaseQuery(f"{rng.randrange(10**4):04d}"), None, PAGE)
    yield "search, page 20", lambda book, _: cases_after(book, CaseQuery("王"), None, PAGE, 1000)
    yield "search, from the bottom", lambda book, _: cases_before(book, CaseQuery("王"), None, PAGE)
    yield "search: count, common", lambda book, _: count_cases(book, CaseQuery("王"))
    yield "search: count, item", lambda book, _: count_cases(book, CaseQuery("养老"))


def screens() -> Iterator[tuple[str, Job]]:
    """Yield what is no page."""
    yield "known applicants, 2 characters", lambda book, _: known_applicants(book, "王秀")
    yield "known applicants, 4 digits", lambda book, _: known_applicants(book, "1234")
    yield "village home", lambda book, _: village_home(book, WORKER, NOW)
    yield "township board", lambda book, _: township_board(book, NOW)
    yield "county wall", lambda book, _: county_wall(book, NOW)


def measure(engine: Engine, rounds: int, jobs: Iterable[tuple[str, Job]]) -> list[tuple[float, str]]:
    """Print p50 and p99 of each job; return the p99 of each page in milliseconds, with its name."""
    slow = []
    for name, job in jobs:
        rng, times, found = Random(1), [], None
        for number in range(rounds + 1):
            start = time.perf_counter()
            with reading(engine) as connection:
                found = job(StationBookOnDisk(connection), rng)
            # The first loads what every program loads once, such as the table of pinyin.
            times += [time.perf_counter() - start] if number else []
        rows = len(found.lines) if isinstance(found, CasePage) else found if isinstance(found, int) else ""
        p99 = tell(name, times, str(rows))
        if isinstance(found, CasePage):
            slow.append((p99, name))
    return slow


def bare_page(engine: Engine, rounds: int, total: int) -> float:
    """Print and return the p99, in milliseconds, of reading the rows of one page by their places."""
    times, rng = [], Random(3)
    places = ",".join("?" * PAGE)
    for _ in range(rounds):
        wanted = tuple(rng.sample(range(1, total + 1), PAGE))
        start = time.perf_counter()
        with reading(engine) as connection:
            found = connection.exec_driver_sql(f"SELECT * FROM cases WHERE position IN ({places})", wanted).fetchall()
        times.append(time.perf_counter() - start)
        assert len(found) == PAGE
    return tell("lower bound: rows of one page", times)


def measure_saving(engine: Engine, rounds: int, total: int) -> None:
    """Print what it takes to write a case that has moved on, each in a transaction of its own."""
    times, rng = [], Random(2)
    with reading(engine) as connection:
        book = StationBookOnDisk(connection)
        cases = [book.case(f"{rng.randrange(total):032x}") for _ in range(rounds)]
    for case in cases:
        start = time.perf_counter()
        with writing(engine) as connection:
            book = StationBookOnDisk(connection)
            book.put_cases([replace(case, state=rng.choice(list(CaseState)))], standpoint_of(book))  # type: ignore[type-var]
        times.append(time.perf_counter() - start)
    tell("a case folded anew", times)


def tell(name: str, times: list[float], rows: str = "") -> float:
    """Print p50 and p99, and return p99, in milliseconds."""
    ordered = sorted(seconds * 1000 for seconds in times)
    slow = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    print(f"{name:34} p50 {ordered[len(ordered) // 2]:7.2f} ms   p99 {slow:7.2f} ms   {rows}", flush=True)
    return slow


def explain(engine: Engine) -> list[str]:
    """Print how SQLite answers a page of each filter; return those that go through all cases."""
    scanning = []
    for name, query in FILTERS.items():
        with reading(engine) as connection:
            statement, values = _page_statement(connection, query)
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            steps = [row[3] for row in plan]
            print(f"{name:34} {'; '.join(steps)}")
            if not steps[0].startswith("SEARCH"):
                scanning.append(name)
    return scanning


def _page_statement(connection: Connection, query: CaseQuery) -> tuple[str, Any]:
    seen: list[tuple[str, Any]] = []
    listen(connection, "before_cursor_execute", lambda *told: seen.append((told[2], told[3])))
    cases_after(StationBookOnDisk(connection), query, None, PAGE)
    return next(told for told in seen if "LIMIT" in told[0])


def judged(slow: Sequence[tuple[float, str]], bound_ms: float, scanning: Sequence[str]) -> list[Figure]:
    """Return the figures with their limits."""
    slowest_ms, name = max(slow)
    late = sum(ms > AIM_MS for ms, _ in slow)
    return [
        Figure(f"slowest page: {name}", f"p99 {slowest_ms:.1f} ms", slowest_ms / bound_ms),
        Figure("pages behind the aim", f"{late} of {len(slow)} over {AIM_MS:.0f} ms"),
        Figure("filters that go through all cases", ", ".join(scanning) or "none", limit="none", held=not scanning),
    ]


def main() -> int:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        engine = open_station(folder)
        fill(engine, options.cases)
        size = sum(path.stat().st_size for path in folder.iterdir())
        print(f"journal   {size / 1e6:.0f} MB, {size / options.cases:.0f} bytes a case")
        scanning = explain(engine)
        bound_ms = bare_page(engine, options.rounds, options.cases)
        slow = measure(engine, options.rounds, chain(pages(options.cases), filtered(engine), searches(), screens()))
        measure_saving(engine, options.rounds, options.cases)
        engine.dispose()
    return finish(judged(slow, bound_ms, scanning))


if __name__ == "__main__":
    raise SystemExit(main())
