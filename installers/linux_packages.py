"""What Qt loads and the tests run on Linux: which of it is missing, and how Debian's apt brings it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from installers.system import SetupError, System

# apt itself exists on some of these as well, with other package names.
_NOT_DEBIAN = frozenset({"fedora", "rhel", "centos", "openeuler", "suse", "opensuse", "arch", "alpine", "altlinux"})


@dataclass(frozen=True, slots=True)
class Library:
    """A shared library and the Debian package with it; `renamed` is its name since the 64-bit time change of 2024."""

    file: str
    package: str
    renamed: str = ""


@dataclass(frozen=True, slots=True)
class Program:
    """A program, found by a pattern of its path, and the Debian package with it."""

    file: str
    package: str
    renamed: str = ""


Part = Library | Program
TO_START = (
    Library("libglib-2.0.so.0", "libglib2.0-0", "libglib2.0-0t64"),
    Library("libGL.so.1", "libgl1"),
    Library("libEGL.so.1", "libegl1"),
    Library("libxkbcommon.so.0", "libxkbcommon0"),
    Library("libfontconfig.so.1", "libfontconfig1"),
    Library("libdbus-1.so.3", "libdbus-1-3"),
)
FOR_WINDOWS = (
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    Library("libxcb-cursor.so.0", "libxcb-cursor0"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    Library("libxcb-shape.so.0", "libxcb-shape0"),
)
# For the tests of a center on PostgreSQL; nothing else needs a server here.
FOR_POSTGRESQL = (Program("/usr/lib/postgresql/*/bin/initdb", "postgresql"),)
# For the tests of a PC whose clock is wrong.
FOR_CLOCKS = (Program("/usr/bin/faketime", "faketime"),)


def ensure_system_parts(system: System, libraries: Iterable[Part], *, makes_environment: bool) -> None:
    """Install what is missing of `libraries`, and Python's venv module if an environment has to be made.

    Raises:
        SetupError: something stays missing; the sentence holds the command for the administrator.
    """
    if not system.is_linux:
        return
    wanted = tuple(libraries)
    missing = _missing(system, wanted)
    needs_venv = makes_environment and not _has_venv(system)
    if not missing and not needs_venv:
        return
    if not _is_debian_like(system):
        raise SetupError(_other_linux_sentence(system, missing, needs_venv))
    _install(system, missing, needs_venv)
    still_missing, still_no_venv = _missing(system, wanted), needs_venv and not _has_venv(system)
    if still_missing or still_no_venv:
        packages = _packages(system, still_missing, still_no_venv)
        raise SetupError(_administrator_sentence("系统组件没有装全，请先检查网络", packages))


def _install(system: System, missing: tuple[Part, ...], needs_venv: bool) -> None:
    prefix = _privilege(system)
    if prefix is None:
        packages = _packages(system, missing, needs_venv)
        raise SetupError(_administrator_sentence("缺少系统组件，而当前用户无权安装", packages))
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    # A broken third-party source fails the update and hurts nothing else: the libraries themselves decide afterwards.
    system.run([*apt, "update"])
    packages = _packages(system, missing, needs_venv)
    system.say(f"正在安装系统组件：{' '.join(packages)}")
    system.run([*apt, "install", "-y", "--no-install-recommends", *packages])


def _missing(system: System, libraries: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(part for part in libraries if not _is_here(system, part))


def _is_here(system: System, part: Part) -> bool:
    if isinstance(part, Program):
        return system.run(["sh", "-c", f"ls {part.file}"], quiet=True) == 0
    return system.can_load(part.file)


def _has_venv(system: System) -> bool:
    return system.run([system.python, "-c", "import ensurepip, venv"], quiet=True) == 0


def _is_debian_like(system: System) -> bool:
    names = f"{system.os_release.get('ID', '')} {system.os_release.get('ID_LIKE', '')}"
    family = set(names.lower().split())
    return not family & _NOT_DEBIAN and system.run(["apt-get", "--version"], quiet=True) == 0


def _privilege(system: System) -> tuple[str, ...] | None:
    if system.euid == 0:
        return ()
    return ("sudo", "-n") if system.run(["sudo", "-n", "true"], quiet=True) == 0 else None


def _packages(system: System, missing: Iterable[Part], needs_venv: bool) -> tuple[str, ...]:
    venv = ("python3-venv",) if needs_venv else ()
    return tuple(_package(system, library) for library in missing) + venv


def _package(system: System, library: Part) -> str:
    if library.renamed and system.run(["apt-cache", "show", library.renamed], quiet=True) == 0:
        return library.renamed
    return library.package


def _administrator_sentence(problem: str, packages: Iterable[str]) -> str:
    command = f"apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(packages)}"
    return f"{problem}。请让管理员运行下面的命令，然后重新运行本命令：\n  sudo {command}"


def _other_linux_sentence(system: System, missing: Iterable[Part], needs_venv: bool) -> str:
    name = system.os_release.get("PRETTY_NAME", "Linux")
    parts = [library.file for library in missing] + (["Python 的 venv 和 ensurepip 模块"] if needs_venv else [])
    return f"这台电脑（{name}）缺少：{'、'.join(parts)}。请让管理员用系统的软件包工具装上，然后重新运行本命令。"
