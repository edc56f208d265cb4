"""The same errand taken in at two places is found, and both cases are told; others are left alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from station_app.domain.cases import POSSIBLE_DUPLICATE
from station_app.domain.lanes import SubjectKind
from station_app.exchange.authentic import split
from station_app.exchange.duplicates import Errand, near, pairs
from tests.exchange.makers import CASE, OPEN, OTHER, VILLAGE, Device, center_with

WANTED = {
    "number": "1",
    "applicant": {"id_type": "resident", "id_number": "11010519491231002X"},
    "item": {"code": "T-1"},
}
OTHER_CASE = "d" * 32


def _opening(number: str, received_on: str, **facts: object) -> object:
    return replace(OPEN, fields={**WANTED, "number": number, "received_on": received_on, **facts})


def test_two_villages_that_take_in_one_errand_are_both_told_by_the_center() -> None:
    one, other = Device(VILLAGE), Device(OTHER)
    center = center_with(one, other)
    one.write("register", _opening("111", "2026-03-02"))  # type: ignore[arg-type]
    other.write("register", _opening("222", "2026-03-20"), subject=(SubjectKind.CASE, OTHER_CASE))  # type: ignore[arg-type]
    for device in (one, other):
        center.push(device)
        center.rule()
    told = {}
    for case_id in (CASE, OTHER_CASE):
        entries, _ = split(center.store.tables.subjects[case_id], "")
        [remark] = [e.effects.remark for e in entries if e.type == POSSIBLE_DUPLICATE and e.effects]
        told[case_id] = remark["number"] if remark else ""
    assert told == {CASE: "222", OTHER_CASE: "111"}


def test_another_item_another_person_or_another_season_is_no_duplicate() -> None:
    errand = Errand("k", "a", "1", VILLAGE, "2026-03-02")
    assert near(errand, [replace(errand, case_id="b", key="other")]) == []
    assert near(errand, [replace(errand, case_id="b", opened_on="2026-09-02")]) == []
    assert near(errand, [errand]) == []
    assert near(errand, [replace(errand, case_id="b", opened_on="2026-05-30")]) != []
    assert near(replace(errand, opened_on="not a date"), [replace(errand, case_id="b")]) == []


def test_an_applicant_without_a_document_is_never_compared() -> None:
    village = Device(VILLAGE)
    center = center_with(village)
    village.write("register", _opening("111", "2026-03-02", applicant={"id_type": "none"}))  # type: ignore[arg-type]
    center.push(village)
    center.rule()
    assert center.store.tables.errands == {}


def test_each_one_more_and_the_newest_before_it_are_told_of_each_other() -> None:
    errands = [Errand("k", name, name, VILLAGE, "2026-03-02") for name in "abc"]
    told = {(one.case_id, other.case_id) for one, other in pairs(errands[1:], errands[:1])}
    assert told == {("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")}


def test_one_number_typed_into_hundreds_of_cases_is_told_of_twice_in_each() -> None:
    """Every case was told of every other: 160 cases became 25,440 events, each signed and carried to two offices."""
    errands = [Errand("k", f"{n:03}", f"{n:03}", VILLAGE, "2026-03-02") for n in range(300)]
    told = Counter(one.case_id for one, _ in [*pairs(errands[:200], []), *pairs(errands[200:], errands[:200])])
    assert max(told.values()) == 2
    assert sum(told.values()) == 2 * 299


@pytest.mark.parametrize(
    ("number", "received_on"),
    [("9" * 140_000, "2026-03-02"), ("1\0", "2026-03-02"), ("1", "2026-03-02T08:00:00Z"), ("1", "\0")],
)
def test_a_case_whose_number_or_day_is_none_is_ruled_on_and_never_compared(number: str, received_on: str) -> None:
    """Kept beside the journal it was too long for the database, or for the remark: nobody was ruled on any more."""
    one, other = Device(VILLAGE), Device(OTHER)
    center = center_with(one, other)
    one.write("register", _opening(number, received_on))  # type: ignore[arg-type]
    other.write("register", _opening("222", "2026-03-02"), subject=(SubjectKind.CASE, OTHER_CASE))  # type: ignore[arg-type]
    for device in (one, other):
        center.push(device)
        center.rule()
    assert list(center.store.tables.errands) == [OTHER_CASE]
    assert center.book.unruled(10) == []
