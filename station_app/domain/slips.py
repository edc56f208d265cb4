"""The head of a case on a printed slip: enough to count its papers and answer its offer before its events are here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any

from station_app.domain.cases import Case, CaseState, Custody, Offer
from station_app.domain.item_terms import Handling

# Which handling has which number on a slip (docs/sync.md §17).
HANDLINGS = (Handling.COLLECT, Handling.VERIFY_RETURN, Handling.HAND_BACK, Handling.NONE)
# So has the state in which a case is offered.
STATES = (CaseState.REGISTERED, CaseState.RECEIVED)
MARK_BYTES = 2
MOST_SYMBOLS = 99
LEAST_DIGITS = 150


@dataclass(frozen=True, slots=True)
class SlipMaterial:
    """Counted papers of one kind.

    Args:
        place: in the item's list of materials, from 1; 0 for another one, which is named.
        name: "" where the list names it.
    """

    place: int
    name: str
    handling: Handling
    originals: int
    copies: int


@dataclass(frozen=True, slots=True)
class SlipCase:
    """What a slip says of one case.

    Args:
        grant: id of the event that gave the custody under which it is offered.
        offer: id of the offer, which the answer follows.
        origin: the office that opened it.
        directory: number of the directory that the case is pinned to.
        received_on: day, ISO; `received_by` is a name.
        names: by what the names of all materials are known again (`mark_of`).
    """

    case_id: str
    grant: str
    offer: str
    number: str
    origin: str
    state: CaseState
    name: str
    id_type: str
    id_number: str
    phone: str
    item: str
    directory: int
    received_on: str
    received_by: str
    materials: tuple[SlipMaterial, ...]
    names: bytes


@dataclass(frozen=True, slots=True)
class SlipHead:
    """What a slip says of its batch.

    Args:
        printing: 8 hex digits, by which the symbols of one print belong together.
        arbiter: of the offers.
        lamport: the highest of the events behind the slip.
    """

    batch_id: str
    printing: str
    number: str
    from_org: str
    arbiter: str
    offered_on: str
    offered_by: str
    lamport: int


@dataclass(frozen=True, slots=True)
class SlipPart:
    """One symbol of a slip, read: the `place`th of `total`."""

    head: SlipHead
    place: int
    total: int
    cases: tuple[SlipCase, ...]


def looks_like_symbol(digits: str) -> bool:
    """Tell whether scanned digits can be a symbol of a slip: no other code of ours is nearly as long."""
    return len(digits) >= LEAST_DIGITS and digits.isascii() and digits.isdigit()


def mark_of(names: Sequence[str]) -> bytes:
    """Return by what the names of a case's materials are known again, without printing them."""
    return sha256("\0".join(names).encode("utf-8")).digest()[:MARK_BYTES]


def missing_places(places: Sequence[int], total: int) -> list[int]:
    """Return which symbols of a slip are still to be scanned."""
    return [place for place in range(1, total + 1) if place not in places]


@dataclass(frozen=True, slots=True)
class CaseHead:
    """A case as a slip shows it at the office that takes it.

    Args:
        fields: facts as the case's own events set them, as far as the slip has them.
        offered_at: day of the offer, as a UTC stamp for display.
    """

    case_id: str
    batch_id: str
    from_org: str
    to_org: str
    arbiter: str
    origin: str
    grant: str
    offer: str
    state: CaseState
    fields: Mapping[str, Any]
    offered_at: str

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form, for the table of slips."""
        return {**asdict(self), "state": self.state.value}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> CaseHead:
        """Return the head of its JSON form."""
        return cls(**{**found, "state": CaseState(found["state"])})


def with_head(case: Case | None, head: CaseHead) -> Case:
    """Return a case as a slip shows it that was scanned here, while no ruling on its offer is here.

    A slip never wins over what was ruled: where the case has another custody by now than the one that the offer names,
    it stays as it is.

    Args:
        case: by what was ruled, None while its opening is not here.
    """
    offer = Offer(head.offer, head.to_org, head.arbiter, head.batch_id, head.offered_at)
    if case is None:
        return Case(
            case_id=head.case_id,
            origin_org=head.origin,
            opened_at=f"{head.fields['received_on']}T00:00:00Z",
            fields=dict(head.fields),
            state=head.state,
            custody=Custody(head.from_org, "", head.grant, head.offer, offer),
            viewers=tuple(dict.fromkeys((head.origin, head.from_org))),
            by_slip=True,
        )
    custody = case.custody
    if custody.grant != head.grant or custody.ended or custody.offer is not None:
        return case
    moved = replace(custody, head=head.offer, offer=offer)
    return replace(case, fields={**case.fields, **head.fields}, state=head.state, custody=moved, by_slip=True)


@dataclass(frozen=True, slots=True)
class Slip:
    """What is known of a scanned slip.

    Args:
        batch: JSON form of the batch as far as it was read.
        places: which symbols are here, of `total`.
        scanned_at: UTC stamp of the last one.
    """

    batch_id: str
    printing: str
    total: int
    places: tuple[int, ...]
    lamport: int
    batch: Mapping[str, Any]
    scanned_at: str
    person: str

    @property
    def missing(self) -> list[int]:
        """Return which symbols are still to be scanned."""
        return missing_places(self.places, self.total)


@dataclass(frozen=True, slots=True)
class SlipDoubt:
    """What a slip said otherwise than the data that came later: (field, by the slip, by the data)."""

    case_id: str
    batch_id: str
    differences: tuple[tuple[str, str, str], ...]
