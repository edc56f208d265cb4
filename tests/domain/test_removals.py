"""What a `body_removed` says, and that nothing is removed by one that says it otherwise than a center does."""

from __future__ import annotations

from typing import Any

import pytest

from station_app.domain.cases import Removed
from station_app.domain.removals import Reach, Removal, read_removal, removed_words

REMOVAL = Removal(Reach.ALL, "《规定》第三条", ("王五", "赵六"), ("a" * 64, "b" * 64))


def told(**changes: Any) -> dict[str, Any]:
    return {"removed": {**REMOVAL.to_json()["removed"], **changes}}


def test_a_removal_comes_back_from_its_effects() -> None:
    assert read_removal(REMOVAL.to_json()) == REMOVAL
    assert read_removal(told(where="village", later_key=1)) == Removal(Reach.VILLAGE, *_rest())


def _rest() -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    return REMOVAL.basis, REMOVAL.by, REMOVAL.events


@pytest.mark.parametrize(
    "effects",
    [
        {},
        {"removed": []},
        {**told(), "remark": {}},
        told(where="county"),
        told(where=None),
        told(where=["all"]),
        told(basis=""),
        told(basis="  "),
        told(basis=3),
        told(by=["王五"]),
        told(by=["王五", "王五"]),
        told(by="王五赵六"),
        told(by=["王五", 3]),
        told(events=[]),
        told(events="a" * 64),
        told(events=["a" * 63]),
        told(events=["A" * 64]),
        told(events=[None]),
    ],
)
def test_nothing_is_removed_by_other_effects(effects: dict[str, Any]) -> None:
    assert read_removal(effects) is None


def test_a_removal_at_the_villages_reaches_no_other_store() -> None:
    village = Removal(Reach.VILLAGE, *_rest())
    assert village.reaches(village=True)
    assert not village.reaches(village=False)
    assert REMOVAL.reaches(village=True)
    assert REMOVAL.reaches(village=False)


def test_the_basis_and_the_day_in_china_stand_where_the_contents_stood() -> None:
    words = removed_words(Removed("《规定》第三条", "2029-06-01T17:00:00Z"))
    assert words == "内容已按规定删除（依据：《规定》第三条，2029-06-02）"
    assert "不是时间" in removed_words(Removed("规定", "不是时间"))
