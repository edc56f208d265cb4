"""One case from the village to the township and home, with the power failing at each commit of any machine in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from station_app.domain.cases import CaseState
from station_app.usecases.hand_over import Count, receive_batch
from station_app.usecases.run_action import act_on_case
from tests.fakes import PowerCutError, Store
from tests.simulate.machines import Pc
from tests.simulate.story import Story

# What a run without a failure takes; the last of the run with more must not be cut any more.
LEAST_COMMITS = 30


@dataclass
class Commits:
    """Counts the commits of all machines, and lets the power fail at one of them.

    Args:
        at: number of that commit; none has 0.
        when: "before" or "after" it.

    While the world comes to rest nothing fails any more, and nothing is counted.
    """

    at: int = 0
    when: str = ""
    counted: int = 0
    at_rest: bool = False

    @contextmanager
    def write(self, store: Store) -> Iterator[Any]:
        with _WRITE(store) as book:
            yield book
            if store._rehearsed is None and not self.at_rest:
                self.counted += 1
                store.cut = self.when if self.counted == self.at else ""


_WRITE = Store.write


def _told(commits: Commits, monkeypatch: pytest.MonkeyPatch) -> Story:
    story = Story()

    def write(store: Store) -> Any:
        return commits.write(store)

    monkeypatch.setattr(Store, "write", write)
    village, town = story.village, story.township
    _act(story, village, story.register, lambda: bool(village.store.tables.cases))
    [case] = village.store.tables.cases.values()

    def state(pc: Pc) -> CaseState:
        return story.shown(pc, case).state

    def do(pc: Pc, desk: int, code: str, after: CaseState, **form: Any) -> None:
        _act(story, pc, lambda: act_on_case(pc.desks[desk], case.case_id, code, form), lambda: state(pc) is after)

    _act(story, village, lambda: story.offer(case), lambda: story.shown(village, case).custody.offer is not None)
    _sync(story, village, town)
    [batch] = town.store.tables.batches.values()
    receive = lambda: receive_batch(town.desks[0], batch.number, Count())  # noqa: E731
    _act(story, town, receive, lambda: state(town) is CaseState.RECEIVED)
    _sync(story, town, village)
    do(town, 0, "accept_application", CaseState.ACCEPTED)
    do(town, 1, "grant", CaseState.GRANTED, result="准予")
    _sync(story, town, village)
    do(village, 0, "deliver", CaseState.DELIVERED, signed_by="王五", method="in_person", delivered_on="2026-03-02")
    do(village, 0, "close", CaseState.CLOSED)
    commits.at_rest = True
    story.rest()
    [only] = {subject for center in story.world.centers.values() for subject in center.store.tables.subjects} - {
        batch.batch_id
    }
    assert only == case.case_id
    for pc in (village, town):
        shown = story.shown(pc, case)
        assert (shown.state, shown.not_standing, shown.provisional) == (CaseState.CLOSED, {}, False)
    return story


def _act(story: Story, pc: Pc, act: Callable[[], object], is_done: Callable[[], bool]) -> None:
    """Do something as a worker does: where the PC went off, look whether it is saved, and do it again if not."""
    try:
        story.draw()
        act()
    except PowerCutError:
        story.world.restart(pc)
        if not is_done():
            act()
    assert is_done()


def _sync(story: Story, *pcs: Pc) -> None:
    # Twice: what the power has cut off is made up for by the next one.
    for machine in (*pcs, story.county) * 2:
        story.sync(machine)


@pytest.mark.parametrize("when", ["before", "after"])
def test_wherever_the_power_fails_nothing_is_lost_or_done_twice(when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Commits()
    _told(whole, monkeypatch)
    assert whole.counted > LEAST_COMMITS
    for at in range(1, whole.counted + 1):
        commits = Commits(at, when)
        _told(commits, monkeypatch)
        assert commits.counted >= at
