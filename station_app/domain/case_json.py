"""A folded case to and from JSON, for the projection table; what is truth are the events."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from station_app.domain.cases import Case, CaseState, Custody, Obligation, Offer, Remark


def case_to_json(case: Case) -> dict[str, Any]:
    """Return the JSON form of a folded case."""
    found = asdict(case)
    found["state"] = case.state.value
    return found


def case_from_json(found: dict[str, Any]) -> Case:
    """Return the folded case of its JSON form."""
    custody = dict(found["custody"])
    offer = custody.pop("offer")
    return Case(
        **{
            **found,
            "state": CaseState(found["state"]),
            "custody": Custody(**custody, offer=Offer(**offer) if offer else None),
            "obligations": {token: Obligation(**duty) for token, duty in found["obligations"].items()},
            "viewers": tuple(found["viewers"]),
            "remarks": tuple(Remark(**remark) for remark in found["remarks"]),
            "last_ruling": (found["last_ruling"][0], found["last_ruling"][1]),
        }
    )
