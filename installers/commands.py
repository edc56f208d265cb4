"""The commands demo, test and lock, and what is said when one of them cannot go on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from installers.checks import run_checks
from installers.environment import Checkout, ensure_environment, must_make
from installers.linux_packages import FOR_WINDOWS, TO_START, Library, ensure_system_parts
from installers.locking import check_lock, make_lock
from installers.system import SetupError, System

USAGE = """用法：
  python3 installers/dev.py demo [--headless]     试运行：中心和站点各开一个
  python3 installers/dev.py test [pytest 参数]    全部检查
  python3 installers/dev.py lock [uv 参数]        重新生成依赖清单；--check 只核对清单"""


def main(arguments: Sequence[str], root: Path, system: System) -> int:
    """Run one command and return its exit status; what a person can mend is said in a sentence, status 1."""
    try:
        return _run(arguments, system, Checkout(root, windows=system.is_windows))
    except SetupError as problem:
        system.say(str(problem))
    except OSError as problem:
        where = problem.filename or "文件"
        system.say(f"读写不了 {where}。请看磁盘是否已满、有没有权限、程序是否还开着，然后重新运行本命令。")
    except KeyboardInterrupt:
        system.say("已停止。重新运行本命令会接着做。")
        return 130
    return 1


def _run(arguments: Sequence[str], system: System, checkout: Checkout) -> int:
    match list(arguments):
        case ["demo", *rest]:
            return _demo(system, checkout, rest)
        case ["test", *rest]:
            _prepare(system, checkout, TO_START)
            return run_checks(system, checkout, rest)
        case ["lock", "--check"]:
            return check_lock(system, checkout)
        case ["lock", *rest]:
            return make_lock(system, checkout, rest)
        case ["-h" | "--help"]:
            system.say(USAGE)
            return 0
    system.say(USAGE)
    return 2


def _demo(system: System, checkout: Checkout, arguments: Sequence[str]) -> int:
    _prepare(system, checkout, TO_START if "--headless" in arguments else TO_START + FOR_WINDOWS)
    return system.run([str(checkout.python), "-m", "station_app.cli.station", "demo", *arguments])


def _prepare(system: System, checkout: Checkout, libraries: tuple[Library, ...]) -> None:
    ensure_system_parts(system, libraries, makes_environment=must_make(checkout))
    ensure_environment(system, checkout)
