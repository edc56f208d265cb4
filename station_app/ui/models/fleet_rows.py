"""站点总览 as a table: a row for each PC and each office without one, the longest silent first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from station_app.domain.calendar import SHANGHAI
from station_app.protocol.fleet_records import FleetPc, Way
from station_app.ui.models.dates import Word
from station_app.ui.models.fleet_words import FleetRow
from station_app.ui.models.row_table import Column, RowTable
from station_app.ui.tokens import Tone
from station_app.usecases.times import local_day, read_stamp

DIGITS = 6


class Show(StrEnum):
    """Which rows are shown."""

    ALL = "全部"
    TO_DO = "要处理的"
    SILENT = "久未联系的"
    PACKAGES = "用包带的"
    EMPTY = "没有电脑的"
    REVOKED = "已停用的"


class Order(StrEnum):
    """Which rows come first."""

    SILENT = "久未联系在前"
    ROAD = "在途久的在前"
    OFFICE = "按单位"


_WANTED: dict[Show, Callable[[FleetRow], bool]] = {
    Show.ALL: lambda _row: True,
    Show.TO_DO: lambda row: row.wants_somebody,
    Show.SILENT: lambda row: row.is_silent,
    Show.PACKAGES: lambda row: row.pc is not None and row.pc.way is Way.PACKAGE,
    Show.EMPTY: lambda row: row.pc is None,
    Show.REVOKED: lambda row: row.pc is not None and row.pc.revoked,
}
_KEYS: dict[Order, Callable[[FleetRow], tuple[Any, ...]]] = {
    # Who is done with, and who has nothing to be heard of, comes last.
    Order.SILENT: lambda row: (row.pc is None, row.pc is not None and row.pc.revoked, *_heard_at(row)),
    Order.ROAD: lambda row: (not row.road_on, row.road_on, *_heard_at(row)),
    Order.OFFICE: lambda row: (row.office.org, *_heard_at(row)),
}


def shown_rows(rows: Sequence[FleetRow], show: Show, order: Order, text: str) -> list[FleetRow]:
    """Return those of the rows that are wanted, in the order that is wanted; `text` is part of an office or a PC."""
    sought = text.strip().lower()
    return sorted((row for row in rows if _WANTED[show](row) and _has(row, sought)), key=_KEYS[order])


def summary_word(rows: Sequence[FleetRow], at: str) -> Word:
    """Return how many PCs there are, and how many of them want somebody to do something."""
    pcs = [row for row in rows if row.pc is not None and not row.pc.revoked]
    silent, todo = sum(row.is_silent for row in pcs), sum(row.wants_somebody for row in rows)
    told = f"{silent} 台很久没有联系，{todo} 台要处理" if todo else "没有要处理的"
    when = read_stamp(at).astimezone(SHANGHAI)
    return Word(f"{len(pcs)} 台在用，{told}。照中心的钟 {when:%m-%d %H:%M}。", Tone.WARN if todo else Tone.GOOD)


def fleet_table() -> RowTable[FleetRow]:
    """Return the table."""
    return RowTable(
        (
            Column("单位、电脑", _who),
            Column("最近联系", lambda row: row.heard.text, 190, lambda row: row.heard.tone),
            Column("在途最久", lambda row: row.road.text, 120, lambda row: row.road.tone),
            Column("版本、备份", lambda row: row.program.text, 145, lambda row: row.program.tone),
            Column("现在该怎么办", lambda row: row.todo.text, 400, lambda row: row.todo.tone),
        ),
        key=lambda row: row.key,
    )


def detail_text(row: FleetRow) -> str:
    """Return what else is known of a row: the telephone of the office, the whole number of the PC, since when."""
    phone = f"电话 {row.office.phone}" if row.office.phone else "单位名录里没有电话"
    if row.pc is None:
        return f"{row.office.name}（{row.office.org}），{phone}。"
    joined = local_day(read_stamp(row.pc.enrolled_at))
    # Who was just heard confirms what it got with its next request.
    late = row.heard.tone is not Tone.GOOD or row.pc.way is Way.PACKAGE
    behind = f"，中心有 {row.pc.behind} 条它还没有确认收到" if row.pc.behind and late else ""
    return f"{row.office.name}，{phone}。电脑编号 {row.pc.device}，{joined.isoformat()} 加入{behind}。"


def pc_name(pc: FleetPc) -> str:
    """Return what a PC is called beside its office: the first digits of its number."""
    return f"{'县中心' if pc.is_center else '电脑'} {pc.device[:DIGITS]}"


def _who(row: FleetRow) -> str:
    return f"{row.office.name}\n{pc_name(row.pc)}" if row.pc is not None else row.office.name


def _has(row: FleetRow, sought: str) -> bool:
    device = row.pc.device if row.pc is not None else ""
    return not sought or any(sought in text for text in (row.office.name, row.office.org, device))


def _heard_at(row: FleetRow) -> tuple[str, str, str]:
    return (row.pc.last_seen_at if row.pc is not None else "", row.office.org, row.key)
