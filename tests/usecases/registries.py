"""A center's office tables, in memory and on disk, and a clerk whose signatures cost nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from station_app.domain.errors import StationError
from station_app.storage.center_rows import CENTER as CENTER_ROWS
from station_app.storage.engine import open_plain, writing
from station_app.storage.journal import PLAIN
from station_app.storage.people_rows import PEOPLE
from station_app.storage.registry import RegistryOnDisk
from station_app.storage.rows import SHARED, tables
from station_app.storage.schema import prepare
from station_app.usecases import run_center
from station_app.usecases.center_ports import CenterClerk, Station
from tests.domain.casework import COUNTY, ORGANISATIONS, VILLAGE
from tests.fake_vault import FakeVault
from tests.fakes import FakeKey, center_store

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
KEY, EPOCH = b"k" * 32, "e" * 16
CENTER = FakeKey(b"center")


def _signs(context: str, payload: bytes) -> bytes:
    return CENTER.sign(context, payload)


CLERK = CenterClerk(_signs, lambda: NOW, lambda count: b"n" * count, FakeVault())


@pytest.fixture(params=["memory", "disk"])
def registry(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """An open transaction with the organisations published."""
    if request.param == "memory":
        with center_store().write() as book:
            book.save_setting("center", {"org": COUNTY})
            run_center.save_organisations(book, CLERK, ORGANISATIONS)
            yield book
        return
    engine = open_plain(tmp_path / "center.db")
    prepare(engine, tables(SHARED + CENTER_ROWS + PEOPLE))
    with writing(engine) as connection:
        book = RegistryOnDisk(connection, PLAIN)
        book.save_setting("center", {"org": COUNTY})
        run_center.save_organisations(book, CLERK, ORGANISATIONS)
        yield book


def enrolled(registry: Any, key: bytes = KEY, code: str = "code-1", org: str = VILLAGE) -> Station:
    return joined(registry, key, code, org).station


def joined(registry: Any, key: bytes, code: str, org: str = VILLAGE) -> run_center.Enrolled:
    run_center.open_enrolment(registry, org, code)
    return run_center.enrol(registry, CLERK, code, run_center.NewPc(key, EPOCH))


def refusal(run: Any, *args: Any) -> str:
    with pytest.raises(StationError) as refused:
        run(*args)
    return refused.value.code
