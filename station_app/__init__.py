"""Case work of rural convenience-service stations: taken in offline, handed over, decided, answered."""

from __future__ import annotations

__version__ = "0.1.0"
