"""Scans of a village without a line reach the county by a stick and a township's line; others come down that way."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from station_app.bootstrap.station import SignedIn, sign_in
from station_app.bootstrap.window_files import WindowFiles
from station_app.carriers.shelf import FOLDER, Shelf
from station_app.domain.attachments import attachments_of
from station_app.domain.errors import StationError
from station_app.usecases import run_action
from station_app.usecases.attachment_views import attachment_views
from station_app.usecases.taken import Taken
from tests.carriers.scans import page, saved
from tests.reliability.place import FORM, PIN, STATIONS, TOWNSHIP, VILLAGES, Place

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def known(template: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Give a place whose offices have heard of each other's keys."""
    place = template.copy(tmp_path_factory.mktemp("known") / "place", "c", "v1", "t")
    with place.serving():
        for name in ("t", "v1"):
            station(place, name, "sync")
    return place


def scan(folder: Path, name: str, side: int = 900) -> str:
    """Write a picture that can't be packed much smaller, and return its path."""
    path = folder / name
    path.write_bytes(saved(page(side, side), "PNG"))
    return str(path)


def sealed(here: SignedIn, *sizes: int) -> list[dict[str, Any]]:
    """Seal files of random bytes, of these sizes, and return the forms by which they are attached."""
    made = [here.files.seal(Taken(f"{n}.jpg", "image/jpeg", os.urandom(n), "c3" * 32, n)) for n in sizes]
    return [{"file": one.to_json(), "grade": "C"} for one in made]


def registered_of(place: Place, name: str, *sizes: int) -> str:
    """Register a case with such files, and return its id."""
    with opened(place, name) as here:
        return run_action.register_case(here.desk, {**FORM, "attachments": sealed(here, *sizes)}).case_id


def registered(place: Place, station: str, *scans: str) -> str:
    return str(place.register(station, attachments=list(scans))["case_id"])


@contextmanager
def opened(place: Place, name: str) -> Iterator[SignedIn]:
    signed_in = sign_in(place.home(name), next(iter(STATIONS[name][1])), PIN)
    try:
        yield signed_in
    finally:
        signed_in.close()


def scans_of(place: Place, name: str, case_id: str) -> list[tuple[str, bytes, str]]:
    """Return of each scan of a case its address, what is in it, and where it is; b"" for what is not here."""
    with opened(place, name) as here:
        with here.desk.read_book() as book:
            case = book.case(case_id)
            assert case is not None
            views = attachment_views(book, case)
        sealed = [(view.attachment.sealed, view.where) for view in views]
        return [
            (one.file, here.files.open(one) if here.files.shelf.has(one.file) else b"", where) for one, where in sealed
        ]


def laid(place: Place, name: str) -> list[str]:
    return sorted(path.name for path in (place.home(name) / FOLDER).glob("*/*"))


def station(place: Place, name: str, *words: str) -> dict[str, Any]:
    return dict(place.station(name, *words).found())


def carried(place: Place, name: str, to: str, path: Path, *more: str) -> str:
    """Write a package and return where it lies."""
    return str(station(place, name, "package", "export", "--to", to, *more, str(path))["file"])


def test_scans_that_the_township_does_not_see_go_up_by_its_line_and_the_village_hears_of_it(
    template: Place, tmp_path: Path
) -> None:
    place = template.copy(tmp_path / "place", "c", "v1", "t")
    case = registered(place, "v1", scan(tmp_path, "户口簿.png"), scan(tmp_path, "协议.png", 700))
    own = scans_of(place, "v1", case)
    addresses = sorted(file for file, _, _ in own)
    up = station(place, "v1", "package", "export", "--to", TOWNSHIP, str(tmp_path / "up"))
    assert up["files"] == 2
    with place.serving():
        brought = station(place, "t", "package", "import", up["file"])
        assert (brought["files"], brought["files_lacking"], brought["codes"]) == (2, 0, [])
        assert laid(place, "t") == addresses
        station(place, "t", "sync")
        assert laid(place, "c") == addresses
        shelf = Shelf(place.home("c"))
        assert {file: shelf.read(file) for file in addresses} == {
            file: Shelf(place.home("v1")).read(file) for file in addresses
        }
        # It has gone on, and nothing that this office sees names it.
        station(place, "t", "sync")
        assert laid(place, "t") == []
        again = station(place, "t", "package", "import", up["file"])
        assert (again["again"], again["files"]) == (True, 0)
        assert laid(place, "t") == []
        down = station(place, "t", "package", "export", "--to", VILLAGES[0], str(tmp_path / "down"))
    assert down["files"] == 0
    assert [where for _, _, where in own] == ["等待上传", "等待上传"]
    station(place, "v1", "package", "import", down["file"])
    assert [where for _, _, where in scans_of(place, "v1", case)] == ["已上传", "已上传"]
    assert station(place, "v1", "package", "export", "--to", TOWNSHIP, str(tmp_path / "next"))["files"] == 0


