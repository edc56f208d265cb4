"""A half-filled form that survives a crash: kept soon after each change, dropped when nothing is left of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from station_app.ui.background import Lane
from station_app.ui.workplace import Workplace
from station_app.usecases.drafts import Draft, drafts_of, drop_draft, save_draft

KEEP_AFTER_MS = 600
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class HalfDone:
    """What is worth keeping of a form."""

    title: str
    content: Mapping[str, Any]


class KeptDrafts(QObject):
    """The draft of the form that is open, and the worker's other drafts of the same kind.

    Its jobs do not tell `changed`: drafts are on this PC only, and nothing that is shown elsewhere follows from them.

    Args:
        half_done: returns what is in the form now, None when it is blank.
    """

    listed = Signal()

    def __init__(self, place: Workplace, kind: str, half_done: Callable[[], HalfDone | None], parent: QObject) -> None:
        super().__init__(parent)
        self._place = place
        self._kind = kind
        self._half_done = half_done
        self._drafts: tuple[Draft, ...] = ()
        self._kept: HalfDone | None = None
        self.draft_id = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEEP_AFTER_MS)
        self._timer.timeout.connect(self.keep)
        self.begin()

    @property
    def others(self) -> tuple[Draft, ...]:
        """Return the drafts that are not in the form now, the last one first."""
        return tuple(draft for draft in self._drafts if draft.draft_id != self.draft_id)

    def begin(self, draft: Draft | None = None) -> None:
        """Go on with a draft, or begin a new form."""
        self._timer.stop()
        desk = self._place.session.desk
        self.draft_id = draft.draft_id if draft else desk.entropy(_ID_BYTES).hex()
        self._kept = HalfDone(draft.title, draft.content) if draft else None

    def touch(self) -> None:
        """Note that the form has changed."""
        self._timer.start()

    def keep(self) -> None:
        """Keep the form as it is, behind whatever the lane is at; nothing to do when it is kept already."""
        self._timer.stop()
        now = self._half_done()
        if now == self._kept:
            return
        self._kept = now
        desk, draft_id = self._place.session.desk, self.draft_id
        if now is None:
            self._run(partial(drop_draft, desk, draft_id))
        else:
            self._run(partial(save_draft, desk, draft_id, self._kind, now.title, now.content))

    def discard(self, draft_id: str) -> None:
        """Throw another draft away."""
        self._run(partial(drop_draft, self._place.session.desk, draft_id))
        self.load()

    def load(self) -> None:
        """Read the worker's drafts."""
        work = partial(drafts_of, self._place.session.desk)
        self._place.jobs.submit(Lane.DB, work, owner=self, done=self._list)

    def _run(self, work: Callable[[], None]) -> None:
        self._place.jobs.submit(Lane.DB, work, owner=self, done=lambda _: None)

    def _list(self, drafts: list[Draft]) -> None:
        self._drafts = tuple(draft for draft in drafts if draft.kind == self._kind)
        self.listed.emit()
