"""Blocks of 文号 as they travel in requests and replies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from station_app.domain.document_numbers import Block
from station_app.protocol.exchange_records import LeaseAsk, LeaseGrant

_LONGEST_SERIES = 64
_LAST_YEAR = 9999
_LARGEST = 10**9


def ask_to_wire(ask: LeaseAsk) -> dict[str, Any]:
    """Return the form in which a PC asks."""
    return {"wanted": list(ask.wanted), "held": _to_wire(ask.held)}


def ask_from_wire(found: Mapping[str, Any]) -> LeaseAsk:
    """Read the form in which a PC asks; KeyError, TypeError or ValueError for anything else."""
    return LeaseAsk(tuple(_series(entry) for entry in found["wanted"]), _blocks(found["held"]))


def grant_to_wire(grant: LeaseGrant) -> dict[str, Any]:
    """Return the form in which a center answers."""
    found: dict[str, Any] = {"epoch": grant.epoch}
    if grant.given:
        found["given"] = _to_wire(grant.given)
    if grant.void:
        found["void"] = _to_wire(grant.void)
    return found


def grant_from_wire(found: Mapping[str, Any]) -> LeaseGrant:
    """Read the form in which a center answers; KeyError, TypeError or ValueError for anything else."""
    return LeaseGrant(_text(found["epoch"]), _blocks(found.get("given", ())), _blocks(found.get("void", ())))


def _to_wire(blocks: Sequence[Block]) -> list[list[str | int]]:
    return [[block.series, block.year, block.first, block.last] for block in blocks]


def _blocks(found: Sequence[Any]) -> tuple[Block, ...]:
    return tuple(
        Block(_series(series), _number(year, _LAST_YEAR), _number(first, _LARGEST), _number(last, _LARGEST))
        for series, year, first, last in found
    )


def _series(value: Any) -> str:
    text = _text(value)
    if not 0 < len(text) <= _LONGEST_SERIES:
        raise ValueError("series expected")
    text.encode("utf-8")
    return text


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text expected")
    return value


def _number(value: Any, most: int) -> int:
    if type(value) is not int or not 1 <= value <= most:
        raise ValueError("number expected")
    return value
