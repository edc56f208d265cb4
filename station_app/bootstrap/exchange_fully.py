"""One full exchange of a station by command: everything sent, fetched and ruled on, then the files."""

from __future__ import annotations

import time
from dataclasses import replace

from station_app.domain.errors import StationError
from station_app.sync.loop import Report, SyncLoop

RULING_ROUNDS = 20


def exchange_fully(loop: SyncLoop) -> Report:
    """Exchange until nothing is left to send, fetch or rule on, then send files; return what was done in all."""
    total = loop.exchange_once()
    for _ in range(RULING_ROUNDS):
        if total.code or not total.pending:
            break
        time.sleep(total.pause_s)
        report = loop.exchange_once()
        sums = {name: getattr(total, name) + getattr(report, name) for name in ("pushed", "pulled", "returned")}
        total = replace(report, **sums)
    if total.code:
        return total
    try:
        loop.send_files()
    except StationError as error:
        return replace(total, code=error.code, params=tuple(error.params.items()))
    return total
