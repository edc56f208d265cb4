"""A rebuild of the projections: interrupted at every step, with work going on, and equal to a fresh fold."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, Table, inspect, select, text

from station_app import __version__
from station_app.bootstrap import station
from station_app.bootstrap.rebuilding import rebuild
from station_app.domain.cases import Case
from station_app.protocol.signed import Signed, document_payload, read_document
from station_app.storage.engine import reading, writing
from station_app.storage.journal import PLAIN, every_event
from station_app.storage.projector import PROJECTED
from station_app.storage.rebuild import Progress, rebuild_step
from station_app.storage.rows import SHARED, SettingRow, tables
from station_app.storage.schema import prepare
from station_app.storage.station_book import StationBookOnDisk
from station_app.storage.station_rows import STATION
from station_app.usecases import hand_over, run_action
from station_app.usecases.ports import Desk
from station_app.usecases.reference import reference_of
from station_app.usecases.run_center import CALENDAR
from tests.reliability.place import ENV, FORM, PIN, STATIONS, TOWNSHIP, Place
from tests.reliability.warm import STATION as STATION_COMMAND
from tests.reliability.warm import Ran, Started

PROJECTION_TABLES = tables(PROJECTED)
# All that a rebuild may not touch: the journal, what came from the center, and docs/sync.md §11.
KEPT = [table for table in tables(SHARED + STATION) if table not in PROJECTION_TABLES]
WORKER = next(iter(STATIONS["v1"][1]))
VERSION = "1"
# What a rebuild notes of itself and of the tables that it has made.
NOTED = ("rebuild", "cases_looked_through")
HAPPENINGS = ("step", "register", "note", "offer", "newer program", "calendar", "look anew")


@pytest.fixture(autouse=True)
def quick_pin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATION_TEST_QUICK_PIN", "1")


@pytest.fixture(scope="module")
def worked(template: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A village with twelve cases, three of them handed over and ruled on, a batch, a draft, prints and looks."""
    place = template.copy(tmp_path_factory.mktemp("worked") / "place", "c", "v1", "t")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STATION_TEST_QUICK_PIN", "1")
        with signed_in(place) as opened:
            cases = [run_action.register_case(opened.desk, FORM).case_id for _ in range(12)]
            hand_over.offer_batch(opened.desk, TOWNSHIP, cases[:3])
            run_action.act_on_case(opened.desk, cases[4], "note", {"text": "改天再来"})
            with opened.desk.open_book() as book:
                book.log_print("receipt", cases[0], opened.desk.worker.person_id, "2026-03-02T00:00:00Z")
    with place.serving():
        place.station("v1", "sync").found()
    return place


@contextmanager
def signed_in(place: Place) -> Iterator[station.SignedIn]:
    opened = station.sign_in(place.home("v1"), WORKER, PIN)
    yield opened
    opened.engine.dispose()


def rows_of(connection: Connection, table: Table) -> list[dict[str, Any]]:
    query = select(table).order_by(*table.primary_key.columns)
    return [dict(row) for row in connection.execute(query).mappings()]


def content(engine: Engine, found: Sequence[Table]) -> dict[str, list[dict[str, Any]]]:
    with reading(engine) as connection:
        return {table.name: rows_of(connection, table) for table in found}


def words_of(engine: Engine) -> list[tuple[Any, ...]]:
    """Return what the index of words holds: each word with the cases that have it."""
    with writing(engine) as connection:
        connection.execute(text("CREATE VIRTUAL TABLE temp.seen USING fts5vocab('main', 'case_words', 'instance')"))
        found = [tuple(row) for row in connection.execute(text("SELECT term, doc FROM temp.seen ORDER BY term, doc"))]
        connection.execute(text("DROP TABLE temp.seen"))
    return found


