"""Which part of a long list to ask for: the way to a page from the nearest row that is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from station_app.usecases.case_pages import CaseLine

# A screen shows at most some twenty rows; a page of twice that is read in a few milliseconds.
PAGE = 50


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a list to be read: `skip` rows beyond `position` (None: an end of the list), downwards if `older`."""

    older: bool
    position: int | None
    skip: int
    limit: int


def cut_for(page: int, known: Mapping[int, Sequence[CaseLine]], count: int, *, is_whole: bool) -> Cut:
    """Return the way to a page that passes over the fewest rows.

    Args:
        known: full pages, by their number.
        count: rows of the list.
        is_whole: the list ends there; otherwise it is longer, and its bottom is no place to start from.
    """
    return min(_ways(page, known, count, is_whole=is_whole), key=lambda cut: cut.skip)


def _ways(page: int, known: Mapping[int, Sequence[CaseLine]], count: int, *, is_whole: bool) -> Iterator[Cut]:
    start = page * PAGE
    limit = min(PAGE, count - start)
    yield Cut(True, None, start, limit)
    if is_whole:
        yield Cut(False, None, count - start - limit, limit)
    for number, lines in known.items():
        first, behind = number * PAGE, number * PAGE + len(lines)
        if not lines:
            continue
        if number < page:
            yield Cut(True, lines[-1].position, start - behind, limit)
        elif number > page:
            yield Cut(False, lines[0].position, first - start - limit, limit)
