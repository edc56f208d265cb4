"""Sending a file of an attachment up, in MB/s, beside one plain PUT of the same bytes.

    python -m tests.bench.uploads [--mb 28] [--rounds 5]

The station asks, sends in parts, signs each and notes how far it is; the center checks, writes and flushes each, and
compares the whole with its address. The plain PUT goes over TLS too, by the same client, to a program that writes the
body to the disk and flushes it once (tests/bench/bare_files.py). Both are processes of their own, turn by turn.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from station_app.bootstrap.station import SignedIn
from station_app.carriers.shelf import Shelf
from station_app.sync.loop import SyncLoop
from station_app.sync.transport import HttpTransport
from station_app.usecases.run_action import attach_files, register_case
from station_app.usecases.taken import Taken
from tests.bench.exchange import FORM
from tests.bench.place import VILLAGE, Place
from tests.bench.results import Figure, finish


@contextmanager
def plain_server(folder: Path) -> Iterator[HttpTransport]:
    """Run the program that only writes, and give a way to it."""
    command = [sys.executable, "-m", "tests.bench.bare_files", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            url = server.stdout.readline().split()[1]
            with HttpTransport(url, (folder / "authority.pem").read_text("ascii")) as way:
                yield way
        finally:
            server.terminate()


def plain_put(way: HttpTransport, data: bytes) -> float:
    """Return the seconds of one plain PUT."""
    start = time.perf_counter()
    way.request("PUT", "/file", data, {})
    return time.perf_counter() - start


def upload(village: SignedIn, loop: SyncLoop, case_id: str, content: bytes) -> tuple[float, str]:
    """Attach a file, tell the center of it, and return the seconds that sending it took, with its address."""
    sealed = village.files.seal(Taken("扫描件.pdf", "application/pdf", content, "0" * 64, len(content)))
    attach_files(village.desk, case_id, [{"file": sealed.to_json()}])
    if code := loop.exchange_once().code:
        raise SystemExit(f"the exchange stopped: {code}")
    start = time.perf_counter()
    loop.send_files()
    return time.perf_counter() - start, sealed.file


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mb", type=int, default=28)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    ours, plain, whole = [], [], 0
    form = {**FORM, "applicant": {**FORM["applicant"], "name": "阿苏吉木"}}
    with tempfile.TemporaryDirectory() as text, Place(Path(text)) as place, plain_server(Path(text)) as way:
        village = place.station("village", VILLAGE, "李𬭎", "agent")
        loop, center = village.loop(60.0), Shelf(place.center_home)
        case_id = register_case(village.desk, form).case_id
        for _ in range(options.rounds):
            seconds, file = upload(village, loop, case_id, os.urandom(options.mb << 20))
            data = village.files.shelf.read(file)
            whole += center.has(file) and center.read(file) == data
            ours.append(len(data) / seconds / 1e6)
            plain.append(len(data) / plain_put(way, data) / 1e6)
        village.close()
    found, bound = statistics.median(ours), statistics.median(plain)
    print(f"files of {options.mb} MiB: {found:.0f} MB/s, one plain PUT {bound:.0f} MB/s, ratio {bound / found:.2f}")
    limit = Figure("files as they were", f"{whole} of {options.rounds}", limit="all", held=whole == options.rounds)
    return finish([Figure("upload", f"{found:.0f} MB/s", bound / found), limit])


if __name__ == "__main__":
    sys.exit(main())
