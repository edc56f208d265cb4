"""What the page of packages shows: to whom packages may go, what was made and what came, what is carried for others."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from station_app.domain.organisations import Organisation, Organisations
from station_app.protocol.package_records import PartKind
from station_app.usecases.carried_files import GO_UP
from station_app.usecases.package_port import PackageNote
from station_app.usecases.ports import Book
from station_app.usecases.reference import organisation_names, reference_of

MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Destination:
    """An office to which a package may go.

    Args:
        own: this office itself: its other PC.
        above: it is above this one, so that what goes to the center goes by it as well.
        carried: parts of others that would go along.
    """

    org: str
    name: str
    own: bool
    above: bool
    carried: int


@dataclass(frozen=True, slots=True)
class PackageRow:
    """A package that was made here or has come, with the name of the other office."""

    note: PackageNote
    name: str


@dataclass(frozen=True, slots=True)
class PackagesPage:
    """What the page shows.

    Args:
        waiting: events that the center has not got yet.
        files: scanned here that it has not.
        carried: parts of others that wait here to go on, and of these those that the center has refused.
    """

    destinations: tuple[Destination, ...]
    packages: tuple[PackageRow, ...]
    waiting: int
    carried: int
    refused: int
    files: int = 0


def packages_page(book: Book) -> PackagesPage:
    """Return the page; the office directly above comes first, the own one last."""
    me, offices, names = book.identity(), reference_of(book).organisations, organisation_names(book)
    carried = book.carried()
    to = Counter(found.part.to for found in carried if found.part.kind == PartKind.REPLY)
    asked = sum(1 for found in carried if found.part.kind == PartKind.REQUEST)
    found = [
        Destination(office.code, office.name, own, above, asked if above else _along(offices, office.code, to))
        for office, own, above in _line(offices, me.org)
    ]
    notes = book.packages()[:MOST_LISTED]
    return PackagesPage(
        destinations=tuple(found),
        packages=tuple(PackageRow(note, names.get(note.org, note.org)) for note in notes),
        waiting=book.outbox_totals().events,
        carried=len(carried) + sum(1 for found in book.carried_files() if found.state == GO_UP),
        files=book.files_left().files,
        refused=sum(1 for one in carried if one.code),
    )


def _line(offices: Organisations, here: str) -> list[tuple[Organisation, bool, bool]]:
    """Return the offices above, those directly below, and the own one; of each whether it is the own one, and above."""
    if here not in offices:
        return []
    above = [(office, False, True) for office in offices.ancestors(here)]
    below = [(office, False, False) for office in offices.children(here)]
    return [*above, *below, (offices.get(here), True, False)]


def _along(offices: Organisations, org: str, to: Counter[str]) -> int:
    return sum(count for code, count in to.items() if code == org or (code in offices and offices.is_below(code, org)))
