"""A village whose projections are rebuilt, and what the tests ask of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, select, text

from station_app.bootstrap import station
from station_app.protocol.signed import Signed, document_payload, read_document
from station_app.storage.engine import reading, writing
from station_app.storage.journal import PLAIN, every_event
from station_app.storage.projector import PROJECTED
from station_app.storage.rebuild import Progress, rebuild_step
from station_app.storage.rows import SHARED, tables
from station_app.storage.schema import prepare
from station_app.storage.station_book import StationBookOnDisk
from station_app.storage.station_rows import STATION
from station_app.usecases import hand_over, run_action
from station_app.usecases.ports import Desk
from station_app.usecases.reference import reference_of
from station_app.usecases.run_center import CALENDAR
from tests.reliability.place import FORM, PIN, STATIONS, TOWNSHIP, Place

PROJECTION_TABLES = tables(PROJECTED)
# All that a rebuild may not touch: the journal, what came from the center, and docs/sync.md §11.
KEPT = [table for table in tables(SHARED + STATION) if table not in PROJECTION_TABLES]
WORKER = next(iter(STATIONS["v1"][1]))
VERSION = "1"
# What a rebuild notes of itself and of the tables that it has made.
NOTED = ("rebuild", "cases_looked_through")


def work_through(template: Place, folder: Path) -> Place:
    """Return a village with twelve cases, three of them handed over and ruled on, a batch, and a print."""
    place = template.copy(folder / "place", "c", "v1", "t")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STATION_TEST_QUICK_PIN", "1")
        with signed_in(place) as opened:
            cases = [run_action.register_case(opened.desk, FORM).case_id for _ in range(12)]
            hand_over.offer_batch(opened.desk, TOWNSHIP, cases[:3])
            run_action.act_on_case(opened.desk, cases[4], "note", {"text": "改天再来"})
            with opened.desk.open_book() as book:
                book.log_print("receipt", cases[0], opened.desk.worker.person_id, "2026-03-02T00:00:00Z")
    with place.serving():
        place.station("v1", "sync").found()
    return place


@contextmanager
def signed_in(place: Place) -> Iterator[station.SignedIn]:
    opened = station.sign_in(place.home("v1"), WORKER, PIN)
    yield opened
    opened.engine.dispose()


def rows_of(connection: Connection, table: Table) -> list[dict[str, Any]]:
    query = select(table).order_by(*table.primary_key.columns)
    return [dict(row) for row in connection.execute(query).mappings()]


def content(engine: Engine, found: Sequence[Table]) -> dict[str, list[dict[str, Any]]]:
    with reading(engine) as connection:
        return {table.name: rows_of(connection, table) for table in found}


def words_of(engine: Engine) -> list[tuple[Any, ...]]:
    """Return what the index of words holds: each word with the cases that have it."""
    with writing(engine) as connection:
        connection.execute(text("CREATE VIRTUAL TABLE temp.seen USING fts5vocab('main', 'case_words', 'instance')"))
        found = [tuple(row) for row in connection.execute(text("SELECT term, doc FROM temp.seen ORDER BY term, doc"))]
        connection.execute(text("DROP TABLE temp.seen"))
    return found


def fresh_fold(engine: Engine, path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the projections that a new store makes of the same journal, taken in whole at once."""
    whole = [table for table in KEPT if table.name not in ("settings", "outbox", "events")]
    fresh = station.open_encrypted(path, bytes(32))
    prepare(fresh, tables(SHARED + STATION))
    with reading(engine) as old, writing(fresh) as new:
        book = StationBookOnDisk(new)
        for table in [*whole, *(table for table in KEPT if table.name in ("outbox", "events"))]:
            if found := rows_of(old, table):
                new.execute(table.insert(), found)
        book.save_identity(StationBookOnDisk(old).identity())
        book.refold(dict.fromkeys(event.header.subject for event in every_event(new, PLAIN)))
    found = content(fresh, PROJECTION_TABLES)
    fresh.dispose()
    return found


def step(engine: Engine, events: int = 4, version: str = VERSION) -> Progress:
    with writing(engine) as connection:
        return rebuild_step(StationBookOnDisk(connection), version, events)


def kept(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    found = content(engine, KEPT)
    found["settings"] = [row for row in found["settings"] if row["name"] not in NOTED]
    return found


def run_through(engine: Engine, between: Callable[[], object] = lambda: None) -> int:
    """Rebuild to the end and return the number of steps."""
    steps = 1
    while not step(engine).swapped:
        between()
        steps += 1
        assert steps < 500
    return steps


def publish_calendar(desk: Desk, days_off: int) -> None:
    """Let the next edition of the calendar come, in which so many of the coming days are no working days."""
    today = date.today()  # noqa: DTZ011
    closed = [today + timedelta(days=day) for day in range(1, days_off + 1)]
    with desk.open_book() as book:
        newest = book.document(CALENDAR)
        assert newest is not None
        content = reference_of(book).calendar.with_overlay(closed).to_json()
        book.save_document(read_document(Signed(document_payload(CALENDAR, newest.number + 1, content), b"s")))


def look_anew(desk: Desk, most: int) -> int:
    with desk.open_book() as book:
        return book.look_anew(most)


def is_behind(desk: Desk) -> bool:
    with desk.read_book() as book:
        return book.is_behind()


def damage(engine: Engine) -> None:
    """Make the projections wrong in every table, as a faulty program would."""
    with writing(engine) as connection:
        connection.execute(text("UPDATE cases SET holder = 'nobody', place = 1"))
        connection.execute(text("UPDATE case_folds SET folded = '{}' WHERE position = 2"))
        connection.execute(text("DELETE FROM case_clocks"))
        connection.execute(text("DELETE FROM batches"))
        connection.execute(text("INSERT INTO case_words(case_words) VALUES ('delete-all')"))
