"""Backups and restores that die before a chosen step on the disk: for tests only."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from station_app.bootstrap import center_backup, station, station_backup, station_restore
from station_app.domain.errors import StationError
from tests.reliability.dying import die
from tests.reliability.work import tell

PIN = "248163"


def back_up_dying(home: str, worker: str, file: str, step: int) -> None:
    """Back up, and die before that step, counted from 1."""
    signed_in = station.sign_in(Path(home), worker, PIN)
    _die_before(step)
    station_backup.back_up(signed_in, Path(file))


def back_up_pulled(home: str, worker: str, file: str) -> None:
    """Back up onto a stick that is pulled out when all has been written, and say what a worker is told."""
    signed_in = station.sign_in(Path(home), worker, PIN)
    flush = os.fsync

    def pull(descriptor: int) -> None:
        subprocess.run(["umount", "--lazy", str(Path(file).parent)], check=True)
        flush(descriptor)

    setattr(os, "fsync", pull)  # noqa: B010
    try:
        station_backup.back_up(signed_in, Path(file))
    except StationError as error:
        tell({"code": error.code})


def restore_dying(home: str, file: str, step: int) -> None:
    """Put a station back, and die before that step, counted from 1; for step 0 tell how many there are."""
    steps = _die_before(step)
    station_restore.restore(Path(home), Path(file), datetime(2026, 12, 1, 15, 0, 0))  # noqa: DTZ001
    tell({"steps": next(steps) - 1})


def restore_center_dying(home: str, file: str, code: str, step: int) -> None:
    """Put a center back, and die before that step, counted from 1; for step 0 tell how many there are."""
    steps = _die_before(step)
    center_backup.restore(Path(home), Path(file), code)
    tell({"steps": next(steps) - 1})


def sign_in_dying(home: str, worker: str, step: int) -> None:
    """Sign in to what was put back, and die before that step, counted from 1."""
    _die_before(step)
    station.sign_in(Path(home), worker, PIN)


def _die_before(step: int) -> Iterator[int]:
    """Have this process end before the step-th time that a file is flushed, renamed, made or taken away."""
    steps = count(1)

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if next(steps) == step:
                die()
            return original(*arguments, **named)

        return call

    for owner, names in ((os, ("fsync",)), (Path, ("rename", "replace", "unlink", "rmdir")), (shutil, ("rmtree",))):
        for name in names:
            setattr(owner, name, counted(getattr(owner, name)))
    return steps
