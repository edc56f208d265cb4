"""Handing cases over in batches: an outcome for each, one transaction for all."""

from __future__ import annotations

import pytest

from station_app.domain.cases import Case, CaseState
from station_app.domain.errors import StationError
from station_app.domain.numbers import parse_number
from station_app.messages import text_of
from station_app.usecases.hand_over import Count, HandOver, offer_batch, receive_batch
from station_app.usecases.run_action import act_on_case, register_case
from tests.domain.casework import COUNTY, COUNTY_ITEM, TOWNSHIP, TOWNSHIP_ITEM, VILLAGE, registration
from tests.usecases.county import County, Office

FORM_NAME = "待遇领取申请表"


def _registered(county: County, count: int, code: str = COUNTY_ITEM) -> list[Case]:
    return [register_case(county.village.desk(), registration(code)) for _ in range(count)]


def _offered(county: County, count: int, code: str = COUNTY_ITEM) -> tuple[list[Case], HandOver]:
    cases = _registered(county, count, code)
    done = offer_batch(county.village.desk(), TOWNSHIP, [case.case_id for case in cases])
    county.settle()
    return cases, done


def _case(office: Office, case_id: str) -> Case:
    with office.read_book() as book:
        found: Case = book.case(case_id)
        return found


def _outcomes(done: HandOver) -> list[str]:
    return [outcome.outcome for outcome in done.outcomes]


def _reasons(error: StationError) -> list[str]:
    reasons = error.params["reasons"]
    assert isinstance(reasons, list)
    return [reason["code"] for reason in reasons]


def test_a_batch_has_a_number_and_a_line_for_each_case(county: County) -> None:
    cases, done = _offered(county, 2)
    number = parse_number(done.batch.number)
    assert (number.kind, number.point, number.tag, number.serial) == ("batch", VILLAGE, 7, 1)
    assert [(line.case_id, line.number) for line in done.batch.lines] == [(c.case_id, c.number) for c in cases]
    assert done.batch.lines[0].originals == ((FORM_NAME, 1),)
    assert done.batch.lines[0].papers == 4
    assert (done.batch.from_org, done.batch.to_org, done.batch.offered_on) == (VILLAGE, TOWNSHIP, "2026-11-23")
    assert {_case(county.village, c.case_id).custody.offer is not None for c in cases} == {True}


def test_one_case_that_cannot_go_never_holds_the_others(county: County) -> None:
    cases, _ = _offered(county, 1)
    more = _registered(county, 3)
    names = [more[0].number, cases[0].case_id, "f" * 32, more[1].case_id, more[2].case_id]
    done = offer_batch(county.village.desk(), TOWNSHIP, names)
    assert _outcomes(done) == ["offered", "left_out", "left_out", "offered", "offered"]
    assert [o.error.code for o in done.outcomes if o.error] == ["case-on-the-road", "case-unknown"]
    assert [line.case_id for line in done.batch.lines] == [case.case_id for case in more]
    with county.village.read_book() as book:
        assert len(book.batches()) == 2


def test_a_case_named_by_id_and_by_number_goes_once(county: County) -> None:
    [case] = _registered(county, 1)
    done = offer_batch(county.village.desk(), TOWNSHIP, [case.case_id, case.number, case.case_id])
    assert len(done.batch.lines) == len(done.outcomes) == 1


def test_a_batch_of_nothing_writes_nothing_and_says_why(county: County) -> None:
    cases, _ = _offered(county, 2)
    before = county.village.journal()
    with pytest.raises(StationError) as refused:
        offer_batch(county.village.desk(), TOWNSHIP, [case.case_id for case in cases])
    assert refused.value.code == "batch-empty"
    assert _reasons(refused.value) == ["case-on-the-road"] * 2
    text = text_of(refused.value)
    assert cases[0].number in text
    assert cases[1].number in text
    with pytest.raises(StationError, match="batch-empty"):
        offer_batch(county.village.desk(), TOWNSHIP, [])
    with pytest.raises(StationError, match="organisation-unknown"):
        offer_batch(county.village.desk(), "nowhere", [cases[0].case_id])
    assert county.village.journal() == before


@pytest.mark.parametrize("to", [COUNTY, VILLAGE])
def test_a_batch_goes_to_the_office_above_only(county: County, to: str) -> None:
    [case] = _registered(county, 1)
    with pytest.raises(StationError) as refused:
        offer_batch(county.village.desk(), to, [case.case_id])
    assert _reasons(refused.value) == ["offer-not-upward"]


