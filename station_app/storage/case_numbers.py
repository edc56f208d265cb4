"""The numbers by which places and states lie on disk, and the words by which a search is narrowed to them."""

from __future__ import annotations

from station_app.domain.case_cards import Place
from station_app.domain.cases import CaseState
from station_app.storage.station_rows import PLACE_DONE

# Numbers, not words: an entry of a filter's index takes nine bytes a case then. They are on disk and never change.
PLACES = {
    Place.ALL: 0,
    Place.HERE: 1,
    Place.ON_THE_ROAD: 2,
    Place.INCOMING: 3,
    Place.ABOVE: 4,
    Place.TO_DELIVER: 5,
    Place.ASKED_BACK: 6,
    Place.DONE: PLACE_DONE,
}
STATES = {
    CaseState.REGISTERED: 0,
    CaseState.RECEIVED: 1,
    CaseState.RETURNED: 2,
    CaseState.ACCEPTED: 3,
    CaseState.GRANTED: 4,
    CaseState.REFUSED: 5,
    CaseState.DELIVERED: 6,
    CaseState.CLOSED: 7,
}


def marks_of(
    *, item: int | None = None, state: int | None = None, place: int | None = None, taken_by: int | None = None
) -> str:
    """Return the words by which a search is narrowed to an item, a state, a place or a worker."""
    found = (("i", item), ("s", state), ("p", place), ("t", taken_by))
    return " ".join(f"{kind}{value}" for kind, value in found if value is not None)
