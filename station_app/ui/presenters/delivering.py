"""Bringing results to applicants: what is owed, the signature, and the end of the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from station_app.domain.cases import Case
from station_app.domain.errors import StationError
from station_app.ui.background import Lane
from station_app.ui.workplace import Workplace
from station_app.usecases.deliveries import deliveries
from station_app.usecases.ports import Desk
from station_app.usecases.reveal import reveal
from station_app.usecases.run_action import act_on_case
from station_app.usecases.times import local_day


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was done: the delivery is noted; `error` says why the case could not be closed as well."""

    case: Case
    closed: bool
    error: StationError | None = None


class Delivering(QObject):
    """Reads what is owed and notes deliveries."""

    shown = Signal(object)
    delivered = Signal(object)
    refused = Signal(object)
    phone_shown = Signal(str, str)
    """Case id, telephone number in full."""

    def __init__(self, place: Workplace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._under_way = False

    @property
    def today(self) -> date:
        """Return the date in China by this PC's clock."""
        return local_day(self._place.session.desk.now())

    def load(self) -> None:
        """Read again what is owed."""
        self._place.read(deliveries, owner=self, done=self.shown.emit)

    def deliver(self, case_id: str, form: Mapping[str, Any], *, close: bool) -> None:
        """Note the signature, and close the case as well if wanted: two steps, each saved by itself."""
        self._write(lambda desk: _deliver(desk, case_id, form, close=close))

    def close(self, case_id: str) -> None:
        """Close a case that has been delivered."""
        self._write(lambda desk: Delivered(act_on_case(desk, case_id, "close", {}), closed=True))

    def show_phone(self, case_id: str) -> None:
        """Read the telephone number in full; that somebody looked is on record."""
        desk = self._place.session.desk
        work, show = partial(reveal, desk, case_id, "phone"), partial(self.phone_shown.emit, case_id)
        self._place.jobs.submit(Lane.DB, work, owner=self, done=show)

    def _write(self, work: Callable[[Desk], Delivered]) -> None:
        if not self._under_way:
            self._under_way = True
            self._place.write(work, owner=self, done=self._after, failed=self._after_refusal)

    def _after(self, done: Delivered) -> None:
        self._under_way = False
        self.delivered.emit(done)

    def _after_refusal(self, error: StationError) -> None:
        self._under_way = False
        self.refused.emit(error)


def _deliver(desk: Desk, case_id: str, form: Mapping[str, Any], *, close: bool) -> Delivered:
    case = act_on_case(desk, case_id, "deliver", form)
    if not close:
        return Delivered(case, closed=False)
    try:
        return Delivered(act_on_case(desk, case_id, "close", {}), closed=True)
    except StationError as error:
        return Delivered(case, closed=False, error=error)