def test_a_batch_is_received_with_differences_and_rejects(county: County) -> None:
    cases, offered = _offered(county, 3)
    count = Count(
        rejected={cases[1].number: "缺申请表"},
        differences={cases[2].case_id: [{"material": FORM_NAME, "originals": 0, "copies": 1}]},
    )
    done = receive_batch(county.township.desk(), offered.batch.number, count)
    assert _outcomes(done) == ["accepted", "rejected", "accepted_with_difference"]
    assert done.batch.open_lines == ()
    assert dict(done.batch.outcomes) == {o.case_id: o.outcome for o in done.outcomes}
    county.settle()
    seen = [_case(county.village, case.case_id) for case in cases]
    assert [case.state for case in seen] == [CaseState.RECEIVED, CaseState.RETURNED, CaseState.RECEIVED]
    assert [case.custody.holder for case in seen] == [TOWNSHIP, VILLAGE, TOWNSHIP]
    assert seen[1].fields["return_reason"] == "缺申请表"
    [difference] = seen[2].fields[f"differences:{TOWNSHIP}"]
    assert difference["expected"] == {"originals": 1, "copies": 0}
    assert difference["counted"] == {"originals": 0, "copies": 1}
    assert {case.provisional for case in seen} == {False}


def test_an_original_that_was_shown_and_given_back_is_not_missed(county: County) -> None:
    """A missing copy of an identity card was noted as a missing original too, which never left its owner."""
    cases, offered = _offered(county, 1)
    count = Count(differences={cases[0].case_id: [{"material": "申请人居民身份证", "originals": 0, "copies": 0}]})
    receive_batch(county.township.desk(), offered.batch.number, count)
    [difference] = _case(county.township, cases[0].case_id).fields[f"differences:{TOWNSHIP}"]
    assert difference["expected"] == {"originals": 0, "copies": 1}


def test_part_of_a_batch_is_counted_now_and_the_rest_later(county: County) -> None:
    cases, offered = _offered(county, 3)
    first = receive_batch(county.township.desk(), offered.batch.batch_id, Count(only=(cases[1].number,)))
    assert [line.case_id for line in first.batch.open_lines] == [cases[0].case_id, cases[2].case_id]
    with pytest.raises(StationError, match="case-not-in-batch"):
        receive_batch(county.township.desk(), offered.batch.number, Count(only=(cases[1].number,)))
    rest = receive_batch(county.township.desk(), offered.batch.number, Count())
    assert rest.batch.open_lines == ()
    with pytest.raises(StationError, match="batch-done"):
        receive_batch(county.township.desk(), offered.batch.number, Count())


def test_a_wrong_row_leaves_out_its_case_and_takes_the_others(county: County) -> None:
    cases, offered = _offered(county, 2)
    count = Count(differences={cases[0].number: [{"material": "房产证", "originals": 1}]})
    done = receive_batch(county.township.desk(), offered.batch.number, count)
    assert _outcomes(done) == ["left_out", "accepted"]
    assert [o.error.code for o in done.outcomes if o.error] == ["material-not-in-case"]
    assert [line.case_id for line in done.batch.open_lines] == [cases[0].case_id]


@pytest.mark.parametrize("row", ["申请表", 7, {"originals": 1}])
def test_a_malformed_difference_is_refused_without_a_trace(county: County, row: object) -> None:
    cases, offered = _offered(county, 1)
    before = county.township.journal()
    count = Count(differences={cases[0].number: [row]})  # type: ignore[list-item]
    with pytest.raises(StationError, match="batch-empty"):
        receive_batch(county.township.desk(), offered.batch.number, count)
    assert county.township.journal() == before


def test_a_batch_for_another_office_or_unknown_is_refused(county: County) -> None:
    cases, offered = _offered(county, 1)
    for office, number, code in (
        (county.village, offered.batch.number, "batch-not-for-us"),
        (county.county, offered.batch.number, "batch-not-for-us"),
        (county.township, "5111", "batch-unknown"),
    ):
        with pytest.raises(StationError, match=code):
            receive_batch(office.desk(), number, Count())
    with pytest.raises(StationError) as refused:
        receive_batch(county.township.desk(), offered.batch.number, Count(rejected={"123": "?"}))
    assert (refused.value.code, refused.value.params["case"]) == ("case-not-in-batch", "123")
    assert _case(county.township, cases[0].case_id).custody.holder == VILLAGE


def test_an_offer_that_is_not_ruled_yet_leaves_the_case_open_on_the_slip(county: County) -> None:
    cases = _registered(county, 1)
    county.settle()
    done = offer_batch(county.village.desk(), TOWNSHIP, [cases[0].case_id])
    _bring(county, done.batch.batch_id)
    with pytest.raises(StationError, match="batch-still-coming"):
        receive_batch(county.township.desk(), done.batch.number, Count())
    county.settle()
    assert _outcomes(receive_batch(county.township.desk(), done.batch.number, Count())) == ["accepted"]


