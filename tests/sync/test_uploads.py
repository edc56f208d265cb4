"""Sending files up and fetching them over a line that a test bends: what is asked, kept, and let go."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from station_app.carriers.shelf import Shelf
from station_app.domain.errors import StationError
from station_app.exchange.ports import Link
from station_app.keys.file_sealing import address_of
from station_app.protocol.exchange_records import PushStatus
from station_app.sync.center_client import CenterClient
from station_app.sync.uploads import UploadParts, Uploads
from station_app.usecases.run_action import register_case
from tests.domain.casework import SCAN, registration
from tests.usecases.county import County, Office

DATA = os.urandom(700_000)
FILE = {**SCAN, "file": address_of(DATA), "size": len(DATA)}


@dataclass
class Center:
    """What a center has of one file, and what it answers instead once."""

    here: bytes = b""
    answers: list[StationError] = field(default_factory=list)

    def send_part(self, _address: str, offset: int, body: bytes, _record_bytes: int) -> int:
        if self.answers:
            raise self.answers.pop(0)
        if offset != len(self.here):
            raise StationError("file-offset", size=len(self.here))
        self.here += body
        return len(self.here)


@dataclass
class Sender:
    office: Office
    center: Center
    shelf: Shelf
    uploads: Uploads
    case: str

    def erase(self) -> None:
        with self.office.open_book() as book:
            book._erase([remark.event_id for remark in book.case(self.case).remarks])


@pytest.fixture
def sender(tmp_path: Path) -> Iterator[Sender]:
    """A village on a disk whose one file the center has been told of."""
    office = County("disk", tmp_path).village
    shelf, center = Shelf(tmp_path), Center()
    shelf.put(address_of(DATA), DATA)
    case = register_case(office.desk(), registration(attachments=[{"file": FILE}])).case_id
    with office.open_book() as book:
        book.settle([PushStatus(link, "stored") for link, _ in book.outbox(10)], "2026-11-23T04:00:00Z")
        book.save_link(Link(incarnation="i1"))
    client = cast(CenterClient, center)
    parts = UploadParts(client, shelf, office.open_book, office.read_book, lambda: 0.0)
    yield Sender(office, center, shelf, Uploads(parts), case)


def send_all(sender: Sender) -> None:
    sender.uploads.begin()
    while sender.uploads.send_part():
        pass
    sender.uploads.sweep()


def test_a_file_whose_body_went_before_it_was_sent_arrives_and_then_goes(sender: Sender) -> None:
    sender.erase()
    sender.uploads.sweep()
    assert sender.shelf.has(FILE["file"])
    send_all(sender)
    assert sender.center.here == DATA
    assert not sender.shelf.has(FILE["file"])


def test_a_file_whose_body_went_everywhere_goes_once_the_center_has_said_so(sender: Sender) -> None:
    sender.erase()
    sender.center.answers.append(StationError("file-unknown"))
    send_all(sender)
    assert sender.center.here == b""
    assert not sender.shelf.has(FILE["file"])


def test_a_file_that_the_center_does_not_know_yet_stays_and_is_sent_later(sender: Sender) -> None:
    sender.center.answers.append(StationError("file-unknown"))
    send_all(sender)
    assert (sender.center.here, sender.shelf.has(FILE["file"])) == (b"", True)
    send_all(sender)
    assert (sender.center.here, sender.shelf.has(FILE["file"])) == (DATA, True)


def test_a_file_that_has_become_shorter_is_told_as_lost_and_holds_up_nothing(sender: Sender) -> None:
    sender.shelf.drop(FILE["file"])
    sender.shelf.put(FILE["file"], DATA[:-100])
    send_all(sender)
    with sender.office.read_book() as book:
        assert book.files_left().lost == 1
        [state] = book.file_states(sender.case).values()
    assert state.code == "sealed-data-damaged"
