"""Items and the directory that holds them."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.errors import StationError
from station_app.domain.items import (
    Change,
    ChangeType,
    DecideLevel,
    Directory,
    Fee,
    Handling,
    Item,
    Kind,
    LegalBasis,
    Material,
    Procedure,
    ProxyMode,
    TimeLimit,
    Unit,
)

TEXT = st.text(min_size=1, max_size=8)
NOTE = st.text(max_size=8)
COUNT = st.integers(0, 99)
DAY = st.dates(date(2000, 1, 1), date(2099, 12, 31))
STATUS = st.sampled_from(["已核", "待核"])


@st.composite
def levels(draw: st.DrawFn) -> dict[str, object]:
    level = draw(st.sampled_from(DecideLevel))
    return {
        "decide_level": level,
        "decide_text": level.value + draw(st.sampled_from(["", "(授权经办)", "（与县残联）"])),
    }


@st.composite
def materials(draw: st.DrawFn) -> Material:
    handling = draw(st.sampled_from(Handling))
    return Material(
        name=draw(TEXT),
        originals=draw(COUNT),
        copies=draw(COUNT),
        handling=handling,
        tolerable=draw(st.booleans()),
        supplement_days=draw(st.none() | COUNT),
        source=draw(NOTE),
        note=draw(NOTE),
        handling_text=handling.value + draw(st.sampled_from(["", "副页", "(换领)"])),
    )


LIMITS = st.builds(TimeLimit, st.none() | COUNT, st.sampled_from(Unit))
CHANGES = st.builds(Change, st.sampled_from(ChangeType), DAY, NOTE, st.none() | TEXT)
ITEMS = levels().flatmap(
    lambda level: st.builds(
        Item,
        **{key: st.just(value) for key, value in level.items()},
        code=TEXT,
        name=TEXT,
        category=TEXT,
        department=TEXT,
        kind=st.sampled_from(Kind),
        accept_points=st.lists(TEXT, max_size=2).map(tuple),
        proxy_mode=st.sampled_from(ProxyMode),
        must_be_in_person=st.booleans(),
        statutory=LIMITS,
        promised=LIMITS,
        materials=st.lists(materials(), max_size=2).map(tuple),
        legal_basis=st.lists(st.builds(LegalBasis, TEXT, TEXT, STATUS, NOTE), max_size=2).map(tuple),
        fee=st.builds(Fee, st.booleans(), TEXT, STATUS, NOTE),
        forward_workdays=st.none() | COUNT,
        valid_from=st.none() | DAY,
        valid_to=st.none() | DAY,
        change=st.none() | CHANGES,
        procedures=st.none() | st.lists(st.sampled_from(Procedure), max_size=3).map(tuple),
        clock_stops=st.lists(TEXT, max_size=2).map(tuple),
        item_type=NOTE,
        note=NOTE,
    )
)
DIRECTORIES = st.builds(Directory, TEXT, TEXT, st.booleans(), st.lists(ITEMS, max_size=2).map(tuple), NOTE)


def make_item(**changes: object) -> Item:
    values: dict[str, object] = {
        "code": "MZ-001",
        "name": "高龄津贴申请",
        "category": "民政",
        "department": "县民政局",
        "kind": Kind.REPORTED_UP,
        "decide_level": DecideLevel.COUNTY,
        "accept_points": ("村代办点",),
        "proxy_mode": ProxyMode.PROXY,
        "must_be_in_person": False,
        "statutory": TimeLimit(None, Unit.WORKDAY),
        "promised": TimeLimit(15, Unit.WORKDAY),
        "materials": (),
        "legal_basis": (),
        "fee": Fee(False, "不收费", "已核"),
    }
    return Item(**(values | changes))  # type: ignore[arg-type]


def refused(item: Item, on: date) -> StationError:
    with pytest.raises(StationError) as caught:
        item.require_open(on)
    return caught.value


def no_floats(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and no_floats(entry) for key, entry in value.items())
    if isinstance(value, list):
        return all(map(no_floats, value))
    return value is None or type(value) in {str, int, bool}


@given(DIRECTORIES)
def test_a_directory_comes_back_from_plain_json_as_it_was(directory: Directory) -> None:
    data = directory.to_json()
    assert no_floats(data)
    assert Directory.from_json(json.loads(json.dumps(data))) == directory


@pytest.mark.parametrize(
    "data", [{}, {"meta": {}, "items": []}, {"meta": {"version": "1", "title": "x"}, "items": [{}]}]
)
def test_json_of_another_shape_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(StationError, match="directory-unreadable"):
        Directory.from_json(data)


def test_an_item_is_found_by_its_code() -> None:
    directory = Directory("1", "目录", True, (make_item(), make_item(code="MZ-002")))
    assert directory.find("MZ-002").code == "MZ-002"
    with pytest.raises(StationError) as caught:
        directory.find("MZ-003")
    assert (caught.value.code, caught.value.params) == ("item-unknown", {"item": "MZ-003", "version": "1"})


def test_raw_words_are_filled_in_where_they_are_left_out() -> None:
    assert make_item().decide_text == "县级"
    assert Material("申请表", 1, 0, Handling.COLLECT, tolerable=False).handling_text == "收取"


@pytest.mark.parametrize(
    ("text", "level"),
    [("乡镇(授权经办)", DecideLevel.TOWNSHIP), ("县级（与县残联）", DecideLevel.COUNTY), ("村级", DecideLevel.VILLAGE)],
)
def test_a_level_may_have_a_remark(text: str, level: DecideLevel) -> None:
    assert DecideLevel.of_text(text) is level


@pytest.mark.parametrize(
    ("text", "handling"),
    [
        ("收取副页", Handling.COLLECT),
        ("收取(换领)", Handling.COLLECT),
        ("缴销/加注", Handling.HAND_BACK),
        ("交回", Handling.HAND_BACK),
        ("不涉及", Handling.NONE),
    ],
)
def test_a_handling_may_have_a_remark(text: str, handling: Handling) -> None:
    assert Handling.of_text(text) is handling


def test_unknown_words_have_no_meaning() -> None:
    for read in (DecideLevel.of_text, Handling.of_text):
        with pytest.raises(ValueError, match="省级"):
            read("省级")


def test_an_item_without_dates_is_always_open() -> None:
    make_item().require_open(date(1999, 1, 1))
    make_item().require_open(date(2099, 1, 1))


def test_a_cancelled_item_is_refused_from_the_day_after() -> None:
    change = Change(ChangeType.CANCELLED, date(2026, 6, 30), "县发〔2026〕1号", "个人承诺")
    item = make_item(change=change)
    item.require_open(date(2026, 6, 30))
    error = refused(item, date(2026, 7, 1))
    assert error.code == "item-cancelled"
    assert error.params == {
        "item": "MZ-001",
        "name": "高龄津贴申请",
        "cancelled_on": "2026-06-30",
        "basis": "县发〔2026〕1号",
        "replaced_by": "个人承诺",
    }


def test_the_earlier_of_two_ends_counts() -> None:
    change = Change(ChangeType.CANCELLED, date(2026, 6, 30))
    assert make_item(change=change, valid_to=date(2026, 5, 31)).last_open_on == date(2026, 5, 31)
    assert make_item(change=change, valid_to=date(2026, 8, 31)).last_open_on == date(2026, 6, 30)


def test_an_end_without_a_change_says_that_nothing_is_noted() -> None:
    params = refused(make_item(valid_to=date(2026, 5, 31)), date(2026, 6, 1)).params
    assert (params["basis"], params["replaced_by"]) == ("目录未注明", "无")


def test_a_suspended_item_is_refused_as_suspended() -> None:
    item = make_item(change=Change(ChangeType.SUSPENDED, date(2026, 6, 30)))
    assert refused(item, date(2026, 7, 1)).code == "item-suspended"


def test_a_change_that_only_moves_an_item_does_not_close_it() -> None:
    make_item(change=Change(ChangeType.DELEGATED, date(2026, 6, 30))).require_open(date(2026, 7, 1))


def test_an_item_is_not_taken_before_it_is_in_force() -> None:
    item = make_item(valid_from=date(2027, 1, 1))
    assert refused(item, date(2026, 12, 31)).code == "item-not-yet-in-force"
    item.require_open(date(2027, 1, 1))


@pytest.mark.parametrize("changes", [{"must_be_in_person": True}, {"proxy_mode": ProxyMode.NOTICE_ONLY}])
def test_what_a_person_must_do_in_person_is_not_run_as_an_errand(changes: dict[str, object]) -> None:
    with pytest.raises(StationError) as caught:
        make_item(**changes).require_proxy()
    assert (caught.value.code, caught.value.params["department"]) == ("item-in-person", "县民政局")


@pytest.mark.parametrize("mode", [ProxyMode.DIRECT, ProxyMode.PROXY, ProxyMode.ASSIST])
def test_other_items_are_run_as_errands(mode: ProxyMode) -> None:
    assert make_item(proxy_mode=mode).require_proxy() is None
