"""A center that has its hands full sends callers away with a time, and is there again afterwards."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from station_app.center.app import Gate
from station_app.center.turns import COME_AGAIN_S, MOST_OF_A_DEVICE, SPREAD_S, Turns
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


def test_one_greedy_pc_and_nineteen_calm_ones() -> None:
    """The greedy one kept all threads of the center at work, and the others waited behind all of its calls."""
    calm = [f"calm {number}" for number in range(19)]
    done, sent_away, at_work = list[str](), Counter[str](), Counter[str]()

    async def call(turns: Turns, threads: asyncio.Semaphore, device: str) -> None:
        try:
            async with turns.of(device), threads:
                at_work[device] += 1
                assert at_work[device] == 1
                await asyncio.sleep(0.001)
                at_work[device] -= 1
                done.append(device)
        except StationError as error:
            assert error.code == "center-busy"
            assert COME_AGAIN_S <= error.params["retry_after_s"] < COME_AGAIN_S + SPREAD_S
            sent_away[device] += 1

    async def morning() -> None:
        turns, threads = Turns(), asyncio.Semaphore(4)
        calls = [call(turns, threads, device) for device in ["greedy"] * 200 + calm]
        await asyncio.gather(*calls)
        await call(turns, threads, "greedy")

    asyncio.run(morning())
    assert sent_away == {"greedy": 200 - MOST_OF_A_DEVICE}
    assert Counter(done) == {"greedy": MOST_OF_A_DEVICE + 1, **dict.fromkeys(calm, 1)}
    # All calm ones are through before the greedy one has had its second turn and those behind it.
    assert done.index(calm[-1]) <= len(calm) + MOST_OF_A_DEVICE


def test_a_call_that_fails_or_is_given_up_gives_its_turn_on() -> None:
    async def calls() -> None:
        turns = Turns(1)
        with pytest.raises(ValueError, match="broken"):
            async with turns.of("a"):
                raise ValueError("broken")
        async with turns.of("a"), turns.of("b"):
            with pytest.raises(StationError):
                async with turns.of("a"):
                    pass
        waiting = Turns(2)
        async with waiting.of("a"):
            behind = asyncio.create_task(_take(waiting))
            await asyncio.sleep(0)
            behind.cancel()
            await asyncio.wait([behind])
        async with waiting.of("a"):
            pass

    asyncio.run(calls())


async def _take(turns: Turns) -> None:
    async with turns.of("a"):
        pass
