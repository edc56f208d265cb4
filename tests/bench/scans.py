"""Taking in a photo of 3 MB, made smaller to 1,600 dots, beside its bare decoding.

    python -m tests.bench.scans [--rounds 9]

Bare decoding is what Pillow takes to make the dots of the whole photo and nothing else. Taking in hashes the file too,
decodes it at half its size, turns it, makes it smaller, looks whether it is a document, and makes a JPEG again.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image

from station_app.carriers.pictures import LONGER_SIDE, take_file
from tests.bench.results import Figure, finish
from tests.carriers.scans import photo, saved


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long something keeps a core: it is all of this thread, and what else the machine does counts not."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def decode(path: Path) -> None:
    """Make the dots of a whole picture."""
    with Image.open(BytesIO(path.read_bytes())) as image:
        image.load()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo.jpg"
        path.write_bytes(saved(photo(), quality=93))
        taken = take_file(path)
        decode(path)
        ours, bare = [], []
        for _ in range(options.rounds):
            ours.append(milliseconds(lambda: take_file(path)))
            bare.append(milliseconds(lambda: decode(path)))
        size = path.stat().st_size
    found, bound = statistics.median(ours), statistics.median(bare)
    longer = max(Image.open(BytesIO(taken.data)).size)
    sizes = f"a photo of {size / 1e6:.1f} MB to {len(taken.data) / 1e6:.2f} MB"
    print(f"{sizes}: {found:.0f} ms, bare decoding {bound:.0f} ms, ratio {found / bound:.2f}")
    dots = Figure("photo: longer side", str(longer), limit=f"at most {LONGER_SIDE}", held=longer <= LONGER_SIDE)
    return finish([Figure("photo taken in", f"{found:.0f} ms", found / bound), dots])


if __name__ == "__main__":
    sys.exit(main())
