"""The two administrators of a county at one of its PCs."""

from __future__ import annotations

from tests.reliability.place import ADMINISTRATORS, Place


def add_administrators(place: Place, home: str = "k") -> None:
    """Let both administrators sign in on a PC of the county; the center has to be running."""
    for name in ADMINISTRATORS:
        code = place.center("user", "code", name).found()["activation_code"]
        place.station(home, "activate", name, code).found()
