"""The commands of station-center about what it refused, and what the city's center refused of it."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from station_app import __version__
from station_app.bootstrap import center
from station_app.bootstrap.support_file import save_support_file
from station_app.cli.center_keys import by_whom
from station_app.cli.output import Output
from station_app.usecases.refusals import export_refusals, refusals


def refused_list(options: Namespace, output: Output) -> None:
    with center.open_center(options.home).read() as store:
        found = refusals(store)
    for line in found:
        words = [line[key] for key in ("claimed_at", "org", "type") if key in line] or ["读不出来的记录"]
        output.answer(line, "  ".join((str(line["number"]), *words, line["device"], line["reason"])))


def refused_retry(options: Namespace, output: Output) -> None:
    from station_app.bootstrap import uplink

    events = uplink.retry_refused_above(center.open_center(options.home))
    output.answer(
        {"events": events}, f"已记下 {events} 条，下次和市中心同步时再传一次。" if events else "没有要再传的。"
    )


def refused_export(options: Namespace, output: Output) -> None:
    opened = center.open_center(options.home)
    by = by_whom(opened, options)
    with opened.write() as store:
        found = export_refusals(store, opened.clerk, __version__, by)
    path = save_support_file(Path(options.file), found.data)
    output.answer(
        {"file": str(path), "events": found.events},
        f"已存到 {path}：{found.events} 条没有收下的记录，没有群众的个人信息，可以交给技术支持。",
    )
