"""A store as each released version wrote it opens today with every row, and is then like a new one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from station_app.exchange.numbers_seen import TO_NOTE
from station_app.storage.engine import open_encrypted, open_plain, writing
from station_app.storage.migrations import OLDEST
from station_app.storage.schema import VERSION, prepare
from tests.storage.test_migrations import KEY, TABLES, held, shape, version

# `4-center.sql`: what version 4 wrote for a center. A file of a released version is never edited.
FOLDER = Path(__file__).parent / "versions"
OPENERS: dict[str, tuple[str, Callable[[Path], Engine]]] = {
    "center": ("SQLite", open_plain),
    "station": ("SQLCipher", lambda path: open_encrypted(path, KEY)),
}


def test_each_released_version_has_its_stores() -> None:
    expected = {f"{number}-{kind}.sql" for number in range(OLDEST, VERSION + 1) for kind in OPENERS}
    assert {path.name for path in FOLDER.iterdir()} == expected


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.stem)
def test_a_store_of_a_former_version_becomes_like_a_new_one_and_keeps_its_rows(path: Path, tmp_path: Path) -> None:
    kind, open_it = OPENERS[path.stem.split("-")[1]]
    old, new = open_it(tmp_path / "old.db"), open_it(tmp_path / "new.db")
    with writing(old) as connection:
        for statement in path.read_text("utf-8").split(";\n"):
            connection.exec_driver_sql(statement)
    prepare(old, TABLES[kind])
    prepare(new, TABLES[kind])
    assert (version(old), shape(old)) == (VERSION, shape(new))
    kept = held(old, TABLES[kind])
    # What a migration has left to do is a setting as well.
    settings = [row for row in kept["settings"] if row[0] != TO_NOTE]
    assert [len(kept["events"]), settings] == [1, [("kept", ["李𬭎"])]]
    old.dispose()
    new.dispose()
