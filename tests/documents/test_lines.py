"""Lines end where Chinese may be broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.documents.lines import broken

WORDS = st.text(st.sampled_from("办件交接单，。（）《》 0123AB"), max_size=60)


def wrapped(words: str, columns: int) -> list[str]:
    return broken(words, [1.0] * len(words), columns)


@pytest.mark.parametrize(
    ("words", "columns", "lines"),
    [
        ("银行卡复印件，五个", 6, ["银行卡复印", "件，五个"]),
        ("户主（本人）页", 3, ["户主", "（本", "人）页"]),
        ("电话0833收件", 4, ["电话", "0833", "收件"]),
        ("承诺 10 个工作日", 5, ["承诺 10", "个工作日"]),
        ("123456789", 4, ["1234", "5678", "9"]),
        ("，，，，", 2, ["，，", "，，"]),
        ("", 4, [""]),
    ],
)
def test_a_line_ends_where_it_may(words: str, columns: int, lines: list[str]) -> None:
    assert wrapped(words, columns) == lines


@given(WORDS, st.integers(1, 20))
def test_no_character_is_lost_and_no_line_is_too_long(words: str, columns: int) -> None:
    lines = wrapped(words, columns)
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert all(len(line) <= columns for line in lines)


@given(st.lists(st.sampled_from(["办件，", "（交接）", "单", "《法》。"]), min_size=1, max_size=20).map("".join))
def test_marks_stay_with_what_they_belong_to_in_a_column_of_eight(words: str) -> None:
    lines = wrapped(words, 8)
    assert not any(line[0] in "，）》。" for line in lines)
    assert not any(line[-1] in "（《" for line in lines)


def test_a_character_wider_than_the_column_still_gets_its_line() -> None:
    assert broken("办件", [10.0, 10.0], 4) == ["办", "件"]
