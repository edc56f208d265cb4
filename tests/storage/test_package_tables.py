"""Packages that were made and that have come, and the parts that a PC carries for others."""

from __future__ import annotations

from dataclasses import replace

from station_app.exchange.carried import Asked
from station_app.exchange.ports import Repair
from station_app.protocol.package_records import Part
from station_app.usecases.package_port import Carried, PackageNote
from tests.storage.station_books import Books

NOTE = PackageNote("aa" * 16, True, "511132100000", "bb" * 16, "cc" * 8, 1, "dd" * 32, "2026-03-02T00:30:00Z")
PART = Part("request", "511132000000", 0, "ee" * 16, b"sealed")
LATER = "2026-03-03T00:30:00Z"


def test_the_last_package_comes_first_and_one_noted_again_keeps_its_mark(books: Books) -> None:
    second = replace(NOTE, package_id="ab" * 16, number=2, at=LATER)
    with books.write() as book:
        book.save_package(NOTE)
        book.save_package(second)
        book.confirm_packages([NOTE.package_id], LATER)
        book.save_package(NOTE)
    with books.read() as book:
        assert list(book.packages()) == [second, replace(NOTE, confirmed_at=LATER)]


def test_what_came_is_never_confirmed(books: Books) -> None:
    came = replace(NOTE, made=False)
    with books.write() as book:
        book.save_package(came)
        book.confirm_packages([came.package_id], LATER)
        assert list(book.packages()) == [came]


def test_a_part_goes_once_its_package_is_confirmed(books: Books) -> None:
    other = replace(PART, sealed=b"another")
    with books.write() as book:
        book.keep_parts([PART, other, PART], NOTE.at)
        book.keep_parts([PART], LATER)
        book.save_package(replace(NOTE, parts=(PART.digest,)))
        assert sorted(found.came_at for found in book.carried()) == [NOTE.at, NOTE.at]
    with books.write() as book:
        book.confirm_packages([NOTE.package_id], LATER)
    with books.read() as book:
        assert list(book.carried()) == [Carried(other, NOTE.at)]


def test_a_part_that_is_refused_says_why(books: Books) -> None:
    with books.write() as book:
        book.keep_parts([PART], NOTE.at)
        book.refuse_part(PART.digest, "sealed-data-damaged")
        assert list(book.carried()) == [Carried(PART, NOTE.at, "sealed-data-damaged")]


def test_what_was_asked_and_what_each_side_lacks_is_kept(books: Books) -> None:
    asked = {"01" * 32: Asked("cc" * 8, "dd" * 8, "ee" * 16, ("ff" * 32,)), "02" * 32: Asked("cc" * 8, "", "")}
    repair = Repair(("aa" * 32,), ("bb" * 32,))
    with books.write() as book:
        assert (dict(book.asked()), book.package_repair()) == ({}, Repair())
        book.save_asked(asked)
        book.save_package_repair(repair)
    with books.read() as book:
        assert list(book.asked().items()) == list(asked.items())
        assert book.package_repair() == repair
