"""A place with real stations, for what can only be seen in real files."""

from __future__ import annotations

from tests.reliability.shared import template
from tests.storage.station_books import books

__all__ = ["books", "template"]
