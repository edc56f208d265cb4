"""Joining the real parts of a package: keys, the journal, files of attachments, the file on the stick."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from station_app.bootstrap.station import SignedIn
from station_app.bootstrap.station_home import EXCHANGE_LOCK
from station_app.bootstrap.station_line import checks
from station_app.carriers.package_file import SUFFIX, Body, file_pieces, read_package, write_package
from station_app.carriers.shelf import Shelf
from station_app.carriers.whole_file import PIECE_BYTES
from station_app.keys.key_files import exclusive
from station_app.keys.sealing import open_box, seal_to
from station_app.keys.signing import REQUEST, verify
from station_app.keys.vault import open_wrap
from station_app.protocol.package_records import PACKAGE_CONTEXT
from station_app.usecases.package_port import PackageStep
from station_app.usecases.packing import MadePackage, Seals, make_package
from station_app.usecases.packing_files import Room
from station_app.usecases.unpacking import Opening, Taken, take_package
from station_app.usecases.unpacking_files import FilesInside, take_files

Tell = Callable[[PackageStep], None]


def _no_one(_step: PackageStep) -> None:
    pass


def export_package(
    signed_in: SignedIn, to: str, path: Path, room: Room | None = None, tell: Tell = _no_one
) -> list[tuple[MadePackage, Path]]:
    """Make the package for an office and write it; return its volumes, and where each lies.

    Args:
        tell: how far it has come, of all volumes; where it raises, the volume under way is not left on the stick.

    Raises:
        StationError: those of `make_package` and `write_package`. A package that was made and could not be written
            leaves a gap in the numbers, and nothing else: the next one has all that was in it.
    """
    key, shelf = signed_in.device_key, signed_in.files.shelf
    seals = Seals(
        request=lambda data: key.sign(REQUEST, data),
        manifest=lambda data: key.sign(PACKAGE_CONTEXT, data),
        seal_to=seal_to,
        note_pc=signed_in.note_pc,
    )
    with exclusive(signed_in.home.folder, EXCHANGE_LOCK):
        volumes = make_package(signed_in.desk, to, seals, shelf, room or Room())
    total, count = sum(made.size_bytes for made in volumes), sum(len(made.files) for made in volumes)
    written, done, files = [], 0, 0
    for number, made in enumerate(volumes, start=1):
        body = Body(made.parts, [(going.file, going.size) for going in made.files], partial(_pieces_of, shelf))
        of_all = partial(_tell_of_all, tell, PackageStep(done, total, files, count))
        written.append((made, write_package(_volume(path, number), made.manifest, made.signature, body, of_all)))
        done, files = done + made.size_bytes, files + len(made.files)
    return written


def _volume(path: Path, number: int) -> Path:
    """Return where a volume is written; the first one has the name that was asked for."""
    path = path if path.suffix else path.with_suffix(SUFFIX)
    return path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")


def _pieces_of(shelf: Shelf, file: str) -> Iterator[bytes]:
    at = 0
    while piece := shelf.read(file, at, PIECE_BYTES):
        at += len(piece)
        yield piece


def _tell_of_all(tell: Tell, before: PackageStep, step: PackageStep) -> None:
    size, files = before.bytes + step.bytes, before.files + step.files
    tell(PackageStep(size, before.of_bytes, files, before.of_files, checking=step.checking))


def import_package(signed_in: SignedIn, path: Path, tell: Tell = _no_one) -> Taken:
    """Read a package and write what it brings into the journal; then its files.

    Args:
        tell: how far the files have come; where it raises, those that have not come wait for the next package.

    Raises:
        StationError: those of `read_package` and `take_package`; then nothing is written. Those of `take_files`; then
            all is but the files that did not come.
    """
    package, private = read_package(path), signed_in.home.box_key().private
    opening = Opening(
        checks=checks(bytes.fromhex(signed_in.home.identity().center_key), signed_in.desk.read_book),
        verify=verify,
        open_box=open_box,
        open_wrap=lambda wrap, *about: open_wrap(private, wrap, *about).private,
        open_own=partial(open_box, private),
    )
    with exclusive(signed_in.home.folder, EXCHANGE_LOCK):
        taken = take_package(signed_in.desk, package, opening)
    signed_in.keep_keys()
    if taken.note is None:
        return taken
    total, count = sum(listed.size for listed in package.files), len(package.files)
    inside = FilesInside(
        listed=package.files,
        pieces=partial(file_pieces, path, package),
        tell=lambda size, files: tell(PackageStep(size, total, files, count)),
    )
    came, lacking = take_files(signed_in.desk, taken.note, inside, signed_in.files.shelf, noted=taken.noted)
    return replace(taken, files=came, lacking=lacking)
