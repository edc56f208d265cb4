"""The commands of station-app about backups: making one, and putting one back."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from station_app.bootstrap import station, station_backup, station_restore
from station_app.cli.output import Output
from station_app.cli.station_commands import signed_in_as
from station_app.domain.calendar import SHANGHAI
from station_app.domain.numbers import grouped
from station_app.usecases.replaced_pc import missing_up_to

HERE_ONLY = "还没有电话口令，这份备份只能在这台电脑上恢复：联网同步一次以后，请再备份一次。"


def backup(options: Namespace, output: Output) -> None:
    made = station_backup.back_up(signed_in_as(options), Path(options.file))
    found = {
        "file": str(made.path),
        "bytes": made.size_bytes,
        "made_at": made.made_at,
        "epoch": made.epoch,
        "seq": made.seq,
        "elsewhere": made.elsewhere,
    }
    output.answer(found, f"已备份到 {made.path}，写完又读过一遍，可以拔出 U 盘。")
    if not made.elsewhere:
        output.tell(HERE_ONLY)


def restore(options: Namespace, output: Output) -> None:
    now = station.now().astimezone(SHANGHAI)
    done = station_restore.restore(options.home, Path(options.file), now, options.code)
    aside = done.aside.name if done.aside else ""
    found = {"device": done.device, "org": done.org, "made_at": done.made_at, "seq": done.seq, "put_aside": aside}
    kept = f"本机原来的放在 {done.aside}，没有删除。" if done.aside else ""
    output.answer(found, f"已恢复到 {done.made_at} 的备份。{kept}请登录并同步一次：中心收到过的会自己回来。")


def missing(options: Namespace, output: Output) -> None:
    with signed_in_as(options).desk.read_book() as book:
        found = missing_up_to(book, options.number)
    listed = "\n".join(map(grouped, found.numbers))
    told = f"缺 {len(found.numbers)} 件，只在纸上，请找到凭证存根重新登记：\n{listed}" if listed else "没有缺的。"
    output.answer({"last": found.last, "missing": list(found.numbers)}, told)
