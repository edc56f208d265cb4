"""What is said of each PC: never green without news, and always what to do next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pytestqt.modeltest import ModelTester

from station_app.protocol.fleet_records import Fleet, FleetOffice, FleetPc, Way
from station_app.protocol.pc_note import PcNote
from station_app.ui.models.fleet_rows import Order, Show, detail_text, fleet_table, shown_rows, summary_word
from station_app.ui.models.fleet_words import FleetRow, rows_of
from station_app.ui.tokens import Tone
from station_app.usecases.times import read_stamp, stamp

AT = "2026-11-24T02:00:00Z"
NOW = read_stamp(AT)


def ago(**span: float) -> str:
    return stamp(NOW - timedelta(**span))


NOTE = PcNote("1.2.0", ago(hours=10), "", ())
PC = FleetPc("ab" * 16, "1", ago(days=90), ago(minutes=5), Way.NETWORK, False, False, False, 0, 0, 0, NOTE)
OFFICE = FleetOffice("1", "示例一村", "village", "0833-1234567")


def row(**changes: Any) -> FleetRow:
    [found] = rows_of(Fleet(AT, "1.2.0", (OFFICE,), (replace(PC, **changes),)))
    return found


def test_a_pc_that_is_well_wants_nothing() -> None:
    found = row()
    assert (found.todo.text, found.todo.tone, found.heard.tone) == ("正常，不用做什么。", Tone.GOOD, Tone.GOOD)


@pytest.mark.parametrize(
    ("changes", "tone", "says"),
    [
        ({"last_seen_at": ago(days=2)}, Tone.STALE, "现在怎样不知道"),
        ({"last_seen_at": ago(days=3)}, Tone.WARN, "3 天没有联系。请打电话问一问：电脑开着没有"),
        ({"last_seen_at": ago(days=9), "way": Way.PACKAGE}, Tone.GOOD, "正常"),
        ({"last_seen_at": ago(days=9), "way": Way.PACKAGE, "behind": 4}, Tone.INFO, "有 4 条它还没有确认收到"),
        ({"last_seen_at": ago(days=10), "way": Way.PACKAGE}, Tone.WARN, "10 天没有包来。请打电话催一催"),
        ({"last_seen_at": "", "enrolled_at": ago(days=4), "note": None, "way": Way.UNKNOWN}, Tone.WARN, "加入 4 天了"),
        ({"last_seen_at": "", "enrolled_at": ago(hours=4), "note": None, "way": Way.UNKNOWN}, Tone.STALE, "先等一等"),
        ({"cloned": True}, Tone.BAD, "同一份数据在两台电脑上用"),
        ({"refused": 2}, Tone.WARN, "有 2 条中心没有收"),
        ({"revoked": True, "last_seen_at": ago(days=30)}, Tone.PLAIN, "已停用。不用做什么。"),
        ({"revoked": True, "held": 3}, Tone.BAD, "又传来 3 条，扣住了：请两位管理员"),
        ({"note": None}, Tone.INFO, "软件是旧版，不说自己的情况，请升级。"),
        ({"note": replace(NOTE, program="1.1.9")}, Tone.INFO, "软件是旧版 1.1.9，请升级到 1.2.0"),
        ({"note": replace(NOTE, program="1.10.0")}, Tone.GOOD, "正常"),
        ({"note": replace(NOTE, backup="")}, Tone.WARN, "没有备份过"),
        ({"note": replace(NOTE, backup=""), "enrolled_at": ago(days=1)}, Tone.GOOD, "正常"),
        ({"note": replace(NOTE, backup=ago(days=5))}, Tone.WARN, "备份是 5 天前的"),
        ({"note": replace(NOTE, faults=("disk-low",))}, Tone.WARN, "磁盘快满了，请让对方清理"),
        ({"note": replace(NOTE, faults=("backup-unreachable",))}, Tone.WARN, "备份没有做成"),
        ({"note": replace(NOTE, faults=("brand-new",))}, Tone.WARN, "（代号 brand-new）"),
        ({"note": replace(NOTE, road="2026-11-22")}, Tone.GOOD, "正常"),
        ({"note": replace(NOTE, road="2026-11-20")}, Tone.WARN, "4 天没有人接，请打电话催接收的单位"),
        ({"note": replace(NOTE, road="2026-11-20"), "last_seen_at": ago(days=2)}, Tone.WARN, "（上次联系时说的）"),
        ({"note": replace(NOTE, road="2026-13-99", backup="2026-99-99T00:00:00Z")}, Tone.WARN, "没有备份过"),
    ],
)
def test_each_state_has_its_words(changes: dict[str, Any], tone: Tone, says: str) -> None:
    found = row(**changes)
    assert says in found.todo.text
    assert found.todo.tone is tone
    assert found.todo.text.endswith("。")


def test_what_was_not_heard_for_long_is_never_green_anywhere() -> None:
    for days in (1, 3, 30):
        found = row(last_seen_at=ago(days=days))
        assert found.heard.tone in (Tone.STALE, Tone.WARN)
        assert found.todo.tone is not Tone.GOOD


def test_a_clock_of_the_center_that_was_set_back_hears_nobody_in_the_future() -> None:
    assert row(last_seen_at=stamp(NOW + timedelta(days=2))).heard.tone is Tone.GOOD


def several() -> tuple[FleetRow, ...]:
    pcs = (
        replace(PC, device="1" * 32),
        replace(PC, device="2" * 32, org="2", last_seen_at=ago(days=12), note=replace(NOTE, road="2026-11-10")),
        replace(PC, device="3" * 32, org="2", way=Way.PACKAGE, note=replace(NOTE, road="2026-11-22")),
        replace(PC, device="4" * 32, org="3", revoked=True, last_seen_at=""),
    )
    offices = (OFFICE, FleetOffice("2", "沙坪镇", "township"), FleetOffice("4", "示例二村", "village"))
    return rows_of(Fleet(AT, "1.2.0", offices, pcs))


def keys(show: Show = Show.ALL, order: Order = Order.SILENT, text: str = "") -> str:
    return "".join(found.key[0] for found in shown_rows(several(), show, order, text))


def test_the_longest_silent_comes_first_and_who_is_done_with_last() -> None:
    assert [found.key for found in shown_rows(several(), Show.ALL, Order.SILENT, "")] == [
        "2" * 32,
        "1" * 32,
        "3" * 32,
        "4" * 32,
        "4",
    ]


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ({"order": Order.ROAD}, "2344"[:2]),
        ({"order": Order.OFFICE}, "12344"),
        ({"show": Show.TO_DO}, "2"),
        ({"show": Show.SILENT}, "2"),
        ({"show": Show.PACKAGES}, "3"),
        ({"show": Show.EMPTY}, "4"),
        ({"show": Show.REVOKED}, "4"),
        ({"text": "沙坪"}, "23"),
        ({"text": "3333"}, "3"),
        ({"text": "没有"}, ""),
    ],
)
def test_rows_are_filtered_and_put_in_order(arguments: dict[str, Any], wanted: str) -> None:
    assert keys(**arguments).startswith(wanted) and bool(keys(**arguments)) == bool(wanted)


def test_the_summary_counts_who_wants_something() -> None:
    word = summary_word(several(), AT)
    assert word.text == "3 台在用，1 台很久没有联系，1 台要处理。照中心的钟 11-24 10:00。"
    assert word.tone is Tone.WARN
    assert summary_word((row(),), AT).tone is Tone.GOOD


def test_the_table_says_it_all_and_the_detail_has_the_telephone(qtmodeltester: ModelTester) -> None:
    table = fleet_table()
    table.show_rows(several())
    qtmodeltester.check(table)
    texts = [table.index(1, column).data() for column in range(table.columnCount())]
    assert texts[0] == "沙坪镇\n电脑 222222"
    assert texts[1].startswith("12 天没有，联网\n11月12日")
    assert texts[2:] and texts[2] == "14 天\n11月10日起"
    assert texts[3] == "1.2.0\n今天备份"
    assert "电话 0833-1234567。电脑编号 abababab" in detail_text(row())


def test_who_was_just_heard_is_not_said_to_be_behind() -> None:
    """It confirms what it got with its next request, a minute later."""
    assert "确认收到" not in detail_text(row(behind=3))
    assert "中心有 3 条它还没有确认收到" in detail_text(row(behind=3, last_seen_at=ago(days=2)))


def test_a_hand_over_of_today_is_no_matter_of_days() -> None:
    assert row(note=replace(NOTE, road="2026-11-24")).road.text == "今天交的"
