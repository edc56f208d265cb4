"""What station-app can do about what the center has not got: show it, have it judged anew, export it for support."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from station_app import __version__
from station_app.bootstrap.support_file import save_support_file
from station_app.cli.output import Output
from station_app.cli.station_commands import local_text, signed_in_as
from station_app.messages import waiting_text
from station_app.usecases import look_up
from station_app.usecases.retrying import retry_refused
from station_app.usecases.run_action import find_case
from station_app.usecases.support import export_outbox
from station_app.usecases.times import read_stamp


def outbox(options: Namespace, output: Output) -> None:
    with signed_in_as(options).desk.read_book() as book:
        status = book.sync_status()
        when = read_stamp(status.next_attempt) if status.next_attempt else None
        found = look_up.outbox(book, status.code, when)
    for waiting in found:
        line = {
            "case_id": waiting.subject_id,
            "events": waiting.events,
            "reason": waiting.reason,
            "next_attempt": waiting.next_attempt,
        }
        why = waiting_text(waiting.reason) if waiting.reason else "等待上传。"
        then = f"下次自动上传：{local_text(waiting.next_attempt)}" if waiting.next_attempt else ""
        output.answer(line, f"{waiting.label}  {waiting.events} 条  {why}{then}")


def outbox_retry(options: Namespace, output: Output) -> None:
    desk = signed_in_as(options).desk
    case_id = ""
    if options.case:
        with desk.read_book() as book:
            case_id = find_case(book, options.case).case_id
    events = retry_refused(desk, case_id)
    output.answer({"events": events}, f"已记下 {events} 条，下次同步时再传一次。" if events else "没有要再传的。")


def outbox_export(options: Namespace, output: Output) -> None:
    found = export_outbox(signed_in_as(options).desk, __version__)
    path = save_support_file(Path(options.file), found.data)
    output.answer(
        {"file": str(path), "events": found.events},
        f"已存到 {path}：{found.events} 条记录的编号、时间和原因，没有群众的个人信息，可以交给技术支持。",
    )
