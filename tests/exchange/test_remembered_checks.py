"""A signature is verified once, and what was bad stays bad."""

from __future__ import annotations

from collections.abc import Sequence

from station_app.exchange.authentic import Job, RememberedChecks

GOOD, BAD = (b"key", "context", b"bytes", b"good"), (b"key", "context", b"bytes", b"bad")


def test_each_signature_is_verified_once_and_answered_in_order() -> None:
    asked: list[Job] = []

    def verify_many(jobs: Sequence[Job]) -> list[bool]:
        asked.extend(jobs)
        return [job[3] == b"good" for job in jobs]

    checks = RememberedChecks(verify_many)
    assert checks([GOOD, BAD, GOOD]) == [True, False, True]
    assert checks([BAD, GOOD]) == [False, True]
    assert checks([]) == []
    other = (b"other key", *GOOD[1:])
    assert checks([other, BAD]) == [True, False]
    assert asked == [GOOD, BAD, other]
