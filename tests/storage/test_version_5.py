"""A center of version 4 becomes like a new one, with what its feeds had; on PostgreSQL as on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from station_app.storage.engine import open_plain, reading, writing
from station_app.storage.migrations import to_5, to_6, to_7, to_8
from station_app.storage.postgres import open_postgres
from station_app.storage.schema import prepare
from tests.storage.test_migrations import TABLES, shape

CENTER = TABLES["SQLite"]
ADDED = (
    "DROP TABLE number_leases",
    "DROP TABLE used_numbers",
    "DROP TABLE case_numbers",
    "DROP TABLE files",
    "DROP TABLE removals",
    "DROP TABLE feed_put_away",
    "DROP INDEX feed_subjects",
    "ALTER TABLE feed DROP COLUMN left_out",
    "ALTER TABLE feed_heads DROP COLUMN away_count",
    "ALTER TABLE feed_heads DROP COLUMN away_total",
    "INSERT INTO feed VALUES ('o', 1, 'new', 'e', '', 0, '', '', '', '')",
    "INSERT INTO feed_heads VALUES ('o', 1, 1, 'e')",
)


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "SQLite":
        engine = open_plain(tmp_path / "center.db")
    else:
        engine = open_postgres(request.getfixturevalue("postgres").database())
    yield engine
    engine.dispose()


def test_a_center_of_version_4_keeps_its_feeds_and_has_nothing_put_away(engine: Engine) -> None:
    prepare(engine, CENTER)
    new = shape(engine)
    with writing(engine) as connection:
        for statement in ADDED:
            connection.exec_driver_sql(statement)
    assert shape(engine) != new
    with writing(engine) as connection:
        to_5.migrate(connection)
        to_6.migrate(connection)
        to_7.migrate(connection)
        to_8.migrate(connection)
    assert shape(engine) == new
    with reading(engine) as connection:
        feed = connection.exec_driver_sql("SELECT org, n, event_id, left_out FROM feed").all()
        heads = connection.exec_driver_sql("SELECT org, head, total, away_count, away_total FROM feed_heads").all()
    assert ([tuple(row) for row in feed], [tuple(row) for row in heads]) == (
        [("o", 1, "e", 0)],
        [("o", 1, "e", 0, "0" * 64)],
    )
