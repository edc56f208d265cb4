"""Databases: what durability rests on is asserted at every connection, and what can't be had is refused."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.exc import OperationalError

from station_app.domain.errors import StationError
from station_app.storage import engine as engine_module
from station_app.storage import schema
from station_app.storage.center_rows import CENTER
from station_app.storage.engine import PRAGMAS, check_pages, open_encrypted, open_plain, read_pragmas, reading, writing
from station_app.storage.people_rows import PEOPLE
from station_app.storage.rows import SHARED, Base, SettingRow, tables
from station_app.storage.schema import VERSION, prepare
from station_app.storage.station_rows import STATION

KEY = bytes(range(32))
Open = Callable[[Path], Engine]
KINDS: dict[str, Open] = {"encrypted": lambda path: open_encrypted(path, KEY), "plain": open_plain}
# What must hold on every connection, written down apart from the code: WAL with synchronous=FULL survives a power cut,
# with NORMAL it lost commits that had been told to be saved.
EXPECTED = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15000, "trusted_schema": 0}


@pytest.fixture(params=list(KINDS))
def open_it(request: pytest.FixtureRequest) -> Open:
    return KINDS[request.param]


@pytest.fixture
def engine(open_it: Open, tmp_path: Path) -> Engine:
    return open_it(tmp_path / "store.db")


@pytest.fixture
def store(engine: Engine) -> Engine:
    prepare(engine, tables(SHARED + CENTER))
    return engine


def code_of(caught: pytest.ExceptionInfo[StationError]) -> str:
    return caught.value.code


def save(engine: Engine, name: str, value: object) -> None:
    with writing(engine) as connection:
        connection.execute(insert(SettingRow).values(name=name, value=value))


def saved(engine: Engine) -> set[str]:
    with reading(engine) as connection:
        return set(connection.scalars(select(SettingRow.name))) - {"schema_version"}


def test_every_connection_has_the_pragmas(engine: Engine) -> None:
    with ExitStack() as stack:
        connections = [stack.enter_context(engine.connect()) for _ in range(5)]
        raw = {id(connection.connection.dbapi_connection) for connection in connections}
        assert len(raw) == 5
        for connection in connections:
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in EXPECTED}
            assert found == EXPECTED
    assert EXPECTED.items() <= PRAGMAS.items()
    assert read_pragmas(engine) == found | {name: value for name, value in PRAGMAS.items() if name not in EXPECTED}


def test_a_connection_that_can_not_be_durable_is_refused(open_it: Open) -> None:
    # In memory there is no write-ahead log: the pragma is answered with "memory", without an error.
    with pytest.raises(StationError) as caught, reading(open_it(Path(":memory:"))):
        pass
    assert code_of(caught) == "database-not-durable"
    assert caught.value.params == {"pragmas": "journal_mode=memory"}


@pytest.mark.parametrize(("name", "value"), [("synchronous", 3), ("journal_mode", "off"), ("busy_timeout", -5)])
def test_each_pragma_is_read_back_and_not_believed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, name: str, value: object
) -> None:
    read = engine_module._read

    def lying(connection: object) -> dict[str, tuple[str | int, object]]:
        return {**read(connection), name: (PRAGMAS[name], value)}

    monkeypatch.setattr(engine_module, "_read", lying)
    with pytest.raises(StationError) as caught, writing(engine):
        pass
    assert (code_of(caught), caught.value.params) == ("database-not-durable", {"pragmas": f"{name}={value}"})


def test_a_transaction_is_durable_when_it_returns_and_another_process_s_connection_sees_it(
    store: Engine, open_it: Open, tmp_path: Path
) -> None:
    save(store, "a", 1)
    assert saved(open_it(tmp_path / "store.db")) == {"a"}


def test_an_error_rolls_back_all_of_it(store: Engine) -> None:
    save(store, "kept", 1)
    with pytest.raises(RuntimeError, match="in the middle"), writing(store) as connection:
        connection.execute(insert(SettingRow).values(name="gone", value=1))
        raise RuntimeError("in the middle")
    assert saved(store) == {"kept"}
    save(store, "after", 1)
    assert saved(store) == {"kept", "after"}


def test_a_statement_that_is_wrong_is_a_bug_and_no_refusal(store: Engine) -> None:
    with pytest.raises(OperationalError), writing(store) as connection:
        connection.exec_driver_sql("SELECT nothing FROM nowhere")


def test_a_reader_keeps_one_view_while_another_writes(store: Engine) -> None:
    save(store, "before", 1)
    with reading(store) as connection:
        names = select(SettingRow.name).where(SettingRow.name != "schema_version")
        assert set(connection.scalars(names)) == {"before"}
        save(store, "during", 1)
        assert set(connection.scalars(names)) == {"before"}
    assert saved(store) == {"before", "during"}


def test_a_second_writer_waits_and_is_told_in_the_end(
    open_it: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PRAGMAS, "busy_timeout", 50)
    store = open_it(tmp_path / "store.db")
    prepare(store, tables(SHARED + CENTER))
    with writing(store), pytest.raises(StationError) as caught, writing(store):
        pass
    assert code_of(caught) == "database-busy"
    save(store, "later", 1)
    assert saved(store) == {"later"}


def test_two_writers_come_one_after_the_other(store: Engine) -> None:
    # Both take the lock at the beginning: none of them reads first and then finds that it can't write.
    def count_up() -> None:
        for _ in range(20):
            with writing(store) as connection:
                value: Any = connection.scalar(select(SettingRow.value).where(SettingRow.name == "count"))
                statement = update(SettingRow).where(SettingRow.name == "count")
                connection.execute(statement.values(value=value + 1))

    save(store, "count", 0)
    threads = [threading.Thread(target=count_up) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    with reading(store) as connection:
        assert connection.scalar(select(SettingRow.value).where(SettingRow.name == "count")) == 60


def test_a_wrong_key_is_refused_and_the_file_is_left_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "store.db"
    right = open_encrypted(path, KEY)
    prepare(right, tables(SHARED + CENTER))
    save(right, "a", 1)
    right.dispose()
    content = path.read_bytes()
    wrong = open_encrypted(path, bytes(32))
    for refused in (
        lambda: prepare(wrong, tables(SHARED + CENTER)),
        lambda: saved(wrong),
        lambda: save(wrong, "b", 1),
    ):
        with pytest.raises(StationError) as caught:
            refused()
        assert code_of(caught) == "database-damaged"
    wrong.dispose()
    assert path.read_bytes() == content
    assert saved(open_encrypted(path, KEY)) == {"a"}
    # SQLCipher would otherwise write lines of its own into what `--json` promises to be one object.
    assert capfd.readouterr() == ("", "")


def test_an_encrypted_store_is_no_plain_one_and_the_other_way_round(tmp_path: Path) -> None:
    for make, read in ((KINDS["encrypted"], KINDS["plain"]), (KINDS["plain"], KINDS["encrypted"])):
        path = tmp_path / f"{make.__name__}{id(make)}.db"
        made = make(path)
        prepare(made, tables(SHARED + CENTER))
        made.dispose()
        with pytest.raises(StationError) as caught:
            prepare(read(path), tables(SHARED + CENTER))
        assert code_of(caught) == "database-damaged"


def test_a_folder_that_is_not_there_is_refused(open_it: Open, tmp_path: Path) -> None:
    with pytest.raises(StationError) as caught:
        prepare(open_it(tmp_path / "none" / "store.db"), tables(SHARED + CENTER))
    assert code_of(caught) == "database-not-writable"


@pytest.mark.parametrize("at", [0, 18])
def test_a_damaged_beginning_is_refused_when_the_store_is_opened(open_it: Open, tmp_path: Path, at: int) -> None:
    path = tmp_path / "store.db"
    made = open_it(path)
    prepare(made, tables(SHARED + CENTER))
    made.dispose()
    content = bytearray(path.read_bytes())
    content[at : at + 30] = b"\xa5" * 30
    path.write_bytes(content)
    with pytest.raises(StationError) as caught:
        prepare(open_it(path), tables(SHARED + CENTER))
    assert code_of(caught) == "database-damaged"


def test_the_check_of_the_pages_sees_what_no_query_reads(store: Engine, open_it: Open, tmp_path: Path) -> None:
    with writing(store) as connection:
        rows = [{"name": f"setting {number}", "value": "x" * 300} for number in range(300)]
        connection.execute(insert(SettingRow), rows)
    assert check_pages(store) == "ok"
    store.dispose()
    path = tmp_path / "store.db"
    content = bytearray(path.read_bytes())
    # The pointers to the cells of the last page; on an encrypted one any byte would do.
    at = len(content) - 4096
    content[at : at + 40] = b"\xff" * 40
    path.write_bytes(content)
    damaged = open_it(path)
    try:
        found = check_pages(damaged)
    except StationError as error:
        found = error.code
    assert found != "ok"


def failing(message: str, code: int) -> Exception:
    error = sqlite3.OperationalError(message)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("number", "free_bytes", "code"),
    [
        (sqlite3.SQLITE_FULL, 1 << 40, "disk-full"),
        (sqlite3.SQLITE_IOERR, 4096, "disk-full"),
        # A disk that fails is no full one: to clean it up would be the wrong advice.
        (sqlite3.SQLITE_IOERR, 1 << 40, "database-damaged"),
        (sqlite3.SQLITE_IOERR_READ, 1 << 40, "database-damaged"),
        (sqlite3.SQLITE_IOERR_SHMSIZE, 4096, "disk-full"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, 1 << 40, "database-busy"),
        (sqlite3.SQLITE_READONLY_DBMOVED, 1 << 40, "database-not-writable"),
        (sqlite3.SQLITE_CORRUPT_VTAB, 1 << 40, "database-damaged"),
    ],
)
def test_each_error_of_the_database_has_its_own_advice(
    store: Engine, monkeypatch: pytest.MonkeyPatch, number: int, free_bytes: int, code: str
) -> None:
    usage = shutil._ntuple_diskusage(1 << 41, 0, free_bytes)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)
    with pytest.raises(StationError) as caught, writing(store):
        raise OperationalError("COMMIT", None, failing("an error", number))
    assert code_of(caught) == code


def test_a_store_of_another_version_is_refused_and_left_alone(store: Engine, open_it: Open, tmp_path: Path) -> None:
    with writing(store) as connection:
        found = update(SettingRow).where(SettingRow.name == "schema_version")
        connection.execute(found.values(value=VERSION + 1))
    with pytest.raises(StationError) as caught:
        prepare(open_it(tmp_path / "store.db"), tables(SHARED + CENTER))
    assert code_of(caught) == "store-of-other-version"
    assert caught.value.params == {"found": str(VERSION + 1), "expected": VERSION}


def test_preparing_twice_changes_nothing(store: Engine) -> None:
    save(store, "a", 1)
    prepare(store, tables(SHARED + CENTER))
    assert saved(store) == {"a"}


def test_a_store_whose_making_was_cut_short_is_made_anew(
    open_it: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.db"

    def cut(*_: object, **__: object) -> None:
        raise RuntimeError("cut")

    with monkeypatch.context() as patch:
        patch.setattr(schema, "insert", cut)
        with pytest.raises(RuntimeError, match="cut"):
            prepare(open_it(path), tables(SHARED + CENTER))
    again = open_it(path)
    prepare(again, tables(SHARED + CENTER))
    save(again, "a", 1)
    assert saved(again) == {"a"}


def test_the_highest_lamport_is_read_off_an_index(store: Engine) -> None:
    with reading(store) as connection:
        plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN SELECT max(lamport) FROM events").all()
    assert "USING COVERING INDEX events_lamport" in plan[0][3]


def test_all_tables_belong_to_a_store() -> None:
    named = {table.name for table in tables(SHARED + STATION + CENTER + PEOPLE)}
    assert named == set(Base.metadata.tables)


def test_sqlite_here_is_new_enough_for_upserts_and_strict_schemas() -> None:
    assert sqlite3.sqlite_version_info >= (3, 31)
