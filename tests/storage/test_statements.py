"""A center asks its database a few things for a batch, not a few for each event in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.event import listen

from station_app.domain.lanes import SubjectKind
from station_app.exchange.authentic import DEVICE_CONTEXT
from station_app.exchange.center import CenterDesk, rule_pending
from station_app.exchange.ports import Hop
from station_app.exchange.writing import Pen
from station_app.protocol.signed import DeviceCredential
from station_app.storage.engine import open_plain
from tests.exchange.makers import CENTER, CENTER_KEY, COUNTY, OPEN, ORGANISATIONS, TOWNSHIP, VILLAGE, by_center
from tests.storage.test_center_book import Books, known, on_disk, push


def _statements(engine: Engine, work: Callable[[], object]) -> int:
    asked: list[str] = []
    listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    work()
    return len(asked)


def _rule(books: Books) -> None:
    desk = CenterDesk(COUNTY, Pen(partial(CENTER_KEY.sign, DEVICE_CONTEXT)), bytes, str)
    with books.write() as book:
        assert rule_pending(book, desk, "2026-03-02T00:00:00Z", 500) > 0


def _hops(books: Books, count: int) -> None:
    found = [
        (org, Hop(f"{n:064x}", COUNTY, "2026-03-02T00:00:00Z")) for n in range(count) for org in (VILLAGE, TOWNSHIP)
    ]
    with books.write() as book:
        book.place_hops(found)


def _asked_for(folder: Path, count: int) -> tuple[int, int, int]:
    engine = open_plain(folder / f"{count}.db")
    books = on_disk(engine)
    with books.write() as book:
        book.save_setting("center", {"device": CENTER, "epoch": "0" * 16, "org": COUNTY})
        book.save_setting("organisations", ORGANISATIONS.to_json())
        book.save_credential(by_center(DeviceCredential(CENTER, COUNTY, CENTER_KEY.public).to_payload()))
    device = known(books, VILLAGE)
    for number in range(count):
        device.write("register", OPEN, subject=(SubjectKind.CASE, f"{number:032x}"))
    pushed = _statements(engine, lambda: push(books, device))
    ruled = _statements(engine, lambda: _rule(books))
    hops = _statements(engine, lambda: _hops(books, count))
    engine.dispose()
    return pushed, ruled, hops


def test_a_batch_of_two_hundred_events_takes_as_many_statements_as_one_of_twenty(tmp_path: Path) -> None:
    """The offices were read for every placement: 1,640 of 1,700 statements for 500 events and their rulings."""
    few, many = _asked_for(tmp_path, 20), _asked_for(tmp_path, 200)
    assert few == many
    assert max(few) < 60
