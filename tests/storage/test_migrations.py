"""A store of a former version becomes one of this version in one transaction; another is refused and left alone.

A made-up one to the next version stands for all that will be; those that are released have `test_former_versions.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, insert, inspect, select, update

from station_app.domain.errors import StationError
from station_app.messages import sentence
from station_app.storage import schema
from station_app.storage.center_rows import CENTER
from station_app.storage.engine import open_encrypted, open_plain, reading, writing
from station_app.storage.journal import PLAIN, insert_events
from station_app.storage.migrations import MIGRATIONS, OLDEST
from station_app.storage.postgres import open_postgres
from station_app.storage.rows import SHARED, SettingRow, tables
from station_app.storage.schema import VERSION, prepare
from station_app.storage.station_rows import STATION
from tests.exchange.makers import OPEN, VILLAGE, Device

KEY = bytes(range(32))
NEXT = VERSION + 1
TABLES: dict[str, list[Table]] = {
    "SQLite": tables(SHARED + CENTER),
    "SQLCipher": tables(SHARED + STATION),
    "PostgreSQL": tables(SHARED + CENTER),
}


@pytest.fixture(params=sorted(TABLES))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def opened(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Engine]]:
    """Opens one and the same store, each time as another process would."""
    engines: list[Engine] = []
    path = tmp_path / "store.db"
    address = request.getfixturevalue("postgres").database() if kind == "PostgreSQL" else ""
    openers: dict[str, Callable[[], Engine]] = {
        "SQLite": lambda: open_plain(path),
        "SQLCipher": lambda: open_encrypted(path, KEY),
        "PostgreSQL": lambda: open_postgres(address),
    }

    def open_it() -> Engine:
        engines.append(openers[kind]())
        return engines[-1]

    yield open_it
    for engine in engines:
        engine.dispose()


@pytest.fixture
def store(kind: str, opened: Callable[[], Engine]) -> Engine:
    """A small store of this version: an event and a setting."""
    engine = opened()
    prepare(engine, TABLES[kind])
    with writing(engine) as connection:
        insert_events(connection, [Device(VILLAGE).write("register", OPEN)], PLAIN)
        connection.execute(insert(SettingRow).values(name="kept", value=["李𬭎"]))
    return engine


@pytest.fixture
def migrated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The program is of the next version; returned is what its migration did, each time that it ran."""
    done: list[str] = []

    def migrate(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE settings ADD COLUMN since VARCHAR(10) NOT NULL DEFAULT '2026'")
        connection.exec_driver_sql("CREATE INDEX events_org ON events (origin)")
        done.append("migrated")

    release(monkeypatch, migrate)
    return done


def release(monkeypatch: pytest.MonkeyPatch, migrate: Callable[[Connection], None]) -> None:
    """Make this the migration of the program's version."""
    monkeypatch.setattr(schema, "MIGRATIONS", {**MIGRATIONS, NEXT: migrate})
    monkeypatch.setattr(schema, "VERSION", NEXT)


def shape(engine: Engine) -> dict[str, Any]:
    """Return what the tables of a store are made of."""
    with reading(engine) as connection:
        found = inspect(connection)
        return {
            name: (
                [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)],
                sorted((str(i["name"]), i["column_names"]) for i in found.get_indexes(name)),
            )
            for name in sorted(found.get_table_names())
        }


def version(engine: Engine) -> object:
    with reading(engine) as connection:
        return connection.scalar(select(SettingRow.value).where(SettingRow.name == "schema_version"))


def set_version(engine: Engine, number: object) -> None:
    with writing(engine) as connection:
        connection.execute(update(SettingRow).where(SettingRow.name == "schema_version").values(value=number))


def held(engine: Engine, names: list[Table]) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of a store but for its version, by the columns that this program knows."""
    with reading(engine) as connection:
        found = {table.name: [tuple(row) for row in connection.execute(select(table))] for table in names}
    return {**found, "settings": [row for row in found["settings"] if row[0] != "schema_version"]}


def test_proto_1_begins_with_version_4_and_every_version_since_has_one_migration() -> None:
    assert OLDEST == 4
    assert list(MIGRATIONS) == list(range(OLDEST + 1, VERSION + 1))


def test_an_older_store_is_migrated_and_keeps_every_row(kind: str, store: Engine, migrated: list[str]) -> None:
    names = TABLES[kind]
    before, made = held(store, names), shape(store)
    assert (version(store), len(before["events"]), len(before["settings"])) == (VERSION, 1, 1)
    prepare(store, names)
    assert (migrated, version(store)) == (["migrated"], NEXT)
    assert held(store, names) == before
    after = shape(store)
    assert [name for name in made if made[name] != after[name]] == ["events", "settings"]
    with reading(store) as connection:
        assert connection.exec_driver_sql("SELECT DISTINCT since FROM settings").scalars().all() == ["2026"]
    prepare(store, names)
    assert migrated == ["migrated"]


def test_a_new_store_is_made_in_this_version_without_a_migration(
    kind: str, opened: Callable[[], Engine], migrated: list[str]
) -> None:
    engine = opened()
    prepare(engine, TABLES[kind])
    assert (version(engine), migrated) == (NEXT, [])


def test_a_migration_that_fails_leaves_the_store_as_it_was(
    kind: str, store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE half (n INTEGER)")
        connection.exec_driver_sql("ALTER TABLE settings ADD COLUMN half INTEGER")
        connection.exec_driver_sql("DELETE FROM events")
        raise RuntimeError("cut")

    names = TABLES[kind]
    before = held(store, names), shape(store)
    release(monkeypatch, broken)
    with pytest.raises(RuntimeError, match="cut"):
        prepare(store, names)
    assert (version(store), held(store, names), shape(store)) == (VERSION, *before)


@pytest.mark.parametrize("number", [NEXT + 1, OLDEST - 1, OLDEST - 2, "four", None])
def test_a_store_of_a_version_that_nothing_leads_from_is_refused_and_left_alone(
    kind: str, store: Engine, migrated: list[str], number: object
) -> None:
    set_version(store, number)
    before = held(store, TABLES[kind]), shape(store)
    with pytest.raises(StationError) as caught:
        prepare(store, TABLES[kind])
    assert (caught.value.code, caught.value.params) == (
        "store-of-other-version",
        {"found": str(number), "expected": NEXT},
    )
    assert f"{number}" in sentence(caught.value.code, caught.value.params)
    assert (version(store), held(store, TABLES[kind]), shape(store), migrated) == (number, *before, [])


def test_two_processes_that_open_an_older_store_migrate_it_once(
    kind: str, store: Engine, opened: Callable[[], Engine], migrated: list[str]
) -> None:
    other, names = opened(), TABLES[kind]
    found_older: list[Engine] = []

    @contextmanager
    def slow(engine: Engine) -> Iterator[Connection]:
        if not found_older:
            # Both have seen an older store; the other one is quicker to the lock.
            found_older.append(engine)
            prepare(other, names)
        with writing(engine) as connection:
            yield connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "writing", slow)
        prepare(store, names)
    assert (found_older, version(store), migrated) == ([store], NEXT, ["migrated"])
