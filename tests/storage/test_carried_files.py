"""Files that came by packages: which go up, which have gone on, and which an event names by now."""

from __future__ import annotations

from dataclasses import replace

from station_app.usecases.carried_files import GO_UP, HANDED_ON, KEPT, THERE, CarriedFile
from tests.storage.station_books import Books
from tests.storage.test_package_tables import LATER, NOTE, PART

VILLAGE, COUNTY = "511132100201", "511132000000"
ONE, TWO = "f1" * 32, "f2" * 32
AT = NOTE.at


def test_a_file_goes_up_until_an_office_above_has_it_or_the_center(books: Books) -> None:
    with books.write() as book:
        book.carry_files([ONE, TWO], VILLAGE, GO_UP, AT)
        book.keep_parts([PART], AT)
        assert book.next_carried_file(()) == CarriedFile(ONE, VILLAGE, GO_UP, AT)
        assert book.next_carried_file([ONE]) == CarriedFile(TWO, VILLAGE, GO_UP, AT)
        assert [found.part for found in book.carried()] == [PART]
        book.save_package(replace(NOTE, org=COUNTY, parts=(ONE, TWO), events=(ONE, TWO)))
        book.confirm_packages([NOTE.package_id], LATER, [TWO])
        assert [found.state for found in book.carried_files()] == [HANDED_ON, GO_UP]
        assert book.told_to(COUNTY) == {ONE}
        assert list(book.done_files()) == [ONE]
        book.note_there([ONE, TWO], "1a")
        assert [found.state for found in book.carried_files()] == [f"{THERE}1a"] * 2


def test_its_note_goes_once_who_brought_it_knows_that_the_center_has_it_and_no_sooner(books: Books) -> None:
    with books.write() as book:
        book.carry_files([ONE], VILLAGE, GO_UP, AT)
        book.note_there([ONE], "1a")
        book.save_package(replace(NOTE, org=COUNTY, parts=(ONE,)))
        book.confirm_packages([NOTE.package_id], LATER)
        assert list(book.done_files()) == [ONE]
        book.save_package(replace(NOTE, package_id="ab" * 16, org=VILLAGE, parts=(ONE,)))
        book.confirm_packages(["ab" * 16], LATER)
        assert list(book.carried_files()) == []


def test_a_file_that_comes_anew_goes_up_anew_but_one_that_comes_down_changes_nothing(books: Books) -> None:
    with books.write() as book:
        book.carry_files([ONE], VILLAGE, GO_UP, AT)
        book.note_there([ONE], "1a")
        book.carry_files([ONE], COUNTY, KEPT, LATER)
        assert list(book.carried_files()) == [CarriedFile(ONE, VILLAGE, f"{THERE}1a", AT)]
        book.carry_files([ONE], VILLAGE, GO_UP, LATER)
        assert list(book.carried_files()) == [CarriedFile(ONE, VILLAGE, GO_UP, AT)]


def test_what_an_office_has_sent_it_has(books: Books) -> None:
    with books.write() as book:
        book.note_has(COUNTY, [ONE])
        book.note_has(COUNTY, [ONE])
        assert (book.told_to(COUNTY), book.told_to(VILLAGE)) == ({ONE}, set())


def test_what_is_wanted_is_kept_by_office(books: Books) -> None:
    with books.write() as book:
        assert book.wanted_files() == {}
        book.save_wanted_files({VILLAGE: (ONE,)})
        assert {org: list(files) for org, files in book.wanted_files().items()} == {VILLAGE: [ONE]}
        # Nothing here names it: how long it is can't be known.
        assert book.next_wanted(()) is None
