"""A queue of many batches is not called done before its last event is at the center, however often the line breaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reliability.long_queue import BATCH, STALL_S, VILLAGE_PC, drain, of_device
from tests.reliability.place import Place

EVENTS = 5000


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATION_TEST_QUICK_PIN", "1")
    monkeypatch.setenv("STATION_STALL_S", str(STALL_S))


def test_a_long_queue_over_a_line_that_breaks_is_not_called_done_before_the_last_event_is_there(
    template: Place, tmp_path: Path
) -> None:
    """The first batch was taken for all of it, and the rest was never sent (opensrp-client-core#817)."""
    place = template.copy(tmp_path / "place", "c", VILLAGE_PC)
    told = drain(place, EVENTS)
    print(told.text())
    assert (told.early, told.acked_early) == ([], [])
    # Each batch was looked at, and the line broke in each of its ways.
    assert told.looks > EVENTS // BATCH
    assert {"no-network", "stalled", "center-busy"} <= set(told.codes)
    assert told.codes[""] == 1
    assert of_device(place.home("c"), told.device) == (EVENTS, EVENTS)
    # As much was applied as a fresh reading of the journal gives, here and there: nothing twice, nothing left out.
    held = place.center("check").found()
    assert (held["ok"], held["refused"], held["cases"]) == (True, 0, EVENTS * 32 // 100)
    checked = place.station(VILLAGE_PC, "check").found()
    assert (checked["ok"], checked["lost"]) == (True, [])
    with place.serving():
        again = place.station(VILLAGE_PC, "sync").found()
    assert (again["pushed"], again["outbox"], again["complete"]) == (0, 0, True)
