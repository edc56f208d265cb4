"""A rebuild of the projections: interrupted at every step, with work going on, and equal to a fresh fold."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, inspect, select, text

from station_app import __version__
from station_app.bootstrap import checking
from station_app.bootstrap.rebuilding import rebuild
from station_app.storage.engine import reading, writing
from station_app.storage.rows import SettingRow
from station_app.usecases import hand_over, run_action
from tests.reliability.place import ENV, FORM, TOWNSHIP, Place
from tests.reliability.rebuilds import (
    PROJECTION_TABLES,
    VERSION,
    WORKER,
    content,
    damage,
    fresh_fold,
    is_behind,
    kept,
    look_anew,
    publish_calendar,
    run_through,
    signed_in,
    step,
    words_of,
    work_through,
)
from tests.reliability.warm import STATION as STATION_COMMAND
from tests.reliability.warm import Ran, Started

HAPPENINGS = ("step", "register", "note", "offer", "newer program", "calendar", "look anew")


@pytest.fixture(autouse=True)
def quick_pin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATION_TEST_QUICK_PIN", "1")


@pytest.fixture(scope="module")
def worked(template: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return work_through(template, tmp_path_factory.mktemp("worked"))


def test_a_rebuild_makes_what_a_fresh_fold_makes_and_touches_nothing_else(worked: Place, tmp_path: Path) -> None:
    place = worked.copy(tmp_path / "place", "v1")
    with signed_in(place) as opened:
        engine = opened.engine
        before, good, words = kept(engine), content(engine, PROJECTION_TABLES), words_of(engine)
        assert good == fresh_fold(engine, tmp_path / "fresh.db")
        damage(engine)
        assert content(engine, PROJECTION_TABLES) != good
        assert words_of(engine) != words
        run_through(engine)
        assert content(engine, PROJECTION_TABLES) == good
        assert words_of(engine) == words
        assert kept(engine) == before


def test_a_rebuilt_store_has_the_same_tables_and_indexes_also_the_third_time(worked: Place, tmp_path: Path) -> None:
    place = worked.copy(tmp_path / "place", "v1")

    def shape(engine: Engine) -> list[Any]:
        with reading(engine) as connection:
            found = inspect(connection)
            names = sorted(name for name in found.get_table_names() if not name.startswith("sqlite_"))
            indexes = [
                sorted(
                    (index["column_names"], index["unique"], *map(str, index["dialect_options"].values()))
                    for index in listed
                )
                for listed in (found.get_indexes(table.name) for table in PROJECTION_TABLES)
            ]
            return [names, indexes]

    with signed_in(place) as opened:
        before = shape(opened.engine)
        for _ in range(3):
            run_through(opened.engine)
            assert shape(opened.engine) == before


def test_work_during_a_rebuild_is_read_at_once_and_is_in_the_result(worked: Place, tmp_path: Path) -> None:
    place = worked.copy(tmp_path / "place", "c", "v1")
    with signed_in(place) as opened, place.serving():
        desk, engine = opened.desk, opened.engine
        with desk.read_book() as book:
            known = [event.header.subject_id for event in book.all_events() if event.header.type == "register"]
        made: list[str] = []

        def work() -> None:
            made.append(run_action.register_case(desk, FORM).case_id)
            run_action.act_on_case(desk, known[len(made) % len(known)], "note", {"text": f"第 {len(made)} 次"})
            if len(made) == 2:
                hand_over.offer_batch(desk, TOWNSHIP, [made[0], known[7]])
                assert opened.loop(1.0).exchange_once().code == ""
            with desk.read_book() as book:
                assert book.case(made[-1]) is not None

        for _ in range(6):
            assert not step(engine).swapped
            work()
        run_through(engine)
        assert made
        assert content(engine, PROJECTION_TABLES) == fresh_fold(engine, tmp_path / "fresh.db")
        assert checking.check(opened)["ok"]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(HAPPENINGS), max_size=25), st.integers(1, 30))
def test_whatever_happens_in_between_the_result_equals_a_fresh_fold(
    worked: Place, tmp_path_factory: pytest.TempPathFactory, happenings: list[str], events: int
) -> None:
    folder = tmp_path_factory.mktemp("rebuild")
    place = worked.copy(folder / "place", "v1")
    rng, version = random.Random(events), VERSION
    with signed_in(place) as opened:
        desk, engine = opened.desk, opened.engine
        with desk.read_book() as book:
            known = [event.header.subject_id for event in book.all_events() if event.header.type == "register"][3:]
        for happening in happenings:
            if happening == "step":
                step(engine, events, version)
            elif happening == "register":
                known.append(run_action.register_case(desk, FORM).case_id)
            elif happening == "note":
                run_action.act_on_case(desk, rng.choice(known), "note", {"text": "又来过"})
            elif happening == "offer" and known:
                hand_over.offer_batch(desk, TOWNSHIP, [known.pop(rng.randrange(len(known)))])
            elif happening == "newer program":
                version += "1"
            elif happening == "calendar":
                publish_calendar(desk, rng.randrange(1, 12))
            elif happening == "look anew":
                look_anew(desk, 3)
        while not step(engine, events, version).swapped:
            pass
        assert not is_behind(desk)
        assert content(engine, PROJECTION_TABLES) == fresh_fold(engine, folder / "fresh.db")
        assert checking.check(opened)["ok"]


def one_life(place: Place, written: bool) -> Ran:
    run = "tests.reliability.dying:rebuild_step_by_step"
    return place.warm.run(run, str(place.home("v1")), WORKER, 5, written, env=ENV)


@pytest.mark.parametrize("written", [False, True], ids=["before the commit", "after the commit"])
def test_a_rebuild_interrupted_at_every_step_twice_in_a_row_goes_on_where_it_was(
    worked: Place, tmp_path: Path, written: bool
) -> None:
    place = worked.copy(tmp_path / "place", "v1")
    with signed_in(place) as opened:
        good, before = content(opened.engine, PROJECTION_TABLES), kept(opened.engine)
        damage(opened.engine)
    deaths = 0
    for _ in range(60):
        ran = one_life(place, written)
        if ran.status == 0:
            break
        assert (ran.status, ran.err) == (-signal.SIGKILL, "")
        deaths += 1
        if not written:
            # Nothing of that step is there; the next life does it, and dies in the one after it.
            again = one_life(place, written)
            assert (again.status, again.err) == (-signal.SIGKILL, "")
            with signed_in(place) as opened:
                done = step(opened.engine, 5, __version__).swapped
            if done:
                break
    assert deaths >= 4
    with signed_in(place) as opened:
        assert content(opened.engine, PROJECTION_TABLES) == good
        assert kept(opened.engine) == before
    assert place.station("v1", "check").found()["ok"] is True


def rebuilding(place: Place) -> Started:
    arguments = ("--home", str(place.home("v1")), "--as", WORKER, "--json", "rebuild")
    return place.warm.start(STATION_COMMAND, *arguments, env=ENV)


def test_the_command_rebuilds_while_another_process_saves_and_is_killed_at_random(
    worked: Place, tmp_path: Path
) -> None:
    place = worked.copy(tmp_path / "place", "v1")
    rng = random.Random(11)
    saver = place.warm.start("tests.reliability.work:save_with_rests", str(place.home("v1")), WORKER, FORM, env=ENV)
    for _ in range(8):
        started = place.warm.start(
            STATION_COMMAND, "--home", str(place.home("v1")), "--as", WORKER, "--json", "rebuild", env=ENV
        )
        time.sleep(rng.random() * 0.4)
        os.kill(started.pid, signal.SIGKILL)
        place.warm.wait(started)
    last = place.warm.start(
        STATION_COMMAND, "--home", str(place.home("v1")), "--as", WORKER, "--json", "rebuild", env=ENV
    )
    # On a slow machine who saves without end may keep ahead of the rebuild; no person does.
    time.sleep(3)
    os.kill(saver.pid, signal.SIGKILL)
    assert place.warm.wait(last).found()["steps"] >= 2
    told = {line["case_id"] for line in place.warm.wait(saver).lines()}
    listed = {case["case_id"] for case in place.station("v1", "case", "list").lines()}
    assert len(told) > 8, "entering stood still during the rebuild"
    assert told <= listed
    assert place.station("v1", "check").found()["ok"] is True


def test_check_says_that_a_rebuild_is_needed_and_the_command_repairs_it(worked: Place, tmp_path: Path) -> None:
    place = worked.copy(tmp_path / "place", "v1")
    for spoil in (
        "UPDATE cases SET holder = 'nobody' WHERE position = 5",
        "UPDATE case_folds SET folded = '{}' WHERE position = 2",
        "UPDATE case_folds SET folded = replace(folded, '13800000000', '13800000001') WHERE position = 2",
        "DELETE FROM case_clocks",
        "DELETE FROM cases WHERE position = 12",
        "DELETE FROM batches",
    ):
        with signed_in(place) as opened, writing(opened.engine) as connection:
            connection.execute(text(spoil))
        refusal = place.station("v1", "check").refusal()
        assert (refusal["code"], refusal["params"]) == ("projections-differ", {"command": "station-app rebuild"}), spoil
        assert "请运行命令 station-app rebuild" in refusal["message"]
        assert place.plain("v1", "rebuild").out.splitlines()[-1].startswith("清单已照")
        assert place.station("v1", "check").found()["ok"] is True


def test_two_rebuilds_at_once_do_it_once(worked: Place, tmp_path: Path) -> None:
    place = worked.copy(tmp_path / "place", "v1")
    started = [rebuilding(place) for _ in range(2)]
    answers = [place.warm.wait(one).found() for one in started]
    assert all(answer["steps"] >= 3 for answer in answers)
    with signed_in(place) as opened:
        assert checking.check(opened)["ok"]
        with reading(opened.engine) as connection:
            assert connection.scalar(select(SettingRow.value).where(SettingRow.name == "rebuild")) is None


def test_what_is_told_of_a_rebuild_counts_up_to_the_journal(worked: Place, tmp_path: Path) -> None:
    place = worked.copy(tmp_path / "place", "v1")
    told: list[tuple[int, int]] = []
    with signed_in(place) as opened:
        found = rebuild(opened, lambda reached, last: told.append((reached, last)))
    assert [reached for reached, _ in told] == sorted(reached for reached, _ in told)
    assert (told[0], told[-1]) == ((0, found.events), (found.events, found.events))
    assert found.steps == len(told)
