"""A copy of a database is of one moment, whatever others commit while it is made."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from station_app.domain.errors import StationError
from station_app.storage import snapshot
from station_app.storage.engine import open_encrypted, open_plain, sqlcipher_connect, writing
from station_app.storage.snapshot import snapshot_encrypted, snapshot_plain

KEY = bytes(range(32))
ROWS = 200
Copy = Callable[[Path, Path, Callable[[int, int], None]], None]
KINDS: dict[str, tuple[Any, Any, Copy]] = {
    "SQLCipher": (
        lambda path: open_encrypted(path, KEY),
        lambda path: sqlcipher_connect(path, KEY),
        lambda source, target, watch: snapshot_encrypted(source, KEY, target, watch),
    ),
    "SQLite": (open_plain, sqlite3.connect, snapshot_plain),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_has_all_of_one_moment_and_nothing_later(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, connect, copy = KINDS[kind]
    source, target = tmp_path / "source.db", tmp_path / "target.db"
    engine = opened(source)
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE one (x)")
        for _ in range(ROWS):
            connection.exec_driver_sql("INSERT INTO one VALUES (randomblob(1000))")
    monkeypatch.setattr(snapshot, "_PAGES_AT_ONCE", 5)
    told: list[tuple[int, int]] = []

    def save_meanwhile(done: int, total: int) -> None:
        told.append((done, total))
        # Without one view held the copying would begin anew with each of these.
        if len(told) < 100:
            with writing(engine) as connection:
                connection.exec_driver_sql("INSERT INTO one VALUES (randomblob(1000))")

    copy(source, target, save_meanwhile)
    engine.dispose()
    with closing(connect(target)) as found:
        assert found.execute("SELECT count(*) FROM one").fetchone() == (ROWS,)
        assert found.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert told[-1][0] == told[-1][1] == told[0][1]
    assert 5 < len(told) < 100


def test_a_copy_can_be_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "_PAGES_AT_ONCE", 1)
    engine = open_plain(tmp_path / "source.db")
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE one (x)")
    engine.dispose()

    def stop(_done: int, _total: int) -> None:
        raise StationError("stopped")

    with pytest.raises(StationError, match="stopped"):
        snapshot_plain(tmp_path / "source.db", tmp_path / "target.db", stop)


def test_what_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "source.db").write_bytes(b"not a database" * 1000)
    for copy in (snapshot_plain, lambda source, target, watch: snapshot_encrypted(source, KEY, target, watch)):
        with pytest.raises(StationError) as refused:
            copy(tmp_path / "source.db", tmp_path / "target.db", lambda *_: None)
        assert refused.value.code == "database-damaged"
