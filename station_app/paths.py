"""Where files are: the data folder of this PC, and what ships with the program."""

from __future__ import annotations

import os
from pathlib import Path

import appdirs

_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """Return the path of a shipped file, `name` relative to resources/ (in the wheel: station_app/_resources)."""
    installed = _PACKAGE / "_resources"
    root = installed if installed.is_dir() else _PACKAGE.parent / "resources"
    return root / name


def home_folder(option: str | None, program: str) -> Path:
    """Return the data folder: the --home option, else STATION_HOME, else the system's place for `program`."""
    chosen = option or os.environ.get("STATION_HOME")
    return Path(chosen) if chosen else Path(appdirs.user_data_dir(program, appauthor=False))
