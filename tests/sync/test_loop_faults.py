"""What the loop does after a fault of the program itself, which nobody expected."""

from __future__ import annotations

import pytest

from tests.sync.test_loop import Center, Disk, make_loop


def test_after_a_fault_of_the_program_the_next_exchange_begins_anew() -> None:
    """It did nothing any more, and noted each time that all was well."""
    center, disk = Center(), Disk()
    disk.add_work()
    disk.broken_writing = PermissionError("box.key")  # type: ignore[assignment]
    loop = make_loop(center, disk)
    for _ in range(2):
        with pytest.raises(PermissionError):
            loop.exchange_once()
    assert disk.status() == ("", {}, "")
    disk.broken_writing = None
    assert loop.exchange_once().pushed == 1
