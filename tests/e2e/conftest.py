"""Real processes on loopback: a center, stations that join when a test first asks for them, a line that can be cut."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from station_app.cli.demo.place import OFFICES, Office, Place, Station
from tests.e2e.quick_children import QuickChildren
from tests.reliability.shared import template

__all__ = ["center", "template"]


class Center(Place):
    """A place whose stations are made on first use; with `center.offline():` its network is cut."""

    def station(self, office: Office) -> Station:
        return self.stations.get(office.key) or self.join(office)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: starts many real processes; takes tens of seconds")


@pytest.fixture(scope="module")
def center(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Center]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STATION_TEST_QUICK_PIN", "1")
        place = Center(tmp_path_factory.mktemp("place"), children=QuickChildren)
    try:
        place.open_center(OFFICES)
        yield place
    finally:
        place.close()
