"""Made-up machines for the installer's tests: they note every command and behave as the real ones would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from installers.environment import venv_program
from installers.linux_packages import FOR_WINDOWS, TO_START
from installers.system import NOT_FOUND, System

DEBIAN = {"ID": "debian", "VERSION_ID": "12", "PRETTY_NAME": "Debian GNU/Linux 12 (bookworm)"}
OPENEULER = {"ID": "openEuler", "PRETTY_NAME": "openEuler 22.03 LTS"}
PYTHON = "/usr/bin/python3"


@dataclass
class Machine:
    """A computer; `without` are the packages that are not there yet."""

    platform: str = "linux"
    euid: int | None = 0
    os_release: Mapping[str, str] = field(default_factory=lambda: DEBIAN)
    without: set[str] = field(default_factory=set)
    has_apt: bool = True
    sudo_asks_no_password: bool = False
    renamed_packages: bool = False
    network: bool = True
    statuses: dict[str, int] = field(default_factory=dict)
    commands: list[list[str]] = field(default_factory=list)
    environments: list[dict[str, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def system(self) -> System:
        return System(
            self.platform, self.euid, PYTHON, self.os_release, self.run, can_load=self.can_load, say=self.said.append
        )

    def can_load(self, file: str) -> bool:
        packages = {library.file: library.package for library in TO_START + FOR_WINDOWS}
        return packages[file] not in self.without

    def run(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        quiet: bool = False,
    ) -> int:
        self.commands.append(list(command))
        self.environments.append(dict(env or {}))
        words = [word for word in command if word not in {"env", "DEBIAN_FRONTEND=noninteractive"}]
        if words[:2] == ["sudo", "-n"]:
            return self._as_root(words[2:]) if self.sudo_asks_no_password else 1
        return self._plain(words)

    def _plain(self, words: list[str]) -> int:
        if words[0] == "apt-get" and words[1] != "--version":
            return self._as_root(words) if self.euid == 0 else 100
        if words[0] in {"apt-get", "apt-cache"}:
            known = words[0] == "apt-get" or self.renamed_packages
            return (0 if known else 100) if self.has_apt else NOT_FOUND
        if words[0] == "sh":
            return 2 if any(name in words[2] for name in self.without) else 0
        if words[1:2] == ["-c"]:
            return 1 if "python3-venv" in self.without else 0
        if words[1:3] == ["-m", "venv"]:
            return self._make_venv(Path(words[3]))
        if words[1:4] == ["-m", "pip", "install"]:
            return 0 if self.network or "--no-deps" in words else 1
        return self.statuses.get(Path(words[0]).name.removesuffix(".exe"), 0)

    def _as_root(self, words: list[str]) -> int:
        if words[:2] == ["apt-get", "install"]:
            if not self.network:
                return 100
            self.without -= {word.removesuffix("t64") for word in words}
        return 0

    def _make_venv(self, folder: Path) -> int:
        program = venv_program(folder, "python", windows=self.platform == "win32")
        program.parent.mkdir(parents=True)
        program.touch()
        return 0

    def ran(self, *words: str) -> list[list[str]]:
        """Return the commands that contain all of `words`."""
        return [command for command in self.commands if set(words) <= set(command)]
