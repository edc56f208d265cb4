"""Which level accepts and decides an item."""

from __future__ import annotations

import pytest

from station_app.domain.authority import deciding_level, require_decider
from station_app.domain.errors import StationError
from station_app.domain.items import DecideLevel
from station_app.domain.organisations import Level
from tests.domain.casework import OFFICES, ORGANISATIONS


@pytest.mark.parametrize(
    ("decide_level", "level"),
    [
        (DecideLevel.VILLAGE, Level.VILLAGE),
        (DecideLevel.TOWNSHIP, Level.TOWNSHIP),
        (DecideLevel.STATION_OFFICE, Level.TOWNSHIP),
        (DecideLevel.ENTERPRISE, Level.TOWNSHIP),
        (DecideLevel.COUNTY, Level.COUNTY),
        (DecideLevel.CITY, Level.CITY),
    ],
)
def test_exactly_the_offices_of_one_level_decide(decide_level: DecideLevel, level: Level) -> None:
    item = {"decide_level": decide_level.value, "decide_text": "某局"}
    assert deciding_level(item) is level
    for office in map(ORGANISATIONS.get, OFFICES):
        if office.level is level:
            require_decider(item, office)
            continue
        with pytest.raises(StationError) as refused:
            require_decider(item, office)
        assert (refused.value.code, refused.value.params["decided_by"]) == ("not-the-deciding-office", "某局")


def test_every_deciding_level_has_its_office() -> None:
    assert {deciding_level({"decide_level": level.value}) for level in DecideLevel} == set(Level)
