"""Sending files of attachments up, a part at a time, after the events and never in their way (docs/sync.md §19)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from station_app.domain.errors import StationError
from station_app.protocol.requests import MOST_PART_BYTES
from station_app.sync.center_client import CenterClient
from station_app.usecases.attachment_book import FileToSend
from station_app.usecases.carried_files import FilesLying, bring_onto_shelf, sweep_carried
from station_app.usecases.ports import OpenBook

FIRST_PART_BYTES: Final = 256 * 1024
# A part should take a few seconds: so long what was saved meanwhile may have to wait on a slow line.
_QUICK_S, _SLOW_S = 1.0, 6.0
# On a line that is slow, or not known yet, records are small: one that does not come whole is lost.
_SMALL_RECORD, _RECORD = 2048, 16_384
_BY_THE_LINE = ("no-network", "stalled")
# What one file alone meets: the others go on, and it is tried again after the next exchange.
_OF_THE_FILE = frozenset(
    {"file-unknown", "file-differs", "file-missing", "file-too-large", "record-malformed", "center-error"}
)
_AT_ONCE = 50
# A slow line brings so much in a second or two; a quick one is not asked to tell more often.
TELL_EVERY_BYTES: Final = 16_384


class FilesHere(FilesLying, Protocol):
    """Where the files of this PC lie: `carriers.shelf.Shelf`, which says what each does."""

    def read(self, address: str, start: int = 0, most: int | None = None) -> bytes: ...


@dataclass(frozen=True, slots=True)
class UploadParts:
    """What sending works with.

    Args:
        client: of its own, for it may be used beside an exchange.
        clock: seconds that only grow.
    """

    client: CenterClient
    shelf: FilesHere
    open_book: OpenBook
    read_book: OpenBook
    clock: Callable[[], float]


class Uploads:
    """Knows in this process how far the center is with which file, and how much the line bears."""

    def __init__(self, parts: UploadParts) -> None:
        self._parts = parts
        self._part_bytes = FIRST_PART_BYTES
        self._asked: set[str] = set()
        self._passed_over: set[str] = set()
        self._carried: dict[str, int] = {}

    def begin(self) -> None:
        """Look once more at what the center did not know yet: an exchange has just gone through."""
        self._passed_over.clear()

    def send_part(self) -> bool:
        """Send one part of one file, or ask how far the center is with it, or fetch a part of one that somebody wants.

        Returns False where nothing is left: own files go first, then those that are carried, then what is wanted.

        Raises:
            StationError: those of the way and of a center that can't take it now; nothing that arrived is lost.
        """
        found = self._next()
        if found is None:
            return self._fetch_wanted()
        try:
            size = self._size_after(found)
        except StationError as error:
            if error.code not in _OF_THE_FILE:
                raise
            self._passed_over.add(found.file)
            if error.code == "file-differs":
                self._look_at_own(found)
            elif error.code == "file-unknown" and found.gone:
                self._note_unwanted(found)
            return True
        self._note(found, size)
        return True

    def _next(self) -> FileToSend | None:
        with self._parts.read_book() as book:
            found = book.next_to_send(self._passed_over)
            if found is not None:
                return found
            while carried := book.next_carried_file(self._passed_over):
                if bring_onto_shelf(carried, self._parts.shelf):
                    size, sent = self._parts.shelf.come(carried.file), self._carried.get(carried.file, 0)
                    return FileToSend(carried.file, "", size, sent)
                # The program ended before it had come: it comes again with the next package.
                self._passed_over.add(carried.file)
        return None

    def _fetch_wanted(self) -> bool:
        with self._parts.read_book() as book:
            found = book.next_wanted(self._passed_over)
        if found is None:
            return False
        shelf = self._parts.shelf
        try:
            shelf.begin(found.file)
            here = shelf.settle(found.file, found.size)
            if here < found.size:
                _fetch_on(self._parts.client, shelf, found.file, (here, found.size), lambda _here, _size: True)
                here = shelf.settle(found.file, found.size)
        except StationError as error:
            if error.code not in _OF_THE_FILE:
                raise
            self._passed_over.add(found.file)
            return True
        if here == found.size:
            with self._parts.open_book() as book:
                book.keep_file(found.file)
        return True

    def _size_after(self, found: FileToSend) -> int:
        """Send what comes next of a file and return how much of it the center has then."""
        if found.file not in self._asked or not self._parts.shelf.has(found.file):
            return self._ask(found)
        body = self._parts.shelf.read(found.file, found.sent, self._part_bytes)
        if not body:
            # Shorter than its event says.
            raise StationError("file-differs")
        started = self._parts.clock()
        try:
            size = self._put(found, body)
        except StationError as error:
            if error.code not in _BY_THE_LINE:
                raise
            self._part_bytes = max(FIRST_PART_BYTES, self._part_bytes // 2)
            # A line that brought something before it broke is worth the next try at once.
            size = self._ask(found)
            if size <= found.sent:
                raise
            return size
        self._fit(self._parts.clock() - started, len(body))
        return size

    def _ask(self, found: FileToSend) -> int:
        size = self._put(found, b"")
        self._asked.add(found.file)
        return size

    def _put(self, found: FileToSend, body: bytes) -> int:
        record = _SMALL_RECORD if self._part_bytes <= FIRST_PART_BYTES else _RECORD
        try:
            return self._parts.client.send_part(found.file, found.sent, body, record)
        except StationError as error:
            size = error.params.get("size")
            if error.code != "file-offset" or type(size) is not int:
                raise
            return size

    def _fit(self, seconds: float, sent: int) -> None:
        if seconds < _QUICK_S and sent == self._part_bytes:
            self._part_bytes = min(MOST_PART_BYTES, self._part_bytes * 2)
        elif seconds > _SLOW_S:
            self._part_bytes = max(FIRST_PART_BYTES, self._part_bytes // 2)

    def _note(self, found: FileToSend, size: int) -> None:
        whole = size >= found.size
        self._carried[found.file] = size
        with self._parts.open_book() as book:
            book.note_sent(found.file, size, whole=whole)
            if whole:
                book.note_there([found.file], book.link().incarnation)
            if not whole and not self._parts.shelf.has(found.file):
                book.note_lost(found.file, "file-missing")

    def _look_at_own(self, found: FileToSend) -> None:
        """Begin a file anew that arrived as another; one that is damaged here is lost, and has to be scanned again."""
        is_good = hashlib.sha256(self._parts.shelf.read(found.file)).hexdigest() == found.file
        with self._parts.open_book() as book:
            book.note_sent(found.file, 0, whole=False)
            if not is_good:
                book.note_lost(found.file, "sealed-data-damaged")

    def _note_unwanted(self, found: FileToSend) -> None:
        """Let a file go that nothing here names: its contents have gone from the center as well."""
        with self._parts.open_book() as book:
            book.note_lost(found.file, "file-unknown")

    def sweep(self) -> None:
        """Take files off the disk of which every event that named them has lost its body here, or that have gone on."""
        with self._parts.read_book() as book:
            sweep_carried(book, self._parts.shelf)
            if not book.unnamed_files(1):
                return
        with self._parts.open_book() as book:
            files = book.unnamed_files(_AT_ONCE)
            book.forget_files([file for file in files if self._parts.shelf.drop(file)])


class _StoppedError(Exception):
    """Whoever waits for a file has asked to end it."""


def fetch_file(client: CenterClient, shelf: FilesHere, file: str, size: int, tell: Callable[[int, int], bool]) -> None:
    """Bring a file here, from the byte on that has come; a line that broke is tried again as long as it brings some.

    Args:
        size: of the sealed bytes.
        tell: is told how many bytes of how many are here as they come; False ends it, what came stays.

    Raises:
        StationError: `file-unknown`, `file-differs`, `disk-full`, and those of the way.
    """
    shelf.begin(file)
    with suppress(_StoppedError):
        while (here := shelf.settle(file, size)) < size:
            _fetch_on(client, shelf, file, (here, size), tell)
        tell(size, size)


def _fetch_on(
    client: CenterClient, shelf: FilesHere, file: str, part: tuple[int, int], tell: Callable[[int, int], bool]
) -> None:
    """Bring what comes next of a file, from the first number of `part` on, of a file as long as the second."""
    start, size = part
    here, told = start, start - TELL_EVERY_BYTES

    def take(piece: bytes) -> None:
        nonlocal here, told
        if not shelf.add(file, here, piece[: size - here]):
            raise StationError("file-missing")
        here += len(piece)
        if here - told >= TELL_EVERY_BYTES:
            told = here
            if not tell(min(here, size), size):
                raise _StoppedError

    if not tell(start, size):
        raise _StoppedError
    try:
        client.fetch_part(file, start, size, take)
    except StationError as error:
        if error.code == "center-key-differs":
            shelf.cut(file, start)
        if error.code not in _BY_THE_LINE or here == start:
            raise