def test_a_batch_that_came_before_its_cases_is_counted_as_they_come(county: County) -> None:
    """A page of the feed can end between a batch and its cases: receiving then said that the case was unknown."""
    cases = _registered(county, 2)
    done = offer_batch(county.village.desk(), TOWNSHIP, [case.case_id for case in cases])
    _bring(county, done.batch.batch_id)
    with pytest.raises(StationError) as refused:
        receive_batch(county.township.desk(), done.batch.number, Count())
    assert refused.value.code == "batch-still-coming"
    assert (refused.value.params["coming"], refused.value.params["cases"]) == (2, 2)
    assert "2 件里，有 2 件还在路上：材料还在上传" in text_of(refused.value)
    county.settle()
    later = _registered(county, 1)[0]
    mixed = offer_batch(county.village.desk(), TOWNSHIP, [later.case_id])
    assert _outcomes(receive_batch(county.township.desk(), done.batch.number, Count())) == ["accepted", "accepted"]
    _bring(county, mixed.batch.batch_id)
    with pytest.raises(StationError, match="batch-still-coming"):
        receive_batch(county.township.desk(), mixed.batch.number, Count(only=(later.number,)))


def test_what_has_come_of_a_batch_is_taken_in_and_the_rest_stays_on_its_slip(county: County) -> None:
    first, second = _registered(county, 2)
    county.settle()
    done = offer_batch(county.village.desk(), TOWNSHIP, [first.case_id, second.case_id])
    county.settle(without=second.case_id)
    taken = receive_batch(county.township.desk(), done.batch.number, Count())
    assert [(one.case_id, one.outcome, one.error and one.error.code) for one in taken.outcomes] == [
        (first.case_id, "accepted", None),
        (second.case_id, "left_out", "case-still-coming"),
    ]
    assert [line.case_id for line in taken.batch.open_lines] == [second.case_id]
    county.settle()
    assert _outcomes(receive_batch(county.township.desk(), done.batch.number, Count())) == ["accepted"]


def _bring(county: County, batch_id: str) -> None:
    """Let the batch itself come to the township, and nothing else."""
    with county.village.read_book() as book, county.township.open_book() as theirs:
        theirs.add_foreign(book.subject_events(batch_id))
        theirs.refold([("batch", batch_id)])


def test_a_result_comes_home_and_is_delivered_and_closed_under_the_obligation(county: County) -> None:
    [case], offered = _offered(county, 1, TOWNSHIP_ITEM)
    receive_batch(county.township.desk(), offered.batch.number, Count())
    act_on_case(county.township.desk(), case.case_id, "accept_application", {})
    decided = act_on_case(county.township.desk(person="b"), case.case_id, "grant", {"result": "临时救助 1000 元"})
    assert decided.custody.ended
    with pytest.raises(StationError, match="state-wrong"):
        act_on_case(county.village.desk(), case.case_id, "deliver", {"signed_by": "李𬭎", "method": "in_person"})
    county.settle()
    with pytest.raises(StationError, match="no-obligation"):
        act_on_case(county.township.desk(), case.case_id, "deliver", {"signed_by": "李𬭎", "method": "in_person"})
    act_on_case(county.village.desk(), case.case_id, "deliver", {"signed_by": "李𬭎", "method": "at_home"})
    closed = act_on_case(county.village.desk(), case.case_id, "close", {})
    assert (closed.state, closed.provisional) == (CaseState.CLOSED, True)
    county.settle()
    for office in (county.village, county.township):
        seen = _case(office, case.case_id)
        assert (seen.state, seen.provisional) == (CaseState.CLOSED, False)
        assert seen.fields["delivery_method"] == "at_home"
        with pytest.raises(StationError, match=r"no-obligation|state-wrong"):
            act_on_case(office.desk(), case.case_id, "close", {})


def test_a_case_goes_on_to_the_county_with_its_papers(county: County) -> None:
    [case], offered = _offered(county, 1)
    receive_batch(county.township.desk(), offered.batch.number, Count())
    county.settle()
    upward = offer_batch(county.township.desk(), COUNTY, [case.number])
    assert parse_number(upward.batch.number).point == TOWNSHIP
    county.settle()
    receive_batch(county.county.desk(), upward.batch.number, Count())
    county.settle()
    assert [_case(o, case.case_id).custody.holder for o in county.offices.values()] == [COUNTY] * 3
