"""Every fault of a directory is found, with its place."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.directory_check import check_document
from station_app.domain.faults import Fault, Severity, has_errors

ITEM: dict[str, Any] = {
    "code": "MZ-001",
    "name": "高龄津贴申请",
    "category": "民政",
    "department": "县民政局",
    "kind": "上报件",
    "decide_level": "县级",
    "accept_points": ["村代办点"],
    "proxy_mode": "代办",
    "must_be_in_person": False,
    "statutory": {"days": 20, "unit": "工作日"},
    "promised": {"days": 15, "unit": "工作日"},
    "forward_workdays": 2,
    "materials": [
        {
            "name": "申请人居民身份证",
            "original": 1,
            "copies": 1,
            "original_handling": "核验即还",
            "tolerable": True,
            "supplement_workdays": 5,
        }
    ],
    "legal_basis": [{"law": "老年人权益保障法", "article": "第三十三条", "status": "已核"}],
    "fee": {"charge": False, "standard": "不收费", "status": "已核"},
}
META = {"title": "目录", "version": "2026-1", "sample": False, "item_count": 1}
MISSING = object()


def document(*changes: tuple[str, object]) -> dict[str, Any]:
    """Return a good document of one item with parts changed, each named by a path under the item."""
    item = copy.deepcopy(ITEM)
    for path, value in changes:
        *above, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        holder: Any = item
        for part in above:
            holder = holder[part]
        if value is MISSING:
            del holder[last]
        else:
            holder[last] = value
    return {"meta": dict(META), "items": [item]}


def faults_of(data: object) -> list[tuple[str, str]]:
    return [(fault.place, fault.code) for fault in check_document(data)[1]]


def only_fault(*changes: tuple[str, object]) -> Fault:
    directory, faults = check_document(document(*changes))
    assert len(faults) == 1, faults
    assert (directory is None) is (faults[0].severity is Severity.ERROR)
    return faults[0]


def test_a_good_directory_has_no_fault() -> None:
    directory, faults = check_document(document())
    assert faults == ()
    assert directory is not None
    assert directory.find("MZ-001").materials[0].supplement_days == 5


@pytest.mark.parametrize("key", sorted(set(ITEM) - {"code", "forward_workdays"}))
def test_every_mandatory_field_is_asked_for(key: str) -> None:
    fault = only_fault((key, MISSING))
    assert (fault.place, fault.code) == (f"items[0].{key}", "directory-key-missing")


@pytest.mark.parametrize(
    ("path", "value", "place", "code"),
    [
        ("nmae", "x", "items[0].nmae", "directory-key-unknown"),
        ("promised.dyas", 3, "items[0].promised.dyas", "directory-key-unknown"),
        ("name", 7, "items[0].name", "directory-type"),
        ("name", "  ", "items[0].name", "directory-text-empty"),
        ("name", "长" * 201, "items[0].name", "directory-text-long"),
        ("code", "1" * 65, "items[0].code", "directory-text-long"),
        ("promised.days", "15", "items[0].promised.days", "directory-type"),
        ("promised.days", 1.5, "items[0].promised.days", "directory-type"),
        ("promised.days", True, "items[0].promised.days", "directory-type"),
        ("promised.days", -1, "items[0].promised.days", "directory-number-range"),
        ("promised.days", 10**30, "items[0].promised.days", "directory-number-range"),
        ("promised.unit", "天", "items[0].promised.unit", "directory-word"),
        ("must_be_in_person", "否", "items[0].must_be_in_person", "directory-type"),
        ("kind", "特殊承诺件", "items[0].kind", "directory-word"),
        ("kind", None, "items[0].kind", "directory-type"),
        ("decide_level", "省级", "items[0].decide_level", "directory-word"),
        ("proxy_mode", "", "items[0].proxy_mode", "directory-word"),
        ("accept_points", "村代办点", "items[0].accept_points", "directory-type"),
        ("accept_points", [], "items[0].accept_points", "item-accept-points-missing"),
        ("materials.0.original_handling", "扣押", "items[0].materials[0].original_handling", "directory-word"),
        ("materials.0", "身份证", "items[0].materials[0]", "directory-type"),
        ("valid_to", "2026-02-30", "items[0].valid_to", "directory-date"),
        ("valid_to", "20260630", "items[0].valid_to", "directory-date"),
        ("valid_to", 20260630, "items[0].valid_to", "directory-type"),
        ("change", {"type": "改名", "effective": "2026-06-30"}, "items[0].change.type", "directory-word"),
        ("procedures", ["抽签"], "items[0].procedures[0]", "directory-word"),
        ("fee.status", "未核", "items[0].fee.status", "directory-word"),
        ("code", MISSING, "items[0].code", "directory-item-code"),
        ("sample_code", "MZ-002", "items[0].code", "directory-item-code"),
    ],
)
def test_what_has_the_wrong_shape_is_named_with_its_place(path: str, value: object, place: str, code: str) -> None:
    fault = only_fault((path, value))
    assert (fault.place, fault.code, fault.severity) == (place, code, Severity.ERROR)


def test_an_unknown_word_comes_with_the_known_ones() -> None:
    assert only_fault(("kind", "特殊承诺件")).params == {"value": "特殊承诺件", "allowed": "即办件、承诺件、上报件"}


ID_PLACE = "items[0].materials[0].original_handling"


@pytest.mark.parametrize(
    ("changes", "place", "code"),
    [
        ([("promised.days", 21)], "items[0].promised.days", "item-promise-exceeds-law"),
        ([("promised.days", None)], "items[0].promised.days", "item-promise-missing"),
        ([("materials.0.supplement_workdays", MISSING)], "items[0].materials[0].supplement_workdays",
         "material-supplement-missing"),
        ([("materials.0.original_handling", "收取")], ID_PLACE, "material-id-card-kept"),
        ([("materials.0.original_handling", "不涉及")], ID_PLACE, "material-id-card-kept"),
        ([("materials.0.name", "户口簿"), ("materials.0.original_handling", "不涉及")], ID_PLACE,
         "material-handling-missing"),
        ([("fee.charge", True)], "items[0].fee.basis", "item-fee-without-basis"),
        ([("valid_from", "2026-07-01"), ("valid_to", "2026-06-30")], "items[0].valid_to", "item-validity-order"),
        ([("change", {"type": "取消", "effective": "2026-06-30"})], "items[0].change.basis_document",
         "item-change-basis-missing"),
    ],
)  # fmt: skip
def test_a_broken_rule_stops_the_directory(changes: list[tuple[str, object]], place: str, code: str) -> None:
    fault = only_fault(*changes)
    assert (fault.place, fault.code, fault.severity) == (place, code, Severity.ERROR)


@pytest.mark.parametrize(
    ("changes", "place", "code"),
    [
        ([("legal_basis", [])], "items[0].legal_basis", "item-basis-missing"),
        ([("materials", [])], "items[0].materials", "item-materials-missing"),
        ([("forward_workdays", MISSING)], "items[0].forward_workdays", "item-forward-missing"),
        ([("forward_workdays", 21), ("item_type_code", "01")], "items[0].forward_workdays", "item-forward-exceeds-law"),
        ([("decide_level", "乡镇")], "items[0].decide_level", "item-reported-up-decided-here"),
        ([("kind", "即办件")], "items[0].promised.days", "item-on-the-spot-with-days"),
        ([("procedures", [])], "items[0].kind", "item-should-be-on-the-spot"),
        ([("kind", "即办件"), ("promised.days", 0), ("procedures", ["现场勘察"])], "items[0].procedures",
         "item-on-the-spot-with-steps"),
        ([("materials.0.original_handling", "缴销")], ID_PLACE, "material-id-card-kept"),
    ],
)  # fmt: skip
def test_a_doubtful_entry_is_a_warning(changes: list[tuple[str, object]], place: str, code: str) -> None:
    fault = only_fault(*changes)
    assert (fault.place, fault.code, fault.severity) == (place, code, Severity.WARNING)


@pytest.mark.parametrize(
    "changes",
    [
        [("statutory", {"days": 10, "unit": "自然日"})],
        [("statutory", {"days": None, "unit": "工作日"})],
        [("promised.days", None), ("proxy_mode", "公开告知")],
        [("fee", {"charge": True, "standard": "20元", "status": "已核", "basis": "川价发〔2004〕1号"})],
        [("materials.0.name", "困难身份证明"), ("materials.0.original_handling", "收取")],
        [("materials.0.name", "成员身份证复印件"), ("materials.0.original_handling", "收取")],
        [("materials.0.original", 0), ("materials.0.original_handling", "不涉及")],
        [("procedures", ["现场勘察"])],
        [("procedures", None), ("clock_stops", None), ("item_type_code", None), ("note", None)],
        [("forward_workdays", 21)],
        [("forward_workdays", 20), ("item_type_code", "01")],
        [("promised.days", 20)],
        [("valid_from", "2026-06-30"), ("valid_to", "2026-06-30")],
        [("decide_level", "县级(与县残联)")],
    ],
)
def test_what_is_allowed_is_not_a_fault(changes: list[tuple[str, object]]) -> None:
    assert faults_of(document(*changes)) == []


def test_a_code_written_twice_is_found_at_the_second() -> None:
    data = document()
    data["items"].append(copy.deepcopy(ITEM))
    data["meta"]["item_count"] = 2
    (fault,) = check_document(data)[1]
    assert (fault.place, fault.code, fault.params["first"]) == ("items[1].code", "directory-code-twice", "items[0]")


def test_all_faults_are_told_at_once() -> None:
    data = document(("kind", "x"), ("promised.days", "x"))
    data["items"] += [copy.deepcopy(ITEM), {"sample_code": "MZ-001"}, 7]
    found = faults_of(data)
    assert ("items[0].kind", "directory-word") in found
    assert ("items[0].promised.days", "directory-type") in found
    assert ("items[1].code", "directory-code-twice") in found
    assert ("items[2].code", "directory-code-twice") in found
    assert ("items[3]", "directory-type") in found


def test_a_wrong_count_of_items_is_found() -> None:
    data = document()
    data["meta"]["item_count"] = 2
    assert faults_of(data) == [("meta.item_count", "directory-item-count")]


def test_a_sample_directory_may_leave_a_fee_open_and_says_that_it_is_a_sample() -> None:
    data = document(("fee.charge", True))
    data["meta"]["sample"] = True
    directory, faults = check_document(data)
    assert directory is not None
    assert [fault.code for fault in faults] == ["directory-sample", "item-fee-without-basis"]
    assert not has_errors(faults)


@pytest.mark.parametrize("data", [None, [], "目录", 7, {}, {"items": []}, {"meta": META, "items": None}, {"meta": 1}])
def test_what_is_no_directory_is_told(data: object) -> None:
    directory, faults = check_document(data)
    assert directory is None
    assert {fault.code for fault in faults} <= {"directory-type", "directory-key-missing"}
    assert faults


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
PATHS = st.sampled_from([*ITEM, "promised.days", "promised.unit", "materials.0", "fee.charge", "change"])


@given(PATHS, JUNK)
def test_junk_in_any_place_never_breaks_the_check(path: str, junk: object) -> None:
    directory, faults = check_document(document((path, junk)))
    assert (directory is None) == has_errors(faults)
    assert all(fault.place.startswith(("items[0]", "meta")) for fault in faults)
