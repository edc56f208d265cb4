"""Half-filled forms that survive a crash; on this PC only, each worker's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from station_app.usecases.ports import Desk, Draft
from station_app.usecases.times import stamp

__all__ = ["Draft", "drafts_of", "drop_draft", "save_draft"]


def save_draft(desk: Desk, draft_id: str, kind: str, title: str, content: Mapping[str, Any]) -> None:
    """Keep a form as it now is; a draft of the same id and worker is replaced."""
    with desk.open_book() as book:
        book.save_draft(Draft(draft_id, desk.worker.person_id, kind, title, content, stamp(desk.now())))


def drafts_of(desk: Desk) -> list[Draft]:
    """Return this worker's drafts, the last saved first."""
    with desk.read_book() as book:
        return list(book.drafts(desk.worker.person_id))


def drop_draft(desk: Desk, draft_id: str) -> None:
    """Throw a draft of this worker away; one that is gone already is no fault."""
    with desk.open_book() as book:
        book.drop_draft(draft_id, desk.worker.person_id)
