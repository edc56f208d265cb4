"""Which files of attachments go into a package, and into how many volumes it goes with them (docs/sync.md §16)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from station_app.domain.organisations import Organisation
from station_app.protocol.package_records import MOST_FILES, MOST_VOLUME_BYTES, FilesThere
from station_app.usecases.carried_files import GO_UP, THERE, FilesLying, bring_onto_shelf
from station_app.usecases.ports import Book
from station_app.usecases.told_by_hand import ToTell

# So many files a package says that the center has, and that are wanted; the others wait for the next one.
MOST_THERE, MOST_WANTED = 5000, 2000
# Among the offices that want files: this PC.
HERE = ""


@dataclass(frozen=True, slots=True)
class Room:
    """What a package may take.

    Args:
        files: with files of attachments.
        most_bytes: of a volume.
    """

    files: bool = True
    most_bytes: int = MOST_VOLUME_BYTES


@dataclass(frozen=True, slots=True)
class Going:
    """A file that goes into a package, with the size of its sealed bytes."""

    file: str
    size: int


def files_for(book: Book, office: Organisation, told: ToTell, shelf: FilesLying, *, upwards: bool) -> list[Going]:
    """Return what lies here and the office, or the center above, lacks; none that the office has confirmed."""
    has, wanted = book.told_to(office.code), set(book.wanted_files().get(office.code, ()))
    found: dict[str, int] = {}
    if upwards:
        found |= {above.file: above.size for above in book.files_above() if above.again or above.file not in has}
        for carried in book.carried_files():
            if carried.state == GO_UP and carried.org != office.code and bring_onto_shelf(carried, shelf):
                found[carried.file] = shelf.come(carried.file)
    if not upwards or office.code == book.identity().org:
        found |= {file: size for file, size in told.files.items() if file not in has or file in wanted}
    return [Going(file, size) for file, size in found.items() if shelf.has(file) and shelf.come(file) == size]


def in_volumes(files: Sequence[Going], taken_bytes: int, most_bytes: int) -> Iterator[tuple[Going, ...]]:
    """Yield the files of each volume; in the first, `taken_bytes` are taken already, and it may have none."""
    some: list[Going] = []
    size, is_first = taken_bytes, True
    for going in files:
        if (some or is_first) and (size + going.size > most_bytes or len(some) == MOST_FILES):
            yield tuple(some)
            some, size, is_first = [], 0, False
        some.append(going)
        size += going.size
    if some or is_first:
        yield tuple(some)


def files_there(book: Book, org: str) -> tuple[FilesThere, ...]:
    """Return which of the files that an office has brought the center has, by its incarnation."""
    there = [found for found in book.carried_files() if found.org == org and found.state.startswith(THERE)]
    there = sorted(there, key=lambda found: found.state)[:MOST_THERE]
    return tuple(
        FilesThere(state.removeprefix(THERE), tuple(found.file for found in some))
        for state, some in groupby(there, key=lambda found: found.state)
    )


def files_wanted(book: Book, to: str, shelf: FilesLying) -> tuple[str, ...]:
    """Return the files that are not here, and that this office or one that asks it would like to have."""
    wanted = [file for org, files in book.wanted_files().items() if org != to for file in files]
    return tuple([file for file in dict.fromkeys(wanted) if not shelf.has(file)][:MOST_WANTED])


def want_file(book: Book, file: str) -> bool:
    """Note that somebody here wants to see a file; tell whether packages go from here that can ask for it."""
    if not any(note.made for note in book.packages()):
        return False
    wanted = book.wanted_files()
    own = [*(one for one in wanted.get(HERE, ()) if one != file), file]
    book.save_wanted_files({**wanted, HERE: own[-MOST_WANTED:]})
    return True
