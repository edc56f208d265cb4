"""What at the center only administrators do, and what two of them do together."""

from __future__ import annotations

from station_app.domain.errors import StationError
from station_app.domain.people import ROLE_LABELS, Role, Worker


def require_two_administrators(by: Worker, second: Worker, action: str) -> None:
    """Refuse with `two-administrators-needed` (one person twice) or `role-missing`."""
    if by.person_id == second.person_id:
        raise StationError("two-administrators-needed", action=action)
    for worker in (by, second):
        require_administrator(worker, action)


def require_administrator(worker: Worker, action: str) -> None:
    """Refuse with `role-missing`."""
    if Role.ADMIN not in worker.roles:
        raise StationError("role-missing", action=action, roles=ROLE_LABELS[Role.ADMIN])
