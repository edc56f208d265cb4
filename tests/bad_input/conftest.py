"""A station with two cases, and what must be so after every refusal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bad_input.refusals import Desk
from tests.reliability.place import Place, make_center
from tests.reliability.shared import template

__all__ = ["desk", "other_center", "stocked", "template"]


@pytest.fixture(scope="session")
def stocked(template: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A place where the village has two cases that the center does not know yet."""
    place = template.copy(tmp_path_factory.mktemp("stocked") / "place", "c", "v1")
    place.register("v1")
    place.register("v1")
    return place


@pytest.fixture
def desk(stocked: Place, tmp_path: Path) -> Iterator[Desk]:
    """A copy of the station for one test; at the end its journal must be what it was."""
    desk = Desk(stocked.copy(tmp_path / "place", "v1"))
    before = desk.state()
    assert before["events"] == 2
    yield desk
    assert desk.state() == before


@pytest.fixture(scope="session")
def other_center(template: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A place with the center of another county, under the same codes."""
    folder = tmp_path_factory.mktemp("other") / "place"
    folder.mkdir()
    place = Place(folder, template.warm)
    make_center(place)
    return place
