"""The commands of station-app: each reads its options, calls one use case and prints the answer."""

from __future__ import annotations

import json
import os
import signal
import threading
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from station_app.bootstrap import checking, sample, station
from station_app.bootstrap import pin_reset as pin_reset_here
from station_app.bootstrap.station_files import named_in
from station_app.cli.output import Output
from station_app.cli.views import batch_json, case_detail, case_line, report_json
from station_app.domain.actions import ALL, action_named
from station_app.domain.batches import BatchKind
from station_app.domain.calendar import SHANGHAI, Calendar
from station_app.domain.case_cards import CaseQuery
from station_app.domain.cases import STATE_LABELS, CaseState
from station_app.domain.deadlines import Unit, due_on
from station_app.domain.errors import StationError
from station_app.domain.items import Directory
from station_app.domain.lookup import search_items
from station_app.exchange.asked_cases import NOT_FOUND
from station_app.exchange.limits import DEVICE_REVOKED
from station_app.keys.key_files import write_atomically
from station_app.messages import sentence, text_of, waiting_text
from station_app.usecases import hand_over, look_up, run_action
from station_app.usecases.asking import ask_center, sought
from station_app.usecases.certificates import expired_on
from station_app.usecases.lost_numbers import told_of
from station_app.usecases.pc_health import pc_warnings
from station_app.usecases.reference import reference_of
from station_app.usecases.standing import left_to_do
from station_app.usecases.timeline import timeline
from station_app.usecases.times import read_stamp, stamp

NOBODY = "没有人登录。已写下的都在本机，有人登录后自动上传。"
NOBODY_YET = "还没有人在这台电脑上启用账户。请用激活码首次登录。"


def pin_reset(options: Namespace, output: Output) -> None:
    if options.code is None:
        challenge = pin_reset_here.challenge(options.home, options.worker)
        output.answer({"challenge": challenge}, f"请打电话给县中心，念这 16 位数字：{challenge}")
        return
    pin_reset_here.reset_pin(options.home, options.worker, options.code, pin())
    output.answer({"name": options.worker}, f"{options.worker} 的新 PIN 已设好，可以登录了。")


def run_station(options: Namespace, output: Output) -> None:
    stop = threading.Event()
    for name in ("SIGTERM", "SIGINT"):
        signal.signal(getattr(signal, name), lambda *_: stop.set())
    loop = signed_in_as(options).loop(options.every)
    loop.run(stop, lambda report: output.answer(*report_json(report)))


def items(options: Namespace, output: Output) -> None:
    directory = _directory(options)
    found = search_items(directory, options.query) if options.query else list(directory.items)
    for item in found:
        line = {"code": item.code, "name": item.name, "kind": item.kind.value, "version": directory.version}
        output.answer(line, f"{item.code}  {item.name}  {item.kind.value}")


def actions(options: Namespace, output: Output) -> None:
    found = list(ALL)
    if options.case:
        desk = signed_in_as(options).desk
        with desk.read_book() as book:
            found = run_action.possible_actions(desk, book, run_action.find_case(book, options.case))
    for action in found:
        fields = [{"name": f.name, "label": f.label, "kind": f.kind, "required": f.required} for f in action.fields]
        line = {"code": action.code, "label": action.label, "fields": fields}
        output.answer(line, f"{action.code}  {action.label}：{action.help}")


def deadline(options: Namespace, output: Output) -> None:
    try:
        start = date.fromisoformat(options.start)
    except ValueError:
        raise StationError(
            "form-field-type", field="from", label="起算之日", expected="日期，写成 2026-11-22 这样"
        ) from None
    due = due_on(start, options.days, Unit(options.unit), _calendar(options))
    note = "（暂定：日历还没有公布到那一年）" if due.provisional else ""
    output.answer({"due_on": due.on.isoformat(), "provisional": due.provisional}, f"{due.on.isoformat()}{note}")


def case_register(options: Namespace, output: Output) -> None:
    signed_in, form = signed_in_as(options), _form(options.form)
    rows = form.get("attachments") or []
    with signed_in.files.sealed_forms(rows if isinstance(rows, list) else [rows]) as attachments:
        case = run_action.register_case(signed_in.desk, {**form, "attachments": attachments})
    found = {"case_id": case.case_id, "number": case.number, "state": case.state.value}
    output.answer(found, f"已存本机。代办登记号 {case.number}")


def case_act(options: Namespace, output: Output) -> None:
    signed_in = signed_in_as(options)
    form = _form(options.form) if options.form else {}
    with signed_in.desk.read_book() as book:
        case = run_action.find_case(book, options.case)
    takes_files = action_named(options.action).takes_files
    if takes_files and isinstance(form.get("file"), str):
        form = named_in(case, form)
    with signed_in.files.sealed_forms([form] if takes_files and "path" in form else []) as sealed:
        case = run_action.act_on_case(signed_in.desk, case.case_id, options.action, sealed[0] if sealed else form)
    found = {"case_id": case.case_id, "state": case.state.value, "custodian": case.custody.holder}
    output.answer(found, f"已存本机。{case.number} {STATE_LABELS[case.state]}")


