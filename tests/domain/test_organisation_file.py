"""Organisations from CSV: whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.faults import Severity, has_errors
from station_app.domain.organisation_file import parse_organisations
from station_app.domain.organisations import Level, Organisation, Organisations

LESHAN = (Path(__file__).parents[2] / "resources/data/orgs_leshan.csv").read_text(encoding="utf-8")
HEAD = "code,name,level,parent,kind,valid_from,valid_to,successor,phone,short_name\n"
GOOD = (
    HEAD
    + "C,甲县,county,,,,,\nT,乙镇,township,C,便民服务中心,2020-01-01,,\n"
    + "V,丙村,village,T,,,2026-06-30,T,0833-5520001\n"
)


def faults_of(text: str, existing: Organisations | None = None) -> list[tuple[int | None, str, str]]:
    organisations, faults = parse_organisations(text, existing)
    assert (organisations is None) == has_errors(faults)
    return [(fault.line, fault.place, fault.code) for fault in faults]


def test_the_city_of_leshan_is_taken_whole() -> None:
    organisations, faults = parse_organisations(LESHAN)
    assert faults == ()
    assert organisations is not None
    levels = [member.level for member in organisations]
    assert [levels.count(level) for level in Level] == [1, 11, 132, 0]
    assert len(organisations.children("511132000000")) == 13


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_files_of_every_system_are_read_the_same(start: str, end: str) -> None:
    organisations, faults = parse_organisations(start + GOOD.replace("\n", end) + end)
    assert faults == ()
    assert organisations is not None
    assert organisations.get("V").successor == "T"
    assert organisations.get("V").phone == "0833-5520001"
    assert organisations.get("T").kind == "便民服务中心"


def test_columns_may_stand_in_any_order_and_be_left_out() -> None:
    organisations, _ = parse_organisations("name,parent,code,level\n甲县,,C,county\n\n乙镇,C,T,township\n")
    assert organisations is not None
    assert organisations.parent("T") == Organisation("C", "甲县", Level.COUNTY)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (",丁,county,", "code", "organisation-code"),
        ("A B,丁,county,", "code", "organisation-code"),
        ("x" * 65 + ",丁,county,", "code", "organisation-code"),
        ("A\x07,丁,county,", "code", "organisation-code"),
        ("T,丁,county,", "code", "organisation-code-twice"),
        ("A,,county,", "name", "organisation-name"),
        ("A," + "丁" * 101 + ",county,", "name", "organisation-name"),
        ("A,丁,县,", "level", "organisation-level"),
        ("A,丁,county,,,2026-2-1", "valid_from", "organisation-date"),
        ("A,丁,county,,,,2026-02-30", "valid_to", "organisation-date"),
        ("A,丁,county,,,2026-02-02,2026-02-01", "valid_to", "organisation-validity-order"),
        ("A,丁,village,X", "parent", "organisation-parent-missing"),
        ("A,丁,village,", "parent", "organisation-parent-empty"),
        ("A,丁,county,T", "parent", "organisation-parent-level"),
        ("A,丁,county,C", "parent", "organisation-parent-level"),
        ("A,丁,village,A", "parent", "organisation-circle"),
        ("A,丁,county,,,,,X", "successor", "organisation-successor"),
        ("A,丁,county,,,,,A", "successor", "organisation-successor"),
        ("A,丁,county,,,,,," + "0" * 41, "phone", "organisation-phone"),
        ("A,丁,county,,,,,,,海 便", "short_name", "organisation-short-name"),
        ("A,丁,county,,,,,,,海便〔", "short_name", "organisation-short-name"),
        ("A,丁,county,,,,,,,,", "", "organisation-columns"),
        ('A,"丁,county,', "", "organisation-csv"),
    ],
)
def test_a_faulty_row_is_named_with_its_line_and_nothing_is_taken(row: str, column: str, code: str) -> None:
    assert faults_of(GOOD + row + "\n") == [(5, column, code)]


def test_a_village_right_under_its_county_is_only_a_warning() -> None:
    organisations, faults = parse_organisations(GOOD + "A,丁村,village,C\n")
    assert organisations is not None
    assert [(fault.line, fault.code, fault.severity) for fault in faults] == [
        (5, "organisation-level-skipped", Severity.WARNING)
    ]


def test_the_longest_name_and_a_validity_of_one_day_are_taken() -> None:
    assert faults_of(GOOD + "A," + "丁" * 100 + ",county,,,2026-02-02,2026-02-02\n") == []


def test_a_circle_is_named_at_each_of_its_lines() -> None:
    found = faults_of(HEAD + "A,甲,township,B\nB,乙,township,C\nC,丙,township,A\n")
    assert found == [(line, "parent", "organisation-circle") for line in (2, 3, 4)]


def test_all_faults_come_at_once_and_children_of_a_faulty_row_stay_quiet() -> None:
    found = faults_of(HEAD + "C,,county,\nT,乙镇,镇,C\nV,丙村,village,T\nW,丁村,village,\nX,戊村,村,T\n")
    assert found == [
        (2, "name", "organisation-name"),
        (3, "level", "organisation-level"),
        (5, "parent", "organisation-parent-empty"),
        (6, "level", "organisation-level"),
    ]


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", ["organisation-column-missing"] * 4),
        ("code,name,level", ["organisation-column-missing"]),
        ("code,name,level,parent,区划", ["organisation-column-unknown"]),
        ("code,name,level,parent,name", ["organisation-column-unknown"] * 2),
    ],
)
def test_a_wrong_header_is_told_once(header: str, found: list[str]) -> None:
    assert [code for _, _, code in faults_of(header + "\nC,甲县,county,\n")] == found


def test_a_file_adds_to_what_is_known_and_replaces_it() -> None:
    known, _ = parse_organisations(GOOD)
    added, faults = parse_organisations("code,name,level,parent\nV,新丙村,village,T\nV2,丁村,village,T\n", known)
    assert faults == ()
    assert added is not None
    assert [member.name for member in added] == ["甲县", "乙镇", "新丙村", "丁村"]
    assert known is not None
    assert known.get("V").name == "丙村"


def test_a_file_cannot_pull_a_known_organisation_off_its_place() -> None:
    known, _ = parse_organisations(GOOD)
    found = faults_of("code,name,level,parent\nT,乙村,village,C\n", known)
    assert (2, "level", "organisation-parent-level") in found


def test_a_line_break_inside_quotes_does_not_shift_the_line_numbers() -> None:
    text = HEAD + 'C,"甲\n县",county,\nT,乙镇,镇,C\n'
    assert faults_of(text) == [(4, "level", "organisation-level")]


CELLS = st.sampled_from(
    ["", "A", "B", "C", "T", "city", "county", "township", "village", "2026-01-01", '"', "\x00", "\r"]
)


@given(st.lists(st.lists(CELLS, max_size=9).map(",".join), max_size=6).map("\n".join), st.booleans())
def test_no_text_breaks_the_reader(rows: str, with_known: bool) -> None:
    known = parse_organisations(GOOD)[0] if with_known else None
    organisations, faults = parse_organisations(HEAD + rows, known)
    assert (organisations is None) == has_errors(faults)
