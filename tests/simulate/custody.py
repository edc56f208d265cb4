"""Custody by the letter of the specification, written apart from the shipping fold: the simulator's second opinion."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from station_app.protocol.event import Event

ANSWERS = ("accept", "reject", "reclaim")


PAPERS_ANSWERED = ("papers_received", "papers_returned")


@dataclass
class Duty:
    """An obligation as this model sees it."""

    holder: str
    head: str
    done: bool = False


@dataclass
class Track:
    """Who had a case when; `spans` are (office, first ruling, last ruling or None while it lasts)."""

    holder: str = ""
    grant: str = ""
    head: str = ""
    offered: str = ""
    arbiter: str = ""
    ended: bool = False
    duties: dict[str, Duty] = field(default_factory=dict)
    spans: list[tuple[str, tuple[int, str], tuple[int, str] | None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Word:
    """A center's word on an event, as its ruling says it."""

    place: tuple[int, str]
    event_id: str
    verdict: str
    by: str


def words_of(events: Iterable[Event]) -> list[Word]:
    """Return the rulings among a case's events that count: of several on one event the last; in order."""
    last: dict[str, Word] = {}
    # A ruling that came back from a PC which had to forget the case has no words any more.
    rulings = [event for event in events if event.header.type == "ruling" and event.body is not None]
    for word in sorted(map(_word, rulings), key=lambda word: word.place):
        last[word.event_id] = word
    return sorted(last.values(), key=lambda word: word.place)


def _word(event: Event) -> Word:
    found = json.loads(event.body or b"{}")["effects"]["ruling"]
    return Word((found["number"], event.event_id), found["event"], found["verdict"], event.header.org)


def _effects(event: Event) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(event.body or b"{}").get("effects", {})
    return found


def replay(events: Iterable[Event]) -> tuple[Track, list[str]]:
    """Return the custody that a case's rulings make, and what they let stand that does not fit."""
    stream = {event.event_id: event for event in events}
    track, faults = Track(), []
    for word in words_of(stream.values()):
        event = stream.get(word.event_id)
        # What nobody has the body of any more moves nothing.
        if word.verdict != "accepted" or event is None or event.body is None:
            continue
        if fault := follow(track, event, word.place):
            faults.append(f"{event.header.type} {event.event_id[:8]}: {fault}")
    return track, faults


def papers_of(events: Iterable[Event]) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Return who answered for papers of decisions, by batch and office, and to whom they went."""
    said = [(event.header.org, _effects(event).get("remark", {})) for event in events]
    answered = {(words["batch"], org) for org, words in said if words.get("kind") in PAPERS_ANSWERED}
    sent = {(words["batch"], words["to"]) for _, words in said if words.get("kind") == "papers_sent"}
    return answered, sent


def judge_of(track: Track, event: Event, home: Callable[[str], str]) -> str:
    """Return the office whose center has the say on an event while a case stands so."""
    if not track.holder:
        return home(event.header.org)
    duty = track.duties.get(event.header.grant or "")
    if duty is not None:
        return home(duty.holder)
    if track.offered and _effects(event).get("custody", {}).get("op") in ANSWERS:
        return track.arbiter
    return home(track.holder)


def follow(track: Track, event: Event, place: tuple[int, str]) -> str:
    """Apply an event that a center accepted; return "" or what the specification has against it, and then nothing."""
    effects = _effects(event)
    grant, base, org = event.header.grant, event.header.base, event.header.org
    op = effects.get("custody", {}).get("op", "")
    if op == "open":
        if track.holder:
            return "opened twice"
        track.holder, track.grant, track.head = org, event.event_id, event.event_id
        track.spans.append((org, place, None))
        return ""
    if grant in track.duties:
        return _follow_duty(track.duties[grant or ""], event, effects)
    against = _against(track, (grant or "", base or "", org), op)
    if not against:
        _move(track, event, (op, org, place), effects)
    return against


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
    if op == "reclaim":
        return "" if track.offered and org == track.arbiter else "reclaimed by an office that is not the arbiter"
    if track.offered:
        return "moved while it was offered"
    return "" if org == track.holder else "moved by an office that does not hold it"


def _follow_duty(duty: Duty, event: Event, effects: Mapping[str, Any]) -> str:
    if event.header.org != duty.holder:
        return "a duty of another office"
    if duty.done or event.header.base != duty.head:
        return "two children of one base"
    duty.head = event.event_id
    duty.done = effects.get("obligation", {}).get("op") == "finish"
    return ""


def _move(track: Track, event: Event, by: tuple[str, str, tuple[int, str]], effects: Mapping[str, Any]) -> None:
    op, org, place = by
    track.head = event.event_id
    if op == "offer":
        track.offered, track.arbiter = effects["custody"]["to"], effects["custody"]["arbiter"]
    elif op == "accept":
        _hand(track, event, org, place)
    elif op == "reclaim":
        _hand(track, event, effects["custody"]["to"], place)
    elif op == "reject":
        track.grant, track.offered = event.event_id, ""
    elif op == "end":
        track.ended = True
    if effects.get("obligation", {}).get("op") == "create":
        track.duties[event.event_id] = Duty(effects["obligation"]["holder"], event.event_id)


def _hand(track: Track, event: Event, to: str, place: tuple[int, str]) -> None:
    office, first, _ = track.spans[-1]
    track.spans[-1] = (office, first, place)
    track.spans.append((to, place, None))
    track.holder, track.grant, track.offered = to, event.event_id, ""
