"""Traces on real stores, twice: what holds in memory holds on SQLCipher, SQLite, PostgreSQL, with real keys.

And I6: nobody reads in those stores what people wrote; a center's bodies are sealed as its program seals them.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from station_app.bootstrap.station_home import StationHome
from station_app.storage.journal import PLAIN
from station_app.storage.registry import RegistryOnDisk
from station_app.usecases.ports import Draft
from station_app.usecases.reveal import FIELD_LABELS, reveal
from tests.fakes import ED25519
from tests.simulate.building import Stores
from tests.simulate.chance import Chance
from tests.simulate.disk_stores import DiskStores
from tests.simulate.machines import Center, Pc
from tests.simulate.runs import replay, run_seed
from tests.simulate.secrecy import personal_words, read_in
from tests.simulate.traces import REST, Trace
from tests.simulate.tree import person
from tests.simulate.world import World

# More of them: STATION_TRACES=60 python -m pytest tests/simulate/test_on_disk.py
SEEDS = range(int(os.environ.get("STATION_TRACES", "20")))
# A commit on disk, and reading all of it back to look at it, takes far longer than one in memory.
INPUTS, HAND_OVERS = 50, 1


@pytest.fixture(params=["sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DiskStores]:
    """Return where machines keep what they have; on PostgreSQL each center's work is done by two processes in turn."""
    server = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    log, handler = logging.getLogger("station_app"), logging.FileHandler(tmp_path / "program.log", encoding="utf-8")
    log.addHandler(handler)
    stores = DiskStores(tmp_path, server)
    yield stores
    stores.close()
    log.removeHandler(handler)
    handler.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_trace_holds_every_invariant_on_real_stores(seed: int, stores: DiskStores) -> None:
    world = _replayed(seed, stores)
    assert len(world.watch.confirmed) >= 5
    assert read_in(stores, personal_words(world)) == {}
    for center in world.centers.values():
        if center.store.processes is not None:
            _check_processes(center)


def _replayed(seed: int, stores: DiskStores) -> World:
    trace = Trace(seed)
    run_seed(seed, inputs=INPUTS, hand_overs=HAND_OVERS, trace=trace)
    *inputs, rest = trace.steps
    # All exchange with all in a rest, which takes longer than the inputs: one, at the end.
    steps = [*(step for step in inputs if step.name != REST), rest]
    return replay(Trace(seed, steps, trace.build), ED25519, stores)


class _InMemory(Stores):
    """Stores in memory of a world in which people say as much of themselves as on the disk."""

    def who_comes(self, chance: Chance) -> dict[str, Any]:
        return person(chance)


def _check_processes(center: Center) -> None:
    """See that two processes at a time have answered in turn, none of them this one, and those killed never again."""
    pids, killed = center.store.processes.pids, center.store.processes.killed
    assert len(pids) > 3
    assert all(one != other for one, other in pairwise(pids))
    assert os.getpid() not in pids
    assert len(set(pids)) >= 2 + len(killed)


def test_what_people_wrote_is_found_in_a_center_that_seals_nothing(stores: DiskStores) -> None:
    trace = Trace(6)
    run_seed(6, inputs=INPUTS, hand_overs=HAND_OVERS, trace=trace)
    world = replay(trace, stores=_InMemory())
    words = personal_words(world)
    events = [event for stream in world.watch.written.values() for event in stream.values()]
    with stores.center("sealed").write() as book:
        book.add_events(events)
    assert read_in(stores, words) == {}
    with stores.center("plain").write() as book:
        RegistryOnDisk(book.connection, PLAIN).add_events(events)
    assert set().union(*read_in(stores, words).values()) == words
    # Somebody's papers and phone, what was said about them, and who signed.
    assert {"家里老人卧床，请电话联系", "王五"} <= words
    assert any(word.startswith("139") for word in words)


def test_notes_on_a_pc_and_beside_its_journal_tell_nothing(tmp_path: Path) -> None:
    stores = DiskStores(tmp_path)
    try:
        world = _replayed(2, stores)
        assert sum(_leave_notes(pc, tmp_path / pc.name) for pc in world.pcs) >= 5
        assert read_in(stores, personal_words(world)) == {}
    finally:
        stores.close()


def _leave_notes(pc: Pc, home: Path) -> int:
    """Do with all cases here what is written down on this PC alone; return how many there are."""
    home.mkdir()
    cases = list(pc.store.tables.cases.values())
    for case in cases:
        for field in FIELD_LABELS:
            assert reveal(pc.desks[0], case.case_id, field) == case.applicant[field]
        form = {"applicant": dict(case.applicant), "note": case.fields["note"]}
        with pc.store.write() as book:
            book.save_draft(
                Draft(case.case_id, pc.desks[0].worker.person_id, "register", case.fields["note"], form, "")
            )
            book.log_print("receipt", case.case_id, pc.desks[0].worker.person_id, "")
        pc.note_saved()
        StationHome(home).save_written(pc.sidecar)
    return len(cases)
