"""Which backups in a folder go: never the only one that holds what a machine wrote before an older one was put back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from station_app.carriers.backup_file import STATION, Contents
from station_app.carriers.backup_writing import Meter, Source, write_backup
from station_app.carriers.kept_backups import Keeping, backup_name, drop_older

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
