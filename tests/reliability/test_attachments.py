"""Files of attachments between real processes: cut lines, a killed center, full disks, and what never arrives."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from station_app.bootstrap import station
from station_app.carriers.shelf import FOLDER
from station_app.domain.attachments import Attachment, attachments_of
from station_app.domain.errors import StationError
from tests.carriers.scans import pdf
from tests.proxy import Break, How, Weather
from tests.reliability.file_kills import kill_often
from tests.reliability.place import PIN, Place
from tests.reliability.test_line import WORKER, behind, quick_pin

__all__ = ["quick_pin"]
CUT_EVERY = 64 * 1024
# What is sent goes in records of TLS 1.3, each with so many bytes more.
RECORD, OF_A_RECORD = 2048, 22


@pytest.fixture
def place(template: Place, tmp_path: Path) -> Place:
    return template.copy(tmp_path / "place", "c", "v1", "t")


@pytest.fixture
def scan(tmp_path: Path) -> str:
    """A PDF of some 800 kB, which is taken as it is."""
    path = tmp_path / "协议.pdf"
    path.write_bytes(pdf(1) + b"%" + os.urandom(800_000))
    return str(path)


def lying(place: Place, home: str) -> dict[str, int]:
    """Return the files at a home, whole or in part, with their sizes."""
    found = (place.home(home) / FOLDER).rglob("*")
    return {path.name: path.stat().st_size for path in found if path.is_file()}


def same(place: Place) -> bool:
    """Tell whether center and village hold the same bytes under the same names."""
    folders = [place.home(home) / FOLDER for home in ("c", "v1")]
    held = [{p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()} for folder in folders]
    return held[0] == held[1] and bool(held[0])


@contextmanager
def told(place: Place) -> Iterator[station.SignedIn]:
    """Give the village's station after the center has got all events, and no file yet."""
    signed_in = station.sign_in(place.home("v1"), WORKER, PIN)
    loop = signed_in.loop(1.0)
    while loop.exchange_once().pushed:
        pass
    yield signed_in
    signed_in.engine.dispose()


def left(signed_in: station.SignedIn) -> int:
    with signed_in.desk.read_book() as book:
        return book.files_left().files


def scans_of(signed_in: station.SignedIn) -> list[Attachment]:
    """Return the scans of the one case that is here."""
    with signed_in.desk.read_book() as book:
        [case_id] = {event.header.subject_id for event in book.all_events() if event.header.type == "attach"}
        return list(attachments_of(book.case(case_id)))


def sent_somehow(signed_in: station.SignedIn, most: int = 200) -> int:
    """Send files again and again, as the station does, until nothing is left; return how often it failed."""
    uploads, failed = signed_in.uploads(), 0
    while left(signed_in):
        try:
            while uploads.send_part():
                pass
        except StationError as error:
            failed += 1
            assert error.code in ("no-network", "stalled"), error
            assert failed < most
    return failed


@pytest.mark.parametrize("how", [How.RESET, How.CLOSE])
def test_an_upload_cut_every_64_kb_arrives_and_sends_hardly_a_byte_twice(place: Place, scan: str, how: How) -> None:
    place.register("v1", attachments=[scan])
    size = max(lying(place, "v1").values())
    with behind(place) as proxy, told(place) as signed_in:
        proxy.weather = Weather()
        signed_in.uploads().send_part()
        [asked] = proxy.connections
        # As fast as a good line: what two programs on one machine pass on in no time is torn from the receiver's hands.
        proxy.weather = Weather(kbit_s=8000, broken=Break(up=True, at=CUT_EVERY, how=how, connection=None))
        sent_somehow(signed_in)
        connections = list(proxy.connections)
    assert same(place)
    broken = [passed for passed in connections if passed.broken]
    assert len(broken) >= size // CUT_EVERY
    # Each connection shakes hands and asks; the heads of a part and of a question are as long.
    overhead = sum(min(passed.up, 2 * asked.up) for passed in connections)
    in_records = sum(passed.up for passed in connections) - overhead
    twice = in_records * RECORD / (RECORD + OF_A_RECORD) - size
    assert twice <= 0.05 * size


def test_a_center_killed_in_the_middle_of_files_has_the_right_ones(place: Place, tmp_path: Path) -> None:
    """Fifty times by command: `python -m tests.reliability.file_kills`."""
    assert kill_often(place, tmp_path, kills=10) >= 1


def test_the_case_reaches_the_county_though_its_file_never_comes(place: Place, scan: str) -> None:
    case = place.register("v1", attachments=[scan])
    for path in (place.home("v1") / FOLDER).rglob("*"):
        if path.is_file():
            path.unlink()
    with place.serving():
        found = place.station("v1", "sync").found()
        assert (found["outbox"], found["attachments_left"], found["complete"]) == (0, 0, True)
        assert place.station("v1", "status").found()["attachments_lost"] == 1
        batch = place.station("v1", "batch", "offer", "--to", "511132100000", case["case_id"]).found()
        place.station("v1", "sync").found()
        place.station("t", "sync").found()
        place.station("t", "batch", "accept", batch["batch_id"]).found()
        shown = place.station("t", "case", "show", case["case_id"]).found()
    assert shown["custodian"] == "511132100000"
    assert [remark["kind"] for remark in shown["remarks"]] == ["attachment"]


@pytest.mark.parametrize("how", [How.RESET, How.CLOSE])
def test_a_fetch_cut_every_64_kb_comes_whole_and_hardly_a_byte_twice(place: Place, scan: str, how: How) -> None:
    place.register("v1", attachments=[scan])
    size = max(lying(place, "v1").values())
    with behind(place) as proxy, told(place) as signed_in:
        sent_somehow(signed_in)
        [sealed] = [scan.sealed for scan in scans_of(signed_in)]
        signed_in.files.shelf.drop(sealed.file)
        broken = Break(up=False, at=CUT_EVERY, how=how, connection=None)
        proxy.weather = Weather(kbit_s=8000, broken=broken)
        heard: list[int] = []
        signed_in.fetch(sealed, lambda here, _size: heard.append(here) or True)  # type: ignore[func-returns-value]
        connections = list(proxy.connections)
    assert same(place)
    assert len([passed for passed in connections if passed.broken]) >= size // CUT_EVERY
    # Of each connection the record that was cut is lost, and what was read beside it.
    assert sum(passed.down for passed in connections) <= size * 1.5
    assert heard == sorted(heard)
    assert heard[-1] == size


def test_a_fetch_that_is_stopped_ends_at_once_and_goes_on_later_from_there(place: Place, scan: str) -> None:
    place.register("v1", attachments=[scan])
    with behind(place), told(place) as signed_in:
        sent_somehow(signed_in)
        [sealed] = [scan.sealed for scan in scans_of(signed_in)]
        shelf = signed_in.files.shelf
        shelf.drop(sealed.file)
        signed_in.fetch(sealed, lambda here, _size: here < 100_000)
        come = shelf.come(sealed.file)
        assert 100_000 <= come < 200_000
        first: list[int] = []
        signed_in.fetch(sealed, lambda here, _size: first.append(here) or True)  # type: ignore[func-returns-value]
    assert first[0] == come
    assert same(place)
