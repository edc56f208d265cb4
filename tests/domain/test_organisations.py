"""The tree of organisations."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from station_app.domain.errors import StationError
from station_app.domain.organisations import Level, Organisation, Organisations

CITY = Organisation("511100000000", "乐山市", Level.CITY)
COUNTY = Organisation("511123000000", "犍为县", Level.COUNTY, CITY.code)
OTHER_COUNTY = Organisation("511124000000", "井研县", Level.COUNTY, CITY.code)
TOWN = Organisation("511123101000", "示例镇", Level.TOWNSHIP, COUNTY.code, "便民服务中心")
VILLAGE = Organisation("511123101201", "示例一村", Level.VILLAGE, TOWN.code, valid_to=date(2026, 6, 30), successor="V2")
NEXT_VILLAGE = Organisation("V2", "示例二村", Level.VILLAGE, TOWN.code, valid_from=date(2026, 7, 1))
ALL = (CITY, COUNTY, OTHER_COUNTY, TOWN, VILLAGE, NEXT_VILLAGE)


@pytest.fixture
def tree() -> Organisations:
    return Organisations(ALL)


def test_the_tree_knows_who_is_above_and_below(tree: Organisations) -> None:
    assert tree.get("V2") == NEXT_VILLAGE
    assert tree.parent("V2") == TOWN
    assert tree.parent(CITY.code) is None
    assert tree.children(TOWN.code) == (VILLAGE, NEXT_VILLAGE)
    assert tree.children("V2") == ()
    assert tree.ancestors("V2") == (TOWN, COUNTY, CITY)
    assert (len(tree), list(tree), "V2" in tree, "V3" in tree) == (6, list(ALL), True, False)


def test_county_and_city_are_found_from_anywhere_below(tree: Organisations) -> None:
    assert tree.county_of("V2") == tree.county_of(COUNTY.code) == COUNTY
    assert tree.city_of("V2") == tree.city_of(CITY.code) == CITY
    assert tree.county_of(CITY.code) is None
    assert Organisations([OTHER_COUNTY_ALONE]).city_of(OTHER_COUNTY_ALONE.code) is None


OTHER_COUNTY_ALONE = Organisation("511124000000", "井研县", Level.COUNTY)


@pytest.mark.parametrize(
    ("one", "other", "goes"),
    [
        ("V2", TOWN.code, True),
        ("V2", COUNTY.code, False),
        ("V2", VILLAGE.code, False),
        (COUNTY.code, TOWN.code, True),
        (COUNTY.code, "V2", True),
        (CITY.code, "V2", True),
        (OTHER_COUNTY.code, "V2", False),
        (TOWN.code, "nowhere", False),
        ("nowhere", TOWN.code, True),
    ],
)
def test_batches_go_to_the_office_above_and_to_any_below(tree: Organisations, one: str, other: str, goes: bool) -> None:
    assert tree.has_batches_between(one, other) is goes


def test_decisions_go_down_to_a_village_that_has_moved_meanwhile(tree: Organisations) -> None:
    moved = replace(NEXT_VILLAGE, parent="T2", former_parents=(TOWN.code,))
    tree = Organisations([*ALL[:-1], Organisation("T2", "孝姑镇", Level.TOWNSHIP, COUNTY.code), moved])
    assert tree.has_batches_between(TOWN.code, "V2") and tree.has_batches_between("T2", "V2")


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        ("V2", VILLAGE.code, TOWN),
        ("V2", TOWN.code, TOWN),
        ("V2", "V2", NEXT_VILLAGE),
        ("V2", OTHER_COUNTY.code, CITY),
        (COUNTY.code, CITY.code, CITY),
    ],
)
def test_the_lowest_common_organisation_is_found(tree: Organisations, one: str, other: str, common: object) -> None:
    assert tree.lowest_common(one, other) == common
    assert tree.lowest_common(other, one) == common


@pytest.mark.parametrize(
    ("one", "other", "center"),
    [("V2", TOWN.code, COUNTY), (TOWN.code, COUNTY.code, COUNTY), (COUNTY.code, CITY.code, CITY)],
)
def test_the_lowest_common_center_rules_a_hand_over(
    tree: Organisations, one: str, other: str, center: Organisation
) -> None:
    assert tree.arbiter_of(one, other) == center.code


def test_separate_trees_have_nothing_in_common() -> None:
    trees = Organisations([OTHER_COUNTY_ALONE, Organisation("C", "甲县", Level.COUNTY)])
    assert trees.lowest_common("C", OTHER_COUNTY_ALONE.code) is None
    with pytest.raises(StationError, match="organisations-apart"):
        trees.arbiter_of("C", OTHER_COUNTY_ALONE.code)


def test_a_tree_comes_back_from_json(tree: Organisations) -> None:
    again = Organisations.from_json(json.loads(json.dumps(tree.to_json())))
    assert again == tree
    assert hash(again) == hash(tree)
    assert again != Organisations(ALL[:3])


def test_an_unknown_code_is_told(tree: Organisations) -> None:
    for ask in (tree.get, tree.parent, tree.children, tree.ancestors, tree.county_of, tree.city_of):
        with pytest.raises(StationError) as caught:
            ask("X")
        assert (caught.value.code, caught.value.params) == ("organisation-unknown", {"organisation": "X"})


@pytest.mark.parametrize(
    "members",
    [
        [CITY, CITY],
        [COUNTY],
        [CITY, COUNTY, Organisation("X", "平级", Level.COUNTY, COUNTY.code)],
        [Organisation("A", "甲", Level.TOWNSHIP, "B"), Organisation("B", "乙", Level.TOWNSHIP, "A")],
        [Organisation("A", "甲", Level.TOWNSHIP, "A")],
    ],
)
def test_what_is_no_tree_cannot_be_made(members: list[Organisation]) -> None:
    with pytest.raises(StationError, match="organisations-unreadable"):
        Organisations(members)


@pytest.mark.parametrize("data", [[{}], [{"code": "A", "name": "甲", "level": "省"}], [7], 7])
def test_json_of_another_shape_is_refused(data: object) -> None:
    with pytest.raises(StationError, match="organisations-unreadable"):
        Organisations.from_json(data)  # type: ignore[arg-type]


def test_an_organisation_exists_on_its_first_and_last_day() -> None:
    assert VILLAGE.is_valid_on(date(2026, 6, 30))
    assert not VILLAGE.is_valid_on(date(2026, 7, 1))
    assert NEXT_VILLAGE.is_valid_on(date(2026, 7, 1))
    assert not NEXT_VILLAGE.is_valid_on(date(2026, 6, 30))
    assert [level.rank for level in Level] == [0, 1, 2, 3]
