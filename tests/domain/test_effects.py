"""Effects to JSON and back; words of a newer version are kept apart."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.cases import CaseState
from station_app.domain.effects import (
    CustodyMove,
    CustodyOp,
    Effects,
    ObligationMove,
    ObligationOp,
    effects_from_json,
)
from station_app.domain.errors import StationError
from station_app.protocol import canonical

TEXT = st.text(st.characters(codec="utf-8"), max_size=6)
NAME = st.text("abcdef:_", min_size=1, max_size=6)
FACTS = st.dictionaries(NAME, TEXT | st.integers(-9, 9) | st.booleans() | st.lists(TEXT, max_size=2), max_size=3)
MAYBE = st.none() | TEXT
EFFECTS = st.builds(
    Effects,
    fields=FACTS,
    state=st.none() | st.sampled_from(CaseState),
    custody=st.none() | st.builds(CustodyMove, st.sampled_from(CustodyOp), MAYBE, MAYBE, MAYBE),
    obligation=st.none() | st.builds(ObligationMove, st.sampled_from(ObligationOp), MAYBE, MAYBE),
    remark=st.none() | FACTS,
    batch=st.none() | FACTS,
)


@given(EFFECTS)
def test_effects_survive_the_way_through_canonical_bytes(effects: Effects) -> None:
    assert effects_from_json(canonical.decode_object(canonical.encode(effects.to_json()))) == effects


def test_what_is_empty_is_not_written() -> None:
    assert Effects().to_json() == {}
    assert Effects(custody=CustodyMove(CustodyOp.END)).to_json() == {"custody": {"op": "end"}}


@pytest.mark.parametrize(
    "found",
    [
        {"payment": {"cents": 100}},
        {"state": "approved_by_mayor"},
        {"state": 7},
        {"custody": {"op": "teleport"}},
        {"custody": {"to": "x"}},
        {"custody": "open"},
        {"custody": 7},
        {"custody": [1]},
        {"custody": {"op": "offer", "to": 7}},
        {"obligation": {"op": "forget"}},
        {"obligation": {"op": "create", "holder": 1}},
        {"fields": [1]},
        {"fields": None},
        {"remark": "text"},
        {"batch": 3},
    ],
)
def test_what_is_not_understood_is_said_to_be_unknown(found: dict[str, Any]) -> None:
    with pytest.raises(StationError) as refused:
        effects_from_json(found)
    assert refused.value.code == "effects-unknown"
    assert refused.value.params["keys"]
