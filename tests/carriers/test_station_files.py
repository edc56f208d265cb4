"""Files taken in at a station: sealed under a key of their own, and gone again where the case was not saved."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from station_app.bootstrap.station_files import StationFiles, named_in
from station_app.carriers.shelf import FOLDER, Shelf
from station_app.domain.attachments import read_sealed
from station_app.domain.errors import StationError
from tests.carriers.scans import page, saved
from tests.domain.casework import AT_VILLAGE, SCAN, registered


@pytest.fixture
def files(tmp_path: Path) -> StationFiles:
    return StationFiles(Shelf(tmp_path), os.urandom)


@pytest.fixture
def scan(tmp_path: Path) -> str:
    (tmp_path / "户口簿.png").write_bytes(saved(page(300, 200), "PNG"))
    return str(tmp_path / "户口簿.png")


def _lying(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / FOLDER).rglob("*") if path.is_file()]


def test_what_is_taken_in_lies_sealed_and_opens_again(files: StationFiles, scan: str, tmp_path: Path) -> None:
    with files.sealed_forms([scan, {"path": scan, "material": "户口簿"}]) as forms:
        pass
    one, two = (read_sealed(form["file"]) for form in forms)
    assert (forms[1]["material"], one.file != two.file, one.key != two.key) == ("户口簿", True, True)
    assert (one.name, one.media, one.original_size) == ("户口簿.png", "image/jpeg", Path(scan).stat().st_size)
    assert files.open(one)[:3] == b"\xff\xd8\xff"
    assert all(b"\xff\xd8\xff" not in path.read_bytes() for path in _lying(tmp_path))
    assert len(_lying(tmp_path)) == 2


def test_what_was_not_saved_leaves_no_file(files: StationFiles, scan: str, tmp_path: Path) -> None:
    with pytest.raises(StationError), files.sealed_forms([scan]):
        raise StationError("material-missing", materials="")
    with pytest.raises(StationError) as refused, files.sealed_forms([scan, "没有.jpg"]):
        pass
    assert refused.value.code == "scan-not-found"
    for row in (7, {"material": "x"}, {"path": ""}):
        with pytest.raises(StationError) as refused, files.sealed_forms([row]):
            pass
        assert refused.value.code == "form-field-type"
    assert _lying(tmp_path) == []


def test_a_scan_of_a_case_is_named_by_its_address() -> None:
    work = registered()
    work.act("attach", AT_VILLAGE, {"file": SCAN, "material": "户口簿", "purpose": "办理低保"})
    form = named_in(work.case, {"file": SCAN["file"], "grade": "C"})
    assert form == {"file": SCAN, "material": "户口簿", "purpose": "办理低保", "expires": "", "grade": "C"}
    with pytest.raises(StationError) as refused:
        named_in(work.case, {"file": "f" * 64})
    assert refused.value.code == "attachment-unknown"
