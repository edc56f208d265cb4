"""Everything that the shipped programs do to the world outside of them, counted, and one of it made to fail."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.default import DefaultDialect

from station_app.keys.signing import SigningKey

STATEMENT, COMMIT, COMMITTED, SIGNING, FILE, NOTICE = KINDS = (
    "a statement that writes",
    "a commit, before it",
    "a commit, after it",
    "a signature",
    "a file",
    "a notice",
)
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
# What changes a disk beside the database.
_FILE_CALLS = ((os, "fsync"), (Path, "replace"), (Path, "unlink"))


class InjectedError(Exception):
    """What nobody has expected."""


class SideEffects:
    """Counts side effects since the last `begin`, and has one of them fail: once, and before it is done.

    `failed` is its kind, "" as long as none has; `saved` tells whether something was committed; `seen` counts failures.

    Nobody lists them: whatever writes a row, commits, signs, touches a file or tells somebody comes by here.
    """

    def __init__(self) -> None:
        self._fails_at = self._count = 0
        self.failed, self.saved = "", False
        self.seen: Counter[str] = Counter()

    def begin(self, fails_at: int) -> None:
        """Count anew; let number `fails_at` fail."""
        self._fails_at, self._count, self.failed, self.saved = fails_at, 0, "", False

    def end(self) -> None:
        """Let nothing fail any more."""
        self._fails_at = 0

    def happen(self, kind: str) -> None:
        """Note that a side effect is about to be."""
        self._count += 1
        if self._count == self._fails_at:
            self.failed = kind
            self.seen[kind] += 1
            # What a disk does has an error of its own, which programs know.
            raise OSError(5, "injected") if kind == FILE else InjectedError(kind)

    def before(self, kind: str, act: Callable[..., Any]) -> Callable[..., Any]:
        """Return `act` as one side effect."""

        def counted(*arguments: Any, **named: Any) -> Any:
            self.happen(kind)
            return act(*arguments, **named)

        return counted

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Count what this process does."""

        written: set[Any] = set()
        do_commit = DefaultDialect.do_commit

        def write(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
            if statement.lstrip().upper().startswith(_WRITES):
                written.add(connection.connection.dbapi_connection)
                self.happen(STATEMENT)

        def commit(dialect: DefaultDialect, connection: Any) -> None:
            if connection.dbapi_connection not in written:
                do_commit(dialect, connection)
                return
            self.happen(COMMIT)
            do_commit(dialect, connection)
            written.remove(connection.dbapi_connection)
            self.saved = True
            self.happen(COMMITTED)

        def roll_back(connection: Connection) -> None:
            written.discard(connection.connection.dbapi_connection)

        patches = [
            mock.patch.object(DefaultDialect, "do_commit", commit),
            mock.patch.object(SigningKey, "sign", self.before(SIGNING, SigningKey.sign)),
            *(mock.patch.object(owner, name, self.before(FILE, getattr(owner, name))) for owner, name in _FILE_CALLS),
        ]
        for name, listener in (listeners := {"before_cursor_execute": write, "rollback": roll_back}).items():
            event.listen(Engine, name, listener)
        for patch in patches:
            patch.start()
        try:
            yield
        finally:
            for patch in patches:
                patch.stop()
            for name, listener in listeners.items():
                event.remove(Engine, name, listener)
