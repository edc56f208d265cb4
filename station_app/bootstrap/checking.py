"""Checking what lies on this PC: file, journal, projections, and what durability rests on."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from station_app.bootstrap.station import SignedIn
from station_app.keys.signing import verify_many
from station_app.storage.engine import check_pages, read_pragmas
from station_app.sync.loop import ANEW_AT_ONCE
from station_app.usecases.audit import OK, audit
from station_app.usecases.ports import Desk


def check(signed_in: SignedIn) -> dict[str, Any]:
    """Check the file page by page, the journal as `audit` does, and the PRAGMAs that durability rests on."""
    pages = check_pages(signed_in.engine)
    _look_anew(signed_in.desk)
    with signed_in.desk.read_book() as book:
        found = audit(book, verify_many)
    pragmas = read_pragmas(signed_in.engine)
    journal_ok = found.chain == pages == OK
    return {
        "events": found.events,
        "chain": found.chain,
        "projections": found.projections,
        "pages": pages,
        "pragmas": pragmas,
        "lost": [asdict(lost) for lost in found.lost],
        "lost_numbers": list(found.lost_numbers),
        "journal_ok": journal_ok,
        "ok": journal_ok and found.projections == OK,
    }


def _look_anew(desk: Desk) -> None:
    """Finish what the exchanges have left of a new calendar: half of it done is no fault of the projections."""
    with desk.read_book() as book:
        behind = book.is_behind()
    while behind:
        with desk.open_book() as book:
            behind = book.look_anew(ANEW_AT_ONCE) > 0
