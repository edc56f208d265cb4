"""What a PC tells of itself: read as far as it is of the right form, and never a reason to refuse anything."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.protocol.exchange_records import ExchangeRequest
from station_app.protocol.pc_note import MOST_FAULTS, PcNote, note_from_wire, note_to_wire
from station_app.protocol.wire import pack_request, unpack, unpack_request

NOTE = PcNote("0.1.0", "2026-11-23T04:00:00Z", "2026-11-20", ("disk-low", "clock-wrong"))
NAMES = st.sampled_from(["program", "backup", "road", "faults", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner),
)


def request(note: PcNote | None) -> ExchangeRequest:
    return ExchangeRequest("0" * 16, "", 0, 1, (), 1, pc=note)


def test_a_note_travels_with_a_request_and_a_request_without_one_is_as_before() -> None:
    assert unpack_request(pack_request(request(NOTE))).pc == NOTE
    assert unpack_request(pack_request(request(PcNote()))).pc == PcNote()
    assert "pc" not in unpack(pack_request(request(None)))
    assert unpack_request(pack_request(request(None))).pc is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"program": "李𬭎"}, "program"),
        ({"program": "1" * 65}, "program"),
        ({"program": 1}, "program"),
        ({"backup": "2026-11-23 04:00"}, "backup"),
        ({"backup": "２０２６-11-23T04:00:00Z"}, "backup"),
        ({"road": "昨天"}, "road"),
        ({"road": "2026-11-20\n"}, "road"),
        ({"faults": "disk-low"}, "faults"),
        ({"faults": ["阿苏吉木", {}, "A"]}, "faults"),
    ],
)
def test_what_is_of_another_form_is_not_known_and_the_rest_is(changes: dict[str, Any], field: str) -> None:
    found = note_from_wire({**note_to_wire(NOTE), **changes})
    assert found is not None
    assert not getattr(found, field)
    others = {"program", "backup", "road", "faults"} - {field}
    assert all(getattr(found, name) == getattr(NOTE, name) for name in others)


@given(JSON)
def test_nothing_that_a_pc_may_say_is_an_error(found: Any) -> None:
    note = note_from_wire(found)
    assert note is None or len(note.faults) <= MOST_FAULTS
    assert note is None or note_from_wire(note_to_wire(note)) == note
