"""Commands start fast: what costs half of a start and serves nobody is left out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {
    "station": ["deadline", "--from", "2026-11-20", "--days", "5"],
    "center": ["directory", "check", "no-such-file"],
}
STARTED = """
import gc, sys
from station_app.cli.{program} import main
main({arguments})
from station_app.domain.lookup import initials
assert "cq" in initials("重庆")
unused = {{"requests", "yaml", "sqlalchemy.dialects.postgresql"}} & set(sys.modules)
phrases = "pypinyin.phrases_dict" in sys.modules
print(sorted(unused), phrases, gc.isenabled(), gc.get_freeze_count() > 30_000, file=sys.stderr)
"""


@pytest.mark.parametrize("program", COMMANDS)
def test_a_command_loads_no_phrases_and_looks_for_no_garbage_in_itself(program: str, tmp_path: Path) -> None:
    """It took 0.7 s of one core in each process that wrote a case, for phrases that are never read."""
    arguments = ["--home", str(tmp_path), *COMMANDS[program]]
    environment = {name: value for name, value in os.environ.items() if name != "PYPINYIN_NO_PHRASES"}
    code = STARTED.format(program=program, arguments=arguments)
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    unused, rest = done.stderr.splitlines()[-1].split("] ")
    assert rest == "False True True", done.stderr
    assert program == "center" or unused == "[", "a command that talks to nobody loads what talks"
