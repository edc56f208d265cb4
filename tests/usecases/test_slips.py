"""Cases handed over by a printed slip alone: taken in, answered, and joined by what comes later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from station_app.bootstrap.papers import print_paper
from station_app.bootstrap.slips import read_slip
from station_app.domain.batches import Arrival
from station_app.domain.cases import Case, CaseState
from station_app.domain.errors import StationError
from station_app.domain.slips import SlipPart
from station_app.exchange.projection import batch_of, case_of
from station_app.keys.sealing import generate_box_key
from station_app.protocol.signed import Signed, document_payload, read_document
from station_app.storage.rebuild import rebuild_step
from station_app.usecases.audit import _projections, check_chain
from station_app.usecases.batch_pages import batches_to_receive
from station_app.usecases.hand_over import Count, HandOver, offer_batch, receive_batch
from station_app.usecases.office_publics import OFFICE_KEYS
from station_app.usecases.run_action import act_on_case, register_case
from station_app.usecases.run_center import DIRECTORY
from station_app.usecases.run_center import ORGANISATIONS as ORGANISATION_DOCUMENT
from station_app.usecases.slips import SlipProgress, doubts_of, look_at_doubts, slip_content, take_part
from tests.carriers.slips import RARE_NAMES
from tests.documents.papers import barcodes
from tests.domain.casework import COUNTY, COUNTY_ITEM, ORGANISATIONS, TOWNSHIP, TOWNSHIP_ITEM, VILLAGE, registration
from tests.usecases.county import County, Office

KEY = generate_box_key(lambda count: bytes(range(count)))


@pytest.fixture
def county(tmp_path: Path) -> County:
    """Return three offices on disk that know the township's key."""
    made = County("disk", tmp_path)
    keys = {TOWNSHIP: {"version": 1, "public": KEY.public.hex()}}
    content = {"organisations": ORGANISATIONS.to_json(), "accounts": [], "revoked": [], OFFICE_KEYS: keys}
    payload = document_payload(ORGANISATION_DOCUMENT, 2, content)
    for office in made.offices.values():
        with office.open_book() as book:
            book.save_document(read_document(Signed(payload, b"s")))
    with made.township.open_book() as book:
        book.save_office_keys({1: (KEY.public.hex(), KEY.private.hex())})
    return made


def _offered(county: County, count: int = 1, code: str = TOWNSHIP_ITEM) -> tuple[list[Case], HandOver]:
    """Return cases of the village that are offered, of which nobody else has heard."""
    forms = [registration(code) for _ in range(count)]
    for line, form in enumerate(forms):
        form["applicant"] = {**form["applicant"], "name": RARE_NAMES[line % 3]}
    cases = [register_case(county.village.desk(), form) for form in forms]
    return cases, offer_batch(county.village.desk(), TOWNSHIP, [case.case_id for case in cases])


def _parts(county: County, done: HandOver, printing: bytes = b"prnt") -> list[SlipPart]:
    with county.village.read_book() as book:
        content = slip_content(book, done.batch.batch_id, printing)
    groups = [content.cases[at : at + 3] for at in range(0, len(content.cases), 3)]
    return [SlipPart(content.head, n, len(groups), group) for n, group in enumerate(groups, start=1)]


def _scan(county: County, done: HandOver) -> SlipProgress:
    return [take_part(county.township.desk(), part) for part in _parts(county, done)][-1]


def _case(office: Office, case_id: str) -> Case:
    with office.read_book() as book:
        found: Case = book.case(case_id)
        return found


def _receive(county: County, done: HandOver, count: Count | None = None) -> HandOver:
    return receive_batch(county.township.desk(), done.batch.batch_id, count or Count())


def _is_whole(office: Office) -> None:
    """Check that what is here is what a PC has that never scanned anything, and what a check makes of it."""
    with office.read_book() as book:
        ids = {(e.header.subject_kind, e.header.subject_id) for e in book.all_events()}
        refused, device = book.refused_events(), book.identity().device
        for kind, subject_id in ids:
            stream = book.subject_events(subject_id)
            fresh = case_of(stream, device, refused) if kind == "case" else batch_of(stream, refused)
            assert (book.case(subject_id) if kind == "case" else book.batch(subject_id)) == fresh
        assert not book.case_heads()


