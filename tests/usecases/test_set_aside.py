"""What a step that does not stand would have written, beside what stands."""

from __future__ import annotations

from station_app.protocol.exchange_records import PushStatus
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.run_action import act_on_case, register_case
from station_app.usecases.set_aside import Disagreement, disagreements
from tests.domain.casework import TOWNSHIP, TOWNSHIP_ITEM, registration
from tests.usecases.county import County, Office


def _accepted(county: County, number: str) -> str:
    """Return a case that the township has accepted, under this number."""
    case = register_case(county.village.desk(), registration(TOWNSHIP_ITEM))
    batch = offer_batch(county.village.desk(), TOWNSHIP, [case.case_id]).batch
    county.settle()
    receive_batch(county.township.desk(), batch.number, Count())
    county.settle()
    act_on_case(county.township.desk(), case.case_id, "accept_application", {"document_number": number})
    return case.case_id


def _found(office: Office, case_id: str) -> tuple[Disagreement, ...]:
    with office.read_book() as book:
        return disagreements(book, book.case(case_id))


def test_a_case_without_set_aside_steps_has_no_disagreements(county: County) -> None:
    assert _found(county.township, _accepted(county, "沙受〔2026〕1号")) == ()


def test_a_refused_step_shows_each_fact_beside_the_one_that_stands(county: County) -> None:
    case_id = _accepted(county, "沙受〔2026〕1号")
    with county.township.open_book() as book:
        link, event = book.outbox(1000)[-1]
        book.settle([PushStatus(link, "refused", "person-unknown")], "2026-11-23T04:00:00Z")
    found = {one.fact: (one.event_id, one.written, one.stands) for one in _found(county.township, case_id)}
    assert found["state"] == (event.event_id, "已受理", "已接收")
    assert found["acceptance_document"] == (event.event_id, "沙受〔2026〕1号", "")