def case_list(options: Namespace, output: Output) -> None:
    with signed_in_as(options).desk.read_book() as book:
        query = CaseQuery(options.query or "", CaseState(options.state) if options.state else None)
        views = list(look_up.list_cases(book, query))
    for view in views:
        output.answer(*case_line(view))


def case_show(options: Namespace, output: Output) -> None:
    with signed_in_as(options).desk.read_book() as book:
        case = run_action.find_case(book, options.case)
        view = look_up.view_of(case, reference_of(book))
        steps = timeline(book, case)
    output.answer(*case_detail(view, steps))


def case_ask(options: Namespace, output: Output) -> None:
    desk = signed_in_as(options).desk
    with desk.read_book() as book:
        before = sought(book, options.number)
    found = ask_center(desk, options.number)
    told = "本机已有这件。" if found.here else "已记下，下次同步时向中心查找。"
    last = "上次的回答：没有找到。" if before.answer == NOT_FOUND else ""
    output.answer({"number": found.number, "here": found.here, "last_answer": before.answer or ""}, f"{told}{last}")


def batch_offer(options: Namespace, output: Output) -> None:
    output.answer(*batch_json(hand_over.offer_batch(signed_in_as(options).desk, options.to, options.cases)))


def batch_papers(options: Namespace, output: Output) -> None:
    output.answer(*batch_json(hand_over.send_papers(signed_in_as(options).desk, options.to, options.cases)))


def batch_list(options: Namespace, output: Output) -> None:
    with signed_in_as(options).desk.read_book() as book:
        found = book.batches()
    for batch in found:
        cases = [{"case_id": line.case_id, "outcome": batch.outcomes.get(line.case_id, "")} for line in batch.lines]
        line = {"batch_id": batch.batch_id, "number": batch.number, "from": batch.from_org, "to": batch.to_org}
        what = "件" if batch.kind is BatchKind.CASES else "份结果"
        told = f"{batch.number}  {batch.from_org} → {batch.to_org}  {len(cases)} {what}"
        output.answer({**line, "kind": batch.kind.value, "cases": cases}, told)


def batch_accept(options: Namespace, output: Output) -> None:
    count = hand_over.Count(
        rejected=dict(_pair(text, "--reject") for text in options.reject),
        differences=_differences(options.difference),
        only=tuple(options.only),
    )
    output.answer(*batch_json(hand_over.receive_batch(signed_in_as(options).desk, options.batch, count)))


def print_document(options: Namespace, output: Output) -> None:
    # Late: drawing pages takes a quarter of a second to load, and no other command draws any.
    from station_app.bootstrap import papers

    if options.list or not options.document:
        for paper in papers.PAPERS:
            line = {"document": paper.name, "label": paper.label, "about": paper.about}
            output.answer(line, f"{paper.name}  {paper.label}")
        return
    if not options.subject or not options.out:
        raise StationError("print-needs-subject")
    print_into(options, output, options.document, options.subject)


def print_into(options: Namespace, output: Output, document: str, subject: str) -> None:
    """Make a paper, put it into the file that is named, and note in the log that it was printed."""
    from station_app.bootstrap import papers

    desk = signed_in_as(options).desk
    with desk.read_book() as book:
        printed = papers.print_paper(book, document, subject, desk.now())
    path = Path(options.out)
    write_atomically(path, printed.pdf)
    with desk.open_book() as book:
        book.log_print(document, printed.subject_id, desk.worker.person_id, stamp(desk.now()))
    output.answer({"file": str(path), "pages": printed.pages}, f"已生成 {path}")


def sync(options: Namespace, output: Output) -> None:
    signed_in = signed_in_as(options)
    report = station.exchange_fully(signed_in.loop(1.0))
    with signed_in.desk.read_book() as book:
        waiting = sum(entry.events for entry in book.outbox_entries())
        warnings = pc_warnings(signed_in.desk.now(), book.link(), signed_in.home.free_bytes())
        left, why = book.files_left().files, left_to_do(book)
    found: dict[str, Any] = {
        "pushed": report.pushed,
        "pulled": report.pulled,
        "outbox": waiting,
        "attachments_left": left,
    }
    if report.code:
        raise StationError(report.code, **dict(report.params))
    told = [{"code": warning.code, "params": warning.params, "message": text_of(warning)} for warning in warnings]
    found |= {"complete": not why, "incomplete_because": [error.code for error in why], "warnings": told}
    lines = [f"已上传 {report.pushed} 条，收到 {report.pulled} 条，待上传 {waiting} 条。"]
    lines += ["没有全部办完："] if why else ["都已传到县中心，两边核对一样。"]
    output.answer(found, "\n".join([*lines, *map(text_of, why), *map(text_of, warnings)]))


