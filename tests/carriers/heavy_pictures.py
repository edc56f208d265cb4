"""How much memory the largest pictures take that are taken in: `python -m tests.carriers.heavy_pictures FILE`.

A process of its own, for what another test has taken before can't be told apart; it prints the bytes beyond those that
the program has anyway.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from station_app.carriers.pictures import pixels_of, take
from tests.carriers.scans import page, saved


def peak_bytes() -> int:
    """Return the most memory that this process has had (Linux tells it in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def main() -> None:
    original = Path(sys.argv[1]).read_bytes()
    take("a", saved(page(300, 200)))
    before = peak_bytes()
    taken = take("a", original)
    pixels_of("a", original)
    assert taken.data[:3] == b"\xff\xd8\xff"
    print(peak_bytes() - before)


if __name__ == "__main__":
    main()
