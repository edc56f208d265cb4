"""What lies on the disk while a backup is made or put back, of a station as of a center."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from station_app.keys.key_files import make_private_folder, sync_folder

_COPY_FOLDER = "backup.new"


@contextmanager
def copy_folder(home: Path) -> Iterator[Path]:
    """Give an empty folder for the copy that a backup is made from; it is gone at the end."""
    folder = home / _COPY_FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    make_private_folder(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def lay_out(target: Path, pieces: Iterable[bytes]) -> None:
    """Write a part of a backup to the disk, for nobody else to read; it is there for good when this returns."""
    make_private_folder(target.parent)
    with target.open("xb") as file:
        if os.name == "posix":
            target.chmod(0o600)
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(target.parent)
