"""The same errand at two places: found by the center when the second is opened, told to who handles them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from station_app.domain.cases import POSSIBLE_DUPLICATE
from station_app.domain.effects import Effects
from station_app.domain.fold import Entry

# Two errands of one person for one item within this span are worth a look (domain 1-E E15, 两头受理).
WINDOW = timedelta(days=90)
LONGEST_NUMBER = 32


@dataclass(frozen=True, slots=True)
class Errand:
    """Who wants what, as far as a center keeps it beside the encrypted bodies.

    Args:
        key: keyed hash of identity document and item; without the center's key it tells nothing.
        opened_on: local date on which the case was opened.
    """

    key: str
    case_id: str
    number: str
    org: str
    opened_on: str


def errand_of(entry: Entry, keyed_hash: Callable[[str], str]) -> Errand | None:
    """Return the errand that an opening is about, None for one without an identity document to compare by.

    Nor for one whose number or day is none: no program of ours writes that, and a database keeps it beside the body.
    """
    fields = entry.effects.fields if entry.effects else {}
    applicant, item = _object(fields.get("applicant")), _object(fields.get("item"))
    number, code = applicant.get("id_number"), item.get("code")
    written, received_on = str(fields.get("number", "")), str(fields.get("received_on", ""))
    is_whole = entry.opens and number and code
    if not is_whole or not _is_short(written) or (received_on and not _is_day(received_on)):
        return None
    key = keyed_hash(f"{applicant.get('id_type', '')}\0{number}\0{code}")
    return Errand(key, entry.case_id, written, entry.org, received_on)


def near(errand: Errand, others: Collection[Errand]) -> list[Errand]:
    """Return the other errands of the same person for the same item that were opened within the window."""
    day = _day(errand.opened_on)
    return [
        other
        for other in others
        if other.case_id != errand.case_id and other.key == errand.key and abs(_day(other.opened_on) - day) <= WINDOW
    ]


def remark_on(other: Errand, place: str) -> Effects:
    """Return what the center writes into a case about another one that may be the same errand.

    Args:
        place: name of the office that took the other one in.
    """
    text = f"同一人同一事项，{other.opened_on} 在{place}也收过：{other.number}。请核对，是重复的退回一件。"
    found = {"number": other.number, "org": other.org, "on": other.opened_on, "text": text}
    return Effects(remark={"kind": POSSIBLE_DUPLICATE, **found})


def pairs(new: Sequence[Errand], known: Collection[Errand]) -> list[tuple[Errand, Errand]]:
    """Return (errand, other) for each case that has to be told of another, both ways.

    Each new one and the newest before it: from there a reader gets to the next, and a number that somebody typed into
    a hundred cases is worth two hundred remarks, not ten thousand.
    """
    found: list[tuple[Errand, Errand]] = []
    seen = list(known)
    for errand in new:
        other = max(near(errand, seen), key=lambda one: (one.opened_on, one.number), default=None)
        found += [(errand, other), (other, errand)] if other else []
        seen.append(errand)
    return found


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _is_short(number: str) -> bool:
    return len(number) <= LONGEST_NUMBER and number.isprintable()


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _day(text: str) -> date:
    # None was written, or it was noted before days were looked at.
    return date.fromisoformat(text) if _is_day(text) else date.min + WINDOW
