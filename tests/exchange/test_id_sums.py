"""Two sets of ids are compared by sums: equal where the sets are, whatever the order, and narrowed down by bucket."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from station_app.exchange.id_sums import IdSum, bucket_of, by_bucket, differing

IDS = st.binary(min_size=32, max_size=32).map(bytes.hex)
SETS = st.frozensets(IDS, max_size=40)


@given(st.lists(IDS, unique=True, max_size=30), st.randoms(), st.integers(0, 30))
def test_the_sum_is_of_the_set_whatever_the_order_and_in_however_many_goes(
    ids: list[str], order: Random, cut: int
) -> None:
    whole = IdSum().plus(ids)
    order.shuffle(ids)
    assert IdSum().plus(ids[:cut]).plus(ids[cut:]) == whole
    assert whole.count == len(ids)
    assert len(whole.total) == 64


@given(SETS, SETS)
def test_sums_are_equal_where_the_sets_are_and_only_there(one: frozenset[str], other: frozenset[str]) -> None:
    assert (IdSum().plus(one) == IdSum().plus(other)) == (one == other)


def test_the_sum_wraps_around() -> None:
    highest = "f" * 64
    assert IdSum().plus([highest, highest]) == IdSum(2, "f" * 63 + "e")
    assert IdSum() == IdSum(0, "0" * 64)


@given(SETS)
def test_buckets_take_the_set_apart_and_none_is_empty(ids: frozenset[str]) -> None:
    parts = by_bucket(ids)
    assert sum(part.count for part in parts.values()) == len(ids)
    assert all(part.count for part in parts.values())
    assert set(parts) == {bucket_of(event_id) for event_id in ids}


@given(SETS, SETS, st.integers(0, 80))
def test_what_one_side_lacks_is_in_a_differing_bucket(one: frozenset[str], other: frozenset[str], most: int) -> None:
    found = differing(by_bucket(one), by_bucket(other), 256)
    assert set(found) == {bucket_of(event_id) for event_id in one ^ other}
    assert differing(by_bucket(one), by_bucket(other), most) == sorted(found)[:most]
    assert differing(by_bucket(one), by_bucket(one), 256) == []
