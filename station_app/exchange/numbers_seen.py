"""文号 and 代办登记号 in the facts of cases: noted at the center; a 文号 that comes in twice goes to a person."""

from __future__ import annotations

from collections.abc import Sequence

from station_app.domain.document_numbers import KINDS, all_series_of, parse_document_number
from station_app.domain.errors import StationError
from station_app.domain.lanes import SubjectKind
from station_app.domain.numbers import case_digits
from station_app.domain.organisations import Level, Organisations
from station_app.exchange.authentic import readable
from station_app.exchange.files_named import note_files
from station_app.exchange.healing_state import is_healing
from station_app.exchange.number_book import UsedNumber
from station_app.exchange.ports import CenterBook
from station_app.protocol.event import Event

NUMBER_TWICE, NUMBER_OF_OTHERS = "number-twice", "number-of-others"
# A setting of a center whose journal is older than this note-keeping: how far it has been looked through.
TO_NOTE = "numbers_to_note"


def numbers_in(events: Sequence[Event]) -> list[UsedNumber]:
    """Return the numbers that events set as facts of cases, as far as they are written as a series is."""
    return [used for event in events if readable(event) for used in _numbers_of(event)]


def _numbers_of(event: Event) -> list[UsedNumber]:
    header, meaning = event.header, event.meaning
    if header.subject_kind != SubjectKind.CASE or meaning is None:
        return []
    texts = [meaning.fields[fact] for fact in KINDS if fact in meaning.fields]
    found = [parse_document_number(text) for text in texts if isinstance(text, str)]
    return [UsedNumber(event.event_id, number, header.org, header.subject_id) for number in found if number]


def _series_in(offices: Organisations) -> set[str]:
    return {series for office in offices for series in all_series_of(office)}


def _of_others(offices: Organisations, found: Sequence[UsedNumber]) -> set[str]:
    """Return the events whose number is of a series that other offices have, and theirs has not.

    An office above the villages that has no series itself writes by hand, and may write for the one that has it. One
    that is not known, as at a center that was restored, may have it.
    """
    all_series = _series_in(offices)

    def may(org: str, series: str) -> bool:
        office = offices.get(org)
        own = all_series_of(office)
        return series in own or (not own and office.level is not Level.VILLAGE)

    of_offices = [used for used in found if used.number.series in all_series and used.org in offices]
    return {used.event_id for used in of_offices if not may(used.org, used.number.series)}


def case_numbers_in(events: Sequence[Event]) -> list[tuple[str, str]]:
    """Return each 代办登记号 that events set as a fact of a case, with the case."""
    about_cases = [event for event in events if readable(event) and event.header.subject_kind == SubjectKind.CASE]
    found = [(event.meaning.fields.get("number"), event.header.subject_id) for event in about_cases if event.meaning]
    return [(number, case_id) for number, case_id in found if isinstance(number, str) and _is_case_number(number)]


def _is_case_number(text: str) -> bool:
    try:
        return case_digits(text) == text
    except StationError:
        return False


def note_numbers(book: CenterBook, events: Sequence[Event]) -> None:
    """Note the numbers that came in; an event with a 文号 that another case has already is put before a person.

    Only in the series of offices: what is typed by hand elsewhere is as people there write it. A number of another
    office's series goes before a person as well, and is not noted: none of that office's numbers may be taken by it.
    """
    book.add_case_numbers(case_numbers_in(events))
    written = numbers_in(events)
    if not written:
        return
    offices = book.organisations()
    of_others = _of_others(offices, written)
    found = [used for used in written if used.event_id not in of_others]
    before = book.used_numbers({used.number for used in found})
    cases = {used.number: used.case_id for used in reversed(before)}
    twice = [used for used in found if cases.setdefault(used.number, used.case_id) != used.case_id]
    if twice and is_healing(book):
        # Which of them was ruled on long ago may be yet to come: of all, what was not goes before a person.
        numbers = {used.number for used in twice}
        twice = [used for used in (*before, *found) if used.number in numbers]
    book.add_used_numbers(found)
    series = _series_in(offices) if twice else ()
    reviews = {used.event_id: NUMBER_TWICE for used in twice if used.number.series in series}
    if of_others or reviews:
        book.add_reviews({**reviews, **dict.fromkeys(of_others, NUMBER_OF_OTHERS)})


def note_older_numbers(book: CenterBook, limit: int) -> bool:
    """Note numbers, and names of files, of a part of what came in before this program did; tell whether any is left."""
    mark = book.setting(TO_NOTE)
    if not mark:
        return False
    found = book.events_behind(mark["arrival"], limit)
    events = [event for _, event in found]
    book.add_case_numbers(case_numbers_in(events))
    written = numbers_in(events)
    of_others = _of_others(book.organisations(), written) if written else ()
    book.add_used_numbers([used for used in written if used.event_id not in of_others])
    note_files(book, events)
    book.save_setting(TO_NOTE, {"arrival": found[-1][0]} if found else None)
    return bool(found)
