"""The real machine: commands, their status and their environment."""

from __future__ import annotations

import ast
import signal
import sys
from pathlib import Path

import pytest

from installers.dev import ROOT
from installers.system import NOT_FOUND, child_environment, run_command, this_system


def test_a_command_gives_its_status() -> None:
    assert run_command([sys.executable, "-c", "raise SystemExit(5)"]) == 5


def test_a_program_that_does_not_exist_gives_127() -> None:
    assert run_command(["no-such-program-here"]) == NOT_FOUND


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_killed_command_gives_the_status_a_shell_would() -> None:
    killed = run_command([sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])
    assert killed == 128 + signal.SIGKILL


def test_children_may_write_bytecode_and_get_the_extra_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    look = "import os; raise SystemExit('PYTHONDONTWRITEBYTECODE' in os.environ or os.environ['EXTRA'] != 'yes')"
    assert run_command([sys.executable, "-c", look], env={"EXTRA": "yes"}) == 0
    assert child_environment({"A": "1"}, {"B": "2"}) == {"A": "1", "B": "2"}


def test_a_command_runs_in_the_folder_asked_for(tmp_path: Path) -> None:
    assert run_command([sys.executable, "-c", "open('here', 'w').close()"], cwd=tmp_path) == 0
    assert (tmp_path / "here").exists()


def test_this_system_tells_present_libraries_from_absent_ones() -> None:
    system = this_system(print)
    assert not system.can_load("libno-such-library.so.7")
    if system.is_linux:
        assert system.can_load("libc.so.6")


def test_the_environment_is_never_made_by_the_interpreter_inside_it() -> None:
    assert not Path(this_system(print).python).is_relative_to(ROOT / ".venv")


def test_the_entry_parses_on_old_pythons_so_that_it_can_say_so() -> None:
    source = (ROOT / "installers" / "dev.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 6))
    futures = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    assert futures == []
