"""The directory as YAML: the shipped sample, and files that somebody spoiled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.directory_file import parse_directory
from station_app.domain.faults import Severity, has_errors
from station_app.domain.items import DecideLevel, Directory, Kind, ProxyMode

SAMPLE = (Path(__file__).parents[2] / "resources/data/items_sample.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def sample() -> Directory:
    directory, _ = parse_directory(SAMPLE)
    assert directory is not None
    return directory


def plain(value: Any) -> Any:
    """Drop what says nothing, so that a file and its JSON can be compared key by key."""
    if isinstance(value, dict):
        return {key: plain(entry) for key, entry in value.items() if entry is not None and entry != ""}
    return [plain(entry) for entry in value] if isinstance(value, list) else value


def test_the_sample_has_no_error_and_only_known_warnings() -> None:
    _, faults = parse_directory(SAMPLE)
    codes = {fault.code for fault in faults}
    assert {fault.severity for fault in faults} == {Severity.WARNING}
    assert all(fault.line for fault in faults)
    assert "directory-sample" in codes
    assert codes <= {
        "directory-sample", "item-fee-without-basis", "item-basis-missing", "item-materials-missing",
        "item-forward-exceeds-law", "material-id-card-kept",
    }  # fmt: skip


def test_the_sample_is_loaded_without_loss(sample: Directory) -> None:
    raw = yaml.load(SAMPLE, yaml.BaseLoader)["items"]
    loaded = json.loads(json.dumps(sample.to_json()["items"]))
    assert len(loaded) == 62
    for item in raw:
        item["code"] = item.pop("sample_code")
    assert as_text(plain(loaded)) == as_text(plain(drop_nulls(raw)))


def drop_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: drop_nulls(entry) for key, entry in value.items() if entry != "null"}
    return [drop_nulls(entry) for entry in value] if isinstance(value, list) else value


def as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_text(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [as_text(entry) for entry in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_the_sample_has_what_the_working_days_need(sample: Directory) -> None:
    kinds = [item.kind for item in sample.items]
    assert (kinds.count(Kind.INSTANT), kinds.count(Kind.PROMISED), kinds.count(Kind.REPORTED_UP)) == (13, 6, 43)
    assert sum(item.must_be_in_person for item in sample.items) == 4
    assert sum(item.proxy_mode is ProxyMode.NOTICE_ONLY for item in sample.items) == 2
    assert {item.decide_level for item in sample.items} >= {DecideLevel.TOWNSHIP, DecideLevel.COUNTY, DecideLevel.CITY}
    assert sample.sample
    assert sample.find("SAMPLE-QX-099").replaced_by == "个人承诺，不再开具证明"


def test_the_json_of_the_sample_comes_back(sample: Directory) -> None:
    assert Directory.from_json(json.loads(json.dumps(sample.to_json()))) == sample


def test_a_fault_knows_its_line() -> None:
    spoiled = SAMPLE.replace("name: 失业登记\n", "name: 失业登记\n  nmae: 失业\n", 1)
    line = SAMPLE[: SAMPLE.index("name: 失业登记\n")].count("\n") + 2
    directory, faults = parse_directory(spoiled)
    errors = [fault for fault in faults if fault.severity is Severity.ERROR]
    assert directory is None
    assert [(fault.place, fault.code, fault.line) for fault in errors] == [
        ("items[8].nmae", "directory-key-unknown", line)
    ]


def test_a_missing_field_is_reported_at_the_line_of_its_item() -> None:
    _, faults = parse_directory("meta: {title: 目录, version: '1'}\nitems:\n- code: A\n- code: B\n")
    lines = {fault.place: fault.line for fault in faults}
    assert (lines["items[0].name"], lines["items[1].name"]) == (3, 4)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("meta:\n  title: x\n version: 1\n", 3),
        ("items:\n- [a, b\n- c\n", 3),
        ("a: 1\nb: \x07\n", 2),
        ("a: 1\n--- \nb: 2\n", 2),
        ("a: =\n", 1),
    ],
)
def test_broken_yaml_is_reported_with_its_line(text: str, line: int) -> None:
    directory, faults = parse_directory(text)
    assert directory is None
    assert [(fault.code, fault.line) for fault in faults] == [("directory-yaml", line)]


def test_a_key_written_twice_is_not_swallowed() -> None:
    _, faults = parse_directory("meta:\n  title: x\n  title: y\n")
    assert [(fault.place, fault.code, fault.line) for fault in faults] == [("meta.title", "directory-key-twice", 3)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: x\nb: &b [x]\nc: [*b, *b]\n", 2),
        ("a: *x\n", 1),
        ("a: &a [*a]\n", 1),
        ("a: 1\nb: !!python/object/apply:os.system ['true']\n", 2),
        ("a: !!timestamp x\n", 1),
        ("[" * 500, 1),
        ("- " * 100_000, 1),
    ],
)
def test_only_plain_data_is_read(text: str, line: int) -> None:
    directory, faults = parse_directory(text)
    assert directory is None
    assert [(fault.code, fault.line) for fault in faults] == [("directory-yaml-plain", line)]


def test_a_value_that_cannot_be_read_is_told() -> None:
    directory, faults = parse_directory("a: " + "9" * 5000)
    assert directory is None
    assert [fault.code for fault in faults] == ["directory-yaml-value"]


def test_an_unquoted_date_is_read_like_a_quoted_one() -> None:
    unquoted = SAMPLE.replace("'2026-06-30'", "2026-06-30")
    assert unquoted != SAMPLE
    assert parse_directory(unquoted)[0] == parse_directory(SAMPLE)[0]


@pytest.mark.parametrize("text", ["", "\n# 空\n", "目录", "- 1\n"])
def test_a_file_that_is_no_directory_is_told(text: str) -> None:
    directory, faults = parse_directory(text)
    assert directory is None
    assert [fault.code for fault in faults] == ["directory-type"]


@given(st.text("ab:-[]{}&*!|>'\"#\n \t\x00", max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    directory, faults = parse_directory(text)
    assert directory is None
    assert has_errors(faults)
