"""The commands of station-center: each reads its options, calls one use case and prints the answer."""

from __future__ import annotations

import os
import secrets
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from station_app.bootstrap import center, sample
from station_app.bootstrap.loading import loading
from station_app.cli.center_backups import backup_text
from station_app.cli.center_keys import by_whom
from station_app.cli.output import Output
from station_app.domain.directory_file import parse_directory
from station_app.domain.errors import StationError
from station_app.domain.faults import Fault, has_errors
from station_app.domain.items import Directory
from station_app.domain.organisation_file import parse_organisations
from station_app.domain.organisations import Level, Organisation
from station_app.domain.people import Worker, read_roles
from station_app.keys.codes import EnrolmentCode, hash_code, new_activation_code, parse_activation_code
from station_app.messages import sentence, waiting_text
from station_app.usecases import directory_release, run_center


def init(options: Namespace, output: Output) -> None:
    office = Organisation(options.org, options.org_name, Level(options.level))
    directory = sample.sample_directory().to_json() if options.sample else None
    made = center.init(options.home, office, sample.shipped_calendar().to_json(), directory, options.database)
    found = {"administrator": made.administrator, "activation_code": made.activation_code}
    output.answer(found, f"中心已建好。管理员：{made.administrator}，激活码：{made.activation_code}")


def org_import(options: Namespace, output: Output) -> None:
    opened = center.open_center(options.home)
    text = _read_text(Path(options.file))
    with opened.write() as store:
        found, faults = parse_organisations(text, run_center.organisations_of(store))
        _tell_faults(faults, output)
        if found is None:
            raise StationError("organisations-faulty", file=options.file, count=len(faults), faults=_json(faults))
        number = run_center.save_organisations(store, opened.clerk, found)
    answer = {"organisations": len(found), "number": number, "faults": _json(faults)}
    output.answer(answer, f"已导入，共 {len(found)} 个单位。")


def user_add(options: Namespace, output: Output) -> None:
    opened = center.open_center(options.home)
    code = new_activation_code()
    worker = Worker(secrets.token_hex(16), options.worker, options.org, read_roles(options.roles))
    with opened.write() as store:
        run_center.add_user(store, opened.clerk, worker, hash_code(parse_activation_code(code)).hex())
    output.answer({"name": options.worker, "activation_code": code}, f"{options.worker} 的激活码：{code}")


def user_code(options: Namespace, output: Output) -> None:
    opened = center.open_center(options.home)
    by, code = by_whom(opened, options), new_activation_code()
    with opened.write() as store:
        code_hash = hash_code(parse_activation_code(code)).hex()
        run_center.renew_code(store, opened.clerk, options.worker, code_hash, by)
    output.answer({"name": options.worker, "activation_code": code}, f"{options.worker} 的新激活码：{code}")


def user_disable(options: Namespace, output: Output) -> None:
    opened = center.open_center(options.home)
    by = by_whom(opened, options)
    with opened.write() as store:
        run_center.disable_user(store, opened.clerk, options.worker, by)
    output.answer({"name": options.worker, "disabled": True}, f"{options.worker} 的账户已停用。")


def activate(options: Namespace, output: Output) -> None:
    center.activate_here(options.home, options.worker, options.code, _pin())
    output.answer({"name": options.worker}, f"{options.worker} 可以在中心登录了。")


def enrol_code(options: Namespace, output: Output) -> None:
    opened = center.open_center(options.home)
    code = EnrolmentCode.new(opened.key.public)
    with opened.write() as store:
        run_center.open_enrolment(store, options.org, hash_code(code.secret).hex())
    output.answer({"org": options.org, "code": code.text}, f"加入码（只能用一次）：{code.text}")


def enrol_grant(options: Namespace, output: Output) -> None:
    from station_app.bootstrap.granting import grant_by_file

    granted, path = grant_by_file(options.home, Path(options.request), Path(options.file), options.address)
    found = {"kind": granted.file.kind, "device_id": granted.file.device, "org": granted.org, "name": granted.worker}
    what = f"{granted.worker}（{granted.office}）可以启用" if granted.worker else f"{granted.office}的一台电脑已加入"
    output.answer({**found, "file": str(path)}, f"{what}。批复已存到 {path}，现在可以安全拔出，请带回那台电脑打开。")


def join(options: Namespace, output: Output) -> None:
    from station_app.bootstrap import uplink

    name = uplink.join(options.home, options.url, options.code)
    output.answer({"joined": name}, f"已加入{name}的中心。运行 serve 后，要市里办的件自己上去，结果自己下来。")


def restored(options: Namespace, output: Output) -> None:
    opened = center.open_center(options.home)
    found = center.declare_restored(opened)
    output.answer(found, "中心已转入恢复状态：先收回各站点手里的记录，收齐之前不作裁定。情况请看：station-center heal")


def heal(options: Namespace, output: Output) -> None:
    opened = center.open_center(options.home)
    found = center.healing(opened, finish=options.finish)
    waiting = "、".join(f"{entry['org']}（{entry['last_seen_at'] or '从未联系'}）" for entry in found["waited_for"])
    if not found["healing"]:
        output.answer(found, "中心运行正常，没有在恢复。")
    else:
        output.answer(found, f"正在恢复，还在等：{waiting}。确实等不到的，运行 heal --finish 结束等待。")


