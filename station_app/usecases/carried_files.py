"""Files of attachments that travel in packages: what a station keeps of them (docs/sync.md §16, §19)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from station_app.usecases.attachment_book import FileToSend

# Why a file that came by a package is kept: to go up; it came down, and an event that names it is still to come;
# an office further up has it; and, before an incarnation, the center has it, which is still to be told.
GO_UP, KEPT, HANDED_ON, THERE = "", "kept", "handed-on", "there "


@dataclass(frozen=True, slots=True)
class CarriedFile:
    """A file that came by a package.

    Args:
        file: its address.
        org: the office that brought it.
        state: `GO_UP`, `KEPT`, `HANDED_ON`, or `THERE` and an incarnation.
        came_at: UTC stamp.
        sealed: its bytes where a program of before has kept them in the journal, else empty.
    """

    file: str
    org: str
    state: str
    came_at: str
    sealed: bytes = b""


@dataclass(frozen=True, slots=True)
class FileAbove:
    """A file of this PC that the center lacks.

    Args:
        size: of the sealed bytes.
        again: a center has had it and was restored since.
    """

    file: str
    size: int
    again: bool


class FilesLying(Protocol):
    """Where the files of this PC lie: `carriers.shelf.Shelf`, which says what each does."""

    def has(self, address: str) -> bool: ...
    def come(self, address: str) -> int: ...
    def begin(self, address: str) -> None: ...
    def add(self, address: str, at: int, data: bytes) -> bool: ...
    def settle(self, address: str, *sizes: int) -> int: ...
    def cut(self, address: str, at: int) -> None: ...
    def put(self, address: str, data: bytes) -> None: ...
    def drop(self, address: str) -> bool: ...


class CarriedFileBook(Protocol):
    """Files that came by packages, and those that are to go."""

    def files_above(self) -> Sequence[FileAbove]:
        """Return the files here that the center has not whole, own ones first; none whose event it has refused."""
        ...

    def carried_files(self) -> Sequence[CarriedFile]:
        """Return the files that came by packages, as they came."""
        ...

    def next_carried_file(self, but: Collection[str]) -> CarriedFile | None:
        """Return the first that is to go up and is not among these."""
        ...

    def carry_files(self, files: Sequence[str], org: str, state: str, at: str) -> None:
        """Note files that come by a package; one that is noted stays as it is, but where it is to go up anew."""
        ...

    def drop_carried(self, files: Collection[str]) -> None:
        """Forget files that did not come after all, or that need no note any more."""
        ...

    def note_there(self, files: Collection[str], incarnation: str) -> None:
        """Note that the center has said, in this incarnation, to have these files whole."""
        ...

    def named_by_now(self) -> Sequence[str]:
        """Return the files that came by packages, that an event names, and that do not count as here yet."""
        ...

    def lay_files(self, files: Collection[str]) -> None:
        """Note that these lie here; one that was only kept until an event names it needs no note any more."""
        ...

    def done_files(self) -> Sequence[str]:
        """Return the files that need not lie here any more: they have gone on, and no event here names them."""
        ...

    def cases_of_files(self, files: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Return the cases whose events name these files."""
        ...

    def wanted_files(self) -> Mapping[str, Sequence[str]]:
        """Return by office the files that it would like to have."""
        ...

    def next_wanted(self, but: Collection[str]) -> FileToSend | None:
        """Return a file that an office would like to have, that is not here, and is not among these."""
        ...

    def save_wanted_files(self, wanted: Mapping[str, Sequence[str]]) -> None: ...


def sweep_carried(book: CarriedFileBook, shelf: FilesLying) -> None:
    """Take files off the disk that have gone on and that no event here names."""
    for file in book.done_files():
        if shelf.has(file):
            shelf.drop(file)


def bring_onto_shelf(found: CarriedFile, shelf: FilesLying) -> bool:
    """Tell whether a file lies here; what a program of before has kept in the journal is brought there first."""
    if not shelf.has(found.file) and found.sealed:
        shelf.put(found.file, found.sealed)
    return shelf.has(found.file)
