"""Custody by the letter of the specification, written apart from the shipping fold: the simulator's second opinion."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from station_app.protocol.event import Event


@dataclass
class Duty:
    """An obligation as this model sees it."""

    holder: str
    head: str
    done: bool = False


@dataclass
class Track:
    """Who had a case when; `spans` are (office, first ruling, last ruling or 0 while it lasts)."""

    holder: str = ""
    grant: str = ""
    head: str = ""
    offered: str = ""
    ended: bool = False
    duties: dict[str, Duty] = field(default_factory=dict)
    spans: list[tuple[str, int, int]] = field(default_factory=list)
    undone: set[str] = field(default_factory=set)


def follow(track: Track, event: Event, number: int) -> str:
    """Apply an event that a center accepted as number such; return "" or what the specification has against it."""
    header = json.loads(event.header_bytes)
    effects = json.loads(event.body or b"{}").get("effects", {})
    grant, base, org = header["grant"], header["base"], header["org"]
    op = effects.get("custody", {}).get("op", "")
    if op == "open":
        if track.holder:
            return "opened twice"
        track.holder, track.grant, track.head = org, event.event_id, event.event_id
        track.spans.append((org, number, 0))
        return ""
    if grant in track.duties:
        return _follow_duty(track.duties[grant], event, (org, base), effects)
    against = _against(track, (grant, base, org), op)
    if not against:
        _move(track, event, (op, org, number), effects)
    return against


def undo(track: Track, event: Event) -> str:
    """Take back a plain step that made way for a paper; return "" or what the specification has against it."""
    header = json.loads(event.header_bytes)
    op = json.loads(event.body or b"{}").get("effects", {}).get("custody", {}).get("op", "take_over")
    if op != "take_over" or header["grant"] != track.grant or track.ended or track.offered:
        return "a step that moved the case made way"
    if header["base"] not in track.undone:
        track.head = header["base"]
    track.undone.add(event.event_id)
    return ""


def _against(track: Track, names: tuple[str, str, str], op: str) -> str:
    grant, base, org = names
    if grant != track.grant:
        return "under a custody that has passed"
    if base != track.head:
        return "two children of one base"
    if track.ended:
        return "after the end"
    if op in ("accept", "reject"):
        return "" if org == track.offered else "taken by an office that was not offered it"
    if track.offered:
        return "moved while it was offered"
    return "" if org == track.holder else "moved by an office that does not hold it"


def _follow_duty(duty: Duty, event: Event, by: tuple[str, str], effects: dict[str, dict[str, str]]) -> str:
    org, base = by
    if org != duty.holder:
        return "a duty of another office"
    if duty.done or base != duty.head:
        return "two children of one base"
    duty.head = event.event_id
    duty.done = effects.get("obligation", {}).get("op") == "finish"
    return ""


def _move(track: Track, event: Event, by: tuple[str, str, int], effects: dict[str, dict[str, str]]) -> None:
    op, org, number = by
    track.head = event.event_id
    if op == "offer":
        track.offered = effects["custody"]["to"]
    elif op == "accept":
        office, first, _ = track.spans[-1]
        track.spans[-1] = (office, first, number - 1)
        track.spans.append((org, number, 0))
        track.holder, track.grant, track.offered = org, event.event_id, ""
    elif op == "reject":
        track.grant, track.offered = event.event_id, ""
    elif op == "end":
        track.ended = True
    if effects.get("obligation", {}).get("op") == "create":
        track.duties[event.event_id] = Duty(effects["obligation"]["holder"], event.event_id)
