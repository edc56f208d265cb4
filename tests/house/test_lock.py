"""The lock holds what pyproject asks for, so that a fresh machine gets what this one has."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _name(requirement: str) -> str:
    return re.split(r"[<>=!~\[; ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def test_the_lock_names_every_direct_dependency() -> None:
    """zxing-cpp was once added to pyproject alone: here all was well, on a fresh clone five test files did not load."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = project["project"]["optional-dependencies"]
    wanted = [
        *project["project"]["dependencies"],
        *extras["station"],
        *extras["center"],
        *project["dependency-groups"]["dev"],
    ]
    lock = (ROOT / "installers" / "requirements.lock").read_text("utf-8")
    locked = {_name(line) for line in lock.splitlines() if line and line[0].isalnum()}
    assert {_name(requirement) for requirement in wanted} - locked == set()
