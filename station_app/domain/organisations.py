"""The tree of organisations: city, counties, townships and village points; codes are opaque text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from station_app.domain.errors import StationError


class Level(StrEnum):
    """Where an organisation stands; `rank` grows downwards."""

    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"

    @property
    def rank(self) -> int:
        """0 for the city, 3 for a village."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation or point; a point outlives its village, so it has validity and a successor of its own.

    Args:
        short_name: stands in front of the numbers of its formal papers (海便 in 海便受字〔2026〕第0123号); "" where the
            office numbers them by hand.
        former_parents: who was above it before each of its moves, the last at the end; hand-overs made then are still
            ruled to their end. Behind a move between counties stands the county that it left, also where it was an
            office above it that moved.
    """

    code: str
    name: str
    level: Level
    parent: str | None = None
    kind: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None
    phone: str = ""
    former_parents: tuple[str, ...] = ()
    short_name: str = ""

    def may_offer_to(self, code: str | None) -> bool:
        """Tell whether cases go up from here to that office: the one above, or one that used to be."""
        return code is not None and (code == self.parent or code in self.former_parents)

    def is_valid_on(self, day: date) -> bool:
        """Tell whether the organisation exists on `day`; both ends are included."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON; what is not known is left out."""
        data = {
            "code": self.code,
            "name": self.name,
            "level": self.level.value,
            "parent": self.parent,
            "kind": self.kind,
            "valid_from": self.valid_from and self.valid_from.isoformat(),
            "valid_to": self.valid_to and self.valid_to.isoformat(),
            "successor": self.successor,
            "phone": self.phone,
            "former_parents": list(self.former_parents),
            "short_name": self.short_name,
        }
        return {key: value for key, value in data.items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Organisation:
        """Read what `to_json` wrote; KeyError or ValueError for anything else."""
        return cls(
            code=data["code"],
            name=data["name"],
            level=Level(data["level"]),
            parent=data.get("parent"),
            kind=data.get("kind", ""),
            valid_from=_day(data.get("valid_from")),
            valid_to=_day(data.get("valid_to")),
            successor=data.get("successor"),
            phone=data.get("phone", ""),
            former_parents=tuple(data.get("former_parents", ())),
            short_name=data.get("short_name", ""),
        )


class Organisations:
    """All organisations a program knows, as a tree that cannot loop; never changed, only replaced.

    Raises:
        StationError: `organisations-unreadable` for a code given twice, a missing parent, or one not above its child.
    """

    def __init__(self, members: Iterable[Organisation] = ()) -> None:
        self._by_code: dict[str, Organisation] = {}
        for member in members:
            if member.code in self._by_code:
                raise StationError("organisations-unreadable", organisation=member.code)
            self._by_code[member.code] = member
        self._children: dict[str, list[Organisation]] = {}
        for member in self._by_code.values():
            if member.parent is not None:
                self._children.setdefault(self._parent_above(member).code, []).append(member)

    def __len__(self) -> int:
        return len(self._by_code)

    def __iter__(self) -> Iterator[Organisation]:
        return iter(self._by_code.values())

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Organisations) and self._by_code == other._by_code

    def __hash__(self) -> int:
        return hash(frozenset(self._by_code))

    def get(self, code: str) -> Organisation:
        """Return the organisation; `organisation-unknown` when there is none."""
        try:
            return self._by_code[code]
        except KeyError:
            raise StationError("organisation-unknown", organisation=code) from None

    def parent(self, code: str) -> Organisation | None:
        """Return the organisation above, or None at the top."""
        above = self.get(code).parent
        return None if above is None else self._by_code[above]

    def children(self, code: str) -> tuple[Organisation, ...]:
        """Return the organisations directly below, in the order they were given."""
        return tuple(self._children.get(self.get(code).code, ()))

    def ancestors(self, code: str) -> tuple[Organisation, ...]:
        """Return the organisations above, nearest first."""
        above = self.parent(code)
        return () if above is None else (above, *self.ancestors(above.code))

    def is_below(self, code: str, other: str) -> bool:
        """Tell whether the organisation belongs to `other`, directly or not."""
        return any(above.code == other for above in self.ancestors(code))

    def has_batches_between(self, one: str, other: str) -> bool:
        """Tell whether batches go from one office to another: cases up to the one above, decisions down to any below.

        An office counts as below where it once was, for a batch made by somebody who has not heard of the move yet.
        """
        if one not in self:
            return True
        if self.get(one).may_offer_to(other):
            return True
        line = self._line(other) if other in self else ()
        return any(member.may_offer_to(one) for member in line)

    def county_of(self, code: str) -> Organisation | None:
        """Return the county that the organisation is or belongs to; None for a city."""
        return self._at_level(code, Level.COUNTY)

    def city_of(self, code: str) -> Organisation | None:
        """Return the city that the organisation is or belongs to; None where a county is the top."""
        return self._at_level(code, Level.CITY)

    def lowest_common(self, one: str, other: str) -> Organisation | None:
        """Return the lowest organisation that both are or belong to; None in separate trees."""
        above = {member.code for member in self._line(other)}
        return next((member for member in self._line(one) if member.code in above), None)

    def center_of(self, code: str) -> Organisation | None:
        """Return the organisation whose center serves this one: its county, or its city above the counties."""
        return self.county_of(code) or self.city_of(code)

    def is_served_by(self, code: str, center: str) -> bool:
        """Tell whether a center serves an office; one that is in no tree here counts as served."""
        home = self.center_of(code) if code in self else None
        return home is None or home.code == center

    def reached_from(self, center: str, code: str) -> str:
        """Return by whose feed a center reaches an office: its own or its center's; "" if only the one above does."""
        if self.is_served_by(code, center):
            return code
        home = self.center_of(code)
        return home.code if home is not None and self.is_below(home.code, center) else ""

    def arbiter_of(self, one: str, other: str) -> str:
        """Return the code of the lowest common center, which rules a hand-over between the two.

        Raises:
            StationError: `organisations-apart` when they have no center in common.
        """
        common = self.lowest_common(one, other)
        center = None if common is None else self.center_of(common.code)
        if center is None:
            raise StationError("organisations-apart", one=self.get(one).name, other=self.get(other).name)
        return center.code

    def to_json(self) -> list[dict[str, Any]]:
        """Return plain JSON, one object per organisation."""
        return [member.to_json() for member in self]

    @classmethod
    def from_json(cls, data: Iterable[Mapping[str, Any]]) -> Organisations:
        """Read what `to_json` wrote; `organisations-unreadable` for anything else."""
        try:
            members = [Organisation.from_json(entry) for entry in data]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise StationError("organisations-unreadable", organisation=str(error)) from error
        return cls(members)

    def _line(self, code: str) -> tuple[Organisation, ...]:
        return (self.get(code), *self.ancestors(code))

    def _at_level(self, code: str, level: Level) -> Organisation | None:
        return next((member for member in self._line(code) if member.level is level), None)

    def _parent_above(self, member: Organisation) -> Organisation:
        above = self._by_code.get(member.parent or "")
        if above is None or above.level.rank >= member.level.rank:
            raise StationError("organisations-unreadable", organisation=member.code)
        return above


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
