"""A folded case to and from JSON, for the projection table; what is truth are the events."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from station_app.domain.cases import Case, CaseState, Custody, Obligation, Offer, Remark, Removed

# What a faulty program has put into a projection may not be a case at all; reading it raises one of these.
UNREADABLE = (AttributeError, IndexError, KeyError, TypeError, ValueError)


def case_to_json(case: Case) -> dict[str, Any]:
    """Return the JSON form of a folded case."""
    custody = _flat(case.custody)
    if case.custody.offer is not None:
        custody["offer"] = _flat(case.custody.offer)
    return {
        **_flat(case),
        "state": case.state.value,
        "custody": custody,
        "obligations": {token: _flat(duty) for token, duty in case.obligations.items()},
        "remarks": [_flat(remark) for remark in case.remarks],
        "removed": None if case.removed is None else _flat(case.removed),
    }


def _flat(record: Case | Custody | Offer | Obligation | Remark | Removed) -> dict[str, Any]:
    # Not dataclasses.asdict: it copies every fact of the case, which is most of the cost of saving one.
    return {entry.name: getattr(record, entry.name) for entry in fields(record)}


def case_from_json(found: dict[str, Any]) -> Case:
    """Return the folded case of its JSON form."""
    custody = dict(found["custody"])
    offer = custody.pop("offer")
    # A case that was written before contents could be removed does not say that none were.
    removed = found.get("removed")
    return Case(
        **{
            **found,
            "state": CaseState(found["state"]),
            "custody": Custody(**custody, offer=Offer(**offer) if offer else None),
            "obligations": {token: Obligation(**duty) for token, duty in found["obligations"].items()},
            "viewers": tuple(found["viewers"]),
            "remarks": tuple(Remark(**remark) for remark in found["remarks"]),
            "last_ruling": (found["last_ruling"][0], found["last_ruling"][1]),
            "removed": Removed(**removed) if removed else None,
        }
    )
