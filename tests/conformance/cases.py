"""What a worker writes in these tests: the effects of some actions (docs/actions.md), signed and queued."""

from __future__ import annotations

import secrets
from typing import Any

from tests.conformance.client import Station
from tests.conformance.conftest import COUNTY, TOWNSHIP
from tests.conformance.records import Event, sha256


def check_digit(digits: str) -> str:
    """ISO 7064 MOD 11,10."""
    rest = 10
    for digit in digits:
        rest = (rest + int(digit)) % 10 or 10
        rest = rest * 2 % 11
    return str((11 - rest) % 10)


def register(station: Station, more: dict[str, Any] | None = None) -> tuple[str, Event]:
    """Open a case with its pinned item; give its id and the opening."""
    number, record, content = station.known.documents["directory"]
    kept = ("code", "name", "kind", "decide_level", "department", "statutory", "promised")
    pinned = {key: content["items"][0][key] for key in kept}
    digits = f"{station.org}261122{station.tag:02}{station.seq:04}"
    facts: dict[str, Any] = {
        "number": digits + check_digit(digits),
        "item": pinned | {"directory": {"number": number, "hash": sha256(record["p"])}},
        "applicant": {"name": "李四"},
    }
    facts |= more or {}
    case = secrets.token_hex(16)
    effects = {"fields": facts, "state": "registered", "custody": {"op": "open"}}
    return case, station.write("register", case, effects)


def note(station: Station, case: str, text: str = "明天来取") -> Event:
    return station.write("note", case, {"remark": {"kind": "note", "text": text}})


def offer(station: Station, case: str, opening: Event) -> Event:
    custody = {"op": "offer", "to": TOWNSHIP, "arbiter": COUNTY}
    return station.write("offer", case, {"custody": custody}, grant=opening.id, base=opening.id)


def reject(station: Station, case: str, opening: Event, offered: Event) -> Event:
    effects = {"custody": {"op": "reject"}, "state": "returned"}
    return station.write("reject_handover", case, effects, grant=opening.id, base=offered.id)


def accept(station: Station, case: str, opening: Event, offered: Event) -> Event:
    effects = {"custody": {"op": "accept"}, "state": "received"}
    return station.write("accept_handover", case, effects, grant=opening.id, base=offered.id)
