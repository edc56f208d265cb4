"""Joining the real parts of a package: keys, the journal, the file on the stick."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from station_app.bootstrap.station import SignedIn
from station_app.bootstrap.station_home import EXCHANGE_LOCK
from station_app.bootstrap.station_line import checks
from station_app.carriers.package_file import read_package, write_package
from station_app.keys.key_files import exclusive
from station_app.keys.sealing import open_box, seal_to
from station_app.keys.signing import REQUEST, verify
from station_app.keys.vault import open_wrap
from station_app.protocol.package_records import PACKAGE_CONTEXT
from station_app.usecases.packing import MadePackage, Seals, make_package
from station_app.usecases.unpacking import Opening, Taken, take_package


def export_package(signed_in: SignedIn, to: str, path: Path) -> tuple[MadePackage, Path]:
    """Make the package for an office and write it; return it, and where it lies.

    Raises:
        StationError: those of `make_package` and `write_package`. A package that was made and could not be written
            leaves a gap in the numbers, and nothing else: the next one has all that was in it.
    """
    key = signed_in.device_key
    seals = Seals(
        request=lambda data: key.sign(REQUEST, data),
        manifest=lambda data: key.sign(PACKAGE_CONTEXT, data),
        seal_to=seal_to,
    )
    with exclusive(signed_in.home.folder, EXCHANGE_LOCK):
        made = make_package(signed_in.desk, to, seals, signed_in.note_pc)
    return made, write_package(path, made.manifest, made.signature, made.parts)


def import_package(signed_in: SignedIn, path: Path) -> Taken:
    """Read a package and write what it brings into the journal.

    Raises:
        StationError: those of `read_package` and `take_package`; then nothing is written.
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
    return taken
