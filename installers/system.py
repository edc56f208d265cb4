"""The machine as the installer sees it; tests put a made-up one in its place."""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

NOT_FOUND = 127


class SetupError(Exception):
    """A step cannot be done; the text is the Chinese sentence that says what to do next."""


class Runner(Protocol):
    """Runs a command to its end and returns its exit status, 127 when there is no such program."""

    def __call__(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        quiet: bool = False,
    ) -> int: ...


@dataclass(frozen=True, slots=True)
class System:
    """Everything that differs between machines.

    Args:
        platform: as in `sys.platform`: linux, win32, darwin.
        euid: effective user id, 0 for root; None where there is none (Windows).
        python: the interpreter that makes the environment, never one inside that environment.
        os_release: fields of /etc/os-release, empty elsewhere.
        run: runs a command; `env` is added to the environment, `quiet` hides the output.
        can_load: whether the dynamic linker finds a shared library of that name.
        say: shows one sentence.
    """

    platform: str
    euid: int | None
    python: str
    os_release: Mapping[str, str]
    run: Runner
    can_load: Callable[[str], bool]
    say: Callable[[str], None]

    @property
    def is_windows(self) -> bool:
        return self.platform == "win32"

    @property
    def is_linux(self) -> bool:
        return self.platform.startswith("linux")


def this_system(say: Callable[[str], None]) -> System:
    """Return the machine this runs on."""
    return System(
        platform=sys.platform,
        euid=os.geteuid() if hasattr(os, "geteuid") else None,
        python=getattr(sys, "_base_executable", None) or sys.executable,
        os_release=_os_release(),
        run=run_command,
        can_load=_can_load,
        say=say,
    )


def child_environment(parent: Mapping[str, str], extra: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a child: without PYTHONDONTWRITEBYTECODE, which costs a second at every start."""
    kept = {name: value for name, value in parent.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | dict(extra)


def run_command(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    quiet: bool = False,
) -> int:
    """Run a command to its end; see `Runner`."""
    output = subprocess.DEVNULL if quiet else None
    environment = child_environment(os.environ, env or {})
    try:
        child = subprocess.Popen(command, env=environment, cwd=cwd, stdout=output, stderr=output)
    except (FileNotFoundError, PermissionError):
        return NOT_FOUND
    with child:
        return _wait(child)


def _wait(child: subprocess.Popen[bytes]) -> int:
    # Ctrl-C reaches the child as well; leaving it time to close its own children keeps the demo from leaving orphans.
    before = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    try:
        while True:
            try:
                status = child.wait()
            except KeyboardInterrupt:
                continue
            return status if status >= 0 else 128 - status
    finally:
        signal.signal(signal.SIGTERM, before)


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _os_release() -> Mapping[str, str]:
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}
