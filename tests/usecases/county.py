"""A county in one process for the use cases: three offices with real books, and a center that rules between them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from station_app.domain.lanes import SubjectKind
from station_app.domain.people import Role
from station_app.exchange.authentic import RULING, Credentials, split
from station_app.exchange.rulings import Bench, rule
from station_app.exchange.writing import Chain, Draft, Pen, write_event
from station_app.protocol.event import Event
from station_app.protocol.signed import PersonCredential, Signed, document_payload, read_document
from station_app.storage.engine import open_encrypted, reading, writing
from station_app.storage.rows import SHARED, tables
from station_app.storage.schema import prepare
from station_app.storage.station_book import StationBookOnDisk
from station_app.storage.station_rows import STATION
from station_app.usecases.ports import Desk, Identity
from station_app.usecases.run_center import CALENDAR, DIRECTORY
from station_app.usecases.run_center import ORGANISATIONS as ORGANISATION_DOCUMENT
from station_app.usecases.times import stamp
from tests.domain.casework import ALL_ROLES, COUNTY, ORGANISATIONS, TOWNSHIP, VILLAGE, Seat, calendar, directory
from tests.fakes import station_store

CENTER_DEVICE = "c" * 32
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


@dataclass
class Office:
    """One PC of an office with its book."""

    seat: Seat
    open_book: Callable[[], Any]
    read_book: Callable[[], Any]
    county: County

    @property
    def device(self) -> str:
        return _digest(self.seat.origin)[:32]

    def desk(self, *, person: str = "a", roles: frozenset[Role] = ALL_ROLES) -> Desk:
        worker = replace(self.seat, person=person, roles=roles).worker
        worker = replace(worker, person_id=_digest(worker.person_id)[:32])
        key = worker.person_id.encode()
        self.county.people[worker.person_id, self.device] = (
            PersonCredential(worker.person_id, worker.name, worker.org, tuple(worker.roles), self.device, key, "", ""),
        )
        pen = Pen(lambda data: b"d" + data[:8], lambda data: b"p" + data[:8])
        return Desk(worker, pen, self.open_book, self.read_book, lambda: self.county.now, self.county.entropy)

    def journal(self) -> tuple[Any, ...]:
        """Return all that a use case could have changed, to compare before and after."""
        with self.read_book() as book:
            chain, waiting = book.chain(), book.outbox(1000)
            events = [event.event_id for event in book.all_events()]
            return chain, [(link, event.event_id) for link, event in waiting], events


class County:
    """Offices by code; `settle` stands for exchanges of all of them with the center."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.now = NOON
        self.people: dict[tuple[str, str], tuple[PersonCredential, ...]] = {}
        self._drawn = 0
        self._chain = Chain(CENTER_DEVICE, "c" * 16, 0, None, 0)
        self._arrived: dict[str, Event] = {}
        self.offices = {code: self._office(kind, folder, code) for code in (VILLAGE, TOWNSHIP, COUNTY)}
        self.village, self.township, self.county = self.offices.values()

    def entropy(self, count: int) -> bytes:
        self._drawn += 1
        return hashlib.shake_256(self._drawn.to_bytes(8, "big")).digest(count)

    def settle(self, without: str = "") -> None:
        """Bring what every office wrote to the center, rule, and bring all of it back to the offices.

        Args:
            without: a case of which nothing comes back yet.
        """
        for office in self.offices.values():
            with office.read_book() as book:
                self._arrived.update((event.event_id, event) for event in book.all_events())
        cases = {e.header.subject_id: None for e in self._arrived.values() if e.header.subject_kind == SubjectKind.CASE}
        for case_id in cases:
            self._rule(case_id)
        for office in self.offices.values():
            with office.open_book() as book:
                known = book.known_ids(list(self._arrived))
                fresh = [e for i, e in self._arrived.items() if i not in known and e.header.subject_id != without]
                book.add_foreign(fresh)
                book.refold({event.header.subject: None for event in fresh})

    def _rule(self, case_id: str) -> None:
        events = [event for event in self._arrived.values() if event.header.subject_id == case_id]
        entries, rulings = split(events, "", Credentials(frozenset({CENTER_DEVICE}), {}, self.people))
        previous = max(rulings, key=lambda ruling: ruling.number).ruling_id if rulings else None
        for verdict in rule(entries, rulings, Bench(COUNTY, ORGANISATIONS, stamp(self.now))):
            lamport = max(self._chain.lamport, *(event.header.lamport for event in events))
            subject = (SubjectKind.CASE, case_id)
            draft = Draft(RULING, subject, COUNTY, None, stamp(self.now), verdict.effects(previous))
            chain = replace(self._chain, lamport=lamport)
            event, self._chain = write_event(draft, chain, Pen(lambda data: b"c"), self.entropy(16))
            self._arrived[event.event_id] = event
            previous = event.event_id

    def _office(self, kind: str, folder: Path, code: str) -> Office:
        write, read = _memory() if kind == "memory" else _disk(folder / f"{code}.db")
        office = Office(Seat(code), write, read, self)
        identity = Identity(office.device, _digest(code)[:16], 7, code, "", CENTER_DEVICE, "", "")
        with write() as book:
            # On disk a setting is JSON; in memory it is the value itself.
            book.save_setting("identity", identity if kind == "memory" else _as_json(identity))
            for name, content in _documents():
                book.save_document(read_document(Signed(document_payload(name, 1, content), b"s")))
        return office


def _as_json(identity: Identity) -> dict[str, Any]:
    return {name: getattr(identity, name) for name in identity.__slots__}


def _documents() -> Iterator[tuple[str, dict[str, Any]]]:
    yield ORGANISATION_DOCUMENT, {"organisations": ORGANISATIONS.to_json(), "accounts": [], "revoked": []}
    yield CALENDAR, calendar().to_json()
    yield DIRECTORY, directory().to_json()


def _memory() -> tuple[Callable[[], Any], Callable[[], Any]]:
    store = station_store()
    return store.write, store.read


def _disk(path: Path) -> tuple[Callable[[], Any], Callable[[], Any]]:
    engine = open_encrypted(path, bytes(32))
    prepare(engine, tables(SHARED + STATION))

    @contextmanager
    def write() -> Iterator[StationBookOnDisk]:
        with writing(engine) as connection:
            yield StationBookOnDisk(connection)

    @contextmanager
    def read() -> Iterator[StationBookOnDisk]:
        with reading(engine) as connection:
            yield StationBookOnDisk(connection)

    return write, read
