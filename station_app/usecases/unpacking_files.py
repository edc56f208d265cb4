"""Taking the files of attachments that came by a package, behind all else in it (docs/sync.md §16)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from station_app.domain.attachments import MOST_BYTES
from station_app.domain.errors import StationError
from station_app.protocol.package_records import Listed, Manifest
from station_app.usecases.carried_files import GO_UP, KEPT, FilesLying, sweep_carried
from station_app.usecases.package_port import PackageNote
from station_app.usecases.ports import Book, Desk
from station_app.usecases.reference import reference_of


@dataclass(frozen=True, slots=True)
class FilesInside:
    """The files of a package.

    Args:
        pieces: yields the bytes of one; `package-damaged` where the package ends before it does.
        tell: (bytes, files) of those that are done, after each piece; where it raises, the rest waits.
    """

    listed: Sequence[Listed]
    pieces: Callable[[Listed], Iterator[bytes]]
    tell: Callable[[int, int], None]


def expect_files(
    book: Book, manifest: Manifest, files: Sequence[Listed], known: PackageNote | None, at: str
) -> list[str]:
    """Note what a package says of files, and which are to come by it; return these.

    Args:
        known: this package, where it has come before: what came by it then has had its way since.
    """
    for said in manifest.there:
        book.note_there(said.files, said.incarnation)
    _note_wanted(book, manifest)
    addresses = [listed.digest for listed in files if 0 < listed.size <= MOST_BYTES]
    expected = [file for file in dict.fromkeys(addresses) if known is None or file in known.parts]
    book.carry_files(expected, manifest.org, GO_UP if _comes_up(book, manifest.org) else KEPT, at)
    return expected


def _note_wanted(book: Book, manifest: Manifest) -> None:
    """Note what an office would like to have: of cases that it sees, and only these."""
    if not _comes_up(book, manifest.org):
        return
    cases = book.cases_of_files(manifest.wanted)
    may = [file for file in manifest.wanted if any(_sees(book, manifest.org, case) for case in cases.get(file, ()))]
    book.save_wanted_files({**book.wanted_files(), manifest.org: may})


def _comes_up(book: Book, org: str) -> bool:
    here, offices = book.identity().org, reference_of(book).organisations
    return org == here or (org in offices and offices.is_below(org, here))


def _sees(book: Book, org: str, case_id: str) -> bool:
    case = book.case(case_id)
    return case is not None and org in case.seen_by


def take_files(
    desk: Desk, note: PackageNote, inside: FilesInside, shelf: FilesLying, *, noted: bool
) -> tuple[int, int]:
    """Bring the files that are expected onto the shelf; return how many came, and how many did not.

    Args:
        note: of the package, with what is expected as its `parts`.
        noted: it is kept; else the package has to come again.

    Raises:
        StationError: `disk-full`, and what `tell` raises; what came until then counts.
    """
    came: set[str] = set()
    try:
        _bring(note.parts, inside, shelf, came)
    finally:
        left = tuple(file for file in note.parts if file not in came)
        with desk.open_book() as book:
            if noted:
                book.save_package(replace(note, parts=left))
            book.drop_carried(left)
            book.note_has(note.org, came)
            book.lay_files([*came, *(file for file in book.named_by_now() if shelf.has(file))])
            sweep_carried(book, shelf)
    return len(came), len(left)


def _bring(expected: Collection[str], inside: FilesInside, shelf: FilesLying, came: set[str]) -> None:
    done_bytes = 0
    for number, listed in enumerate(inside.listed, start=1):
        if listed.digest in expected:
            with suppress(_UnusableError):
                if not shelf.has(listed.digest):
                    for at in _copied(listed, inside.pieces(listed), shelf):
                        inside.tell(done_bytes + at, number - 1)
                came.add(listed.digest)
        done_bytes += listed.size
        inside.tell(done_bytes, number)


class _UnusableError(Exception):
    """A file is cut off, or another than its address says."""


def _copied(listed: Listed, pieces: Iterator[bytes], shelf: FilesLying) -> Iterator[int]:
    """Bring a file onto the shelf, and yield how many bytes of it are done."""
    at = 0
    try:
        for piece in pieces:
            if at == 0:
                shelf.begin(listed.digest)
            shelf.add(listed.digest, at, piece)
            at += len(piece)
            yield at
        if shelf.settle(listed.digest, listed.size) < listed.size:
            # Somebody has swept it away meanwhile: it comes again with the next package.
            raise _UnusableError
    except StationError as error:
        if error.code not in ("package-damaged", "file-differs"):
            raise
        raise _UnusableError from None