def status(options: Namespace, output: Output) -> None:
    if not options.name:
        found = station.nobody_signed_in(options.home)
        text = NOBODY if found["workers"] else NOBODY_YET
        output.answer(found, f"{found['office']}：{text}")
        return
    desk = signed_in_as(options).desk
    with desk.read_book() as book:
        waiting = look_up.waiting_summary(book)
        expired, left = expired_on(book, desk.worker, desk.now()), left_to_do(book)
    found = {**asdict(waiting), "signed_in": desk.worker.name, "certificate_expired_on": expired}
    lines = [f"{desk.worker.name}已登录。待上传 {waiting.events} 条，县中心没有收的 {waiting.refused} 条。"]
    if waiting.last_ok_at:
        lines += [f"上次同步 {local_text(waiting.last_ok_at)}，下次 {local_text(waiting.next_attempt)}。"]
    if waiting.reason_code:
        revoked = waiting.reason_code == DEVICE_REVOKED
        lines += [sentence(DEVICE_REVOKED) if revoked else f"上次没有同步成：{waiting_text(waiting.reason_code)}"]
    lines += [text_of(error) for error in left]
    lines += [sentence("certificate-expired", {"day": expired})] if expired else []
    output.answer(found, "\n".join(lines))


def check(options: Namespace, output: Output) -> None:
    found = checking.check(signed_in_as(options))
    output.answer(found, "本机数据完整。" if found["ok"] else "本机数据有问题。")
    if found["lost"]:
        lost = sum(part["last"] - part["first"] + 1 for part in found["lost"])
        output.tell(f"从旧备份恢复以前写的 {lost} 条没有找回来：请先同步，仍没有的，对照纸质登记补录。")
    if found["lost_numbers"]:
        output.tell(text_of(told_of(found["lost_numbers"])))
    if not found["journal_ok"]:
        raise StationError("check-failed")
    if not found["ok"]:
        raise StationError("projections-differ", command="station-app rebuild")


def rebuild(options: Namespace, output: Output) -> None:
    from station_app.bootstrap import rebuilding

    def tell(reached: int, last: int) -> None:
        output.tell(f"已重建 {reached} / {last} 条")

    found = rebuilding.rebuild(signed_in_as(options), tell)
    answer = {"events": found.events, "steps": found.steps, "longest_step_s": round(found.longest_step_s, 3)}
    output.answer(answer, f"清单已照 {found.events} 条记录重建好。")


def demo(options: Namespace, output: Output) -> None:
    from station_app.cli.demo.trip import run_demo

    run_demo(output, headless=options.headless)


def signed_in_as(options: Namespace) -> station.SignedIn:
    """Return the station of who is named by `--as`, opened by the PIN of the environment."""
    if not options.name:
        raise StationError("worker-not-named")
    return station.sign_in(options.home, options.name, pin())


def local_text(at: str) -> str:
    """Return a UTC stamp as the clock on the wall shows it."""
    return f"{read_stamp(at).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _directory(options: Namespace) -> Directory:
    """Return the directory of this station for whoever is signed in, the shipped sample for anybody else."""
    if not options.name:
        return sample.sample_directory()
    with signed_in_as(options).desk.read_book() as book:
        return reference_of(book).directory


def _calendar(options: Namespace) -> Calendar:
    if not options.name:
        return sample.shipped_calendar()
    with signed_in_as(options).desk.read_book() as book:
        return reference_of(book).calendar


def pin() -> str:
    """Return the secret of whoever works here, from the environment."""
    return os.environ.get("STATION_PIN", "")


def _form(path: str) -> Mapping[str, Any]:
    try:
        found = json.loads(Path(path).read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise StationError("form-not-json", file=path, detail=str(error)) from None
    if not isinstance(found, dict):
        raise StationError("form-not-json", file=path, detail="最外层应是一组数据")
    return found


def _pair(text: str, option: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise StationError("option-malformed", option=option, text=text)
    return name, value


def _differences(texts: list[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for text in texts:
        case, counted = _pair(text, "--difference")
        material, colon, counts = counted.rpartition(":")
        originals, _, copies = counts.partition("/")
        if not colon or not originals.isdigit() or not (copies or "0").isdigit():
            raise StationError("option-malformed", option="--difference", text=text)
        row = {"material": material, "originals": int(originals), "copies": int(copies or 0)}
        found.setdefault(case, []).append(row)
    return found
