"""A center knows which files events name, and which nothing names any more: nothing else is taken in or kept."""

from __future__ import annotations

from typing import Any

import pytest

from station_app.domain.effects import Effects
from station_app.exchange.file_book import NamedFile
from station_app.exchange.files_named import files_in
from station_app.exchange.numbers_seen import TO_NOTE, note_older_numbers
from tests.domain.casework import SCAN
from tests.exchange.makers import CASE, OPEN, VILLAGE, Device, center_with

REMARK: dict[str, Any] = {"kind": "attachment", **SCAN, "material": "", "grade": "B", "text": "户口簿.jpg"}


def _named(event_id: str, **changed: Any) -> NamedFile:
    return NamedFile(SCAN["file"], event_id, CASE, VILLAGE, SCAN["size"])


def test_a_file_is_known_once_its_event_is_taken_in() -> None:
    village = Device(VILLAGE)
    center = center_with(village)
    opening, attach = village.write("register", OPEN), village.write("attach", Effects(remark=REMARK))
    center.push(village, [opening, attach])
    with center.store.write() as book:
        assert book.files_named(SCAN["file"]) == [_named(attach.event_id)]
        assert (book.files_named("0" * 64), book.unnamed_files(10)) == ([], [])
        book.erase_bodies([attach.event_id])
        assert (book.files_named(SCAN["file"]), book.unnamed_files(10)) == ([], [SCAN["file"]])
        book.forget_files([SCAN["file"]])
        assert book.unnamed_files(10) == []


def test_what_came_in_before_the_program_noted_files_is_noted_later() -> None:
    village = Device(VILLAGE)
    center = center_with(village)
    attach = [village.write("register", OPEN), village.write("attach", Effects(remark=REMARK))]
    center.push(village, attach)
    with center.store.write() as book:
        book.tables.files.clear()
        book.save_setting(TO_NOTE, {"arrival": 0})
        while note_older_numbers(book, 10):
            pass
        assert book.files_named(SCAN["file"]) == [_named(attach[1].event_id)]


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("note", {}),
        ("attach", {"kind": "note"}),
        ("attach", {"file": "../../../etc/passwd"}),
        ("attach", {"size": (32 << 20) + 1}),
        ("attach", {"key": None}),
    ],
)
def test_what_does_not_name_a_file_as_it_must_names_none(code: str, changed: dict[str, Any]) -> None:
    event = Device(VILLAGE).write(code, Effects(remark={**REMARK, **changed}))
    assert files_in([event]) == []