def test_what_was_packed_goes_into_every_package_until_its_receipt_comes(known: Place, tmp_path: Path) -> None:
    place = known.copy(tmp_path / "place", "c", "v1", "t")
    case = registered(place, "v1", scan(tmp_path, "户口簿.png"))
    station(place, "v1", "batch", "offer", "--to", TOWNSHIP, case)
    station(place, "v1", "package", "export", "--to", TOWNSHIP, str(tmp_path / "lost"))
    up = station(place, "v1", "package", "export", "--to", TOWNSHIP, str(tmp_path / "up"))
    assert up["files"] == 1
    station(place, "t", "package", "import", up["file"])
    # The township sees the case, and opens the scan before any center has heard of it.
    assert scans_of(place, "t", case)[0][1] == scans_of(place, "v1", case)[0][1] != b""
    down = station(place, "t", "package", "export", "--to", VILLAGES[0], str(tmp_path / "down"))
    station(place, "v1", "package", "import", down["file"])
    assert station(place, "v1", "package", "export", "--to", TOWNSHIP, str(tmp_path / "next"))["files"] == 0


def test_a_package_that_is_cut_anywhere_gives_its_events_and_whole_files_and_the_rest_comes_with_the_next(
    known: Place, tmp_path: Path
) -> None:
    place = known.copy(tmp_path / "place", "c", "v1", "t")
    case = registered_of(place, "v1", 70_000, 1, 200_000)
    station(place, "v1", "batch", "offer", "--to", TOWNSHIP, case)
    up = station(place, "v1", "package", "export", "--to", TOWNSHIP, str(tmp_path / "up"))
    data = Path(up["file"]).read_bytes()
    sizes = [Shelf(place.home("v1")).come(file) for file, _, _ in scans_of(place, "v1", case)]
    begin = len(data) - sum(sizes)
    cuts = {begin - 1: None, begin: 0, begin + sizes[0] - 1: 0, begin + sizes[0]: 1, len(data) - 1: 2}
    for number, (cut, whole) in enumerate(cuts.items()):
        other = place.copy(tmp_path / f"place{number}", "t")
        path = tmp_path / f"cut{number}.stpkg"
        path.write_bytes(data[:cut])
        ran = other.station("t", "package", "import", str(path))
        if whole is None:
            assert ran.refusal()["code"] == "package-damaged"
            continue
        brought = ran.found()
        assert (brought["files"], brought["files_lacking"]) == (whole, 3 - whole)
        assert [bool(found) for _, found, _ in scans_of(other, "t", case)] == [n < whole for n in range(3)]
    # The receipt of the last one says what it lacks; the next package has this, and nothing else.
    down = station(other, "t", "package", "export", "--to", VILLAGES[0], str(tmp_path / "down"))
    station(place, "v1", "package", "import", down["file"])
    rest = station(place, "v1", "package", "export", "--to", TOWNSHIP, str(tmp_path / "rest"))
    assert rest["files"] == 1
    station(other, "t", "package", "import", rest["file"])
    assert all(found for _, found, _ in scans_of(other, "t", case))


def test_a_file_that_was_changed_is_left_out_and_the_others_come(known: Place, tmp_path: Path) -> None:
    place = known.copy(tmp_path / "place", "c", "v1", "t")
    case = registered(place, "v1", scan(tmp_path, "1.png"), scan(tmp_path, "2.png", 700))
    station(place, "v1", "batch", "offer", "--to", TOWNSHIP, case)
    up = station(place, "v1", "package", "export", "--to", TOWNSHIP, str(tmp_path / "up"))
    first = Shelf(place.home("v1")).read(scans_of(place, "v1", case)[0][0])
    data = bytearray(Path(up["file"]).read_bytes())
    data[data.index(first) + 77] ^= 1
    Path(up["file"]).write_bytes(data)
    brought = station(place, "t", "package", "import", up["file"])
    assert (brought["files"], brought["files_lacking"]) == (1, 1)
    assert [bool(found) for _, found, _ in scans_of(place, "t", case)] == [False, True]
    assert len(laid(place, "t")) == 1


