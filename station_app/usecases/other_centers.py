"""What a center believes of what other centers say: the county's of the city's, the city's of its counties'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from station_app.domain.errors import StationError
from station_app.domain.organisations import Level, Organisation, Organisations
from station_app.exchange.healing_state import is_healing
from station_app.protocol.signed import CENTERS, Document
from station_app.usecases.accounts_of_offices import homes_in, knows_better, merged
from station_app.usecases.center_ports import CenterClerk, Registry
from station_app.usecases.office_publics import OFFICE_KEYS, told_keys
from station_app.usecases.run_center import (
    ELSEWHERE,
    ORGANISATIONS,
    UPLINK,
    add_center,
    organisations_of,
    publish_organisations,
    save_organisations,
    show_moved,
)


def put_below(registry: Registry, clerk: CenterClerk, city: Organisation) -> None:
    """Put this county below its city, which is not for this center to describe."""
    offices = [office for office in organisations_of(registry) if office.code != city.code]
    here = registry.setting("center")["org"]
    below = [replace(office, parent=city.code) if office.code == here else office for office in offices]
    registry.save_setting(ELSEWHERE, {city.code: [city.to_json()]})
    registry.save_setting(ORGANISATIONS, [])
    save_organisations(registry, clerk, Organisations([city, *below]))


def told_elsewhere(
    registry: Registry, clerk: CenterClerk, by: str, organisations: list[dict[str, Any]], keys: object = None
) -> None:
    """Keep what another center says of its organisations, and publish the tree if it has changed.

    What does not make a tree with the rest is left aside: no other center can put this one out of work.

    Args:
        keys: the part of its document with the public keys of offices; of others than these it is not believed.
    """
    news = told_keys(registry, by, keys, {entry["code"] for entry in organisations})
    elsewhere = dict(registry.setting(ELSEWHERE) or {})
    if elsewhere.get(by) == organisations:
        if news and not is_healing(registry):
            publish_organisations(registry, clerk)
        return
    before = organisations_of(registry)
    told = {**elsewhere, by: organisations}
    try:
        merged(registry.setting(ORGANISATIONS) or [], told)
    except StationError:
        return
    registry.save_setting(ELSEWHERE, told)
    if registry.setting(UPLINK) is None:
        _leave_to(registry, organisations)
    show_moved(registry, before)
    if not is_healing(registry):
        publish_organisations(registry, clerk)


def _leave_to(registry: Registry, organisations: Sequence[dict[str, Any]]) -> None:
    """Give up what this center itself had said of offices that a county's now tells of, but for a move it has made.

    What stays in a county is the county's to say: a name from before it joined would hide each that it gives.
    """
    homes = homes_in(organisations_of(registry))
    told = {entry["code"]: entry for entry in organisations}
    own = registry.setting(ORGANISATIONS) or []
    kept = [e for e in own if e["code"] not in told or knows_better(e, told[e["code"]], homes)]
    if len(kept) < len(own):
        registry.save_setting(ORGANISATIONS, kept)


def hear_from_above(registry: Registry, clerk: CenterClerk, document: Document) -> None:
    """Take over what the center above says of the other offices and centers; its directory and calendar are its own.

    Of the offices served here it is believed only where it has moved one here.
    """
    here, above = registry.setting("center"), registry.setting(UPLINK)["org"]
    if document.kind == ORGANISATIONS:
        tree = Organisations.from_json(document.content[ORGANISATIONS])
        others = [office.to_json() for office in tree if _is_news(tree, office, here["org"])]
        _take_back_moves(registry, {**(registry.setting(ELSEWHERE) or {}), above: others}, tree)
        told_elsewhere(registry, clerk, above, others, document.content.get(OFFICE_KEYS))
    elif document.kind == CENTERS:
        known = registry.setting(CENTERS) or []
        for entry in document.content[CENTERS]:
            if entry["org"] not in (here["org"], above) and entry not in known:
                add_center(registry, clerk, entry["org"], bytes.fromhex(entry["public_key"]))


def _is_news(tree: Organisations, office: Organisation, here: str) -> bool:
    """Tell whether an office is served elsewhere, or was: behind a move between counties stands the county left.

    Where a township that was once above it is now says nothing of it: that may come and go.
    """
    left = [code for code in office.former_parents if code in tree and tree.get(code).level is Level.COUNTY]
    return any(code != here for code in left) or not tree.is_served_by(office.code, here)


def _take_back_moves(registry: Registry, told: Mapping[str, list[dict[str, Any]]], tree: Organisations) -> None:
    """Put offices of this county back that it had put below one which the city had moved away, unheard of here.

    The city has not moved them with it, so no other center serves them. They go back to where they were before, and
    one that has never been elsewhere below the county itself: people have to say where it belongs.

    Args:
        told: what other centers say of their organisations, the newest word of the city among it.
        tree: all offices, by the word of the city.
    """
    here, own = registry.setting("center")["org"], registry.setting(ORGANISATIONS) or []
    try:
        now = merged(own, told)
    except StationError:
        return
    back: dict[str, dict[str, Any]] = {}
    for entry in own:
        code, above = entry["code"], entry.get("parent") or ""
        # By one word of the city, which may be an old one: the office above had gone, and this one had not.
        gone = above in tree and not tree.is_served_by(above, here) and tree.get(above).level is not Level.COUNTY
        if now.is_served_by(code, here) or not gone or (code in tree and not tree.is_served_by(code, here)):
            continue
        former = entry.get("former_parents", ())
        near = [one for one in reversed(former) if one in now and now.is_served_by(one, here)]
        back[code] = {**entry, "parent": [*near, here][0], "former_parents": [*former, above]}
    if back:
        registry.save_setting(ORGANISATIONS, [back.get(entry["code"], entry) for entry in own])


def take_back_offices(registry: Registry, tree: Sequence[dict[str, Any]]) -> None:
    """Know the offices again as this center had published them before it lost that.

    It speaks for those that it serves, and for those of others that it has moved. What others had told, and have not
    told again, is kept as theirs: without it what was moved below them would hang in the air. What makes no tree with
    the rest is left aside.
    """
    before, here = organisations_of(registry), registry.setting("center")["org"]
    offices = Organisations.from_json(tree)
    elsewhere = {by: list(entries) for by, entries in (registry.setting(ELSEWHERE) or {}).items()}
    told = {entry["code"]: entry for entries in elsewhere.values() for entry in entries}
    own, homes = [], homes_in(offices)
    for entry in tree:
        code = entry["code"]
        known, moved = told.get(code), bool(entry.get("former_parents"))
        if code == here or (knows_better(entry, known, homes) if known else moved or offices.is_served_by(code, here)):
            own.append(entry)
        elif known is None and code in homes:
            elsewhere.setdefault((registry.setting(UPLINK) or {}).get("org", homes[code]), []).append(entry)
    try:
        merged(own, elsewhere)
    except StationError:
        return
    registry.save_setting(ORGANISATIONS, own)
    registry.save_setting(ELSEWHERE, elsewhere)
    show_moved(registry, before)
