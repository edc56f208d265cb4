"""Files of attachments between packages and events: what goes up, what waits for an event, what somebody wants."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from station_app.carriers import shelf as on_disk
from station_app.exchange.ports import Link
from station_app.protocol.exchange_records import PushStatus
from station_app.protocol.package_records import NO_VERSION, Listed, PartKind
from station_app.usecases.carried_files import GO_UP, KEPT, CarriedFile, bring_onto_shelf
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.package_port import PackageNote
from station_app.usecases.packing_files import Going, in_volumes
from station_app.usecases.run_action import register_case
from station_app.usecases.unpacking_files import FilesInside, take_files
from tests.domain.casework import COUNTY, SCAN, TOWNSHIP, VILLAGE, registration
from tests.usecases.county import County

FILE, AT = SCAN["file"], "2026-11-23T04:00:00Z"


def handed_over(county: County) -> str:
    """Hand a case with a scan to the township, by network; return its id."""
    case = register_case(county.village.desk(), registration(attachments=[{"file": SCAN}]))
    batch = offer_batch(county.village.desk(), TOWNSHIP, [case.case_id]).batch
    county.settle()
    receive_batch(county.township.desk(), batch.batch_id, Count())
    return case.case_id


def test_a_kept_file_needs_no_note_once_an_event_names_it(county: County) -> None:
    with county.township.open_book() as book:
        book.carry_files([FILE, "ab" * 32], COUNTY, KEPT, AT)
        assert list(book.named_by_now()) == []
    case_id = handed_over(county)
    with county.township.open_book() as book:
        assert list(book.named_by_now()) == [FILE]
        book.lay_files([FILE])
        assert book.file_states(case_id)[FILE].here
        assert [found.file for found in book.carried_files()] == ["ab" * 32]


def test_a_file_that_goes_up_keeps_its_note_and_its_place_while_an_event_names_it(county: County) -> None:
    handed_over(county)
    with county.township.open_book() as book:
        book.carry_files([FILE, "ab" * 32], VILLAGE, GO_UP, AT)
        book.lay_files([FILE])
        assert [found.state for found in book.carried_files()] == [GO_UP, GO_UP]
        book.note_there([FILE, "ab" * 32], "i1")
        assert list(book.done_files()) == ["ab" * 32]


def test_a_package_takes_what_the_center_lacks_before_it_has_the_event(county: County) -> None:
    register_case(county.village.desk(), registration(attachments=[{"file": SCAN}]))
    with county.village.open_book() as book:
        assert book.next_to_send() is None
        assert [(above.file, above.size, above.again) for above in book.files_above()] == [(FILE, SCAN["size"], False)]
        book.settle([PushStatus(link, "refused", "lamport-ahead") for link, _ in book.outbox(10)], AT)
        assert list(book.files_above()) == []


def test_what_a_restored_center_has_lost_goes_again(county: County) -> None:
    register_case(county.village.desk(), registration(attachments=[{"file": SCAN}]))
    with county.village.open_book() as book:
        if not hasattr(book, "connection"):
            pytest.skip("the book in memory has one incarnation")
        book.save_link(Link(incarnation="i1"))
        book.note_there([FILE], "i1")
        assert list(book.files_above()) == []
        book.save_link(Link(incarnation="i2"))
        assert [above.again for above in book.files_above()] == [True]


def test_only_what_is_not_here_is_fetched_for_who_wants_it(county: County) -> None:
    case_id = handed_over(county)
    with county.township.open_book() as book:
        book.save_wanted_files({VILLAGE: [FILE, "ab" * 32]})
        assert book.cases_of_files([FILE, "ab" * 32]) == {FILE: [case_id]}
        found = book.next_wanted(())
        assert (found.file, found.size) == (FILE, SCAN["size"])
        assert book.next_wanted([FILE]) is None
        book.keep_file(FILE)
        assert book.next_wanted(()) is None


def test_volumes_are_filled_in_order_and_a_large_file_has_one_of_its_own() -> None:
    files = [Going(f"{n}", size) for n, size in enumerate((40, 50, 30, 200, 10))]
    volumes = [[going.size for going in some] for some in in_volumes(files, 0, 100)]
    assert volumes == [[40, 50], [30], [200], [10]]
    assert [len(some) for some in in_volumes(files[:2], 95, 100)] == [0, 2]
    assert list(in_volumes((), 500, 100)) == [()]


class Shelf:
    """A shelf in memory."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def has(self, address: str) -> bool:
        return address in self.files

    def put(self, address: str, data: bytes) -> None:
        self.files[address] = data


def test_what_a_program_of_before_kept_in_the_journal_is_brought_onto_the_shelf() -> None:
    shelf = Shelf()
    assert not bring_onto_shelf(CarriedFile(FILE, VILLAGE, GO_UP, AT), shelf)  # type: ignore[arg-type]
    assert bring_onto_shelf(CarriedFile(FILE, VILLAGE, GO_UP, AT, b"sealed"), shelf)  # type: ignore[arg-type]
    assert shelf.files == {FILE: b"sealed"}


def test_a_file_that_is_swept_away_as_it_comes_does_not_count_as_here(county: County, tmp_path: Path) -> None:
    shelf, data = on_disk.Shelf(tmp_path), bytes(100)
    file = hashlib.sha256(data).hexdigest()
    note = PackageNote("p" * 32, False, VILLAGE, "d" * 32, "e" * 16, 1, "ab" * 32, AT, parts=(file,))
    listed = Listed(PartKind.FILE, TOWNSHIP, NO_VERSION, "d" * 32, len(data), file)

    def pieces(_listed: Listed) -> Iterator[bytes]:
        yield data[:50]
        shelf.drop(file)
        yield data[50:]

    def told(_bytes: int, _files: int) -> None:
        pass

    inside = FilesInside([listed], pieces, told)
    assert take_files(county.township.desk(), note, inside, shelf, noted=True) == (0, 1)
    assert not shelf.has(file)