def _checked(office: Office) -> str:

    with office.read_book() as book:
        assert check_chain(list(book.all_events())) == "ok"
        return _projections(book, list(book.all_events()), office.device)


def test_from_the_printed_page_to_the_counted_batch_and_the_ruled_case(county: County) -> None:
    cases, done = _offered(county, 4)
    desk = county.village.desk()
    with desk.read_book() as book:
        pdf = print_paper(book, "code_slip", done.batch.number, county.now).pdf
    codes = [code for code in barcodes(pdf, 0) if len(code) > 26]
    first = read_slip(county.township.desk(), codes[1])
    assert (first.missing, first.cases, first.news) == ((1,), 0, True)
    assert first.words == "已读入第 2 张，共 2 张。还差第 1 张，请接着扫。"
    with county.township.read_book() as book:
        assert (batches_to_receive(book), book.case(cases[0].case_id)) == ([], None)
    last = read_slip(county.township.desk(), codes[0])
    assert (last.missing, last.cases) == ((), 4)
    with county.township.read_book() as book:
        (view,) = batches_to_receive(book)
        assert {case.arrival for case in view.cases} == {Arrival.HERE}
        assert [(c.number, c.paper_count, c.held_originals) for c in view.cases] == [
            (line.number, line.papers, line.originals) for line in done.batch.lines
        ]
    seen = _case(county.township, cases[0].case_id)
    for field in ("number", "item", "materials", "received_on", "received_by"):
        assert seen.fields[field] == cases[0].fields[field]
    assert seen.applicant == {k: v for k, v in cases[0].applicant.items() if k != "address"}
    assert seen.by_slip
    assert _checked(county.township) == "ok"

    reasons = {cases[1].case_id: "少一页"}
    counted = _receive(county, done, Count(rejected=reasons))
    assert [outcome.outcome for outcome in counted.outcomes] == ["accepted", "rejected", "accepted", "accepted"]
    taken = _case(county.township, cases[0].case_id)
    assert (taken.state, taken.custody.holder, taken.by_slip, taken.provisional) == ("received", TOWNSHIP, True, True)
    assert _checked(county.township) == "ok"
    county.settle()
    county.settle()
    for office in (county.township, county.village):
        _is_whole(office)
        for line, case in enumerate(cases):
            found = _case(office, case.case_id)
            expected = (CaseState.RETURNED, VILLAGE) if line == 1 else (CaseState.RECEIVED, TOWNSHIP)
            assert (found.state, found.custody.holder) == expected
            assert not (found.by_slip or found.provisional or found.not_standing)
    with county.township.read_book() as book:
        assert book.slip_doubts() == []
        assert book.batch(done.batch.batch_id).open_lines == ()
    assert _checked(county.township) == "ok"


def test_the_work_goes_on_behind_a_slip_and_all_of_it_stands_later(county: County) -> None:
    (case,), done = _offered(county)
    _scan(county, done)
    _receive(county, done)
    taken = act_on_case(county.township.desk(), case.case_id, "accept_application", {})
    act_on_case(county.township.desk(), case.case_id, "note", {"text": "先办着"})
    assert taken.state == CaseState.ACCEPTED
    county.settle()
    _is_whole(county.township)
    assert _case(county.village, case.case_id).state == CaseState.ACCEPTED
    assert _case(county.village, case.case_id).not_standing == {}


def test_own_events_come_behind_the_lamport_of_what_was_printed(county: County) -> None:
    _, done = _offered(county, 2)
    (part,) = _parts(county, done)
    assert part.head.lamport == 5
    _scan(county, done)
    _receive(county, done)
    with county.township.read_book() as book:
        assert min(event.header.lamport for event in book.all_events()) > part.head.lamport


