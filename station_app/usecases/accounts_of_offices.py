"""The tree of all offices, of which several centers tell: whose account of an office counts."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from station_app.domain.organisations import Level, Organisations

Account = Mapping[str, Any]


def merged(own: list[dict[str, Any]], elsewhere: Mapping[str, list[dict[str, Any]]]) -> Organisations:
    """Return the tree of all offices. Of two accounts of one office, the one that knows of more of its moves counts.

    Those between counties before all others: they are the city's alone, and a county that has not heard of one yet may
    move the office within itself meanwhile, as often as it likes. Of two that know of as many, but of other ones (two
    centers have moved it at once), every center believes the same; otherwise what this center says counts before what
    others say.

    Args:
        elsewhere: by the office of the center that told: its organisations.
    """
    accounts: dict[str, list[Account]] = {}
    for told in (own, *elsewhere.values()):
        for entry in told:
            accounts.setdefault(entry["code"], []).append(entry)
    found: dict[str, Account] = {}
    homes: dict[str, str] = {}
    # From the top down: in which county an office was is told by those above it.
    for code in sorted(accounts, key=lambda code: Level(accounts[code][0]["level"]).rank):
        best, *others = accounts[code]
        for other in others:
            best = other if knows_better(other, best, homes) else best
        found[code] = best
        is_county = best["level"] == Level.COUNTY
        homes[code] = code if is_county else homes.get(best.get("parent") or "", code)
    return Organisations.from_json(found[code] for code in accounts)


def homes_in(offices: Organisations) -> Mapping[str, str]:
    """Return the office of the center that serves each office of a tree."""
    return {office.code: home.code for office in offices if (home := offices.center_of(office.code)) is not None}


def knows_better(one: Account, other: Account, homes: Mapping[str, str]) -> bool:
    """Tell whether an account of an office is newer: it remembers more of where the office has been.

    Args:
        homes: of the offices above: the county that each is in, or its city.
    """
    if one.get("parent") is None or other.get("parent") is None:
        return False
    here, there = _moves(one, homes), _moves(other, homes)
    return (here, one["parent"]) > (there, other["parent"]) if here[1] or there[1] else False


def _moves(account: Account, homes: Mapping[str, str]) -> tuple[int, int]:
    """Return how often an office has moved from one county to another, and how often at all.

    The counties that it has left stand among those that were above it; where its former townships are now says nothing
    of where they were then.
    """
    former = account.get("former_parents", ())
    counties = [code for code in former if homes.get(code) == code]
    counties += [homes[account["parent"]]] if account["parent"] in homes else []
    return sum(before != after for before, after in pairwise(counties)), len(former)
