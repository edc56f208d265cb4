"""The trip of two cases through the real windows, by keyboard and scanner alone, with a center in its own process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from station_app.ui.settings import Settings
from station_app.ui.widgets.application import prepare_application
from station_app.ui.widgets.theme import Theme
from tests.reliability.place import Place
from tests.reliability.shared import template
from tests.ui.two_cases import make_the_trip
from tests.ui.worker import Rooms

__all__ = ["template"]


@pytest.fixture
def rooms(template: Place, tmp_path: Path, qapp: QApplication) -> Iterator[Rooms]:
    os.environ["STATION_TEST_QUICK_PIN"] = "1"
    place = template.copy(tmp_path / "place", "c", "v1", "t", "k")
    prepare_application(qapp)
    Theme(qapp, Settings())
    found = Rooms(qapp, place.folder)
    with place.serving():
        yield found
    found.leave()


def test_two_cases_make_the_whole_trip_without_a_mouse(rooms: Rooms) -> None:
    make_the_trip(rooms)
