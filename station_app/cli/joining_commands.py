"""What station-app does to join an office and to let a worker in, by network or by files that somebody carries."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from station_app.bootstrap import joining, joining_by_file
from station_app.cli.output import Output
from station_app.cli.station_commands import pin
from station_app.domain.people import Worker


def enrol(options: Namespace, output: Output) -> None:
    if options.request:
        path = joining_by_file.request_enrolment(options.home, options.code, Path(options.request))
        _tell_request(path, "station-app enrol --grant 文件", output)
        return
    if options.grant:
        me = joining_by_file.take_enrolment(options.home, Path(options.grant))
    else:
        me = joining.enrol(options.home, options.center_url, options.code)
    found = {"device_id": me.identity.device, "org": me.identity.org, "level": me.level}
    output.answer(found, f"已加入{me.name}。请用激活码首次登录：station-app activate 姓名 激活码")


def activate(options: Namespace, output: Output) -> None:
    if options.request:
        path = joining_by_file.request_activation(options.home, options.worker, options.code, Path(options.request))
        _tell_request(path, "station-app activate --grant 文件", output)
    elif options.grant:
        _tell_activated(
            joining_by_file.take_activation(options.home, Path(options.grant), pin(), options.worker), output
        )
    else:
        _tell_activated(joining.activate(options.home, options.worker, options.code, pin()), output)


def _tell_activated(worker: Worker, output: Output) -> None:
    roles = sorted(role.value for role in worker.roles)
    output.answer({"name": worker.name, "roles": roles}, f"{worker.name} 可以在这台电脑上登录了。")


def _tell_request(path: Path, then: str, output: Output) -> None:
    told = f"申请已存到 {path}，现在可以安全拔出。请带到中心换批复，拿回来以后运行：{then}"
    output.answer({"file": str(path)}, told)
