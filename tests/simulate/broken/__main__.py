"""Look up in which seed each broken program is found out now, and by which invariant.

python -m tests.simulate.broken [name ...]
"""

from __future__ import annotations

import sys
import time

from tests.simulate.broken import BROKEN
from tests.simulate.broken.variants import search


def main(names: list[str]) -> int:
    """Return 1 where another invariant than the one meant for it came first, or none."""
    wrong = 0
    for name in names or BROKEN:
        broken, began = BROKEN[name], time.monotonic()
        found = search(broken)
        good = found.invariant == broken.found_by
        wrong += not good
        seconds = time.monotonic() - began
        text = "" if good else f"  not {broken.found_by}: {found.what}"
        print(f"{found.seed:3} {found.invariant or '-':3} {seconds:6.1f} s  {name}{text}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