def directory_check(options: Namespace, output: Output) -> None:
    directory, faults = parse_directory(_read_text(Path(options.file)))
    for fault, line in zip(faults, _json(faults), strict=True):
        output.answer(line, _fault_text(fault))
    _require_good(directory, faults, options.file)
    output.answer({"ok": True}, "没有必须改的问题。")


def directory_submit(options: Namespace, output: Output) -> None:
    opened, worker = _signed_in(options)
    found, faults = parse_directory(_read_text(Path(options.file)))
    _tell_faults(faults, output)
    directory = _require_good(found, faults, options.file)
    with opened.write() as store:
        number = directory_release.submit_directory(store, worker, directory.to_json())
    output.answer(
        {"draft": number, "faults": _json(faults)}, f"已提交，编号 {number}。请另一人审核：directory approve {number}"
    )


def directory_approve(options: Namespace, output: Output) -> None:
    opened, worker = _signed_in(options)
    with opened.write() as store:
        directory_release.approve_directory(store, worker, options.number)
    output.answer({"draft": options.number, "approved": True}, f"已审核。发布：directory publish {options.number}")


def directory_publish(options: Namespace, output: Output) -> None:
    opened, worker = _signed_in(options)
    with opened.write() as store:
        number = directory_release.publish_directory(store, opened.clerk, worker, options.number)
    output.answer({"draft": options.number, "number": number}, f"已发布，目录第 {number} 号。")


def serve(options: Namespace, output: Output) -> None:
    with loading():
        from station_app.bootstrap.center_schedule import read_schedule
        from station_app.bootstrap.center_server import Serving, serve_center

    schedule = read_schedule(options.backup_to, options.backup_at)
    serving = Serving(options.host, options.port, options.plain, options.processes, options.interval, schedule)
    serve_center(options.home, serving)


def move(options: Namespace, output: Output) -> None:
    from station_app.bootstrap.center_move import move as move_center

    found = move_center(options.home, options.database)
    events = found.rows["events"]
    output.answer({"rows": found.rows, "events_digest": found.events}, f"已搬到新的数据库，{events} 条记录，核对无误。")


def status(options: Namespace, output: Output) -> None:
    from station_app.bootstrap import uplink
    from station_app.bootstrap.backup_notes import last_backup

    opened = center.open_center(options.home)
    found, above = center.status(opened), uplink.link_status(opened)
    text = f"{found['name']}：{len(found['stations'])} 个站点，{found['events']} 条记录，待裁定 {found['unruled']} 件。"
    if found["level"] == Level.COUNTY.value:
        text += f"\n{_link_text(above)}"
    last = last_backup(options.home)
    text += f"\n{backup_text(last)}"
    output.answer({**found, "above": above, "backup": asdict(last)}, text)


def _link_text(above: Mapping[str, Any] | None) -> str:
    if above is None:
        return "还没有加入市中心。要市里办的件，先请市中心给一个加入码，再用 join 加入。"
    last = f"上次交换 {above['last_exchange']}" if above["last_exchange"] else "还没有交换过"
    # The sentences are written for stations: their center is the county's, that of this program the city's.
    why = waiting_text(above["reason"]).replace("县中心", "市中心") or "连接正常。"
    refused = f"，{above['refused']} 条没有被收下" if above["refused"] else ""
    refused += f"（其中 {above['curable']} 条可以用 refused retry 再传一次）" if above["curable"] else ""
    return f"{above['name']}（市中心）：{last}，待上传 {above['waiting']} 条{refused}。{why}"


def check(options: Namespace, output: Output) -> None:
    found = center.check(center.open_center(options.home))
    output.answer(found, "中心数据完整。" if found["ok"] else "中心数据有问题，请停机并保留全部文件。")
    if found["lost"]:
        lost = sum(part["last"] - part["first"] + 1 for part in found["lost"])
        output.tell(f"恢复以前的 {lost} 条，哪个站点都没有了，找不回来：请各单位对照纸质登记补录。")
    if not found["ok"]:
        raise StationError("check-failed")


def _signed_in(options: Namespace) -> tuple[center.OpenCenter, Worker]:
    if not options.name:
        raise StationError("worker-not-named")
    opened = center.open_center(options.home)
    return opened, center.sign_in_here(opened, options.name, _pin())


def _pin() -> str:
    return os.environ.get("STATION_PIN", "")


def _require_good(directory: Directory | None, faults: tuple[Fault, ...], file: str) -> Directory:
    if directory is None or has_errors(faults):
        raise StationError("directory-faulty", file=file, count=len(faults), faults=_json(faults))
    return directory


def _tell_faults(faults: tuple[Fault, ...], output: Output) -> None:
    for fault in faults:
        output.tell(_fault_text(fault))


def _fault_text(fault: Fault) -> str:
    where = f"第 {fault.line} 行 " if fault.line else ""
    return f"{where}{fault.place}：{sentence(fault.code, fault.params)}"


def _json(faults: tuple[Fault, ...]) -> list[dict[str, Any]]:
    return [
        {
            "place": fault.place,
            "line": fault.line,
            "severity": fault.severity.value,
            "code": fault.code,
            "message": sentence(fault.code, fault.params),
        }
        for fault in faults
    ]


def _read_text(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError:
        raise StationError("file-encoding", file=str(path)) from None
