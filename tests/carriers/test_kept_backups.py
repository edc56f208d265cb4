"""Which backups in a folder go: never the only one that holds what a machine wrote before an older one was put back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from station_app.carriers.backup_file import STATION, Contents
from station_app.carriers.backup_writing import Meter, Source, write_backup
from station_app.carriers.kept_backups import Keeping, backup_name, drop_older, with_room
from station_app.domain.errors import StationError

DEVICE = "d" * 32
KEEPING = Keeping(days=2, weeks=0)
SCHEMA = 6


def make(folder: Path, at: datetime, epoch: str, seq: int, size: int = 10) -> Path:
    path = folder / backup_name(STATION, DEVICE, at)
    about = Contents(STATION, "0.1.0", SCHEMA, "2026-12-01T07:00:00Z", DEVICE, epoch, seq, (), ())
    sources = [Source("journal.db", lambda: iter([bytes(size)]))]
    write_backup(path, sources, lambda parts: replace(about, parts=parts), bytes(32), Meter(lambda *_: None, 1))
    return path


def test_what_an_older_backup_put_back_has_not_got_stays(tmp_path: Path) -> None:
    day = datetime(2026, 12, 1, 8)  # noqa: DTZ001
    make(tmp_path, day, "a", 5)
    # The one of the morning was put back, and this one of noon was not.
    lost = make(tmp_path, day.replace(hour=12), "a", 9)
    made = make(tmp_path, day.replace(hour=18), "b", 6)
    drop_older(made, STATION, DEVICE, KEEPING, SCHEMA)
    assert set(tmp_path.iterdir()) == {lost, made}
    for number in range(2, 9):
        made = make(tmp_path, day.replace(day=number), "b", 6 + number)
        drop_older(made, STATION, DEVICE, KEEPING, SCHEMA)
    assert lost.exists()
    assert len(list(tmp_path.iterdir())) == 3


def test_the_oldest_make_room_on_a_full_medium_and_it_is_tried_once_more(tmp_path: Path) -> None:
    days = [datetime(2026, 12, day, 8) for day in range(1, 9)]  # noqa: DTZ001
    lost = make(tmp_path, days[0], "a", 9, 40_000)
    olds = [make(tmp_path, at, "b", seq, 40_000) for seq, at in enumerate(days[1:6])]
    tries = 0

    def back_up(most: int) -> Path:
        nonlocal tries
        tries += 1
        if sum(path.stat().st_size for path in tmp_path.iterdir()) > most:
            raise StationError("backup-disk-full", file="x")
        return make(tmp_path, days[6], "b", 9, 40_000)

    made = with_room(tmp_path, STATION, DEVICE, SCHEMA, lambda: back_up(200_000))
    assert set(tmp_path.iterdir()) == {lost, *olds[2:], made}
    assert tries == 2
    # However full it is, the newest one and what nothing else holds stay.
    for _ in range(3):
        with pytest.raises(StationError) as refused:
            with_room(tmp_path, STATION, DEVICE, SCHEMA, lambda: back_up(0))
        assert refused.value.code == "backup-disk-full"
    assert set(tmp_path.iterdir()) == {lost, made}
    # Tried twice while there was something to drop (two, then one), and once after that.
    assert tries == 2 + 2 + 2 + 1


def test_nothing_makes_room_for_a_backup_that_fails_otherwise(tmp_path: Path) -> None:
    days = [datetime(2026, 12, day, 8) for day in range(1, 4)]  # noqa: DTZ001
    made = {make(tmp_path, at, "a", seq) for seq, at in enumerate(days)}

    def fail() -> None:
        raise StationError("backup-not-saved", file="x")

    with pytest.raises(StationError):
        with_room(tmp_path, STATION, DEVICE, SCHEMA, fail)
    assert set(tmp_path.iterdir()) == made
