"""What a scanner has written lately: pictures and PDFs of now, and nothing else that lies in its folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from station_app.carriers.scan_folder import fresh_scans
from station_app.domain.errors import StationError

NOW = 1_800_000_000.0


def _written(path: Path, ago_s: float, data: bytes = b"x") -> None:
    path.write_bytes(data)
    os.utime(path, (NOW - ago_s, NOW - ago_s))


def test_pictures_and_pdfs_of_now_are_found_the_oldest_first(tmp_path: Path) -> None:
    _written(tmp_path / "b.PDF", 20)
    _written(tmp_path / "a.jpg", 10)
    _written(tmp_path / "old.jpg", 4000)
    _written(tmp_path / "说明.docx", 5)
    _written(tmp_path / ".hidden.jpg", 5)
    _written(tmp_path / "empty.png", 5, b"")
    (tmp_path / "folder.jpg").mkdir()
    found = fresh_scans(tmp_path, NOW - 1800)
    assert [(scan.name, scan.size, scan.path) for scan in found] == [
        ("b.PDF", 1, str(tmp_path / "b.PDF")),
        ("a.jpg", 1, str(tmp_path / "a.jpg")),
    ]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StationError) as refused:
        fresh_scans(tmp_path / "gone", NOW)
    assert refused.value.code == "scan-folder-unreadable"
