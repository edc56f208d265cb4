"""Batches: the slip's facts, and the outcomes as the receiving office counts them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.batches import (
    Arrival,
    Batch,
    BatchKind,
    BatchLine,
    arrival_of,
    batch_facts,
    batch_from_json,
    batch_to_json,
    fold_batch,
    papers_arrival,
)
from station_app.domain.effects import Effects
from station_app.domain.fold import Entry, Verdict, fold
from tests.domain.casework import (
    AT_COUNTY,
    AT_TOWNSHIP,
    AT_VILLAGE,
    OTHER_TOWNSHIP,
    TOWNSHIP,
    VILLAGE,
    Casework,
    Seat,
    decided,
    papers_sent,
    registered,
)

BATCH = Batch(
    batch_id="case-1",
    number="51113320120126112201000237",
    from_org=VILLAGE,
    to_org=TOWNSHIP,
    offered_on="2026-11-23",
    offered_by="王代办",
    lines=(BatchLine("a", "1", 3, (("申请表", 1),)), BatchLine("b", "2", 1, ())),
)


def _entry(number: int, seat: Seat, facts: dict[str, Any] | None) -> Entry:
    entry = Casework().written("batch", seat, None if facts is None else Effects(batch=facts))
    return replace(entry, event_id=f"event-{number}", lamport=number)


def _count(number: int, outcomes: object, seat: Seat = AT_TOWNSHIP) -> Entry:
    facts = {"outcomes": outcomes, "received_on": "2026-11-24", "received_by": "李窗口"}
    return _entry(number, seat, facts)


OFFERED = _entry(1, AT_VILLAGE, batch_facts(BATCH))


def test_the_facts_of_a_batch_make_the_batch_again() -> None:
    assert fold_batch([OFFERED]) == BATCH
    assert [line.case_id for line in BATCH.open_lines] == ["a", "b"]


def test_a_batch_of_decisions_says_so_and_one_of_a_kind_to_come_is_not_here() -> None:
    papers = replace(BATCH, kind=BatchKind.PAPERS)
    assert fold_batch([_entry(1, AT_VILLAGE, batch_facts(papers))]) == papers
    assert batch_from_json(batch_to_json(papers)) == papers
    assert "kind" not in batch_facts(BATCH)
    assert fold_batch([_entry(1, AT_VILLAGE, {**batch_facts(BATCH), "kind": "parcels"})]) is None


def test_decisions_can_be_signed_for_once_it_is_here_that_they_were_sent() -> None:
    batch = replace(BATCH, batch_id="batch-1", kind=BatchKind.PAPERS, from_org=TOWNSHIP, to_org=VILLAGE)
    assert papers_arrival(None, batch) is Arrival.COMING
    assert papers_arrival(decided().case, batch) is Arrival.COMING
    work = papers_sent()
    assert papers_arrival(work.case, batch) is Arrival.HERE
    work.act("receive_papers", AT_VILLAGE)
    assert papers_arrival(work.case, batch) is Arrival.GONE
    assert papers_arrival(replace(decided().case, forgotten=True), batch) is Arrival.GONE


def test_a_batch_is_none_before_its_first_event() -> None:
    assert fold_batch([]) is None
    assert fold_batch([_count(2, {"a": "accepted"})]) is None
    assert fold_batch([_entry(1, AT_VILLAGE, None)]) is None


@given(st.permutations(range(4)))
def test_counts_add_up_whatever_the_order_of_arrival(order: list[int]) -> None:
    entries = [OFFERED, _count(2, {"a": "rejected"}), _count(3, {"b": "accepted"}), _entry(4, AT_TOWNSHIP, None)]
    batch = fold_batch([entries[place] for place in order])
    assert batch is not None
    assert batch.outcomes == {"a": "rejected", "b": "accepted"}
    assert (batch.received_on, batch.received_by, batch.open_lines) == ("2026-11-24", "李窗口", ())


@pytest.mark.parametrize("seat", [AT_VILLAGE, Seat(OTHER_TOWNSHIP)])
def test_only_the_office_it_is_for_counts_it(seat: Seat) -> None:
    assert fold_batch([OFFERED, _count(2, {"a": "accepted"}, seat)]) == BATCH


def _facts(**changed: Any) -> dict[str, Any]:
    return {**batch_facts(BATCH), **changed}


@pytest.mark.parametrize(
    "facts",
    [
        _facts(lines="abc"),
        _facts(lines=[{"case": "a"}]),
        _facts(lines=[{"case": "a", "number": "1", "papers": "many", "originals": []}]),
        _facts(lines=[{"case": "a", "number": "1", "papers": 1, "originals": [["x"]]}]),
        {"lines": []},
    ],
)
def test_a_batch_of_another_shape_is_left_out_and_breaks_nothing(facts: dict[str, Any]) -> None:
    assert fold_batch([_entry(1, AT_VILLAGE, facts)]) is None


def test_outcomes_of_another_shape_are_left_out() -> None:
    assert fold_batch([OFFERED, _count(2, ["a"]), _count(3, None)]) == BATCH


def _on_the_road_with(batch: str) -> Casework:
    """Return a case that was offered in this batch, its offer ruled."""
    work = registered()
    offer = work.entry("offer", AT_VILLAGE)
    assert offer.effects is not None
    assert offer.effects.custody is not None
    work.add(replace(offer, effects=replace(offer.effects, custody=replace(offer.effects.custody, batch=batch))))
    return work


def _arrival(work: Casework, *, entries: int = 9, rulings: int = 9) -> Arrival:
    """Return what is known of a case of which only so many events and rulings have come."""
    here, ruled = work.entries[:entries], work.rulings[:rulings]
    return arrival_of(fold(here, ruled), "batch-1", here, ruled)


def test_a_case_can_be_counted_once_the_ruling_on_its_offer_is_here() -> None:
    work = _on_the_road_with("batch-1")
    assert [_arrival(work, entries=n, rulings=n) for n in (0, 1, 2)] == [Arrival.COMING, Arrival.COMING, Arrival.HERE]
    assert _arrival(work, rulings=1) is Arrival.COMING


def test_a_case_on_the_road_with_another_batch_is_not_the_one_on_this_slip() -> None:
    assert _arrival(_on_the_road_with("batch-2")) is Arrival.COMING


def test_a_case_that_was_taken_back_or_whose_offer_did_not_stand_never_comes() -> None:
    taken_back = _on_the_road_with("batch-1").days_later(3)
    taken_back.act("reclaim", AT_COUNTY)
    assert _arrival(taken_back) is Arrival.GONE
    forgotten = replace(taken_back.case, forgotten=True)
    assert arrival_of(forgotten, "batch-1", [], []) is Arrival.GONE
    late = _on_the_road_with("batch-1")
    late.rulings[-1] = replace(late.rulings[-1], verdict=Verdict.LATE)
    assert _arrival(late) is Arrival.GONE
