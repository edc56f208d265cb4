"""What is told of events that a restored PC has lost."""

from __future__ import annotations

from station_app.exchange.losses import LostRange, lost_ranges


def test_nothing_is_lost_where_all_that_was_written_is_here() -> None:
    assert lost_ranges({"one": 3}, [("one", 1), ("one", 2), ("one", 3)]) == ()


def test_the_end_of_an_epoch_that_was_set_back_is_told_as_one_range() -> None:
    assert lost_ranges({"one": 7}, [("one", 1), ("one", 2)]) == (LostRange("one", 3, 7),)


def test_what_came_back_from_the_center_splits_the_range() -> None:
    held = [("one", 1), ("one", 2), ("one", 4), ("one", 5)]
    assert lost_ranges({"one": 7}, held) == (LostRange("one", 3, 3), LostRange("one", 6, 7))


def test_each_epoch_is_told_of_by_itself() -> None:
    held = [("one", 1), ("two", 1), ("two", 2)]
    told = lost_ranges({"one": 2, "two": 3}, held)
    assert told == (LostRange("one", 2, 2), LostRange("two", 3, 3))


def test_an_epoch_of_which_nothing_is_here_is_lost_from_its_first_event() -> None:
    assert lost_ranges({"one": 2}, [("two", 1)]) == (LostRange("one", 1, 2),)
