"""Disks with a fault, in a mount namespace of their own: nobody else on the machine sees them, and they end with it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from station_app.storage.reserve import RESERVE_FILE
from tests.reliability.place import Place
from tests.reliability.warm import Ran, Warm

SHELL = "tests.bad_input.disks:shell"
# A root that may do only what the file modes say, like anybody else.
BY_THE_MODES = ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner")


@contextmanager
def small_disk(place: Place, size: str, home: str, *, read_only: bool = False) -> Iterator[Place]:
    """Give a place of which one home lies on a disk of its own of this size, with a copy of what is in it."""
    folder = place.folder / "disk"
    folder.mkdir()
    steps = [f"mount -t tmpfs -o size={size} none {folder}", f"cp -a {place.home(home)} {folder}/"]
    # A disk this small never had room for the reserve.
    (place.home(home) / RESERVE_FILE).unlink(missing_ok=True)
    steps += [f"mount -o remount,ro {folder}"] if read_only else []
    prefix = (*_unshare(), "sh", "-c", " && ".join([*steps, 'exec "$0" "$@"']))
    _must_work(prefix)
    with _warm(place, prefix) as warm:
        yield Place(folder, warm)


@contextmanager
def stick(place: Place, size: str) -> Iterator[Place]:
    """Give the place with a disk of this size under `stick`, empty, that can fill up or be pulled out."""
    folder = place.folder / "stick"
    folder.mkdir()
    prefix = (*_unshare(), "sh", "-c", f'mount -t tmpfs -o size={size} none {folder} && exec "$0" "$@"')
    _must_work(prefix)
    with _warm(place, prefix) as warm:
        yield Place(place.folder, warm)


def _unshare() -> tuple[str, ...]:
    # Not root: a user namespace gives the right to mount, where the system lets anybody have one.
    own = ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "--mount", "--map-root-user")
    return (*own, "--propagation", "private")


@contextmanager
def foreign_folder(place: Place, home: str) -> Iterator[Place]:
    """Give a place of which one home belongs to somebody else: it can be read, not written."""
    for path in (place.home(home), *place.home(home).rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
        if os.geteuid() == 0:
            os.chown(path, 65534, 65534)
        else:
            path.chmod(path.stat().st_mode & ~0o222)
    prefix = BY_THE_MODES if os.geteuid() == 0 else ()
    _must_work(prefix)
    with _warm(place, prefix) as warm:
        yield Place(place.folder, warm)


@contextmanager
def _warm(place: Place, prefix: Sequence[str]) -> Iterator[Warm]:
    warm = Warm(place.folder / "warm", prefix)
    yield warm
    warm.close()


def _must_work(prefix: Sequence[str]) -> None:
    if not prefix:
        return
    if shutil.which(prefix[0]) is None:
        pytest.fail(f"this test needs the program {prefix[0]} (package util-linux)")
    tried = subprocess.run([*prefix, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.fail(f"this test needs to be root, or user namespaces: {prefix[0]} said: {tried.stderr.strip()}")


def shell(command: str) -> int:
    """Run a command where the place's commands run."""
    return subprocess.run(["sh", "-c", command], check=False).returncode


def fill(place: Place) -> None:
    """Leave not one free byte on the place's disk."""
    run_there(place, f"dd if=/dev/zero of={place.folder}/ballast bs=512 2>/dev/null; test -s {place.folder}/ballast")


def free(place: Place) -> None:
    """Give back what `fill` took."""
    run_there(place, f"rm {place.folder}/ballast")


def run_there(place: Place, command: str) -> Ran:
    """Run a shell command on the place's disk."""
    ran = place.warm.run(SHELL, command)
    assert ran.status == 0, ran.err
    return ran
