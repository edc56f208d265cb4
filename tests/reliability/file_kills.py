"""Kill -9 of a center while a file comes in, again and again: `python -m tests.reliability.file_kills [--kills 50]`."""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from station_app.bootstrap import station
from station_app.carriers.shelf import FOLDER
from station_app.domain.errors import StationError
from tests.proxy import Proxy, Weather
from tests.reliability.place import PIN, STATIONS, Place, listening, make_place
from tests.reliability.warm import Warm

WORKER = next(iter(STATIONS["v1"][1]))
# So that a file takes a second or two, and the center dies somewhere in it.
KBIT_S = 16_000
FILE_BYTES = 1_500_000


def register(place: Place, folder: Path) -> bytes:
    """Register a case with a file at the village, and return the file as it is sealed."""
    before = set((place.home("v1") / FOLDER).rglob("*"))
    scan = folder / "scan.pdf"
    page = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    page += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj trailer<</Root 1 0 R>>\n"
    scan.write_bytes(page + b"%" + os.urandom(FILE_BYTES))
    place.register("v1", attachments=[str(scan)])
    [made] = [path for path in (place.home("v1") / FOLDER).rglob("*") if path.is_file() and path not in before]
    return made.read_bytes()


def kill_often(place: Place, folder: Path, kills: int, seed: int = 1) -> int:
    """Send files until the center was killed so often in the middle of one; return how many came through whole.

    Raises:
        AssertionError: a file at the center is not the one that was sent, or no beginning of it.
    """
    rng, killed, whole = random.Random(seed), 0, 0
    os.environ["STATION_TEST_QUICK_PIN"] = "1"
    sealed = register(place, folder)
    # At last one comes through in peace, however slow the machine was.
    while killed < kills or not whole:
        with place.started() as started:
            url = listening(started)
            with Proxy(urlsplit(url).port or 0) as proxy:
                place.moved_to(proxy.url)
                signed_in = station.sign_in(place.home("v1"), WORKER, PIN)
                loop = signed_in.loop(1.0)
                while loop.exchange_once().pushed:
                    pass
                proxy.weather = Weather(kbit_s=KBIT_S)
                death = threading.Timer(rng.uniform(0.05, 1.0), os.kill, (started.pid, signal.SIGKILL))
                if killed < kills:
                    death.start()
                with suppress(StationError):
                    loop.send_files()
                is_over = _left(signed_in) == 0
                death.cancel()
                if death.ident is not None:
                    death.join()
                killed += not is_over
                signed_in.engine.dispose()
        _require_beginning(place, sealed)
        if is_over:
            whole += 1
            sealed = register(place, folder)
    return whole


def _left(signed_in: station.SignedIn) -> int:
    with signed_in.desk.read_book() as book:
        return book.files_left().files


def _require_beginning(place: Place, sealed: bytes) -> None:
    """Make sure that what the center has of the last file is how that begins, and that all others are whole."""
    own = {path.name: path.read_bytes() for path in (place.home("v1") / FOLDER).rglob("*") if path.is_file()}
    for path in (place.home("c") / FOLDER).rglob("*"):
        if path.is_file():
            data, name = path.read_bytes(), path.name.removesuffix(".part")
            assert own[name].startswith(data), path
            assert path.suffix == ".part" or own[name] == data, path
    assert sealed in own.values()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        warm = Warm(Path(folder, "warm"))
        place = make_place(Path(folder, "place"), warm)
        whole = kill_often(place, Path(folder), options.kills, options.seed)
        warm.close()
    print(f"{options.kills} times killed in the middle of a file; {whole} files came through whole, none wrong")


if __name__ == "__main__":
    main()
