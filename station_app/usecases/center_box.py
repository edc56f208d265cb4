"""The key to which what is carried to a center by hand is sealed: told to all with the organisations (sync.md §16)."""

from __future__ import annotations

from station_app.exchange.healing_state import is_healing
from station_app.exchange.uplink import ORGANISATIONS
from station_app.protocol.signed import read_document
from station_app.usecases.center_ports import Registry

CENTER_BOX = "center_box"


def has_untold_box(registry: Registry) -> bool:
    """Tell whether a program of before has published the organisations last, without the center's key."""
    told = registry.document(ORGANISATIONS)
    return told is not None and CENTER_BOX not in read_document(told).content and not is_healing(registry)