def test_scanned_twice_or_from_a_second_print_it_changes_nothing(county: County) -> None:
    _, done = _offered(county, 4)
    first, second = _parts(county, done)
    take_part(county.township.desk(), second)
    again = take_part(county.township.desk(), second)
    assert (again.news, again.missing) == (False, (1,))
    assert again.words == "已读入第 2 张，共 2 张，这一张已经扫过。还差第 1 张，请接着扫。"
    take_part(county.township.desk(), first)
    _receive(county, done)
    before = county.township.journal()
    for part in (*_parts(county, done), *_parts(county, done, b"othe")):
        assert not take_part(county.township.desk(), part).news
    assert county.township.journal() == before
    assert _checked(county.township) == "ok"


def test_a_new_print_begins_anew_where_the_old_one_was_not_whole(county: County) -> None:
    cases, done = _offered(county, 4)
    take_part(county.township.desk(), _parts(county, done)[0])
    first, second = _parts(county, done, b"othe")
    assert take_part(county.township.desk(), second).missing == (1,)
    assert take_part(county.township.desk(), first).missing == ()
    assert all(_case(county.township, case.case_id).by_slip for case in cases)


def test_what_came_by_the_network_first_is_not_touched_by_a_slip(county: County) -> None:
    (case,), done = _offered(county)
    parts = _parts(county, done)
    county.settle()
    before = _case(county.township, case.case_id)
    take_part(county.township.desk(), parts[0])
    assert _case(county.township, case.case_id) == before
    _is_whole(county.township)
    _receive(county, done)
    county.settle()
    take_part(county.township.desk(), replace(parts[0], head=replace(parts[0].head, batch_id="f" * 32)))
    _is_whole(county.township)


def test_a_case_that_came_back_and_is_offered_again_counts_by_the_new_slip(county: County) -> None:
    (case,), done = _offered(county)
    _scan(county, done)
    _receive(county, done, Count(rejected={case.case_id: "少一页"}))
    county.settle()
    act_on_case(
        county.village.desk(), case.case_id, "supply", {"materials": case.fields["materials"], "note": "补了一页"}
    )
    again = offer_batch(county.village.desk(), TOWNSHIP, [case.case_id])
    _scan(county, again)
    seen = _case(county.township, case.case_id)
    assert seen.by_slip and seen.custody.offer is not None
    assert (seen.custody.offer.batch, seen.fields["return_reason"]) == (again.batch.batch_id, "少一页")
    _receive(county, again)
    county.settle()
    _is_whole(county.township)
    assert _case(county.village, case.case_id).custody.holder == TOWNSHIP


Change = Callable[[Any], Any]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda c: replace(c, phone="13900000000"), ("phone", "13900000000", "13808330001")),
        (lambda c: replace(c, name="张三"), ("name", "张三", "李𬭎")),
        (lambda c: replace(c, received_on="2026-11-20"), ("received_on", "2026-11-20", "2026-11-23")),
        (
            lambda c: replace(c, materials=(replace(c.materials[0], copies=9), *c.materials[1:])),
            ("materials", None, None),
        ),
    ],
)
def test_what_came_otherwise_is_for_a_person_and_the_later_data_counts(
    county: County, change: Change, told: tuple[str, Any, Any]
) -> None:
    form = registration(TOWNSHIP_ITEM)
    form["applicant"] = {**form["applicant"], "name": "李𬭎", "phone": "13808330001"}
    case = register_case(county.village.desk(), form)
    done = offer_batch(county.village.desk(), TOWNSHIP, [case.case_id])
    (part,) = _parts(county, done)
    take_part(county.township.desk(), replace(part, cases=tuple(map(change, part.cases))))
    _receive(county, done)
    with county.township.read_book() as book:
        assert doubts_of(book, case.case_id) == []
    county.settle()
    _is_whole(county.township)
    assert _case(county.township, case.case_id).fields["applicant"] == case.fields["applicant"]
    with county.township.read_book() as book:
        (doubt,) = doubts_of(book, case.case_id)
    ((field, said, is_so),) = doubt.differences
    assert field == told[0]
    if told[1] is None:
        assert said.count("原件 ") == is_so.count("原件 ") == 1
        assert said.endswith("复印件 9")
    else:
        assert (said, is_so) == told[1:]
    county.settle()
    look_at_doubts(county.township.desk(), case.case_id)
    with county.township.read_book() as book:
        assert doubts_of(book, case.case_id) == []


