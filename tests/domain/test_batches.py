"""Batches: the slip's facts, and the outcomes as the receiving office counts them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.batches import Batch, BatchLine, batch_facts, fold_batch
from station_app.domain.effects import Effects
from station_app.domain.fold import Entry
from tests.domain.casework import AT_TOWNSHIP, AT_VILLAGE, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE, Casework, Seat

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
