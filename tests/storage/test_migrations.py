"""A store of a former version, kept as statements in stores/, becomes one of this version with all that it held."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, func, inspect, select, update

from station_app.domain.errors import StationError
from station_app.storage import schema
from station_app.storage.center_rows import CENTER
from station_app.storage.engine import open_encrypted, open_plain, reading, writing
from station_app.storage.journal import PLAIN
from station_app.storage.migrations import MIGRATIONS, OLDEST
from station_app.storage.postgres import open_postgres
from station_app.storage.registry import RegistryOnDisk
from station_app.storage.rows import SHARED, SettingRow, tables
from station_app.storage.schema import VERSION, prepare
from station_app.storage.station_rows import STATION
from tests.postgres import Server

STORES = Path(__file__).parent / "stores"
KEY = bytes(range(32))
KINDS: dict[str, tuple[Callable[[Path], Engine], list[Table]]] = {
    "center": (open_plain, tables(SHARED + CENTER)),
    "station": (lambda path: open_encrypted(path, KEY), tables(SHARED + STATION)),
}


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(kind: str, tmp_path: Path) -> Iterator[Engine]:
    """A store as version 2 wrote it."""
    engine = KINDS[kind][0](tmp_path / "store.db")
    fill(engine, f"{kind}_2.sql")
    yield engine
    engine.dispose()


def fill(engine: Engine, name: str) -> None:
    """Make a store of the statements in a file."""
    with writing(engine) as connection:
        for statement in (STORES / name).read_text("utf-8").rstrip().split(";\n"):
            connection.exec_driver_sql(statement)


def shape(engine: Engine, table: Table) -> dict[str, Any]:
    """Return what a table is made of, whatever the order in which it was made."""
    with reading(engine) as connection:
        found = inspect(connection)
        return {
            "columns": {c["name"]: (str(c["type"]), c["nullable"]) for c in found.get_columns(table.name)},
            "key": found.get_pk_constraint(table.name)["constrained_columns"],
            "indexes": sorted((str(i["name"]), i["column_names"], i["unique"]) for i in found.get_indexes(table.name)),
            "unique": sorted(u["column_names"] for u in found.get_unique_constraints(table.name)),
        }


def version(engine: Engine) -> object:
    with reading(engine) as connection:
        return connection.scalar(select(SettingRow.value).where(SettingRow.name == "schema_version"))


def set_version(engine: Engine, number: object) -> None:
    with writing(engine) as connection:
        connection.execute(update(SettingRow).where(SettingRow.name == "schema_version").values(value=number))


def rows(engine: Engine, names: list[Table]) -> dict[str, int]:
    with reading(engine) as connection:
        return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in names}


def test_a_migrated_store_is_made_like_a_new_one_and_keeps_every_row(kind: str, store: Engine, tmp_path: Path) -> None:
    opened, names = KINDS[kind]
    new = opened(tmp_path / "new.db")
    prepare(new, names)
    before = rows(store, names)
    assert (version(store), before["events"] > 0, before["settings"] > 1) == (2, True, True)
    prepare(store, names)
    assert rows(store, names) == before
    assert version(store) == version(new) == VERSION
    # Widths of texts are not enforced by SQLite; version 2 wrote a narrower one for the names of settings.
    assert [_unwidened(shape(store, table)) for table in names] == [_unwidened(shape(new, table)) for table in names]
    new.dispose()


def _unwidened(found: dict[str, Any]) -> dict[str, Any]:
    columns = {name: (kind.partition("(")[0], nullable) for name, (kind, nullable) in found["columns"].items()}
    return {**found, "columns": columns}


def test_what_a_center_of_version_2_held_can_be_read_and_written(tmp_path: Path) -> None:
    engine = open_plain(tmp_path / "center.db")
    fill(engine, "center_2.sql")
    prepare(engine, tables(SHARED + CENTER))
    with writing(engine) as connection:
        book = RegistryOnDisk(connection, PLAIN)
        [station] = book.stations()
        assert book.counts() == {"events": 2, "cases": 1, "unruled": 0, "refused": 0}
        assert [row.kind for row in book.feed(station.org, 0, 10)] == ["document", "new", "ruling"]
        assert book.link_head(station.device, station.epoch) == 1
        book.save_station(station)
    engine.dispose()


def test_every_version_since_the_oldest_has_one_migration() -> None:
    assert list(MIGRATIONS) == list(range(OLDEST + 1, VERSION + 1))


def test_a_migration_that_fails_leaves_the_store_as_it_was(
    kind: str, store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE half (n INTEGER)")
        raise RuntimeError("cut")

    names = KINDS[kind][1]
    before = [shape(store, table) for table in names]
    monkeypatch.setattr(schema, "MIGRATIONS", {**MIGRATIONS, VERSION: broken})
    with pytest.raises(RuntimeError, match="cut"):
        prepare(store, names)
    with reading(store) as connection:
        assert not inspect(connection).has_table("half")
    assert (version(store), [shape(store, table) for table in names]) == (2, before)


@pytest.mark.parametrize("number", [VERSION + 1, OLDEST - 1, "two", None])
def test_a_store_of_a_version_that_nothing_leads_from_is_refused_and_left_alone(
    kind: str, store: Engine, number: object
) -> None:
    set_version(store, number)
    with pytest.raises(StationError) as caught:
        prepare(store, KINDS[kind][1])
    assert (caught.value.code, version(store)) == ("store-of-other-version", number)


def test_a_store_on_postgresql_is_migrated_by_the_same_migrations(postgres: Server) -> None:
    names = tables(SHARED + CENTER)
    engine, new = open_postgres(postgres.database()), open_postgres(postgres.database())
    prepare(new, names)
    prepare(engine, names)
    with writing(engine) as connection:
        # What version 2 did not have yet.
        connection.exec_driver_sql("DROP INDEX refusals_event")
        connection.exec_driver_sql("DROP INDEX credentials_device")
    set_version(engine, 2)
    prepare(engine, names)
    assert version(engine) == VERSION
    assert [shape(engine, table) for table in names] == [shape(new, table) for table in names]
    engine.dispose()
    new.dispose()


def test_two_processes_that_open_an_older_store_migrate_it_once(store: Engine, kind: str, tmp_path: Path) -> None:
    opened, names = KINDS[kind]
    other = opened(tmp_path / "store.db")
    asked = schema._version
    seen: list[object] = []

    def slow(connection: Connection) -> object:
        found = asked(connection)
        if not seen:
            seen.append(found)
            prepare(other, names)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "_version", slow)
        prepare(store, names)
    assert (seen, version(store)) == ([2], VERSION)
    other.dispose()