def fresh_fold(engine: Engine, path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the projections that a new store makes of the same journal, taken in whole at once."""
    whole = [table for table in KEPT if table.name not in ("settings", "outbox", "events")]
    fresh = station.open_encrypted(path, bytes(32))
    prepare(fresh, tables(SHARED + STATION))
    with reading(engine) as old, writing(fresh) as new:
        book = StationBookOnDisk(new)
        for table in [*whole, *(table for table in KEPT if table.name in ("outbox", "events"))]:
            if found := rows_of(old, table):
                new.execute(table.insert(), found)
        book.save_identity(StationBookOnDisk(old).identity())
        book.refold(dict.fromkeys(event.header.subject for event in every_event(new, PLAIN)))
    found = content(fresh, PROJECTION_TABLES)
    fresh.dispose()
    return found


def step(engine: Engine, events: int = 4, version: str = VERSION) -> Progress:
    with writing(engine) as connection:
        return rebuild_step(StationBookOnDisk(connection), version, events)


def kept(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    found = content(engine, KEPT)
    found["settings"] = [row for row in found["settings"] if row["name"] not in NOTED]
    return found


def run_through(engine: Engine, between: Callable[[], object] = lambda: None) -> int:
    """Rebuild to the end and return the number of steps."""
    steps = 1
    while not step(engine).swapped:
        between()
        steps += 1
        assert steps < 500
    return steps


def publish_calendar(desk: Desk, days_off: int) -> None:
    """Let the next edition of the calendar come, in which so many of the coming days are no working days."""
    today = date.today()  # noqa: DTZ011
    closed = [today + timedelta(days=day) for day in range(1, days_off + 1)]
    with desk.open_book() as book:
        newest = book.document(CALENDAR)
        assert newest is not None
        content = reference_of(book).calendar.with_overlay(closed).to_json()
        book.save_document(read_document(Signed(document_payload(CALENDAR, newest.number + 1, content), b"s")))


def look_anew(desk: Desk, most: int) -> int:
    with desk.open_book() as book:
        return book.look_anew(most)


def is_behind(desk: Desk) -> bool:
    with desk.read_book() as book:
        return book.is_behind()


def damage(engine: Engine) -> None:
    """Make the projections wrong in every table, as a faulty program would."""
    with writing(engine) as connection:
        connection.execute(text("UPDATE cases SET holder = 'nobody', place = 1"))
        connection.execute(text("UPDATE case_folds SET folded = '{}' WHERE position = 2"))
        connection.execute(text("DELETE FROM case_clocks"))
        connection.execute(text("DELETE FROM batches"))
        connection.execute(text("INSERT INTO case_words(case_words) VALUES ('delete-all')"))


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
        assert station.check(opened)["ok"]


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
        assert station.check(opened)["ok"]


@pytest.mark.parametrize("steps", [2, 8, 50])
def test_a_calendar_that_comes_during_a_rebuild_is_in_its_result_and_nothing_is_left_to_look_at(
    worked: Place, tmp_path: Path, steps: int
) -> None:
    place = worked.copy(tmp_path / "place", "v1")
    with signed_in(place) as opened:
        desk, engine = opened.desk, opened.engine
        while look_anew(desk, 25):
            pass
        clocks = content(engine, PROJECTION_TABLES)["case_clocks"]
        done = 0
        while done < steps:
            progress = step(engine)
            done = steps if progress.reached == progress.last else done + 1
        publish_calendar(desk, 9)
        assert look_anew(desk, 3) == 3
        assert is_behind(desk)
        run_through(engine)
        assert not is_behind(desk)
        assert look_anew(desk, 25) == 0
        found = content(engine, PROJECTION_TABLES)
        assert found["case_clocks"] != clocks
        assert found == fresh_fold(engine, tmp_path / "fresh.db")
        assert station.check(opened)["ok"]


def forget_handed_over(desk: Desk) -> dict[str, Case | None]:
    """Let the center take the cases that were handed over out of sight, and return what is left of them."""
    with desk.open_book() as book:
        subjects = [e.header.subject for e in book.all_events() if e.header.type == "offer"]
        subjects = list(dict.fromkeys(subject for subject in subjects if subject[0] == "case"))
        book.revoke(subjects)
        book.obey_revocations()
        left = {case_id: book.case(case_id) for case_id in book.forgotten(i for _, i in subjects)}
    assert len(left) == 3
    assert all(case is not None and case.forgotten and not case.applicant for case in left.values())
    return left


@pytest.mark.parametrize("steps", [0, 3, 50])
def test_what_is_left_of_a_forgotten_case_stays_through_a_rebuild(worked: Place, tmp_path: Path, steps: int) -> None:
    place = worked.copy(tmp_path / "place", "v1")
    with signed_in(place) as opened:
        desk, engine = opened.desk, opened.engine
        done = 0
        while done < steps:
            progress = step(engine)
            done = steps if progress.reached == progress.last else done + 1
        left = forget_handed_over(desk)
        before, words = content(engine, PROJECTION_TABLES), words_of(engine)
        assert station.check(opened)["projections"] == "ok"
        run_through(engine)
        assert content(engine, PROJECTION_TABLES) == before
        assert words_of(engine) == words
        with desk.read_book() as book:
            assert {case_id: book.case(case_id) for case_id in left} == left
        assert station.check(opened)["projections"] == "ok"


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        ("UPDATE cases SET holder = 'nobody' WHERE case_id = :case", "row"),
        ("UPDATE case_folds SET folded = '{}' WHERE position = :position", "case"),
        (
            "UPDATE case_folds SET folded = replace(folded, '\"forgotten\": true', '\"forgotten\": false')"
            " WHERE position = :position",
            "case",
        ),
        ("DELETE FROM cases WHERE case_id = :case", "case"),
    ],
)
def test_what_is_wrong_with_a_forgotten_case_is_told_and_mended(
    worked: Place, tmp_path: Path, spoil: str, found: str
) -> None:
    place = worked.copy(tmp_path / "place", "v1")
    with signed_in(place) as opened:
        case_id = min(forget_handed_over(opened.desk))
        with writing(opened.engine) as connection:
            position = connection.scalar(text("SELECT position FROM cases WHERE case_id = :case"), {"case": case_id})
            told = {"case": case_id, "position": position}
            connection.execute(text(spoil), told)
        assert station.check(opened)["projections"] == f"{found} {case_id}"
        run_through(opened.engine)
        assert station.check(opened)["projections"] == "ok"


def test_a_case_that_comes_into_view_again_during_a_rebuild_is_whole_in_both_sets(
    worked: Place, tmp_path: Path
) -> None:
    place = worked.copy(tmp_path / "place", "v1")
    with signed_in(place) as opened:
        desk, engine = opened.desk, opened.engine
        before = content(engine, PROJECTION_TABLES)
        with desk.read_book() as book:
            events = list(book.all_events())
        left = forget_handed_over(desk)
        while (progress := step(engine)).reached < progress.last:
            pass
        with desk.open_book() as book:
            again = [event for event in events if event.header.subject_id in left]
            book.fill_bodies(again)
            book.refold(dict.fromkeys(event.header.subject for event in again))
        assert content(engine, PROJECTION_TABLES) == before
        run_through(engine)
        assert content(engine, PROJECTION_TABLES) == before
        assert station.check(opened)["ok"]


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
    answer = place.station("v1", "rebuild").found()
    assert answer["steps"] >= 2
    os.kill(saver.pid, signal.SIGKILL)
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
        assert station.check(opened)["ok"]
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
