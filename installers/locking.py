"""The lock of all dependencies with their hashes: how it is made, and the proof that it installs everywhere."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from installers.environment import Checkout, venv_program
from installers.system import SetupError, System

OLDEST_PYTHON = "3.11"
# uv takes "linux" for glibc 2.28, which UOS V20 and Kylin V10 have.
TARGETS = ("x86_64-pc-windows-msvc", "aarch64-apple-darwin", "x86_64-unknown-linux-gnu")
MACOS = {"MACOSX_DEPLOYMENT_TARGET": "14.0"}


def make_lock(system: System, checkout: Checkout, arguments: Sequence[str]) -> int:
    """Write installers/requirements.lock anew; `arguments` go to uv (--upgrade takes newer versions).

    Raises:
        SetupError: uv cannot be had or finds no solution, or an address got into the lock.
    """
    with _uv(system, checkout) as uv:
        status = system.run([uv, *_compile_arguments(checkout), *arguments], cwd=checkout.root)
    if status:
        raise SetupError("依赖清单没有生成，原因见上面 uv 的英文提示。请检查网络和 pyproject.toml 里的版本范围。")
    if "://" in checkout.lock.read_text(encoding="utf-8"):
        raise SetupError("依赖清单里出现了网址。请检查 uv 的配置，去掉网址后重新生成，不要提交这份清单。")
    system.say("已写好 installers/requirements.lock。请再运行 python3 installers/dev.py lock --check")
    return 0


def check_lock(system: System, checkout: Checkout) -> int:
    """Return 0 when every locked version has a wheel for each of TARGETS; nothing is installed."""
    with _uv(system, checkout) as uv, tempfile.TemporaryDirectory() as folder:
        for target in TARGETS:
            system.say(f"核对 {target}，Python {OLDEST_PYTHON}")
            command = [uv, *_dry_run_arguments(checkout, target), "--target", str(Path(folder) / "empty")]
            if status := system.run(command, cwd=checkout.root, env=MACOS):
                system.say(f"依赖清单在 {target} 上装不全，原因见上面 uv 的英文提示。请调整版本范围后重新生成。")
                return status
    system.say("依赖清单在三个系统上都能装齐。")
    return 0


def _compile_arguments(checkout: Checkout) -> tuple[str, ...]:
    name = checkout.lock.relative_to(checkout.root).as_posix()
    return (
        *("pip", "compile", "pyproject.toml", "--extra", "demo", "--group", "dev", "--quiet"),
        *("--universal", "--python-version", OLDEST_PYTHON, "--generate-hashes", "--no-annotate"),
        *("--no-emit-index-url", "--no-emit-find-links"),
        *("--custom-compile-command", "python3 installers/dev.py lock", "--output-file", name),
    )


def _dry_run_arguments(checkout: Checkout, target: str) -> tuple[str, ...]:
    return (
        *("pip", "install", "--dry-run", "--quiet", "--require-hashes", "--only-binary", ":all:"),
        *("--python-platform", target, "--python-version", OLDEST_PYTHON, "-r", str(checkout.lock)),
    )


@contextmanager
def _uv(system: System, checkout: Checkout) -> Iterator[str]:
    """Give the path of uv: the one in `.venv`, else one from a throw-away environment."""
    present = checkout.tool("uv")
    if present.exists():
        yield str(present)
        return
    with tempfile.TemporaryDirectory() as folder:
        venv = Path(folder) / "uv"
        python = str(venv_program(venv, "python", windows=system.is_windows))
        failed = system.run([system.python, "-m", "venv", str(venv)]) or system.run(
            [python, "-m", "pip", "install", "--quiet", "uv"]
        )
        if failed:
            raise SetupError("没有取得 uv，原因见上面的英文提示。请检查网络，然后重新运行本命令。")
        yield str(venv_program(venv, "uv", windows=system.is_windows))
