"""Scans of a case: what their entries say, who may trust them how far, what is drawn on them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from station_app.domain.attachments import Grade, attachments_of, read_sealed
from station_app.domain.errors import StationError
from tests.domain.casework import AT_TOWNSHIP, AT_VILLAGE, SCAN, Seat, at_township, registered


@pytest.mark.parametrize(("seat", "grade"), [(AT_VILLAGE, "B-村核"), (AT_TOWNSHIP, "B")])
def test_what_somebody_has_seen_the_original_of_is_as_good_as_the_office(seat: Seat, grade: str) -> None:
    work = at_township()
    work.act("attach", seat, {"file": SCAN, "material": "居民户口簿"})
    [scan] = attachments_of(work.case)
    assert (scan.grade, scan.checked_by, scan.on, scan.material) == (grade, "王代办", "2026-11-23", "居民户口簿")
    assert scan.sealed == read_sealed(SCAN)
    assert work.case.remarks[-1].content["text"] == "居民户口簿（户口簿.jpg）"


def test_a_village_vouches_for_no_window_and_a_window_for_no_village() -> None:
    for seat, grade, code in ((AT_VILLAGE, "B", "grade-above-village"), (AT_TOWNSHIP, "B-村核", "grade-of-village")):
        with pytest.raises(StationError) as refused:
            at_township().act("attach", seat, {"file": SCAN, "grade": grade})
        assert refused.value.code == code


def test_the_last_word_on_a_file_counts_and_it_is_shown_once() -> None:
    work = at_township()
    work.act("attach", AT_VILLAGE, {"file": SCAN})
    work.act("attach", AT_VILLAGE, {"file": {**SCAN, "file": "d4" * 32}})
    work.act("attach", AT_TOWNSHIP, {"file": SCAN, "grade": "B"})
    assert [(scan.sealed.file, scan.grade) for scan in attachments_of(work.case)] == [
        ("a1" * 32, "B"),
        ("d4" * 32, "B-村核"),
    ]


@pytest.mark.parametrize(
    ("grade", "said"),
    [
        ("A", "办理低保"),
        ("B", "此件经与原件核对无误，办理低保"),
        ("B-村核", "此件由村级代办员与原件核对，办理低保"),
        ("C", "此件由申请人上传，原件待核，办理低保"),
        ("D", "此件由申请人自己制作，办理低保"),
        ("Z", "办理低保"),
    ],
)
def test_the_watermark_says_how_far_it_is_to_be_trusted_and_what_for(grade: str, said: str) -> None:
    work = registered()
    work.act("attach", AT_VILLAGE, {"file": SCAN, "purpose": "办理低保", "expires": "2030-01-31"})
    [scan] = attachments_of(work.case)
    assert scan.expires == "2030-01-31"
    assert replace(scan, grade=grade).watermark == said
    assert {"A", "B", "B-村核", "C", "D"} == {grade.value for grade in Grade}


@pytest.mark.parametrize(
    "changed",
    [{"file": "a1"}, {"key": "x" * 64}, {"size": 0}, {"size": "66"}, {"name": None}, {"original": "c3"}, {"media": 1}],
)
def test_an_entry_that_does_not_say_it_whole_is_no_scan(changed: dict[str, Any]) -> None:
    work = registered()
    with pytest.raises(StationError) as refused:
        work.entry("attach", AT_VILLAGE, {"file": {**SCAN, **changed}})
    assert refused.value.code == "attachment-unread"
    entry = work.act("attach", AT_VILLAGE, {"file": SCAN})
    work.entries[-1] = replace(entry, effects=replace(entry.effects, remark={**entry.effects.remark, **changed}))
    assert attachments_of(work.case) == ()


@pytest.mark.parametrize("changed", [{"media": "image/heic"}, {"size": (32 << 20) + 1}])
def test_what_no_center_would_take_is_not_written(changed: dict[str, Any]) -> None:
    with pytest.raises(StationError) as refused:
        registered().entry("attach", AT_VILLAGE, {"file": {**SCAN, **changed}})
    assert refused.value.code == "attachment-unread"
