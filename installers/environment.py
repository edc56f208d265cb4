"""The private environment `.venv` of a checkout: made from the lock, kept while the lock stays the same."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from installers.system import SetupError, System


@dataclass(frozen=True, slots=True)
class Checkout:
    """Where the files of one checkout are."""

    root: Path
    windows: bool

    @property
    def lock(self) -> Path:
        return self.root / "installers" / "requirements.lock"

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def stamp(self) -> Path:
        return self.venv / "station-app-stamp.json"

    @property
    def python(self) -> Path:
        return self.tool("python")

    def tool(self, name: str) -> Path:
        """Return the path of a program of the environment."""
        return venv_program(self.venv, name, windows=self.windows)


def venv_program(venv: Path, name: str, *, windows: bool) -> Path:
    """Return where an environment keeps the program `name`."""
    return venv / "Scripts" / f"{name}.exe" if windows else venv / "bin" / name


def must_make(checkout: Checkout) -> bool:
    """Return whether `.venv` is absent, half made, of another lock, or carried here from another folder."""
    if not checkout.python.exists():
        return True
    found, wanted = _read_stamp(checkout), _wanted_stamp(checkout)
    return any(found.get(part) != wanted[part] for part in ("lock", "root"))


def ensure_environment(system: System, checkout: Checkout) -> None:
    """Make `.venv` where `must_make` says so; after a change of pyproject.toml only install the project again.

    Raises:
        SetupError: a step did not work.
    """
    if must_make(checkout):
        _make(system, checkout)
    elif _read_stamp(checkout) == _wanted_stamp(checkout):
        return
    _install_project(system, checkout)
    # Written last: an environment whose making was cut short has no stamp and is made again.
    checkout.stamp.write_text(json.dumps(_wanted_stamp(checkout)), encoding="utf-8")


def _make(system: System, checkout: Checkout) -> None:
    if checkout.venv.exists():
        system.say("现有的 .venv 与依赖清单不符或没有装完，重新建立。")
        shutil.rmtree(checkout.venv)
    system.say("正在建立运行环境 .venv，第一次要几分钟，请等待。")
    if system.run([system.python, "-m", "venv", str(checkout.venv)]):
        raise SetupError(
            "运行环境 .venv 没有建成。请确认 Python 装得完整（含 venv 和 pip）、磁盘没有满，然后重新运行本命令。"
        )
    if _pip_install(system, checkout, "--require-hashes", "-r", str(checkout.lock)):
        raise SetupError(
            "依赖没有装上，原因见上面 pip 的英文提示。请检查网络，或 pip 配置里的软件源地址；"
            "网络正常仍不行，可能是系统太旧，没有对应的安装包。处理后重新运行本命令，会从头再装。"
        )


def _install_project(system: System, checkout: Checkout) -> None:
    if _pip_install(system, checkout, "--no-deps", "--no-build-isolation", "-e", str(checkout.root)):
        raise SetupError("本程序没有装进 .venv。请检查 pyproject.toml 是否改坏，改好后重新运行本命令。")


def _pip_install(system: System, checkout: Checkout, *arguments: str) -> int:
    return system.run([str(checkout.python), "-m", "pip", "install", "--quiet", *arguments])


def _wanted_stamp(checkout: Checkout) -> Mapping[str, str]:
    return {
        "lock": _sha256(checkout.lock),
        "project": _sha256(checkout.root / "pyproject.toml"),
        "root": str(checkout.root),
    }


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _read_stamp(checkout: Checkout) -> Mapping[str, str]:
    try:
        found = json.loads(checkout.stamp.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
