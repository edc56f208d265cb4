"""A center that was restored has not what it lost until all have given it back: nobody is told before that it has."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.reliability.place import STATIONS, Place

# Each gives back what it holds, and then shows that it has nothing more to give.
ROUNDS = 4


def test_an_exchange_with_a_center_that_heals_is_not_called_complete(template: Place, tmp_path: Path) -> None:
    """The outbox was empty, and that was all that was looked at."""
    place = template.copy(tmp_path / "place", "c", *STATIONS)
    with place.serving():
        for name in STATIONS:
            assert place.station(name, "sync").found()["complete"] is True
    shutil.copytree(place.home("c"), tmp_path / "kept")
    lost = {name: place.register(name)["case_id"] for name in ("v1", "v2")}
    with place.serving():
        for name in lost:
            assert place.station(name, "sync").found()["complete"] is True
    shutil.rmtree(place.home("c"))
    shutil.copytree(tmp_path / "kept", place.home("c"))
    place.center("restored").found()
    with place.serving():
        told = [place.station(name, "sync").found() for name in STATIONS]
        assert [(synced["outbox"], synced["complete"]) for synced in told] == [(0, False)] * len(STATIONS)
        for _ in range(ROUNDS):
            told = []
            for name in STATIONS:
                told.append(place.station(name, "sync").found()["complete"])
                assert not (told[-1] and place.center("heal").found()["healing"])
            if all(told):
                break
        assert all(told)
    assert place.center("check").found()["cases"] == len(lost)
