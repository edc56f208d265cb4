"""The power is cut while a station saves: nothing that it had acknowledged is lost, and that is no accident."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reliability.place import Place
from tests.reliability.power import FULL, NORMAL, SAVES, cut_power, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


def test_nothing_acknowledged_is_lost_when_the_power_is_cut(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "v1")
    found = cut_power(place, 3, FULL)
    print(found.text())
    assert found.told >= 3 * SAVES
    assert (found.lost, found.faults) == (0, [])


def test_the_same_cut_shows_what_a_station_without_full_synchronisation_would_lose(
    template: Place, tmp_path: Path
) -> None:
    place = template.copy(tmp_path / "place", "v1")
    for _ in range(5):
        found = cut_power(place, 1, NORMAL)
        print(found.text())
        if found.lost:
            return
    pytest.fail("no save was lost in five cuts: this test would not see a loss")
