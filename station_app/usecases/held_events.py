"""Events that a center holds for a person: later than a PC's revocation or a worker's leaving. Two may admit one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from station_app.domain.errors import StationError
from station_app.domain.people import Worker
from station_app.exchange.authentic import VerifyMany
from station_app.exchange.center import admit_held
from station_app.exchange.ports import CenterBook
from station_app.messages import waiting_text
from station_app.usecases.center_ports import AuditEntry, CenterClerk, HeldEvent, Registry
from station_app.usecases.holding import admit
from station_app.usecases.run_center import publish_organisations, require_whole
from station_app.usecases.times import stamp
from station_app.usecases.two_persons import require_two_administrators

HELD_ADMIT = "held-admit"


class HeldStore(CenterBook, Registry, Protocol):
    """The center's journal and office tables in one transaction."""

    def held_events(self) -> Sequence[HeldEvent]: ...


def held(store: HeldStore, number: int) -> HeldEvent:
    """Return a held event; `held-unknown` where there is none of that number (any more)."""
    found = next((entry for entry in store.held_events() if entry.number == number), None)
    if found is None:
        raise StationError("held-unknown", number=number)
    return found


def admit_event(
    store: HeldStore, clerk: CenterClerk, number: int, persons: tuple[Worker, Worker], verify_many: VerifyMany
) -> HeldEvent:
    """Take a held event in like any other, and tell all stations that it counts.

    Raises:
        StationError: `two-administrators-needed`, `role-missing`, `held-unknown`; `held-base-first` (number): it
            follows another held one; `held-not-admissible` (reason): it would be refused for something else too;
            `center-heals`.
    """
    by, second = persons
    require_two_administrators(by, second, "收下扣住的记录")
    require_whole(store)
    found = held(store, number)
    before = next((entry for entry in store.held_events() if entry.event.event_id == found.event.header.base), None)
    if before is not None:
        raise StationError("held-base-first", number=before.number)
    # The document goes into the feeds first: a station must know that the event counts when it comes.
    admit(store, found.event.event_id)
    publish_organisations(store, clerk)
    code = admit_held(store, found.event, verify_many)
    if code:
        raise StationError("held-not-admissible", reason=waiting_text(code))
    about = {"event": found.event.event_id, "device": found.event.header.origin, "code": found.code}
    store.add_audit(AuditEntry(stamp(clerk.now()), HELD_ADMIT, by.name, second.name, about))
    return found
