"""Each deletion of what people wrote writes one line: what, how many, which ids, and nothing that tells of a person."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from station_app.bootstrap.station_home import StationHome
from station_app.messages.deletions import MOST_IDS, Deleted, log_deletion
from station_app.usecases.ports import Draft
from tests.exchange.makers import OTHER, Device
from tests.reliability.place import STATIONS, Place
from tests.storage.station_books import AT, Books, opened, revoked, subject
from tests.storage.test_package_tables import NOTE, PART

on_disk = pytest.mark.parametrize("books", ["disk"], indirect=True)
LOGGER = "station_app.messages.deletions"


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged since the last look."""
    found = [record.getMessage() for record in caplog.records if record.name == LOGGER]
    caplog.clear()
    return found


@on_disk
def test_a_draft_that_goes_is_logged_once_it_is_gone(books: Books, caplog: pytest.LogCaptureFixture) -> None:
    draft = Draft("d" * 32, "1" * 32, "register", "阿苏吉木", {"name": "阿苏吉木"}, AT)
    with books.write() as book:
        book.save_draft(draft)
    with pytest.raises(ZeroDivisionError), books.write() as book:
        book.drop_draft(draft.draft_id, draft.person)
        raise ZeroDivisionError
    # What was taken back is not logged, nor by the next transaction.
    with books.write() as book:
        assert book.drafts(draft.person) == [draft]
    assert lines(caplog) == []
    with books.write() as book:
        book.drop_draft(draft.draft_id, draft.person)
        assert lines(caplog) == []
    assert lines(caplog) == [f"deleted 1: draft ({draft.draft_id})"]
    with books.write() as book:
        book.drop_draft(draft.draft_id, draft.person)
    assert lines(caplog) == []


@on_disk
def test_a_case_that_is_forgotten_is_logged_with_what_went(books: Books, caplog: pytest.LogCaptureFixture) -> None:
    foreign = revoked(books)
    assert lines(caplog) == [f"deleted 1: {Deleted.FORGOTTEN} ({foreign.header.subject_id})"]


@on_disk
def test_what_is_held_aside_no_more_is_logged(books: Books, caplog: pytest.LogCaptureFixture) -> None:
    strange = opened(Device(OTHER), 7)
    with books.write() as book:
        book.hold(strange, "device-unknown")
        book.add_foreign([strange])
    assert lines(caplog) == [f"deleted 1: {Deleted.HELD_ASIDE} ({strange.event_id})"]
    with books.write() as book:
        book.add_foreign([opened(Device(OTHER, 1), 8)])
    assert lines(caplog) == []


@on_disk
def test_bodies_that_go_at_the_end_of_retention_are_logged(books: Books, caplog: pytest.LogCaptureFixture) -> None:
    own = [opened(books.me, number, applicant={"name": "阿苏吉木"}) for number in (1, 2)]
    books.append(*own)
    with books.write() as book:
        book._erase({event.event_id for event in own})
    assert lines(caplog) == [f"deleted 2: {Deleted.REMOVED} ({subject(1)[1]}, {subject(2)[1]})"]
    with books.write() as book:
        book._erase({event.event_id for event in own})
    assert lines(caplog) == []


def test_the_key_of_an_activation_that_is_done_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    home = StationHome(tmp_path)
    home.slots()
    home.activation_key("阿苏吉木")
    home.forget_activation_key("阿苏吉木")
    assert lines(caplog) == [f"deleted 1: {Deleted.ACTIVATION_KEY} ()"]
    home.forget_activation_key("阿苏吉木")
    assert lines(caplog) == []


def test_of_many_ids_the_first_are_named_and_the_others_counted(caplog: pytest.LogCaptureFixture) -> None:
    log_deletion(Deleted.REMOVED, 120, [f"{number:032}" for number in range(MOST_IDS + 70)])
    [line] = lines(caplog)
    assert line.startswith(f"deleted 120: {Deleted.REMOVED} ({0:032}, {1:032}, ")
    assert line.endswith(f"{MOST_IDS - 1:032} and 70 more)")


def test_a_station_s_program_writes_the_lines_beside_its_journal(template: Place) -> None:
    for name, (_, workers) in STATIONS.items():
        written = (template.home(name) / "program.log").read_text("utf-8")
        assert written.count(f"WARNING deleted 1: {Deleted.ACTIVATION_KEY} ()\n") == len(workers)
        assert not [worker for worker in workers if worker in written]


@on_disk
def test_a_part_goes_once_its_package_is_confirmed_and_that_is_logged(
    books: Books, caplog: pytest.LogCaptureFixture
) -> None:
    with books.write() as book:
        book.keep_parts([PART], NOTE.at)
        book.save_package(replace(NOTE, parts=(PART.digest,)))
    for left in ([f"deleted 1: {Deleted.CARRIED} ({PART.digest})"], []):
        with books.write() as book:
            book.confirm_packages([NOTE.package_id], NOTE.at)
            assert book.carried() == []
        assert lines(caplog) == left
