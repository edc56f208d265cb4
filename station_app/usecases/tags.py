"""The two digits by which the numbers that the PCs of one office print are told apart: one pair for each epoch."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from station_app.domain.errors import StationError
from station_app.domain.numbers import parse_number
from station_app.domain.organisations import Organisations
from station_app.usecases.center_ports import CenterClerk, Registry

MOST_TAGS = 100
TAGS_OF_A_CENTER = 25
# A center that was restored does not know what it gave since the backup: the next ones in order.
TAGS_SKIPPED = 8


def free_tag(registry: Registry, clerk: CenterClerk, org: str) -> int:
    """Return two digits that no epoch of this office's PCs has had: printed numbers never repeat; `tags-used-up`.

    What a center gave before the office moved here is not known here: each of the centers that have served it begins in
    another place of the hundred. A center that was restored has forgotten what it gave since the backup, and who had it
    may never tell: it passes over what stands in the numbers of the office that are here, and over those that came
    next, and draws among the others of its part.
    """
    taken = {epoch.tag for station in registry.stations_of(org) for epoch in registry.epochs(station.device)}
    restored = bool(registry.setting("center").get("forked_from"))
    if restored:
        taken |= _printed(registry, org)
    first = TAGS_OF_A_CENTER * centers_before(registry, org)
    tags = [(first + offset) % MOST_TAGS for offset in range(MOST_TAGS)]
    free = [tag for tag in tags if tag not in taken]
    if not free:
        raise StationError("tags-used-up", org=org)
    if restored:
        safe = [tag for tag in free if tag in tags[:TAGS_OF_A_CENTER]][TAGS_SKIPPED:]
        return safe[int.from_bytes(clerk.entropy(4), "big") % len(safe)] if safe else free[-1]
    return free[0]


def _printed(registry: Registry, org: str) -> set[int]:
    """Return the digits in the numbers of an office's cases and batches, as far as they are here."""
    found: set[int] = set()
    for event in registry.events_by(registry.certified_for(org)):
        for part in ("fields", "batch"):
            about = (event.said or {}).get(part)
            number = about.get("number") if isinstance(about, Mapping) else None
            # It is for reading alone: what no program of ours has printed is passed over.
            with suppress(StationError):
                parsed = parse_number(str(number))
                found |= {parsed.tag} if parsed.point == org else set()
    return found


def centers_before(registry: Registry, org: str) -> int:
    """Return how many centers served an office before this one did so for the first time."""
    offices, here = registry.organisations(), registry.setting("center")["org"]
    former = offices.get(org).former_parents if org in offices else ()
    left = [code for code in former if is_center(offices, code)]
    if not left:
        # A program of before has not noted the counties that an office left: then by where those above it are now.
        homes = [offices.center_of(code) for code in former if code in offices]
        left = [home.code for home in homes if home is not None]
    codes = list(dict.fromkeys(left))
    return codes.index(here) if here in codes else len(codes)


def is_center(offices: Organisations, code: str) -> bool:
    """Tell whether an office is one whose center serves others: a county's, or a city's."""
    home = offices.center_of(code) if code in offices else None
    return home is not None and home.code == code
