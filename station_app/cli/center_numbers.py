"""station-center numbers: the register of an office's 文号."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from station_app.bootstrap import center
from station_app.cli.output import Output
from station_app.usecases.number_register import OUT, USED, RegisterLine, number_register
from station_app.usecases.run_center import organisations_of
from station_app.usecases.times import local_day

_REASONS = {
    "epoch-closed": "电脑从备份恢复过",
    "leased-twice": "中心从备份恢复以后又发给过别的电脑",
    "device-revoked": "电脑已停用",
    "cloned": "电脑有两份一样的数据",
    "year-over": "年度已过",
}


def numbers(options: Namespace, output: Output) -> None:
    today = local_day(center.now())
    with center.open_center(options.home).read() as store:
        office = organisations_of(store).get(options.org)
        lines = number_register(store, office.code, options.year or today.year, today)
    for line in lines:
        output.answer(_facts(line), _text(line))
    if not lines:
        output.tell(f"{office.name}这一年没有文号。")


def _facts(line: RegisterLine) -> dict[str, Any]:
    first, last = line.first, line.last
    found = {"series": first.series, "year": first.year, "first": first.number, "last": last.number}
    return {**found, "state": line.state, "case": line.case, "device": line.device, "reason": line.reason}


def _text(line: RegisterLine) -> str:
    count = line.last.number - line.first.number + 1
    numbers = line.first.text if count == 1 else f"{line.first.text[:-1]}至第{line.last.number:04d}号（{count} 个）"
    if line.state == USED:
        return f"{numbers}  已用  {line.case}"
    if line.state == OUT:
        return f"{numbers}  未用  在电脑 {line.device}"
    return f"{numbers}  作废  {_REASONS[line.reason]}"
