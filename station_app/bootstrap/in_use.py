"""Who works on a data folder: while a program is signed in, nobody puts other files in the place of the journal."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

from station_app.domain.errors import StationError
from station_app.keys.key_files import exclusive, try_lock

RESTORE_LOCK = "restore.lock"
_PLACE = "in-use-{}.lock"
_ANY = "in-use-*.lock"


class InUse:
    """One program's place in a data folder; it ends when it is left, or with the program however that ends."""

    def __init__(self, folder: Path) -> None:
        self._stack = ExitStack()
        weakref.finalize(self, self._stack.close)
        for number in count():
            file = self._stack.enter_context((folder / _PLACE.format(number)).open("ab"))
            if try_lock(file):
                return

    def leave(self) -> None:
        """Work there no more."""
        self._stack.close()


def take_place(folder: Path) -> InUse | None:
    """Return a place; None where there is no room for the smallest file, for a full disk keeps nobody out."""
    try:
        return InUse(folder)
    except OSError:
        return None


@contextmanager
def nobody_at_work(folder: Path) -> Iterator[None]:
    """Keep everybody out for as long as it takes; the caller holds RESTORE_LOCK.

    Raises:
        StationError: `station-in-use`: a window or a command is signed in.
    """
    with ExitStack() as stack:
        for path in sorted(folder.glob(_ANY)):
            if not try_lock(stack.enter_context(path.open("ab"))):
                raise StationError("station-in-use")
        yield


@contextmanager
def coming_in(folder: Path) -> Iterator[None]:
    """Let nobody put files in the place of others between looking at them and taking a place."""
    with exclusive(folder, RESTORE_LOCK):
        yield
