"""Who may ever have read what a case or a batch says, by the letter of the specification: a second opinion on I9."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from station_app.protocol.event import Event


def parties_of(events: Iterable[Event], clocks: Mapping[str, datetime]) -> set[str]:
    """Return the offices to which a case has ever been shown, or a batch, by all that was ever written about it.

    Of a case whoever took it in; who was offered it, took it, got it back by the arbiter's word, or owes something in
    it, each by a step that a center once let stand; and an arbiter that was asked, or 72 hours after that. Of a batch
    who made it, and for whom.

    Args:
        clocks: to where the clock of each center has ever stood: an arbiter's alone counts the hours, right or wrong.
    """
    stream = [(event, event.effects or {}) for event in events]
    batches = [(event.header.lamport, event.header.org, said["batch"]) for event, said in stream if "batch" in said]
    if batches:
        _, org, first = min(batches, key=lambda found: found[:2])
        return {org, first.get("to", "")}
    rulings = [said["ruling"] for _, said in stream if "ruling" in said]
    stood = {ruling["event"] for ruling in rulings if ruling["verdict"] == "accepted"}
    openings = [(e.header.lamport, e.event_id, e.header.org) for e, said in stream if _op(said) == "open"]
    # Whoever took it in sees it before anybody has ruled.
    found = {min(openings)[2]} if openings and not stood else set()
    for event, said in stream:
        if event.event_id in stood:
            found.add(event.header.org)
            found.add(said.get("custody", {}).get("to", ""))
            found.add(said.get("obligation", {}).get("holder", ""))
    asked = {said.get("remark", {}).get("offer") for _, said in stream if "remark" in said}
    # Of several centers that let it stand, whichever did so first.
    let = [(said["ruling"], event.header.claimed_at) for event, said in stream if "ruling" in said]
    stood_at = {ruling["event"]: at for ruling, at in sorted(let, key=lambda one: one[1], reverse=True)}
    offers = [(event.event_id, said["custody"]["arbiter"]) for event, said in stream if _op(said) == "offer"]
    waits = {i: clocks[org] - datetime.fromisoformat(stood_at[i]) for i, org in offers if i in stood and org in clocks}
    over = {event_id for event_id, waited in waits.items() if waited >= timedelta(hours=72)}
    return found | {org for event_id, org in offers if event_id in (asked & stood) | over}


def told_of_removals(events: Iterable[Event]) -> set[str]:
    """Return the offices that may hold something of what a case says, whether or not it was ever shown to them."""
    found: set[str] = set()
    for event in events:
        found |= {event.header.org, (event.effects or {}).get("custody", {}).get("to", "")}
    return found


def _op(said: Mapping[str, Any]) -> str:
    return str(said.get("custody", {}).get("op", ""))
