"""Writing a file for technical support where somebody wants it: whole or not at all."""

from __future__ import annotations

import errno
from contextlib import suppress
from pathlib import Path

from station_app.domain.errors import StationError
from station_app.keys.key_files import write_atomically

_FULL = (errno.ENOSPC, errno.EDQUOT)
SUFFIX = ".json"


def save_support_file(path: Path, data: bytes) -> Path:
    """Write it under a temporary name, flush, and rename; return the path, with its suffix.

    Raises:
        StationError: `export-disk-full` (file), `export-not-saved` (file): the stick was pulled, is write-protected,
            the folder is gone. What was there under this name is as before.
    """
    path = path if path.suffix else path.with_suffix(SUFFIX)
    try:
        write_atomically(path, data)
    except OSError as error:
        with suppress(OSError):
            path.with_name(path.name + ".new").unlink(missing_ok=True)
        full = error.errno in _FULL
        raise StationError("export-disk-full" if full else "export-not-saved", file=str(path)) from None
    return path
