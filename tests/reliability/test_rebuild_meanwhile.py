"""What comes while a rebuild is under way: a new calendar, and cases that go out of sight and come back."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from station_app.bootstrap import checking
from station_app.domain.cases import Case
from station_app.domain.lanes import SubjectKind
from station_app.storage.engine import writing
from station_app.usecases.ports import Desk
from tests.reliability.place import Place
from tests.reliability.rebuilds import (
    PROJECTION_TABLES,
    content,
    fresh_fold,
    is_behind,
    look_anew,
    publish_calendar,
    run_through,
    signed_in,
    step,
    words_of,
    work_through,
)


@pytest.fixture(autouse=True)
def quick_pin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATION_TEST_QUICK_PIN", "1")


@pytest.fixture(scope="module")
def worked(template: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return work_through(template, tmp_path_factory.mktemp("worked"))


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
        assert checking.check(opened)["ok"]


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
        assert checking.check(opened)["projections"] == "ok"
        run_through(engine)
        assert content(engine, PROJECTION_TABLES) == before
        assert words_of(engine) == words
        with desk.read_book() as book:
            assert {case_id: book.case(case_id) for case_id in left} == left
        assert checking.check(opened)["projections"] == "ok"


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
        assert checking.check(opened)["projections"] == f"{found} {case_id}"
        run_through(opened.engine)
        assert checking.check(opened)["projections"] == "ok"


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
            book.show_again([(SubjectKind.CASE, case_id) for case_id in left])
            book.fill_bodies(again)
            book.refold(dict.fromkeys(event.header.subject for event in again))
        assert content(engine, PROJECTION_TABLES) == before
        run_through(engine)
        assert content(engine, PROJECTION_TABLES) == before
        assert checking.check(opened)["ok"]
