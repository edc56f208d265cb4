"""What lies beside the journal: an older copy is noticed, and no number is printed twice."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from station_app.bootstrap.station_home import WRITTEN_FILE, StationHome
from station_app.domain.calendar import SHANGHAI
from station_app.usecases.lost_numbers import lost_numbers
from station_app.usecases.run_action import next_number, register_case
from station_app.usecases.serials import Written, resume, resume_restored, serial_name, written
from tests.domain.casework import registration
from tests.usecases.county import County

TODAY = date(2026, 11, 23)


def test_a_journal_as_it_was_noted_goes_on_as_before(county: County) -> None:
    register_case(county.village.desk(), registration())
    with county.village.open_book() as book:
        noted, own = written(book, TODAY), book.own_epoch()
        assert (noted.epoch, noted.seq) == (own.epoch, 1)
        assert not resume(book, noted, "f" * 16)
        assert book.own_epoch() == own


def test_a_journal_put_back_from_an_older_copy_goes_on_under_a_new_epoch_and_repeats_no_number(county: County) -> None:
    printed = register_case(county.village.desk(), registration()).number
    with county.village.open_book() as book:
        own = book.own_epoch()
        later = replace(written(book, TODAY), seq=own.seq + 3, serials={serial_name("case", own.tag, TODAY): 4})
        assert resume(book, later, "f" * 16)
        assert (book.own_epoch().epoch, book.own_epoch().forked_from) == ("f" * 16, own.epoch)
        again = next_number(book, TODAY)
        # What is gone is known from now on, also where an even older copy is put back.
        assert written(book, TODAY).before == {own.epoch: own.seq + 3}
        book.save_written_before({})
        assert resume(book, replace(written(book, TODAY), epoch="e" * 16, seq=2, before={own.epoch: 4}), "d" * 16)
        assert book.written_before() == {own.epoch: 4, "e" * 16: 2}
    assert (int(printed[20:24]), int(again[20:24])) == (1, 5)


def test_an_epoch_that_was_started_and_not_yet_written_in_is_not_started_again(county: County) -> None:
    register_case(county.village.desk(), registration())
    with county.village.open_book() as book:
        noted = written(book, TODAY)
        book.start_epoch("f" * 16)
        assert not resume(book, noted, "e" * 16)
        assert book.own_epoch().epoch == "f" * 16


def test_a_counter_never_goes_back(county: County) -> None:
    with county.village.open_book() as book:
        book.raise_serial("case:07:261123", 9)
        book.raise_serial("case:07:261123", 3)
        assert book.next_serial("case:07:261123") == 10
        assert book.serials("261123") == {"case:07:261123": 10}


def test_the_note_names_what_was_printed_in_the_month_before(county: County) -> None:
    """It named one day: after midnight a second restore could not tell the numbers of the day before."""
    with county.village.open_book() as book:
        for day in ("261022", "261023", "261122", "261123", "270101"):
            book.raise_serial(f"case:07:{day}", 3)
        found = written(book, TODAY).serials
    assert set(found) == {f"case:07:{day}" for day in ("261023", "261122", "261123", "270101")}


def test_a_note_of_an_older_or_of_a_newer_program_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    # A note that is not read at all lets a restored PC go on under its old epoch, and give its numbers again.
    noted = Written("e" * 16, 3, {"case:07:261123": 2})
    older = {"epoch": noted.epoch, "seq": 3, "serials": noted.serials}
    for found in (older, {**older, "before": {}, "later": 1}):
        (tmp_path / WRITTEN_FILE).write_text(json.dumps(found), "utf-8")
        assert StationHome(tmp_path).written() == noted


def test_a_note_that_the_power_failed_on_leaves_the_one_before_it(tmp_path: Path) -> None:
    """It was zeros: the PC went on as one without a note, and its numbers of papers became void."""
    home = StationHome(tmp_path)
    first, second = (Written("e" * 16, seq, {"case:07:261123": seq}) for seq in (3, 4))
    home.save_written(first)
    home.save_written(second)
    assert home.written() == second
    (tmp_path / WRITTEN_FILE).write_bytes(bytes(80))
    assert home.written() == first
    home.save_written(second)
    (tmp_path / WRITTEN_FILE).write_bytes(b"")
    assert home.written() == first
    (tmp_path / WRITTEN_FILE).unlink()
    assert home.written() == first


def test_a_pc_that_was_set_back_to_an_earlier_epoch_goes_on_under_one_new_one(county: County) -> None:
    """Until somebody saved something, each sign-in found the note ahead once more and took a further epoch."""
    register_case(county.village.desk(), registration())
    with county.village.open_book() as book:
        noted = Written("a" * 16, 200, {})
        assert resume(book, noted, "b" * 16)
        noted = written(book, TODAY)
        assert not resume(book, noted, "c" * 16)


NOON = datetime(2026, 11, 23, 12, 0, 9, tzinfo=SHANGHAI)


def test_a_pc_put_back_without_a_newer_note_prints_far_behind_what_may_be_on_paper(county: County) -> None:
    printed = register_case(county.village.desk(), registration()).number
    with county.village.open_book() as book:
        own, noted = book.own_epoch(), written(book, TODAY)
        assert resume_restored(book, noted, "f" * 16, NOON)
        assert not resume_restored(book, noted, "f" * 16, NOON)
        assert (book.own_epoch().epoch, book.own_epoch().forked_from) == ("f" * 16, own.epoch)
        again = next_number(book, TODAY)
        assert lost_numbers(book) == (again,)
        # Put back once more the same day, later: behind those of the first time.
        assert resume_restored(book, noted, "d" * 16, NOON.replace(hour=13))
        third = next_number(book, TODAY)
        assert written(book, TODAY).skipped == {
            serial_name("case", own.tag, TODAY): [[2, 5320], [5322, 5680]],
            serial_name("batch", own.tag, TODAY): [[1, 5320], [5321, 5680]],
        }
        assert written(book, date(2027, 2, 1)).skipped == {}
    assert [int(number[20:24]) for number in (printed, again, third)] == [1, 5321, 5681]


def test_a_note_newer_than_the_backup_tells_what_is_lost_and_how_far_to_go_on(county: County) -> None:
    register_case(county.village.desk(), registration())
    with county.village.open_book() as book:
        own = book.own_epoch()
        name = serial_name("case", own.tag, TODAY)
        later = Written("b" * 16, 2, {name: 9}, {own.epoch: 4}, {name: [[2, 7]]})
        assert resume_restored(book, later, "f" * 16, None)
        assert book.written_before() == {own.epoch: 4, "b" * 16: 2}
        assert [int(number[20:24]) for number in lost_numbers(book)] == [8, 9]
        assert int(next_number(book, TODAY)[20:24]) == 10


def test_a_pc_put_back_with_no_note_at_all_goes_on_under_the_new_epoch(county: County) -> None:
    with county.village.open_book() as book:
        assert resume_restored(book, None, "f" * 16, None)
        assert book.own_epoch().epoch == "f" * 16
