"""The one list of checks, the same on every machine and in CI."""

from __future__ import annotations

from collections.abc import Sequence

from installers.environment import Checkout
from installers.system import System

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
    # Some tests take a minute and most a few milliseconds: whoever is done takes from the other one.
    ("pytest", "-n", "3", "--dist", "worksteal"),
)


def run_checks(system: System, checkout: Checkout, pytest_arguments: Sequence[str]) -> int:
    """Run the checks in order; return 0, or the status of the first that fails, after which none runs."""
    for number, check in enumerate(CHECKS, start=1):
        command = [*check, *pytest_arguments] if check[0] == "pytest" else list(check)
        system.say(f"[{number}/{len(CHECKS)}] {' '.join(command)}")
        program = str(checkout.tool(command[0]))
        status = system.run([program, *command[1:]], cwd=checkout.root, env={"QT_QPA_PLATFORM": "offscreen"})
        if status:
            system.say(f"检查没有通过：{' '.join(command)}。请按上面的提示改好，再重新运行本命令。")
            return status
    system.say("全部检查通过。")
    return 0
