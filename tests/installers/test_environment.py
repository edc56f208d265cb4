"""When the private environment is made, kept, or made again."""

from __future__ import annotations

from pathlib import Path

import pytest

from installers.environment import Checkout, ensure_environment, must_make
from installers.system import SetupError
from tests.installers.machines import PYTHON, Machine


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    (tmp_path / "installers").mkdir()
    (tmp_path / "installers" / "requirements.lock").write_text("a==1\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    return Checkout(tmp_path, windows=False)


def test_a_fresh_checkout_installs_the_locked_list_with_hashes_and_then_the_project(checkout: Checkout) -> None:
    machine = Machine()
    ensure_environment(machine.system(), checkout)
    venv, locked, project = machine.commands
    assert venv == [PYTHON, "-m", "venv", str(checkout.venv)]
    assert locked[0] == str(checkout.python)
    assert locked[-3:] == ["--require-hashes", "-r", str(checkout.lock)]
    assert {"--no-deps", "--no-build-isolation", "-e"} < set(project)
    assert not any("index" in word for command in machine.commands for word in command)


def test_the_second_run_runs_nothing(checkout: Checkout) -> None:
    ensure_environment(Machine().system(), checkout)
    machine = Machine()
    ensure_environment(machine.system(), checkout)
    assert machine.commands == []


def test_a_changed_lock_makes_the_environment_again_from_nothing(checkout: Checkout) -> None:
    ensure_environment(Machine().system(), checkout)
    leftover = checkout.venv / "of-the-old-lock"
    leftover.touch()
    checkout.lock.write_text("a==2\n", encoding="utf-8")
    ensure_environment(Machine().system(), checkout)
    assert not leftover.exists()
    assert not must_make(checkout)


def test_a_changed_pyproject_only_installs_the_project_again(checkout: Checkout) -> None:
    ensure_environment(Machine().system(), checkout)
    (checkout.root / "pyproject.toml").write_text("[project]\nversion = '2'\n", encoding="utf-8")
    machine = Machine()
    ensure_environment(machine.system(), checkout)
    assert [command[-3:] for command in machine.commands] == [["--no-build-isolation", "-e", str(checkout.root)]]


def test_an_environment_carried_along_from_another_folder_is_made_again(checkout: Checkout, tmp_path: Path) -> None:
    ensure_environment(Machine().system(), checkout)
    moved = tmp_path.parent / f"{tmp_path.name}-moved"
    tmp_path.rename(moved)
    assert must_make(Checkout(moved, windows=False))


def test_a_half_made_environment_is_made_again(checkout: Checkout) -> None:
    with pytest.raises(SetupError):
        ensure_environment(Machine(network=False).system(), checkout)
    assert checkout.python.exists()
    assert must_make(checkout)
    ensure_environment(Machine().system(), checkout)
    assert not must_make(checkout)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"lock": "0"}'])
def test_a_damaged_stamp_makes_the_environment_again(checkout: Checkout, content: str) -> None:
    ensure_environment(Machine().system(), checkout)
    checkout.stamp.write_text(content, encoding="utf-8")
    assert must_make(checkout)


def test_without_a_network_the_sentence_says_to_check_it(checkout: Checkout) -> None:
    with pytest.raises(SetupError, match="请检查网络"):
        ensure_environment(Machine(network=False).system(), checkout)


def test_windows_keeps_its_programs_in_scripts(checkout: Checkout) -> None:
    windows = Checkout(checkout.root, windows=True)
    ensure_environment(Machine(platform="win32", euid=None).system(), windows)
    assert windows.python == windows.venv / "Scripts" / "python.exe"
    assert windows.python.exists()
