"""The folder into which a scanner writes: what has come there lately. Nothing in it is changed, moved or deleted."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

from station_app.domain.errors import StationError
from station_app.usecases.taken import FreshScan

KINDS = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp", ".pdf")
# A folder that nobody tidies up has some thousands.
_MOST_LOOKED_AT = 20_000


def fresh_scans(folder: Path, since: float) -> tuple[FreshScan, ...]:
    """Return pictures and PDFs that were written since then, the oldest first.

    Args:
        since: seconds since the epoch, by the clock of this PC.

    Raises:
        StationError: `scan-folder-unreadable` (folder).
    """
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in islice(entries, _MOST_LOOKED_AT):
                if entry.name.startswith(".") or not entry.name.lower().endswith(KINDS) or not entry.is_file():
                    continue
                about = entry.stat()
                if about.st_size and about.st_mtime >= since:
                    found.append(FreshScan(entry.path, entry.name, about.st_size, about.st_mtime_ns))
    except OSError:
        raise StationError("scan-folder-unreadable", folder=str(folder)) from None
    return tuple(sorted(found, key=lambda scan: (scan.written_ns, scan.name)))
