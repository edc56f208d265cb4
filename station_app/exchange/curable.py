"""What can become of an event that a center refused: judged anew by what it learns later, taken in by two, or never."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from station_app.exchange.limits import HELD

# Its own bytes speak against it, or that another PC wrote it: whatever a center learns, they stay as they are.
FOR_GOOD = frozenset(
    {
        "record-malformed",
        "body-too-long",
        "body-malformed",
        "body-not-bound",
        "person-missing",
        "ruling-not-by-center",
        "origin-foreign",
    }
)


class Remedy(StrEnum):
    """What is to be done about a refused event.

    `AGAIN`: give it back; the center judges it by what it knows now. `PEOPLE`: two at the center look at it. `ANEW`:
    it is never taken in, so the step is written again.
    """

    AGAIN = "again"
    PEOPLE = "people"
    ANEW = "anew"


def remedy_of(code: str) -> Remedy:
    """Return what can be done about a refusal; one that only a newer center knows may be tried again."""
    if code in HELD:
        return Remedy.PEOPLE
    return Remedy.ANEW if code in FOR_GOOD else Remedy.AGAIN


def curable(refused: Mapping[str, str]) -> list[str]:
    """Return the events that a center which knows more may take in after all.

    Args:
        refused: ids with the code of the refusal.
    """
    return [event_id for event_id, code in refused.items() if remedy_of(code) is Remedy.AGAIN]
