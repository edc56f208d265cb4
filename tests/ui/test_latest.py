"""Only the latest of many questions is answered."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from station_app.domain.errors import StationError
from station_app.ui.background import Jobs
from station_app.ui.presenters.latest import Latest


def test_questions_asked_while_one_is_answered_are_passed_over(qtbot: QtBot) -> None:
    jobs, owner, asked, answers = Jobs(), QObject(), [], []
    go_on = threading.Event()

    def work(text: str) -> str:
        asked.append(text)
        assert go_on.wait(10)
        return text.upper()

    latest = Latest(jobs, work, owner)
    latest.answered.connect(lambda text, answer: answers.append((text, answer)))
    for text in ("g", "gl", "glj", "gljt"):
        latest.ask(text)
    assert latest.waiting
    go_on.set()
    qtbot.waitUntil(lambda: bool(answers))
    assert (asked, answers) == (["g", "gljt"], [("gljt", "GLJT")])
    assert not latest.waiting
    jobs.close()


def test_an_answer_that_nobody_wants_any_more_is_dropped(qtbot: QtBot) -> None:
    jobs, owner, answers = Jobs(), QObject(), []
    latest = Latest(jobs, lambda text: text, owner)
    latest.answered.connect(lambda text, answer: answers.append(text))
    latest.ask("g")
    latest.drop()
    qtbot.waitUntil(lambda: jobs.idle)
    latest.ask("h")
    qtbot.waitUntil(lambda: jobs.idle)
    assert answers == ["h"]
    jobs.close()


def test_after_a_refusal_the_next_question_is_answered(qtbot: QtBot) -> None:
    jobs, owner, answers, refused = Jobs(), QObject(), [], []

    def work(text: str) -> str:
        if text == "bad":
            raise StationError("documents-missing")
        return text

    jobs.refused.connect(lambda error: refused.append(error.code))
    latest = Latest(jobs, work, owner)
    latest.answered.connect(lambda text, answer: answers.append(text))
    latest.ask("bad")
    qtbot.waitUntil(lambda: jobs.idle)
    latest.ask("good")
    qtbot.waitUntil(lambda: jobs.idle)
    assert (refused, answers) == (["documents-missing"], ["good"])
    jobs.close()


def test_after_a_fault_of_the_program_the_next_question_is_answered(qtbot: QtBot, bugs: list[BaseException]) -> None:
    """It waited for an answer that never came: the page showed the case of before for good."""
    jobs, owner, answers = Jobs(), QObject(), []
    latest = Latest(jobs, lambda text: {"good": "GOOD"}[text], owner)
    latest.answered.connect(lambda text, answer: answers.append(answer))
    latest.ask("bad")
    qtbot.waitUntil(lambda: jobs.idle and not latest.waiting)
    latest.ask("good")
    qtbot.waitUntil(lambda: bool(answers))
    assert answers == ["GOOD"]
    bugs.clear()
    jobs.close()