def test_a_rebuild_keeps_what_is_here_by_slips_alone(county: County) -> None:
    cases, done = _offered(county, 2)
    _scan(county, done)
    receive_batch(county.township.desk(), done.batch.batch_id, Count(only=(cases[0].case_id,)))
    before = [_case(county.township, case.case_id) for case in cases]
    swapped = False
    while not swapped:
        with county.township.open_book() as book:
            swapped = rebuild_step(book, "1").swapped
    assert [_case(county.township, case.case_id) for case in cases] == before
    assert _checked(county.township) == "ok"


def test_names_of_materials_that_the_directory_here_does_not_have_are_replaced_by_their_places(county: County) -> None:
    (case,), done = _offered(county)
    (part,) = _parts(county, done)
    odd = replace(part.cases[0], names=b"\0\0")
    take_part(county.township.desk(), replace(part, cases=(odd,)))
    names = [material["name"] for material in _case(county.township, case.case_id).materials]
    assert names == [f"第{place}项材料" for place in range(1, len(names) + 1)]
    _receive(county, done)
    county.settle()
    _is_whole(county.township)
    with county.township.read_book() as book:
        assert book.slip_doubts() == []


def test_what_can_not_be_taken_in_leaves_nothing(county: County) -> None:
    (case,), done = _offered(county)
    (part,) = _parts(county, done)
    strange = replace(part, cases=(replace(part.cases[0], item="NEW-1"),))
    far = replace(part, head=replace(part.head, lamport=2**40))
    unknown = replace(part, head=replace(part.head, from_org="nowhere"))
    for wrong, code in ((strange, "slip-item-unknown"), (far, "slip-malformed"), (unknown, "organisation-unknown")):
        with pytest.raises(StationError, match=code):
            take_part(county.township.desk(), wrong)
    with county.township.read_book() as book:
        assert (book.slip(done.batch.batch_id), book.case(case.case_id), book.chain().lamport) == (None, None, 0)


def test_a_slip_is_printed_of_the_own_cases_that_nobody_has_answered_and_to_a_known_key(county: County) -> None:
    cases, done = _offered(county, 2, COUNTY_ITEM)
    county.settle()
    _receive(county, done, Count(only=(cases[0].case_id,)))
    county.settle()
    (part,) = _parts(county, done)
    assert [case.case_id for case in part.cases] == [cases[1].case_id]
    _receive(county, done)
    county.settle()
    with pytest.raises(StationError, match="slip-nothing-left"):
        _parts(county, done)
    with county.township.read_book() as book, pytest.raises(StationError, match="slip-not-ours"):
        slip_content(book, done.batch.batch_id, b"prnt")
    up = offer_batch(county.township.desk(), COUNTY, [cases[1].case_id])
    with county.township.read_book() as book, pytest.raises(StationError, match="office-key-unknown"):
        slip_content(book, up.batch.batch_id, b"prnt")


def test_a_newer_directory_here_pins_the_number_that_the_slip_names(county: County) -> None:
    (case,), done = _offered(county)
    with county.township.open_book() as book:
        content = book.document(DIRECTORY).content
        book.save_document(read_document(Signed(document_payload(DIRECTORY, 2, content), b"s")))
    _scan(county, done)
    assert _case(county.township, case.case_id).item["directory"]["number"] == 1


def test_what_a_slip_said_is_logged_when_it_goes(county: County, caplog: pytest.LogCaptureFixture) -> None:
    (case,), done = _offered(county)
    _scan(county, done)
    assert caplog.messages == []
    county.settle()
    assert caplog.messages == [f"deleted 1: what a printed slip said of a case ({case.case_id})"]
