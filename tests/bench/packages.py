"""Writing and taking a package with many files of attachments: the time, and what it needs of memory.

    python -m tests.bench.packages [--cases N] [--mb N] [--keep FOLDER]

Their lower bounds are to read the same bytes, encrypt them with AES-256-GCM and write them flushed into one file, and
to bring them back likewise. Each is a process of its own, so that its peak of memory is its own; what a package without
files takes is measured beside it, and the files may add no more than the limit, however many there are.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from station_app.bootstrap import station
from station_app.bootstrap.packages import export_package, import_package
from station_app.carriers.shelf import FOLDER
from station_app.usecases import run_action
from station_app.usecases.packing_files import Room
from station_app.usecases.taken import Taken
from tests.bench.place import PIN, TOWNSHIP, VILLAGE, Place, in_one_transaction
from tests.bench.results import Figure, finish
from tests.reliability.place import FORM

AGENT, CLERK = "李𬭎", "张䶮"
MB = 1 << 20
MOST_MORE_MB = 48
PIECE = MB


def fill(place: Place, cases: int, mb: int) -> None:
    """Register cases with one file of random bytes each."""
    here = place.station("village", VILLAGE, AGENT, "agent")
    place.station("township", TOWNSHIP, CLERK, "clerk").close()
    size = mb * MB // cases
    with here.desk.open_book() as book:
        desk = in_one_transaction(here.desk, book)
        for number in range(cases):
            sealed = here.files.seal(Taken(f"{number}.jpg", "image/jpeg", os.urandom(size), "c3" * 32, size))
            run_action.register_case(desk, {**FORM, "attachments": [{"file": sealed.to_json(), "grade": "C"}]})
    here.close()


def laid(folder: Path) -> list[Path]:
    return sorted((folder / "village" / FOLDER).glob("*/*"))


def _export(folder: Path) -> None:
    _written(folder, "up", Room())


def _export_without(folder: Path) -> None:
    _written(folder, "without", Room(files=False))


def _written(folder: Path, name: str, room: Room) -> None:
    here = station.sign_in(folder / "village", AGENT, PIN)
    export_package(here, TOWNSHIP, folder / name, room)
    here.close()


def _import(folder: Path) -> None:
    there = station.sign_in(folder / "township", CLERK, PIN)
    taken = import_package(there, folder / "up.stpkg")
    there.close()
    assert (taken.files, taken.lacking, taken.codes) == (len(laid(folder)), 0, ()), taken


def _import_without(folder: Path) -> None:
    there = station.sign_in(folder / "township", CLERK, PIN)
    import_package(there, folder / "without.stpkg")
    there.close()


def _plain_out(folder: Path) -> None:
    """Read all files, encrypt them and write them into one."""
    cipher, number = AESGCM(bytes(32)), 0
    with (folder / "plain").open("wb") as out:
        for path in laid(folder):
            for piece in _pieces(path, PIECE):
                out.write(cipher.encrypt(number.to_bytes(12, "big"), piece, b""))
                number += 1
        _flush(out.fileno(), out.flush)


def _plain_in(folder: Path) -> None:
    """Bring a file like it back: each piece read, decrypted and written into another."""
    cipher = AESGCM(bytes(32))
    with (folder / "plain.back").open("wb") as out:
        for number, piece in enumerate(_sealed_pieces(folder)):
            out.write(cipher.decrypt(number.to_bytes(12, "big"), piece, b""))
        _flush(out.fileno(), out.flush)


def _sealed_pieces(folder: Path) -> Iterator[bytes]:
    with (folder / "plain").open("rb") as file:
        for path in laid(folder):
            left = path.stat().st_size
            while left:
                size = min(left, PIECE)
                yield file.read(size + 16)
                left -= size


def _pieces(path: Path, most: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(most):
            yield piece


def _flush(descriptor: int, flush: Callable[[], None]) -> None:
    flush()
    os.fsync(descriptor)


STEPS = {
    step.__name__.strip("_"): step
    for step in (_export_without, _import_without, _plain_out, _export, _plain_in, _import)
}


def child(name: str, folder: Path) -> None:
    """Do one step and tell its seconds and its peak of memory."""
    started = time.perf_counter()
    STEPS[name](folder)
    seconds = time.perf_counter() - started
    print(json.dumps({"s": seconds, "mb": _peak_mb()}))


def _peak_mb() -> float:
    """Return the peak of this process (Linux); what `getrusage` tells counts the process that started it."""
    status = Path("/proc/self/status").read_text("ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def measured(name: str, folder: Path) -> dict[str, Any]:
    """Run a step in a process of its own and return what it told."""
    command = [sys.executable, "-m", "tests.bench.packages", "--step", name, "--keep", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(f"{name:16}{found['s']:8.2f} s{found['mb']:8.0f} MB at its peak", flush=True)
    return found


def figures(found: dict[str, dict[str, Any]], cases: int, mb: int) -> Iterator[Figure]:
    for name, words, plain in (("export", "written and read back", "plain_out"), ("import", "taken in", "plain_in")):
        time_s, more = found[name]["s"], found[name]["mb"] - found[f"{name}_without"]["mb"]
        speed = f"{time_s:.1f} s, {mb / time_s:.0f} MB/s"
        yield Figure(f"{cases} cases with {mb} MB, {words}", speed, time_s / found[plain]["s"])
        limit = f"at most {MOST_MORE_MB} MB more than without files"
        yield Figure(
            f"memory of {name}", f"{found[name]['mb']:.0f} MB, {more:+.0f} MB", None, limit, more <= MOST_MORE_MB
        )


def main() -> int:
    """Fill a village, carry its package to the township, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--mb", type=int, default=1024, help="of all files together")
    parser.add_argument("--keep", type=Path, help="folder to work in; it is kept")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ["STATION_TEST_QUICK_PIN"] = "1"
    if options.step:
        child(options.step, options.keep)
        return 0
    with ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        started = time.perf_counter()
        with Place(folder) as place:
            fill(place, options.cases, options.mb)
        print(f"{options.cases} cases with {options.mb} MB made in {time.perf_counter() - started:.0f} s", flush=True)
        found = {name: measured(name, folder) for name in STEPS}
        return finish(list(figures(found, options.cases, options.mb)))


if __name__ == "__main__":
    raise SystemExit(main())
