"""Moving a center from its SQLite file to PostgreSQL, with one moment at which the one or the other is in force."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from station_app.bootstrap.center import open_center
from station_app.bootstrap.center_database import TABLES, is_file
from station_app.bootstrap.center_home import SERVE_LOCK
from station_app.domain.errors import StationError
from station_app.keys.key_files import exclusive
from station_app.storage.copying import Contents, contents, copy
from station_app.storage.engine import writing
from station_app.storage.postgres import open_postgres
from station_app.storage.schema import prepare


def move(folder: Path, address: str) -> Contents:
    """Copy everything into an empty PostgreSQL database and make it the center's; return what it now holds.

    The copy is one transaction, during which nobody writes to the file. The center is the file until the address of the
    new database stands in the home, and from then on the database: no command writes to the file any more, and it is
    kept under another name, read-only.

    Raises:
        StationError: `center-served`, `center-moved` (it is there already), `database-not-empty`, `move-differs`, and
            those of opening a database.
    """
    opened = open_center(folder)
    home = opened.home
    with _not_served(folder):
        if not is_file(opened.engine) or home.database_address():
            raise StationError("center-moved")
        target = open_postgres(address)
        prepare(target, TABLES)
        with writing(opened.engine) as source:
            with writing(target) as into:
                if any(contents(into, TABLES).rows.values()):
                    raise StationError("database-not-empty")
                copy(source, into, TABLES)
                found = contents(source, TABLES)
                if contents(into, TABLES) != found:
                    raise StationError("move-differs")
            home.save_database_address(address)
        target.dispose()
        opened.engine.dispose()
        home.put_file_away()
    return found


@contextmanager
def _not_served(folder: Path) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(exclusive(folder, SERVE_LOCK, patience_s=0))
        except StationError:
            raise StationError("center-served") from None
        yield
