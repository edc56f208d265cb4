"""A center's database on PostgreSQL: one writer at a time, one view for a reader, and every refusal with its code."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, func, insert, select, update
from sqlalchemy.exc import ProgrammingError

from station_app.domain.errors import StationError
from station_app.exchange.ports import Head, Placement
from station_app.storage.center_rows import CENTER
from station_app.storage.engine import check_pages, read_pragmas, reading, writing
from station_app.storage.journal import PLAIN
from station_app.storage.postgres import open_postgres
from station_app.storage.registry import RegistryOnDisk
from station_app.storage.rows import SHARED, SettingRow, tables
from station_app.storage.schema import prepare
from tests.exchange.makers import COUNTY, TOWNSHIP, VILLAGE
from tests.postgres import Server, until

# Written down apart from the code; see docs/decisions/009.
EXPECTED = {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on", "server_encoding": "UTF8"}
NUMBERS = itertools.count()


@pytest.fixture
def address(postgres: Server) -> str:
    return postgres.database()


@pytest.fixture
def store(address: str) -> Iterator[Engine]:
    engine = open_postgres(address)
    prepare(engine, tables(SHARED + CENTER))
    with writing(engine) as connection:
        RegistryOnDisk(connection, PLAIN).save_setting("center", {"device": "c" * 32, "org": COUNTY})
    yield engine
    engine.dispose()


def code_of(run: Callable[[], object]) -> str:
    with pytest.raises(StationError) as caught:
        run()
    return caught.value.code


def save(engine: Engine, name: str, value: object) -> None:
    with writing(engine) as connection:
        connection.execute(insert(SettingRow).values(name=name, value=value))


def saved(engine: Engine) -> dict[str, Any]:
    with reading(engine) as connection:
        rows = connection.execute(select(SettingRow.name, SettingRow.value)).all()
    return {row.name: row.value for row in rows if row.name not in ("schema_version", "center")}


def place(engine: Engine, *orgs: str) -> None:
    """Put an event into the feed of each office, in one transaction."""
    event_id = f"{next(NUMBERS):064x}"
    with writing(engine) as connection:
        RegistryOnDisk(connection, PLAIN).place([Placement(org, "new", event_id) for org in orgs])


def feed(engine: Engine, org: str) -> list[int]:
    with reading(engine) as connection:
        book = RegistryOnDisk(connection, PLAIN)
        numbers = [row.n for row in book.feed(org, 0, 100)]
        assert book.feed_head(org) == len(numbers)
    return numbers


def waiting_writers(postgres: Server, store: Engine) -> int:
    where = f"datname = '{store.url.database}' AND wait_event = 'advisory'"
    return int(postgres.run(f"SELECT count(*) FROM pg_stat_activity WHERE {where}")[0][0])


@pytest.mark.parametrize("ends_well", [True, False])
def test_the_row_that_was_numbered_first_is_committed_first(postgres: Server, store: Engine, ends_well: bool) -> None:
    """Transaction 42 wants to commit before 41: a reader that has seen 42 would never ask for 41 again."""
    for _ in range(40):
        place(store, VILLAGE)
    second = threading.Thread(target=place, args=(store, TOWNSHIP, VILLAGE))
    with ExitStack() as stack:
        if not ends_well:
            stack.enter_context(pytest.raises(RuntimeError))
        with writing(store) as connection:
            RegistryOnDisk(connection, PLAIN).place([Placement(VILLAGE, "new", "f" * 64)])
            second.start()
            until(lambda: waiting_writers(postgres, store) == 1)
            assert (feed(store, VILLAGE)[-1], feed(store, TOWNSHIP)) == (40, [])
            if not ends_well:
                raise RuntimeError
    second.join(timeout=30)
    last = 42 if ends_well else 41
    assert (feed(store, VILLAGE), feed(store, TOWNSHIP)) == (list(range(1, last + 1)), [1])


def test_writers_of_two_processes_come_one_after_the_other_and_lose_nothing(address: str, store: Engine) -> None:
    def count_up(engine: Engine) -> None:
        for _ in range(25):
            with writing(engine) as connection:
                value: Any = connection.scalar(select(SettingRow.value).where(SettingRow.name == "count"))
                statement = update(SettingRow).where(SettingRow.name == "count")
                connection.execute(statement.values(value=value + 1))

    save(store, "count", 0)
    # An engine of its own is all that another process has.
    other = open_postgres(address)
    threads = [threading.Thread(target=count_up, args=(engine,)) for engine in (store, other) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert saved(other) == {"count": 100}
    other.dispose()


def test_a_writer_that_waits_too_long_is_told_so(address: str, store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station_app.storage.postgres.WRITER_WAITS_MS", 50)
    hurried = open_postgres(address)
    with writing(store):
        assert code_of(lambda: save(hurried, "a", 1)) == "database-busy"
    save(hurried, "later", 1)
    assert saved(store) == {"later": 1}
    hurried.dispose()


def test_a_writer_that_hangs_loses_the_lock(address: str, store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station_app.storage.postgres.IDLE_AT_MOST_MS", 100)
    hanging = open_postgres(address)
    with pytest.raises(StationError) as caught, writing(hanging) as connection:
        connection.execute(insert(SettingRow).values(name="half", value=1))
        save(store, "other", 1)
        connection.execute(insert(SettingRow).values(name="rest", value=1))
    assert caught.value.code in ("database-busy", "database-unreachable")
    assert saved(store) == {"other": 1}
    hanging.dispose()


def test_a_reader_keeps_one_view_while_another_writes_and_can_not_write_itself(store: Engine) -> None:
    save(store, "before", 1)
    with reading(store) as connection:
        count = select(func.count()).select_from(SettingRow)
        first = connection.scalar(count)
        save(store, "during", 1)
        assert connection.scalar(count) == first
    assert set(saved(store)) == {"before", "during"}

    def write() -> None:
        with reading(store) as connection:
            connection.execute(insert(SettingRow).values(name="x", value=1))

    assert code_of(write) == "database-not-writable"


def test_every_connection_is_durable_and_says_so(store: Engine) -> None:
    assert read_pragmas(store) == EXPECTED


def set_server(server: Server, name: str, value: str) -> None:
    server.run(f"ALTER SYSTEM SET {name} = {value}")
    server.run("SELECT pg_reload_conf()")
    until(lambda: server.run(f"SHOW {name}") == [(value,)])


def test_a_server_or_database_that_is_not_durable_is_refused(postgres: Server, address: str) -> None:
    engine = open_postgres(address)
    # What a connection says for itself goes before what the database says.
    postgres.run(f"ALTER DATABASE {engine.url.database} SET synchronous_commit = off")
    assert read_pragmas(engine)["synchronous_commit"] == "on"
    engine.dispose()
    set_server(postgres, "full_page_writes", "off")
    try:
        engine = open_postgres(address)
        with pytest.raises(StationError) as caught:
            prepare(engine, tables(SHARED + CENTER))
        engine.dispose()
    finally:
        set_server(postgres, "full_page_writes", "on")
    assert (caught.value.code, caught.value.params) == (
        "database-server-settings",
        {"settings": "full_page_writes=off"},
    )


def test_a_database_that_can_not_hold_every_character_is_refused(postgres: Server) -> None:
    postgres.run("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    engine = open_postgres(postgres.address("latin"))
    assert code_of(lambda: prepare(engine, tables(SHARED + CENTER))) == "database-server-settings"
    engine.dispose()


@pytest.mark.parametrize("text", ["x" * 200, "a\0b"], ids=["longer than its column", "a NUL"])
def test_a_text_that_no_column_holds_is_refused_and_is_no_bug(store: Engine, text: str) -> None:
    def write() -> None:
        with writing(store) as connection:
            RegistryOnDisk(connection, PLAIN).save_heads({("d" * 32, text): Head(1, "e" * 64)})

    assert code_of(write) == "record-malformed"


def test_rare_characters_and_counts_beyond_32_bits_come_back(store: Engine) -> None:
    save(store, "name", {"李𬭎": "𠅤䶮"})
    with writing(store) as connection:
        book, chain = RegistryOnDisk(connection, PLAIN), ("d" * 32, "e" * 16)
        book.save_heads({chain: Head(2**52, "")})
        assert book.heads([chain]) == {chain: Head(2**52, "")}
    assert saved(store) == {"name": {"李𬭎": "𠅤䶮"}}


def test_a_statement_that_is_wrong_is_a_bug_and_no_refusal(store: Engine) -> None:
    with pytest.raises(ProgrammingError), writing(store) as connection:
        connection.exec_driver_sql("SELECT nothing FROM nowhere")


def test_a_server_that_is_gone_is_told_and_one_that_is_back_is_used_again(postgres: Server, store: Engine) -> None:
    save(store, "kept", 1)
    # All connections to the server before are given up with the first that is found dead.
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(reading(store))
    postgres.stop()
    try:
        assert code_of(lambda: saved(store)) == "database-unreachable"
        assert code_of(lambda: save(store, "lost", 1)) == "database-unreachable"
    finally:
        postgres.start()
    assert [saved(store) for _ in range(4)] == [{"kept": 1}] * 4
    with pytest.raises(StationError) as caught, writing(store) as connection:
        connection.execute(insert(SettingRow).values(name="half", value=1))
        name = store.url.database
        postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        connection.execute(insert(SettingRow).values(name="rest", value=1))
    assert caught.value.code == "database-unreachable"
    assert saved(store) == {"kept": 1}


@pytest.mark.parametrize("given", ["", "no address", "sqlite:///x.db", "postgresql://a:secret@b/c", "mysql://a/b"])
def test_an_address_of_something_else_is_refused_without_repeating_it(given: str) -> None:
    with pytest.raises(StationError) as caught:
        open_postgres(given)
    assert caught.value.code == "database-address-wrong"
    assert "secret" not in str(caught.value.params)


def test_a_password_is_in_no_error(postgres: Server) -> None:
    engine = open_postgres(f"postgresql+psycopg://nobody:hush-hush@/none?host={postgres.folder}")
    with pytest.raises(StationError) as caught, reading(engine):
        pass
    assert caught.value.code == "database-unreachable"
    told = [str(caught.value.params), str(caught.value), str(caught.value.__cause__), repr(engine)]
    assert "hush-hush" not in "".join(told)


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (psycopg.errors.DiskFull, "disk-full"),
        (psycopg.errors.TooManyConnections, "database-busy"),
        (psycopg.errors.DeadlockDetected, "database-busy"),
        (psycopg.errors.DataCorrupted, "database-damaged"),
        (psycopg.errors.IoError, "database-damaged"),
        (psycopg.errors.InsufficientPrivilege, "database-not-writable"),
        (psycopg.errors.AdminShutdown, "database-unreachable"),
        (psycopg.errors.CannotConnectNow, "database-unreachable"),
        (psycopg.errors.InvalidPassword, "database-unreachable"),
        (psycopg.InterfaceError, "database-unreachable"),
        (psycopg.errors.NumericValueOutOfRange, "record-malformed"),
    ],
)
def test_each_error_of_the_server_has_its_own_advice(store: Engine, raised: type[psycopg.Error], code: str) -> None:
    def write() -> None:
        with writing(store) as connection:
            try:
                raise raised("an error")
            except psycopg.Error as error:
                connection._handle_dbapi_exception(error, "INSERT", None, None, None)

    assert code_of(write) == code


def test_the_check_sees_a_page_that_is_damaged(postgres: Server, store: Engine) -> None:
    save(store, "a", 1)
    assert check_pages(store) == "ok"
    [(file,)] = postgres.run("SELECT pg_relation_filepath('settings')", str(store.url.database))
    store.dispose()
    postgres.stop()
    try:
        (postgres.folder / "data" / file).write_bytes(b"\xa5" * 8192)
    finally:
        postgres.start()
    assert code_of(lambda: check_pages(store)) == "database-damaged"
