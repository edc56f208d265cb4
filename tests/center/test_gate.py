"""A center that has its hands full sends callers away with a time, and is there again afterwards."""

from __future__ import annotations

import pytest

from station_app.center.app import COME_AGAIN_S, SPREAD_S, Gate
from station_app.domain.errors import StationError


def test_one_call_too_many_is_told_when_to_come_again() -> None:
    gate = Gate(2)
    with gate, gate:
        with pytest.raises(StationError) as error, gate:
            pass
        assert error.value.code == "center-busy"
        wait = error.value.params["retry_after_s"]
        assert isinstance(wait, int)
        assert COME_AGAIN_S <= wait < COME_AGAIN_S + SPREAD_S
    with gate, gate:
        pass


def test_a_call_that_fails_leaves_its_place() -> None:
    gate = Gate(1)
    with pytest.raises(ValueError, match="broken"), gate:
        raise ValueError("broken")
    with gate:
        pass


def test_those_sent_away_come_back_at_different_times() -> None:
    gate = Gate(0)
    times = set()
    for _ in range(60):
        with pytest.raises(StationError) as error, gate:
            pass
        times.add(error.value.params["retry_after_s"])
    assert len(times) > 5
