"""The commands of station-center about backups: making one, putting one back, and the code on paper."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from station_app.cli.output import Output
from station_app.messages import sentence

if TYPE_CHECKING:
    from station_app.usecases.backups import LastBackup

CODE = (
    "备份口令（只显示这一次）：{code}\n"
    "请抄两份，封好，锁在两处，不要放在中心的电脑上，也不要和备份放在一起。换机恢复时要用它；没有它，备份打不开。"
)


def backup_code(options: Namespace, output: Output) -> None:
    from station_app.bootstrap import center_backup

    def tell(code: str) -> None:
        told = CODE.format(code=code) if code else "已经有备份口令。纸丢了要换新的，请加 --new；以前的备份仍用旧口令。"
        output.answer({"code": code}, told)

    center_backup.make_code(options.home, tell, anew=options.new)


def backup(options: Namespace, output: Output) -> None:
    from station_app.bootstrap import center, center_backup

    def tell(made: center_backup.Made, code: str) -> None:
        found = {"file": str(made.path), "bytes": made.size_bytes, "made_at": made.made_at, "events": made.events}
        told = f"已备份到 {made.path}，{made.events} 条记录，写完又读过一遍。"
        output.answer({**found, "code": code}, f"{told}\n{CODE.format(code=code)}" if code else told)

    center_backup.back_up_and_tell(center.open_center(options.home), Path(options.file), tell)


def restore(options: Namespace, output: Output) -> None:
    from station_app.bootstrap import center_backup

    found = center_backup.restore(options.home, Path(options.file), options.code, options.database)
    told = (
        f"已恢复到 {found['made_at']} 的备份，{found['events']} 条记录。运行 serve 以后，先收回各站点手里的记录，"
        "收齐之前不作裁定；情况请看：station-center heal"
    )
    output.answer({**found, "healing": True}, told)


def backup_text(last: LastBackup) -> str:
    """Return the line of `status` about backups."""
    failed = f"{last.failed_at} 那次没有成：{sentence(last.code)}" if last.failed_at else ""
    if not last.good_at:
        return f"还没有自动备份过。{failed}请给 serve 加上 --backup-to 文件夹 --backup-at 时刻。"
    return f"上次自动备份 {last.good_at}（{last.file}）。{failed}"
