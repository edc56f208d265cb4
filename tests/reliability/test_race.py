"""Asking back while the other side accepts, in every order, with a failure at each thing that the programs do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path

import pytest

from station_app.domain.cases import CaseState
from tests.reliability import race
from tests.reliability.place import TOWNSHIP, Place
from tests.reliability.race import Race
from tests.reliability.side_effects import KINDS, InjectedError, SideEffects

STEPS: dict[str, tuple[Callable[[Race], None], ...]] = {
    "ask back": (Race.ask_back, lambda one: one.exchange("v1")),
    "accept": (Race.accept, lambda one: one.exchange("t")),
    "rule": (Race.rule,),
}
# The longest step does more than that.
LEAST_EFFECTS = 20


@pytest.fixture(scope="module")
def handed_over(template: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STATION_TEST_QUICK_PIN", "1")
        yield race.prepare(template, tmp_path_factory.mktemp("race") / "place")


class _Failures:
    """Which side effect of each step is to fail next.

    A step whose failure left nothing on disk fails again, one side effect later; where something was saved already,
    the next side effect takes a place that is as it was before.
    """

    def __init__(self, effects: SideEffects) -> None:
        self._effects = effects
        self._next: dict[tuple[str, int], int] = {}
        self.most = 0

    def all_over(self, order: tuple[str, ...]) -> bool:
        """Tell whether each step has come to its end without a failure where one was wanted."""
        steps = [(name, number) for name in order for number in range(len(STEPS[name]))]
        return all(self._next.get(step) == 0 for step in steps)

    def have(self, name: str, number: int, one: Race) -> None:
        """Do a step, failing; and once more without."""
        step = (name, number)
        at = self._next.get(step, 1)
        while at and self._fails(step, at, one):
            at += 1
            self._next[step] = at
            if self._effects.saved:
                break
        else:
            self._next[step] = 0
        self._look(one)
        self.most = max(self.most, at)
        STEPS[name][number](one)
        self._look(one)

    def _look(self, one: Race) -> None:
        for pc in one.pcs:
            one.look(pc)

    def _fails(self, step: tuple[str, int], at: int, one: Race) -> bool:
        self._effects.begin(at)
        try:
            STEPS[step[0]][step[1]](one)
        except (InjectedError, OSError):
            assert self._effects.failed
        finally:
            self._effects.end()
        return bool(self._effects.failed)


def _run(place: Place, order: tuple[str, ...], failures: _Failures, effects: SideEffects) -> None:
    with race.opened(place, effects) as one, effects.watched():
        for name in order:
            for number in range(len(STEPS[name])):
                failures.have(name, number, one)
        one.come_to_rest()
        _check(one)


def _check(one: Race) -> None:
    """See that all agree on who has the case, and that nothing is lost or doubled."""
    with one.center.read() as store:
        there = frozenset(event.event_id for event in store.all_events())
    assert not one.waits_for_ruling
    for case in (one.case_at_center(), *(one.case_at(name) for name in one.pcs)):
        assert (case.custody.holder, case.custody.offer, case.state) == (TOWNSHIP, None, CaseState.RECEIVED)
        assert (case.provisional, dict(case.not_standing)) == (False, {})
        assert sorted(str(remark.content["text"]) for remark in case.remarks) == sorted(race.SAID)
    for name in one.pcs:
        waiting, events = one.heads(name)
        assert (waiting, events) == (0, there)


@pytest.mark.parametrize("order", list(permutations(STEPS)), ids=" - ".join)
def test_whatever_fails_in_a_race_of_asking_back_and_accepting_one_office_has_the_case_and_all_agree(
    order: tuple[str, ...], handed_over: Place, tmp_path: Path
) -> None:
    effects, runs = SideEffects(), 0
    failures = _Failures(effects)
    while not failures.all_over(order):
        runs += 1
        _run(race.copy(handed_over, tmp_path / str(runs)), order, failures, effects)
    print(f"{runs} runs, {failures.most} in the longest step: {dict(effects.seen)}")
    assert failures.most > LEAST_EFFECTS
    assert set(effects.seen) == set(KINDS)
