"""What the center refused for want of knowledge is given back when somebody wants it, and told as what it is."""

from __future__ import annotations

import pytest

from station_app.exchange.curable import Remedy, remedy_of
from station_app.exchange.loading import loaded
from station_app.exchange.station import Load
from station_app.messages import waiting_text
from station_app.protocol.exchange_records import PushStatus
from station_app.usecases.retrying import retry_refused
from station_app.usecases.run_action import act_on_case, register_case
from station_app.usecases.times import stamp
from station_app.usecases.unsent import Unsent, unsent
from tests.domain.casework import registration
from tests.usecases.county import County, Office


def _refused(county: County, *codes: str) -> str:
    """Return a case of the village of which the center took the opening in, and refused one note for each code."""
    office = county.village
    case = register_case(office.desk(), registration())
    for code in codes:
        act_on_case(office.desk(), case.case_id, "note", {"text": f"因为{waiting_text(code)}"})
    with office.open_book() as book:
        (opening, _), *notes = book.outbox(100)
        answers = [PushStatus(link, "refused", code) for (link, _), code in zip(notes, codes, strict=True)]
        book.settle([PushStatus(opening, "stored"), *answers], stamp(county.now))
    return case.case_id


def _shown(office: Office, county: County) -> dict[str, Unsent]:
    with office.read_book() as book:
        return {entry.subject_id: entry for entry in unsent(book, county.now).entries}


def _given_back(office: Office) -> list[str]:
    with office.read_book() as book:
        return [event.event_id for event in loaded(book, Load(10)).returns]


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("person-unknown", Remedy.AGAIN),
        ("not-a-party", Remedy.AGAIN),
        ("a-code-of-tomorrow", Remedy.AGAIN),
        ("device-revoked", Remedy.PEOPLE),
        ("worker-disabled", Remedy.PEOPLE),
        ("body-not-bound", Remedy.ANEW),
        ("person-missing", Remedy.ANEW),
    ],
)
def test_each_refusal_is_shown_with_what_can_be_done(county: County, code: str, remedy: Remedy) -> None:
    assert remedy_of(code) is remedy
    case_id = _refused(county, code)
    entry = _shown(county.village, county)[case_id]
    assert (entry.refused, entry.code, entry.remedy, entry.retried_at) == (True, code, remedy, None)


def test_what_follows_a_step_that_is_never_taken_in_is_shown_by_the_first(county: County) -> None:
    case_id = _refused(county, "body-malformed", "subject-unknown")
    entry = _shown(county.village, county)[case_id]
    assert (entry.code, entry.remedy) == ("body-malformed", Remedy.ANEW)


def test_only_what_a_center_that_knows_more_may_take_in_is_given_back_and_once(county: County) -> None:
    other = _refused(county, "lamport-ahead")
    case_id = _refused(county, "person-unknown", "device-revoked", "body-malformed", "not-a-party")
    assert _given_back(county.village) == []
    with county.village.read_book() as book:
        codes = book.refused_events()
        wanted = ("person-unknown", "not-a-party")
        mine = {e.event_id for e in book.subject_events(case_id) if codes.get(e.event_id) in wanted}
    for _ in range(2):
        assert retry_refused(county.village.desk(), case_id) == 2
        assert sorted(_given_back(county.village)) == sorted(mine)
    entries = _shown(county.village, county)
    assert (entries[case_id].to_be_retried, entries[case_id].retried_at) == (True, county.now)
    assert (entries[other].to_be_retried, entries[other].retried_at) == (False, None)
    # And all at once, from the command line.
    assert retry_refused(county.village.desk()) == 3


def test_with_nothing_refused_nothing_is_given_back(county: County) -> None:
    case_id = _refused(county)
    assert retry_refused(county.village.desk(), case_id) == 0
    assert _given_back(county.village) == []
    with county.village.read_book() as book:
        assert book.retried() == {}


def test_what_was_taken_in_after_all_is_forgotten_as_retried(county: County) -> None:
    case_id = _refused(county, "person-unknown")
    retry_refused(county.village.desk(), case_id)
    with county.village.open_book() as book:
        [event_id] = book.refused_events()
        assert list(book.retried()) == [event_id]
        book.admit_own([event_id])
        assert case_id not in {entry.subject_id for entry in unsent(book, county.now).entries}
    later = _refused(county, "not-a-party")
    retry_refused(county.village.desk(), later)
    with county.village.read_book() as book:
        assert list(book.retried()) == list(book.refused_events()) != [event_id]
