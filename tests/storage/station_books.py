"""A station book in memory and one on disk, and what tests write into them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from station_app.bootstrap.station import _book
from station_app.domain.case_cards import CaseQuery
from station_app.domain.lanes import SubjectKind
from station_app.exchange.id_sums import IdSum
from station_app.protocol import canonical
from station_app.protocol.event import Event
from station_app.protocol.signed import Signed
from station_app.storage.engine import open_encrypted
from station_app.storage.rows import SHARED, tables
from station_app.storage.schema import prepare
from station_app.storage.station_rows import STATION
from station_app.usecases.ports import Identity, Slice
from tests.exchange.makers import CENTER, EPOCH, OPEN, OTHER, VILLAGE, Device
from tests.fakes import station_store

AT = "2026-03-02T00:00:00Z"


Opener = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class Books:
    """A store and the PC that writes into it."""

    write: Opener
    read: Opener
    me: Device

    def append(self, *events: Event) -> None:
        with self.write() as book:
            book.append(events)


@pytest.fixture(params=["memory", "disk"])
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Books:
    me = Device(VILLAGE)
    identity = Identity(me.device, EPOCH, 3, VILLAGE, "https://c", CENTER, "00", "pem")
    if request.param == "memory":
        store = station_store()
        with store.write() as book:
            book.save_setting("identity", identity)
        return Books(store.write, store.read, me)
    path = tmp_path / "journal.db"
    engine: Engine = open_encrypted(path, bytes(range(32)))
    prepare(engine, tables(SHARED + STATION))
    books = Books(partial(_book, engine, write=True), partial(_book, engine, write=False), me)
    with books.write() as book:
        book.save_identity(identity)
    return books


def subject(number: int) -> tuple[SubjectKind, str]:
    return SubjectKind.CASE, f"{number:032d}"


def opened(device: Device, number: int, **fields: object) -> Event:
    effects = replace(OPEN, fields={"number": f"{number:025d}", **fields})
    return device.write("register", effects, subject=subject(number))


def receipt(link: int, at: str) -> Signed:
    return Signed(canonical.encode({"link": link, "at": at}), b"s")


def listed(book: Any, query: CaseQuery) -> list[str]:
    """Return the ids of the cases that a query finds."""
    return [placed.card.case_id for placed in book.case_slice(query, Slice(None, 100))]


def shared(book: Any) -> set[str]:
    """Return what the book has in common with its center; its sum says the same."""
    ids = list(book.shared_ids())
    assert len(set(ids)) == len(ids)
    assert book.id_sum() == IdSum().plus(ids)
    return set(ids)


def revoked(books: Books) -> Event:
    """Return an event of a case that another office opened and this one sees no more."""
    foreign = opened(Device(OTHER), 7, applicant={"name": "阿苏吉木"})
    with books.write() as book:
        book.add_foreign([foreign])
        book.refold([foreign.header.subject])
        book.revoke([foreign.header.subject, foreign.header.subject])
        book.obey_revocations()
    return foreign
