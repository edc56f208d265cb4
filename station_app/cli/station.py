"""station-app: the window, and the same work by command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from station_app.bootstrap.loading import loading
from station_app.bootstrap.restoring import finish_restore
from station_app.cli.output import Output, log_to, run, use_utf8
from station_app.paths import home_folder

WINDOW = "window"


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window, or run one command; return the exit status."""
    use_utf8()
    parser = _parser()
    options = parser.parse_args(arguments)
    if wrong := _usage_fault(options):
        parser.error(wrong)
    options.home = home_folder(options.home, "station-app")
    log_to(options.home)
    if options.run == WINDOW:
        from station_app.bootstrap.windows import run_window

        return run_window(options.home, options.cascade)
    # Late: each command loads only what it needs, so that `--help` and refusals are quick.
    with loading():
        from station_app.cli import (
            backup_commands,
            joining_commands,
            outbox_commands,
            package_commands,
            slip_commands,
            station_commands,
        )

    output = Output(as_json=options.json)
    homes = (backup_commands, joining_commands, outbox_commands, package_commands, slip_commands, station_commands)
    command = next(getattr(home, options.run) for home in homes if hasattr(home, options.run))

    def whole_command() -> None:
        finish_restore(options.home)
        command(options, output)

    return run(whole_command, output)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="station-app", description="代办件：离线收件、批量交接、三级联动。")
    parser.add_argument("--home", help="数据文件夹（也可用环境变量 STATION_HOME）")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.add_argument("--as", dest="name", default="", help="谁在操作；PIN 放在环境变量 STATION_PIN 里")
    # Where the demonstration puts the windows that it opens.
    parser.add_argument("--cascade", type=int, help=argparse.SUPPRESS)
    parser.set_defaults(run=WINDOW)
    commands = parser.add_subparsers(title="命令（不写就打开窗口）", metavar="命令")
    _add_joining(commands)
    _add_cases(commands)
    _add_batches(commands)
    _add_exchange(commands)
    _add_backups(commands)
    return parser


def _usage_fault(options: argparse.Namespace) -> str:
    """Return what is wrong with the words of a command that joins, which by file needs fewer; "" for nothing."""
    if options.run not in ("enrol", "activate") or options.grant:
        return ""
    if options.run == "enrol" and options.request:
        # The one word there is before --request is the code.
        given = [word for word in (options.center_url, options.code) if word is not None]
        options.code = given[0] if given else None
        return "" if len(given) == 1 else "--request 要写一个加入码"
    return "" if options.code is not None else "缺少参数，用法见 --help"


if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def _add(commands: Commands, name: str, run_name: str, about: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=about, description=about)
    parser.set_defaults(run=run_name)
    return parser


def _add_joining(commands: Commands) -> None:
    demo = _add(
        commands,
        "demo",
        "demo",
        "搭一个小地方（中心、两村、一镇、一县，有一个村只带优盘），把主要业务走一遍，再打开窗口",
    )
    demo.add_argument("--headless", action="store_true", help="不开窗口，逐步打印")
    enrol = _add(commands, "enrol", "enrol", "把这台电脑加入所在单位")
    enrol.add_argument("center_url", metavar="CENTER_URL", nargs="?", help="中心地址；用文件加入的不写")
    enrol.add_argument("code", metavar="CODE", nargs="?", help="一次性加入码")
    _add_by_file(enrol)
    activate = _add(commands, "activate", "activate", "工作人员在这台电脑上首次登录")
    activate.add_argument("worker", metavar="NAME", nargs="?", default="", help="姓名")
    activate.add_argument("code", metavar="CODE", nargs="?", help="激活码")
    _add_by_file(activate)
    reset = _add(commands, "pin-reset", "pin_reset", "忘记 PIN：显示要念给县中心听的数字；有了口令就设新 PIN")
    reset.add_argument("worker", metavar="NAME", help="姓名")
    reset.add_argument("--code", help="县中心念来的口令；新 PIN 放在环境变量 STATION_PIN 里")
    headless = _add(commands, "run", "run_station", "不开窗口运行，自动同步，直到被结束")
    headless.add_argument("--headless", action="store_true", required=True, help="不开窗口")
    headless.add_argument("--every", type=float, default=60.0, metavar="秒", help="两次同步之间的间隔")
    _add(commands, "status", "status", "这台电脑的情况：谁登录、还有什么没传")
    _add(commands, "check", "check", "检查本机数据是否完整")
    _add(commands, "rebuild", "rebuild", "照记录重建本机的清单；可以边办件边重建，断了再运行就接着来")


def _add_by_file(command: argparse.ArgumentParser) -> None:
    by_file = command.add_mutually_exclusive_group()
    by_file.add_argument("--request", metavar="FILE", default="", help="没有网络：把申请存成文件，带到中心")
    by_file.add_argument("--grant", metavar="FILE", default="", help="没有网络：打开中心给的批复")


