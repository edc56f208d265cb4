"""The same desk on another day, or with another worker at it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from station_app.domain.people import Role
from station_app.ui.workplace import Workplace


def later(place: Workplace, *, days: int) -> None:
    """Let the clock of the PC run ahead."""
    desk = place.session.desk
    now = desk.now
    place.session = replace(place.session, desk=replace(desk, now=lambda: now() + timedelta(days=days)))


def as_worker_with(place: Workplace, *roles: Role) -> None:
    """Give the worker these roles and no others."""
    desk = place.session.desk
    worker = replace(desk.worker, roles=frozenset(roles))
    place.session = replace(place.session, desk=replace(desk, worker=worker))
