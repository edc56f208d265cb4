"""The reference documents as the rules use them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from station_app.domain.calendar import Calendar
from station_app.domain.case_cards import Standpoint
from station_app.domain.document_numbers import all_series_of
from station_app.domain.errors import StationError
from station_app.domain.items import Directory
from station_app.domain.organisations import Level, Organisation, Organisations
from station_app.protocol.canonical import encode
from station_app.protocol.signed import Document, Signed, read_document
from station_app.usecases.ports import Book
from station_app.usecases.run_center import CALENDAR, DIRECTORY, ORGANISATIONS

# How the rule is numbered by which `place_of` tells where a case is: 2 since an arbiter has all that waits for it.
_PLACES_TOLD_BY = 2


@dataclass(frozen=True, slots=True)
class Reference:
    """Organisations and calendar in force here, and the directory's document."""

    organisations: Organisations
    calendar: Calendar
    directory_document: Document | None

    @property
    def directory(self) -> Directory:
        """Return the item directory in force; `directory-missing` before the center has published one."""
        if self.directory_document is None:
            raise StationError("directory-missing")
        return _directory(self.directory_document.signed)

    def directory_pin(self) -> dict[str, Any]:
        """Return what a case keeps of the directory it was opened under."""
        document = self.directory_document
        if document is None:
            raise StationError("directory-missing")
        meta = document.content.get("meta", {})
        version, sample = meta.get("version", ""), meta.get("sample", False)
        return {"number": document.number, "hash": document.hash, "version": version, "sample": sample}


def reference_of(book: Book) -> Reference:
    """Return the latest reference documents; a station has them from its enrolment on."""
    organisations, calendar = book.document(ORGANISATIONS), book.document(CALENDAR)
    if organisations is None or calendar is None:
        raise StationError("documents-missing")
    return Reference(_organisations(organisations.signed), _calendar(calendar.signed), book.document(DIRECTORY))


# The same few documents are read at every action; their bytes never change, so neither does what they mean.
@lru_cache(maxsize=4)
def _directory(signed: Signed) -> Directory:
    return Directory.from_json(read_document(signed).content)


@lru_cache(maxsize=4)
def _organisations(signed: Signed) -> Organisations:
    return Organisations.from_json(read_document(signed).content["organisations"])


@lru_cache(maxsize=4)
def _calendar(signed: Signed) -> Calendar:
    return Calendar.from_json(read_document(signed).content)


def office_of(book: Book) -> Organisation:
    """Return the office that this station belongs to."""
    return reference_of(book).organisations.get(book.identity().org)


def organisations_of(book: Book) -> Organisations:
    """Return the organisations in force here, none before the center has sent them; reads nothing else."""
    document = book.document(ORGANISATIONS)
    return _organisations(document.signed) if document else Organisations()


def own_series_of(book: Book) -> tuple[str, ...]:
    """Return the series of 文号 of this station's office, none where it numbers by hand."""
    offices, here = organisations_of(book), book.identity().org
    return all_series_of(offices.get(here)) if here in offices else ()


def is_village(book: Book) -> bool:
    """Tell whether this is the PC of a village office; not before the center has sent the organisations."""
    offices, org = organisations_of(book), book.identity().org
    return org in offices and offices.get(org).level is Level.VILLAGE


def organisation_names(book: Book) -> dict[str, str]:
    """Return the name of each organisation by its code."""
    return {office.code: office.name for office in organisations_of(book)}


def office_name(book: Book, code: str) -> str:
    """Return the name of an organisation, its code where that is not known here."""
    return organisation_names(book).get(code, code)


def standpoint_of(book: Book) -> Standpoint:
    """Return from where this station sees its cases, as far as the documents are here."""
    calendar = book.document(CALENDAR)
    return Standpoint(book.identity().org, organisations_of(book), _calendar(calendar.signed) if calendar else None)


def seen_through(book: Book) -> dict[str, Any]:
    """Return by what a case's place and clocks are told besides its events: it differs where they can.

    A new edition of the organisations is often about accounts alone, which no case shows. `places` is raised when the
    program tells by another rule where a case is.
    """
    organisations, calendar = book.document(ORGANISATIONS), book.document(CALENDAR)
    return {
        "calendar": calendar.number if calendar else 0,
        "organisations": _digest(organisations.signed) if organisations else "",
        "places": _PLACES_TOLD_BY,
    }


@lru_cache(maxsize=4)
def _digest(signed: Signed) -> str:
    return blake2b(encode(read_document(signed).content["organisations"]), digest_size=8).hexdigest()