def test_volumes_come_in_any_order_and_the_reader_says_which_are_missing(known: Place, tmp_path: Path) -> None:
    place = known.copy(tmp_path / "place", "c", "v1", "t")
    case = registered_of(place, "v1", 600_000, 300_000, 700_000, 900_000)
    station(place, "v1", "batch", "offer", "--to", TOWNSHIP, case)
    up = station(place, "v1", "package", "export", "--to", TOWNSHIP, "--volume-mb", "1", str(tmp_path / "up"))
    volumes = [Path(path) for path in up["volumes"]]
    assert len(volumes) >= 3
    assert [path.name for path in volumes[:2]] == ["up.stpkg", "up-2.stpkg"]
    assert all(path.stat().st_size < (1 << 20) + 20_000 for path in volumes)
    numbers = set(range(1, len(volumes) + 1))
    for path in reversed(volumes):
        number = volumes.index(path) + 1
        brought = station(place, "t", "package", "import", str(path))
        numbers.discard(number)
        assert (brought["number"], set(brought["missing"]), brought["files_lacking"]) == (number, numbers, 0)
    assert all(found for _, found, _ in scans_of(place, "t", case))
    down = station(place, "t", "package", "export", "--to", VILLAGES[0], str(tmp_path / "down"))
    assert down["receipts"] == len(volumes)


def test_a_scan_of_the_township_comes_down_to_the_village_that_sees_the_case(known: Place, tmp_path: Path) -> None:
    place = known.copy(tmp_path / "place", "c", "v1", "t")
    case = registered(place, "v1")
    batch = station(place, "v1", "batch", "offer", "--to", TOWNSHIP, case)["batch_id"]
    up = station(place, "v1", "package", "export", "--to", TOWNSHIP, str(tmp_path / "up"))
    station(place, "t", "package", "import", up["file"])
    station(place, "t", "batch", "accept", batch)
    with opened(place, "t") as here:
        run_action.attach_files(here.desk, case, sealed(here, 90_000))
    down = station(place, "t", "package", "export", "--to", VILLAGES[0], str(tmp_path / "down"))
    assert down["files"] == 1
    brought = station(place, "v1", "package", "import", down["file"])
    assert brought["files"] == 1
    ((_, found, _),) = scans_of(place, "v1", case)
    assert found == scans_of(place, "t", case)[0][1] != b""
    # What came from above is not carried up again.
    assert station(place, "v1", "package", "export", "--to", TOWNSHIP, str(tmp_path / "next"))["files"] == 0


def test_a_scan_that_somebody_wants_to_see_is_asked_for_by_stick_and_fetched_by_the_line_above(
    known: Place, tmp_path: Path
) -> None:
    place = known.copy(tmp_path / "place", "c", "v1", "t")
    case = registered_of(place, "v1")
    batch = station(place, "v1", "batch", "offer", "--to", TOWNSHIP, case)["batch_id"]
    station(place, "t", "package", "import", carried(place, "v1", TOWNSHIP, tmp_path / "up"))
    station(place, "t", "batch", "accept", batch)
    with opened(place, "t") as here:
        run_action.attach_files(here.desk, case, sealed(here, 90_000))
    ((file, data, _),) = scans_of(place, "t", case)
    down = carried(place, "t", VILLAGES[0], tmp_path / "down", "--without-files")
    station(place, "v1", "package", "import", down)
    with place.serving():
        assert station(place, "t", "sync")["complete"]
        # As on a PC that was replaced: the center has the file, and this PC has not.
        with opened(place, "t") as here:
            here.files.shelf.drop(file)
            with here.desk.open_book() as book:
                book.note_lost(file, "file-missing")
    with opened(place, "v1") as here:
        with here.desk.read_book() as book:
            found = book.case(case)
        assert found is not None
        (attachment,) = attachments_of(found)
        with pytest.raises(StationError, match="file-wanted"):
            WindowFiles(here, here.uploads()).pages(attachment, lambda *_: True)
    station(place, "t", "package", "import", carried(place, "v1", TOWNSHIP, tmp_path / "asking"))
    assert station(place, "t", "package", "export", "--to", VILLAGES[0], str(tmp_path / "early"))["files"] == 0
    with place.serving():
        station(place, "t", "sync")
    station(place, "v1", "package", "import", carried(place, "t", VILLAGES[0], tmp_path / "late"))
    assert [found for _, found, _ in scans_of(place, "v1", case)] == [data]
