"""The ports in memory, for tests: stores of station and center, and keys."""

from __future__ import annotations

from tests.fake_center import CenterTables, MemoryCenterBook, center_store
from tests.fake_station import MemoryBook, StationTables, station_store
from tests.fake_store import (
    ED25519,
    FAKE,
    MISSING,
    Change,
    FakeKey,
    PowerCutError,
    Scheme,
    Store,
    Table,
    copied,
    fake_verify,
    fake_verify_many,
    tables_of,
)

__all__ = [
    "ED25519",
    "FAKE",
    "MISSING",
    "CenterTables",
    "Change",
    "FakeKey",
    "MemoryBook",
    "MemoryCenterBook",
    "PowerCutError",
    "Scheme",
    "StationTables",
    "Store",
    "Table",
    "center_store",
    "copied",
    "fake_verify",
    "fake_verify_many",
    "station_store",
    "tables_of",
]
