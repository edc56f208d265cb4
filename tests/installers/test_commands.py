"""The commands a person types, from the first step to the exit status."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from installers.commands import main
from installers.dev import ROOT, version_complaint
from installers.system import System
from tests.installers.machines import OPENEULER, Machine


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "installers").mkdir()
    (tmp_path / "installers" / "requirements.lock").write_text("a==1\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    return tmp_path


def test_demo_passes_its_arguments_on(root: Path) -> None:
    machine = Machine()
    assert main(["demo", "--headless", "--port", "8123"], root, machine.system()) == 0
    assert machine.commands[-1][1:] == ["-m", "station_app.cli.station", "demo", "--headless", "--port", "8123"]


def test_demo_returns_the_status_of_the_program(root: Path) -> None:
    assert main(["demo"], root, Machine(statuses={"python": 3}).system()) == 3


def test_a_demo_without_windows_needs_no_window_libraries(root: Path) -> None:
    machine = Machine(euid=1000, without={"libxcb-cursor0"})
    assert main(["demo", "--headless"], root, machine.system()) == 0
    assert main(["demo"], root, machine.system()) == 1
    assert "libxcb-cursor0" in machine.said[-1]


def test_the_checks_run_in_order_and_pytest_gets_the_arguments(root: Path) -> None:
    machine = Machine()
    assert main(["test", "-k", "house"], root, machine.system()) == 0
    checks = [[Path(command[0]).name, *command[1:]] for command in machine.commands[-5:]]
    assert checks == [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["lint-imports"],
        ["pytest", "-n", "3", "--dist", "worksteal", "-k", "house"],
    ]
    assert machine.environments[-1] == {"QT_QPA_PLATFORM": "offscreen"}


def test_the_first_failing_check_is_the_last_one_and_gives_the_status(root: Path) -> None:
    machine = Machine(statuses={"mypy": 7})
    assert main(["test"], root, machine.system()) == 7
    assert Path(machine.commands[-1][0]).name == "mypy"
    assert "mypy" in machine.said[-1]


def test_a_windows_checkout_runs_the_programs_of_scripts(root: Path) -> None:
    machine = Machine(platform="win32", euid=None, os_release={})
    assert main(["test"], root, machine.system()) == 0
    assert machine.commands[-1][0] == str(root / ".venv" / "Scripts" / "pytest.exe")


def test_a_missing_library_without_permission_ends_with_status_1_and_no_environment(root: Path) -> None:
    machine = Machine(os_release=OPENEULER, has_apt=False, without={"libgl1"})
    assert main(["demo"], root, machine.system()) == 1
    assert "libGL.so.1" in machine.said[-1]
    assert not (root / ".venv").exists()


def test_no_network_ends_with_status_1_and_a_sentence(root: Path) -> None:
    machine = Machine(network=False)
    assert main(["test"], root, machine.system()) == 1
    assert "请检查网络" in machine.said[-1]
    assert machine.ran("check", ".") == []


def test_a_lost_lock_is_told_by_name_and_not_by_a_traceback(root: Path) -> None:
    (root / "installers" / "requirements.lock").unlink()
    machine = Machine()
    assert main(["test"], root, machine.system()) == 1
    assert "requirements.lock" in machine.said[-1]


@pytest.mark.parametrize(("arguments", "status"), [([], 2), (["install"], 2), (["--help"], 0)])
def test_anything_else_shows_how_to_use_it(root: Path, arguments: list[str], status: int) -> None:
    machine = Machine()
    assert main(arguments, root, machine.system()) == status
    assert "用法" in machine.said[-1]
    assert machine.commands == []


def test_the_lock_is_checked_for_three_systems_with_a_throw_away_uv(root: Path) -> None:
    machine = Machine()
    assert main(["lock", "--check"], root, machine.system()) == 0
    assert len(machine.ran("--dry-run", "--require-hashes", "--only-binary")) == 3
    assert machine.ran("pip", "install", "uv")[0][0] != str(root / ".venv" / "bin" / "python")


def test_the_uv_of_the_environment_is_used_where_there_is_one(root: Path) -> None:
    uv = root / ".venv" / "bin" / "uv"
    uv.parent.mkdir(parents=True)
    uv.touch()
    machine = Machine(statuses={"uv": 4})
    assert main(["lock", "--check"], root, machine.system()) == 4
    assert [command[0] for command in machine.commands] == [str(uv)]


def test_a_lock_with_an_address_in_it_is_refused(root: Path) -> None:
    lock = root / "installers" / "requirements.lock"
    lock.write_text("--extra-index-url https://mirror.example/simple\na==1\n", encoding="utf-8")
    machine = Machine()
    assert main(["lock"], root, machine.system()) == 1
    assert "网址" in machine.said[-1]


def test_no_uv_to_be_had_is_a_sentence(root: Path) -> None:
    machine = Machine(network=False)
    assert main(["lock"], root, machine.system()) == 1
    assert "没有取得 uv" in machine.said[-1]


def test_ctrl_c_ends_with_130(root: Path) -> None:
    def interrupted(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    machine = Machine()
    known = machine.system()
    system = System(
        known.platform, known.euid, known.python, known.os_release, interrupted, known.can_load, machine.said.append
    )
    assert main(["demo"], root, system) == 130


@pytest.mark.parametrize(("major", "minor"), [(3, 6), (3, 10), (3, 14), (2, 7)])
def test_a_python_that_cannot_be_used_is_named_with_what_to_install(major: int, minor: int) -> None:
    assert f"{major}.{minor}" in version_complaint(major, minor)
    assert "3.11" in version_complaint(major, minor)


@pytest.mark.parametrize("minor", [11, 12, 13])
def test_supported_pythons_bring_no_complaint(minor: int) -> None:
    assert version_complaint(3, minor) == ""


def test_the_script_runs_by_itself_from_any_folder(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "installers" / "dev.py"), "--help"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert "dev.py test" in done.stderr
