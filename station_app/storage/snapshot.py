"""A copy of a SQLite database as it is at one moment, made while others go on writing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from station_app.storage.engine import known_error, sqlcipher_connect

_PAGES_AT_ONCE = 1024


def snapshot_encrypted(source: Path, key: bytes, target: Path, watch: Callable[[int, int], None]) -> None:
    """Copy a SQLCipher database into a new file under the same key.

    Args:
        target: must not be there yet.
        watch: told how many of how many pages are done; what it raises ends the copying.

    Raises:
        StationError: those of opening a database; `disk-full`.
    """
    _copy(lambda path: sqlcipher_connect(path, key), source, target, watch)


def snapshot_plain(source: Path, target: Path, watch: Callable[[int, int], None]) -> None:
    """Copy a plain SQLite database into a new file, like `snapshot_encrypted`."""
    _copy(_plain, source, target, watch)


def _plain(path: Path) -> Any:
    return sqlite3.connect(str(path), check_same_thread=False, timeout=15, isolation_level=None)


def _copy(connect: Callable[[Path], Any], source: Path, target: Path, watch: Callable[[int, int], None]) -> None:
    def tell(_status: int, remaining: int, total: int) -> None:
        watch(total - remaining, total)

    try:
        with closing(connect(source)) as there, closing(connect(target)) as copy:
            # One view for as long as it takes: without it each commit of somebody else begins the copying anew.
            there.execute("BEGIN")
            there.execute("SELECT count(*) FROM sqlite_master").fetchone()
            there.backup(copy, pages=_PAGES_AT_ONCE, progress=tell)
    except Exception as error:
        known = known_error(source.parent, error)
        if known is None:
            raise
        raise known from error
