"""Which database a center's home names, and what is in it."""

from __future__ import annotations

from sqlalchemy import Engine

from station_app.bootstrap.center_home import CenterHome
from station_app.storage.center_rows import CENTER
from station_app.storage.engine import open_plain, reading
from station_app.storage.journal import PLAIN
from station_app.storage.people_rows import PEOPLE
from station_app.storage.postgres import open_postgres
from station_app.storage.registry import RegistryOnDisk
from station_app.storage.rows import SHARED, tables
from station_app.storage.schema import prepare

TABLES = tables(SHARED + CENTER + PEOPLE)


def open_database(home: CenterHome) -> Engine:
    """Return an engine on the center's database, its tables made or brought up to date."""
    address = home.database_address()
    engine = open_postgres(address) if address else open_plain(home.database)
    prepare(engine, TABLES)
    return engine


def is_file(engine: Engine) -> bool:
    """Tell whether the database is the file in the home: one process serves from it, and it can be moved."""
    return engine.dialect.name == "sqlite"


def holds_center(engine: Engine) -> bool:
    """Tell whether a center was made in this database, whose tables are made if they are missing."""
    prepare(engine, TABLES)
    with reading(engine) as connection:
        return RegistryOnDisk(connection, PLAIN).setting("center") is not None