def _add_cases(commands: Commands) -> None:
    items = _add(commands, "items", "items", "查事项：名称、拼音或首字母")
    items.add_argument("query", metavar="QUERY", nargs="?", default="")
    actions = _add(commands, "actions", "actions", "列出业务动作，或某一件现在能做的")
    actions.add_argument("--case", help="件的编号")
    deadline = _add(commands, "deadline", "deadline", "按法律规定推算期限")
    deadline.add_argument("--from", dest="start", required=True, metavar="DATE", help="起算之日，当日不计")
    deadline.add_argument("--days", type=int, required=True, metavar="N")
    deadline.add_argument("--unit", choices=("workday", "day"), default="workday")
    case = _add(commands, "case", "", "一件").add_subparsers(required=True, metavar="做什么")
    register = _add(case, "register", "case_register", "收件登记")
    register.add_argument("form", metavar="FORM.json")
    act = _add(case, "act", "case_act", "对一件做一个动作")
    act.add_argument("case", metavar="CASE")
    act.add_argument("action", metavar="ACTION")
    act.add_argument("form", metavar="FORM.json", nargs="?")
    listing = _add(case, "list", "case_list", "列出本单位看得到的件")
    listing.add_argument("--state", help="状态")
    listing.add_argument("--query", help="姓名、事项、编号或拼音首字母")
    asking = _add(case, "ask", "case_ask", "这台电脑没有的件，请中心查找，同步以后就知道有没有")
    asking.add_argument("number", metavar="NUMBER", help="代办登记号")
    show = _add(case, "show", "case_show", "看一件")
    show.add_argument("case", metavar="CASE")


def _add_batches(commands: Commands) -> None:
    batch = _add(commands, "batch", "", "批量交接").add_subparsers(required=True, metavar="做什么")
    offer = _add(batch, "offer", "batch_offer", "把几件一起交给上一级")
    offer.add_argument("--to", required=True, metavar="ORG")
    offer.add_argument("cases", metavar="CASE", nargs="+")
    papers = _add(batch, "papers", "batch_papers", "把几件的决定书、证照一起交给下面的单位")
    papers.add_argument("--to", required=True, metavar="ORG")
    papers.add_argument("cases", metavar="CASE", nargs="+")
    _add(batch, "list", "batch_list", "列出批次")
    accept = _add(batch, "accept", "batch_accept", "逐件清点并接收一个批次")
    accept.add_argument("batch", metavar="BATCH")
    accept.add_argument("--reject", action="append", default=[], metavar="CASE=REASON", help="退回这一件，写明原因")
    accept.add_argument(
        "--difference",
        action="append",
        default=[],
        metavar="CASE=MATERIAL:ORIGINALS/COPIES",
        help="实收份数与登记不符：原件份数/复印件份数",
    )
    accept.add_argument("--only", action="append", default=[], metavar="CASE", help="只清点这一件，其余留着")
    slip = _add(commands, "slip", "", "交接码单：不许带 U 盘时，用纸上的码交接").add_subparsers(
        required=True, metavar="做什么"
    )
    slip_print = _add(slip, "print", "slip_print", "把交出的一批印成交接码单")
    slip_print.add_argument("batch", metavar="BATCH")
    slip_print.add_argument("--out", required=True, metavar="FILE.pdf")
    slip_read = _add(slip, "read", "slip_read", "读入扫到的码，先后不限；扫全以后就能清点、接收")
    slip_read.add_argument("digits", metavar="DIGITS", nargs="+")
    printing = _add(commands, "print", "print_document", "打印文书为 PDF")
    printing.add_argument("document", metavar="DOCUMENT", nargs="?")
    printing.add_argument("subject", metavar="ID", nargs="?")
    printing.add_argument("--out", metavar="FILE.pdf")
    printing.add_argument("--list", action="store_true", help="列出能打印的文书")


def _add_exchange(commands: Commands) -> None:
    _add(commands, "sync", "sync", "与中心完整交换一次")
    outbox = _add(commands, "outbox", "outbox", "还没有到中心的，和原因")
    further = outbox.add_subparsers(title="另外还能", metavar="做什么")
    retry = _add(further, "retry", "outbox_retry", "中心没有收下的，下次同步时再传一次")
    retry.add_argument("case", metavar="CASE", nargs="?", default="", help="只传这一件的，不写就传全部")
    export = _add(further, "export", "outbox_export", "导出给技术支持：编号、时间、原因，没有件的内容")
    export.add_argument("file", metavar="FILE")
    package = _add(commands, "package", "", "没有网络时，用文件交换").add_subparsers(required=True, metavar="做什么")
    packing = _add(package, "export", "package_export", "把要交给别的单位的写成一个包，放到 U 盘或共享文件夹")
    packing.add_argument("--to", required=True, metavar="ORG", help="交给哪个单位")
    packing.add_argument("--without-files", action="store_true", help="附件不带，只带记录")
    packing.add_argument("--volume-mb", type=int, default=0, metavar="N", help="一个文件最多多少兆，多的分成几个")
    packing.add_argument("file", metavar="FILE")
    unpacking = _add(package, "import", "package_import", "收一个包：自己的写进本机，别人的代转")
    unpacking.add_argument("file", metavar="FILE")


def _add_backups(commands: Commands) -> None:
    backup = _add(commands, "backup", "backup", "把本机备份成一个加密的文件，可以边办件边备份")
    backup.add_argument("file", metavar="FILE")
    restore = _add(commands, "restore", "restore", "从备份恢复；本机原有的挪到一边，不删除")
    restore.add_argument("file", metavar="FILE")
    restore.add_argument("--code", default="", help="在另一台电脑上恢复时，县中心念来的口令")
    missing = _add(commands, "missing", "missing", "换了电脑：旧电脑打印过、这里没有的登记号")
    missing.add_argument("number", metavar="NUMBER", help="旧电脑最后打印的代办登记号")


if __name__ == "__main__":
    sys.exit(main())
