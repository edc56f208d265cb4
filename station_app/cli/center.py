"""station-center: the center's commands."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from station_app.bootstrap.loading import loading
from station_app.cli.output import Output, run, use_utf8
from station_app.paths import home_folder

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    use_utf8()
    options = _parser().parse_args(arguments)
    options.home = home_folder(options.home, "station-center")
    # Late: `--help` answers without loading the database layer.
    with loading():
        from station_app.bootstrap.center_backup import finish_center_restore
        from station_app.cli import center_backups, center_commands, center_keys, center_numbers, center_refusals

    output = Output(as_json=options.json)
    homes = (center_backups, center_keys, center_numbers, center_refusals, center_commands)
    command = next(getattr(home, options.run) for home in homes if hasattr(home, options.run))

    def whole_command() -> None:
        finish_center_restore(options.home)
        command(options, output)

    return run(whole_command, output)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="station-center", description="县（市）中心：接收、裁定、下发。")
    parser.add_argument("--home", help="数据文件夹（也可用环境变量 STATION_HOME）")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.add_argument("--as", dest="name", default="", help="谁在操作；PIN 放在环境变量 STATION_PIN 里")
    commands = parser.add_subparsers(required=True, metavar="命令")
    _add_making(commands)
    _add_people(commands)
    _add_keys(commands)
    _add_directory(commands)
    _add_backups(commands)
    _add(commands, "restored", "restored", "中心的数据是从备份放回来的：告诉程序，先收回各站点手里的记录")
    heal = _add(commands, "heal", "heal", "恢复到哪一步，还在等哪些站点")
    heal.add_argument("--finish", action="store_true", help="不再等，开始裁定")
    join = _add(commands, "join", "join", "县中心加入市中心")
    join.add_argument("url", metavar="CITY_URL")
    join.add_argument("code", metavar="CODE")
    serve = _add(commands, "serve", "serve", "运行中心")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8443)
    serve.add_argument("--interval", type=float, default=30.0, help="与市中心交换的间隔（秒）")
    serve.add_argument("--plain", action="store_true", help="不用 HTTPS，只限本机地址")
    serve.add_argument("--processes", type=_at_least_one, default=1, metavar="N", help="进程数，只限 PostgreSQL")
    serve.add_argument("--backup-to", default="", metavar="DIR", help="每天自动备份到这个文件夹，留十四天")
    serve.add_argument("--backup-at", default="", metavar="HH:MM", help="每天备份的时刻")
    move = _add(commands, "move", "move", "把中心的数据从本机文件搬到 PostgreSQL")
    move.add_argument("--database", required=True, metavar="URL", help="空的数据库")
    _add(commands, "status", "status", "各站点和待办的情况")
    _add(commands, "check", "check", "检查中心数据是否完整")
    numbers = _add(commands, "numbers", "numbers", "一个单位一年的文号：已用（哪一件）、未用、作废")
    numbers.add_argument("--org", required=True, metavar="CODE")
    numbers.add_argument("--year", type=int, default=0, metavar="Y", help="年份，不写是今年")
    return parser


def _add_backups(commands: Commands) -> None:
    backup = _add(commands, "backup", "backup", "把中心备份成一个加密的文件，运行中也可以；第一次给出备份口令")
    backup.add_argument("file", metavar="FILE")
    code = _add(commands, "backup-code", "backup_code", "备份口令：打开备份要它，只显示一次，抄在纸上锁好")
    code.add_argument("--new", action="store_true", help="纸丢了，换一个；以前的备份仍用旧的")
    restore = _add(commands, "restore", "restore", "在空文件夹里从备份恢复中心，再收回各站点手里的记录")
    restore.add_argument("file", metavar="FILE")
    restore.add_argument("--code", default="", help="做备份时抄下的备份口令")
    restore.add_argument("--database", default="", metavar="URL", help="恢复到 PostgreSQL 的空数据库里")


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _add(commands: Commands, name: str, run_name: str, about: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=about, description=about)
    parser.set_defaults(run=run_name)
    return parser


def _add_making(commands: Commands) -> None:
    init = _add(commands, "init", "init", "在空文件夹里建一个中心")
    init.add_argument("--level", choices=("city", "county"), required=True)
    init.add_argument("--org", required=True, metavar="CODE", help="中心所在单位的编码")
    init.add_argument("--name", dest="org_name", required=True, metavar="NAME", help="单位名称")
    init.add_argument("--database", default="", metavar="URL", help="数据放在 PostgreSQL 的空数据库里")
    init.add_argument("--sample", action="store_true", help="发布示例事项目录（只用于演示和测试）")
    org = _add(commands, "org", "", "单位").add_subparsers(required=True, metavar="做什么")
    _add(org, "import", "org_import", "从 CSV 导入单位").add_argument("file", metavar="FILE")


def _add_people(commands: Commands) -> None:
    user = _add(commands, "user", "", "账户").add_subparsers(required=True, metavar="做什么")
    add = _add(user, "add", "user_add", "开账户，给出激活码")
    add.add_argument("--org", required=True, metavar="CODE")
    add.add_argument("--name", dest="worker", required=True, metavar="NAME")
    add.add_argument("--roles", required=True, metavar="R,R")
    about = "换了电脑：给已有的账户一个新激活码，在另一台电脑上首次登录"
    _add(user, "code", "user_code", about).add_argument("worker", metavar="NAME")
    _add(user, "disable", "user_disable", "停用账户").add_argument("worker", metavar="NAME")
    activate = _add(commands, "activate", "activate", "在中心办公的人用激活码设 PIN（目录编辑、发布）")
    activate.add_argument("worker", metavar="NAME")
    activate.add_argument("code", metavar="CODE")
    _add(commands, "enrol-code", "enrol_code", "给新站点一个一次性加入码").add_argument("--org", required=True)
    grant = _add(commands, "enrol-grant", "enrol_grant", "没有网络的站点带来的申请（加入、启用账户）：办好，给出批复")
    grant.add_argument("request", metavar="REQUEST", help="带来的申请文件")
    grant.add_argument("file", metavar="FILE", help="批复存到哪里")
    grant.add_argument(
        "--address", default="", metavar="URL", help="站点以后联网时用的中心地址，不写就是上次运行的地址"
    )


def _add_keys(commands: Commands) -> None:
    about = "忘记 PIN：两位系统管理员一起，为来电的人取一次性口令"
    reset = _add(commands, "pin-reset", "pin_reset", about)
    reset.add_argument("challenge", metavar="CHALLENGE", help="来电的人念的 16 位数字")
    _add_two_persons(reset)
    revoke = _add(commands, "revoke", "revoke", "停用一台被盗、丢失的电脑：已收到的算数，以后的扣住")
    revoke.add_argument("device", metavar="DEVICE", help="电脑的编号，见 status")
    revoke.add_argument("--reason", default="", help="为什么停用，记在操作记录里")
    held = _add(commands, "held", "", "扣住等人核对的记录").add_subparsers(required=True, metavar="做什么")
    _add(held, "list", "held_list", "列出扣住的记录")
    show = _add(held, "show", "held_show", "看一条的内容（系统管理员，用 --as）")
    show.add_argument("number", type=int, metavar="N")
    admit = _add(held, "admit", "held_admit", "两位系统管理员一起收下一条")
    admit.add_argument("number", type=int, metavar="N")
    _add_two_persons(admit)
    refused = _add(commands, "refused", "", "没有收下的记录").add_subparsers(required=True, metavar="做什么")
    _add(refused, "list", "refused_list", "列出没有收下的记录，和原因")
    _add(refused, "retry", "refused_retry", "市中心没有收下的，下次和它同步时再传一次（只限县中心）")
    export = _add(refused, "export", "refused_export", "导出给技术支持：编号、时间、原因，没有件的内容")
    export.add_argument("file", metavar="FILE")
    about = "保管期满：两位系统管理员一起，按规定删除已办结的件的内容，编号、状态和日期留着"
    remove = _add(commands, "remove-bodies", "remove_bodies", about)
    remove.add_argument("--closed-before", required=True, metavar="DATE", help="在这一天以前办结的，如 2023-01-01")
    remove.add_argument(
        "--where", required=True, choices=("village", "all"), help="village：只在村里的电脑上；all：所有电脑和各级中心"
    )
    remove.add_argument("--basis", required=True, metavar="TEXT", help="按什么规定，写进每一件")
    _add_two_persons(remove)
    _add(commands, "audit", "audit", "列出在中心办过的重要操作：谁、何时、什么")


def _add_two_persons(command: argparse.ArgumentParser) -> None:
    command.add_argument("--by", required=True, metavar="NAME", help="第一人；PIN 放在环境变量 STATION_PIN 里")
    command.add_argument(
        "--second", required=True, metavar="NAME", help="第二人；PIN 放在环境变量 STATION_PIN_SECOND 里"
    )


def _add_directory(commands: Commands) -> None:
    directory = _add(commands, "directory", "", "事项目录").add_subparsers(required=True, metavar="做什么")
    _add(directory, "check", "directory_check", "检查目录文件，列出每一处问题").add_argument("file", metavar="FILE")
    _add(directory, "submit", "directory_submit", "提交目录").add_argument("file", metavar="FILE")
    _add(directory, "approve", "directory_approve", "审核（另一人）").add_argument("number", type=int, metavar="N")
    _add(directory, "publish", "directory_publish", "发布").add_argument("number", type=int, metavar="N")


if __name__ == "__main__":
    sys.exit(main())
