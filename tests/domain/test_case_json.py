"""A folded case to JSON and back, for the projection table."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from station_app.domain.case_json import case_from_json, case_to_json
from station_app.domain.cases import Case, CaseState
from station_app.domain.fold import Verdict
from tests.domain.casework import AT_VILLAGE, STANDING, Casework, offered, registered


def _through_text(case: Case) -> Case:
    return case_from_json(json.loads(json.dumps(case_to_json(case), ensure_ascii=False)))


@pytest.mark.parametrize("stand", [*STANDING.values(), offered])
def test_a_case_in_every_state_comes_back_equal(stand: Callable[[], Casework]) -> None:
    case = stand().case
    assert _through_text(case) == case


def test_remarks_what_does_not_stand_and_provisional_come_back() -> None:
    work = registered()
    work.act("note", AT_VILLAGE, {"text": "下午再来"})
    work.add(work.entry("offer", AT_VILLAGE), Verdict.LATE, "base-passed")
    case = replace(work.case, provisional=True)
    back = _through_text(case)
    assert back == case
    assert back.remarks[0].content["text"] == "下午再来"
    assert list(back.not_standing.values()) == ["base-passed"]


def test_a_case_without_the_usual_facts_reads_as_empty() -> None:
    case = replace(registered().case, fields={"item": "text", "applicant": None, "materials": "x"})
    assert (case.number, case.item, case.applicant, case.materials) == ("", {}, {}, ())
    assert replace(case, fields={"materials": [1, {"name": "a"}]}).materials == ({}, {"name": "a"})
    assert case.state is CaseState.REGISTERED
