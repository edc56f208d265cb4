"""The place that is made once and shared by all tests of a run that need one; each of them copies what it uses."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.reliability.place import Place, make_place
from tests.reliability.warm import Warm


@cache
def _made(folder: Path) -> Place:
    folder.mkdir()
    return make_place(folder / "place", Warm(folder / "warm"))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A center and four stations, joined, with nothing registered yet and nothing running."""
    place = _made(tmp_path_factory.getbasetemp() / "template")
    yield place
    place.warm.close()
