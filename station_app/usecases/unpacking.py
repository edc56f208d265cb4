"""Taking a package: replies of the center to this PC, and what it carries on for others (docs/sync.md §16)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from station_app.domain.errors import StationError
from station_app.exchange.carried import apply_carried
from station_app.exchange.inbox import CREDENTIAL_CONTEXT, Checks
from station_app.protocol.package_records import (
    PACKAGE_CONTEXT,
    CarriedReply,
    Listed,
    Manifest,
    Part,
    PartKind,
    unpack_cases,
    unpack_replies,
)
from station_app.protocol.requests import answer_bytes
from station_app.protocol.signed import DeviceCredential, read_credential
from station_app.protocol.wire import unpack_reply
from station_app.usecases.office_key import OpenWrap, new_office_keys, office_key
from station_app.usecases.package_port import PackageNote
from station_app.usecases.ports import Book, Desk
from station_app.usecases.reference import organisation_names
from station_app.usecases.times import stamp
from station_app.usecases.told_by_hand import take_told
from station_app.usecases.unpacking_files import expect_files

REPLY_CONTEXT = "station reply 1"
# So many numbers back it is told which have not come.
MOST_MISSING = 50


@dataclass(frozen=True, slots=True)
class ReadPackage:
    """A package as it was read: form, sizes and hashes are good; who made it is not checked yet.

    Args:
        digest: SHA-256 of the manifest's bytes.
        parts: without files.
    """

    manifest: Manifest
    data: bytes
    signature: bytes
    digest: str
    parts: tuple[Part, ...]

    @property
    def files(self) -> tuple[Listed, ...]:
        """Return the files that it lists; their bytes may be missing, or damaged."""
        return tuple(listed for listed in self.manifest.parts if listed.kind == PartKind.FILE)


@dataclass(frozen=True, slots=True)
class Opening:
    """How a package is checked and opened here.

    Args:
        verify: (public key, context, bytes, signature).
        open_box: (private key, box, what is authenticated with it) to the plaintext, or `sealed-data-damaged`.
        open_wrap: as of `office_key.new_office_keys`.
        open_own: (box, what is authenticated with it) to what was sealed to this PC, or `sealed-data-damaged`.
    """

    checks: Checks
    verify: Callable[[bytes, str, bytes, bytes], bool]
    open_box: Callable[[bytes, bytes, bytes], bytes]
    open_wrap: OpenWrap
    open_own: Callable[[bytes, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a package brought.

    Args:
        again: it had come before.
        pulled: events that were not here.
        settled: own events about which the center has said what became of them.
        kept: parts that this PC carries on.
        missing: numbers of packages of that PC that have not come; the later ones have what was in them, but for those
            of volumes of this one.
        codes: why a reply could not be applied, each once.
        note: what is kept of the package, with the files that are to come by it; `noted` where it is kept, for its
            cases could be opened.
        files, lacking: how many of these came, and did not.
    """

    package_id: str
    org: str
    number: int
    again: bool
    pulled: int = 0
    settled: int = 0
    kept: int = 0
    missing: tuple[int, ...] = ()
    codes: tuple[str, ...] = ()
    note: PackageNote | None = None
    noted: bool = True
    files: int = 0
    lacking: int = 0


def check_package(book: Book, package: ReadPackage, opening: Opening) -> None:
    """Refuse a package that is not for this office, or that was not made by whom it says.

    Raises:
        StationError: `package-elsewhere` (name), `package-forged`.
    """
    manifest, me = package.manifest, book.identity()
    if manifest.to != me.org:
        raise StationError("package-elsewhere", name=organisation_names(book).get(manifest.to, manifest.to))
    if not opening.checks.by_center(CREDENTIAL_CONTEXT, manifest.credential):
        raise StationError("package-forged")
    made_by = read_credential(manifest.credential.payload)
    if not isinstance(made_by, DeviceCredential) or (made_by.device, made_by.org) != (manifest.device, manifest.org):
        raise StationError("package-forged")
    if not opening.verify(made_by.public_key, PACKAGE_CONTEXT, package.data, package.signature):
        raise StationError("package-forged")


def take_package(desk: Desk, package: ReadPackage, opening: Opening) -> Taken:
    """Write what a package brings into the journal, all in one transaction; once more it changes nothing.

    Raises:
        StationError: as `check_package`; then nothing is written.
    """
    manifest = package.manifest
    with desk.read_book() as book:
        check_package(book, package, opening)
    with desk.open_book() as book:
        at = stamp(desk.now())
        known = next((note for note in book.packages() if note.package_id == manifest.package_id), None)
        note = PackageNote(
            package_id=manifest.package_id,
            made=False,
            org=manifest.org,
            device=manifest.device,
            epoch=manifest.epoch,
            number=manifest.number,
            digest=package.digest,
            at=at,
        )
        taken = Taken(manifest.package_id, manifest.org, manifest.number, known is not None)
        _confirm(book, manifest, at)
        mine = [part for part in package.parts if _is_mine(book, part)]
        others = [part for part in package.parts if part not in mine and not _is_told(book, part)]
        book.keep_parts(others, at)
        for part in mine:
            taken = _take_replies(book, part, opening, taken, at)
        # The replies may have brought the key of the office for the first time.
        if found := new_office_keys(book, opening.open_wrap):
            book.save_office_keys({**book.office_keys(), **found})
        told = [_take_cases(book, part, opening) for part in package.parts if _is_told(book, part)]
        note = replace(note, parts=tuple(expect_files(book, manifest, package.files, known, at)))
        noted = all(isinstance(new, int) for new in told)
        if noted:
            # Only what could be opened has come: this is what the receipt says.
            book.save_package(note)
        missing = _missing(book.packages(), note, manifest)
        taken = replace(taken, kept=len(others), missing=missing, note=note, noted=noted)
        for new in told:
            if isinstance(new, int):
                taken = replace(taken, pulled=taken.pulled + new)
            else:
                taken = replace(taken, codes=_with(taken.codes, new))
    return taken


def _is_told(book: Book, part: Part) -> bool:
    return part.kind == PartKind.CASES and part.to == book.identity().org


def _take_cases(book: Book, part: Part, opening: Opening) -> int | str:
    """Take what another office tells of cases; return how many events are new, or why the part can't be opened."""
    try:
        key = office_key(book, part.key)
        events, credentials = unpack_cases(opening.open_box(key.private, part.sealed, part.aad))
    except StationError as error:
        return error.code
    return take_told(book, events, credentials, opening.checks)


def _confirm(book: Book, manifest: Manifest, at: str) -> None:
    made = {note.package_id: note.digest for note in book.packages() if note.made and note.org == manifest.org}
    for receipt in manifest.receipts:
        if made.get(receipt.package_id) == receipt.digest:
            book.confirm_packages([receipt.package_id], at, receipt.lacks)


def _is_mine(book: Book, part: Part) -> bool:
    me = book.identity()
    return part.kind == PartKind.REPLY and (part.to, part.device) == (me.org, me.device)


def _missing(packages: Sequence[PackageNote], note: PackageNote, manifest: Manifest) -> tuple[int, ...]:
    came = {n.number for n in packages if not n.made and (n.device, n.epoch) == (note.device, note.epoch)}
    first, last = max(1, note.number - MOST_MISSING), note.number + manifest.volumes - manifest.volume
    return tuple(n for n in range(first, last + 1) if n not in came and n != note.number)


def _take_replies(book: Book, part: Part, opening: Opening, taken: Taken, at: str) -> Taken:
    try:
        replies = unpack_replies(opening.open_own(part.sealed, part.aad))
    except StationError as error:
        return replace(taken, codes=_with(taken.codes, error.code))
    for reply in replies:
        try:
            taken = _take_reply(book, reply, opening, taken, at)
        except StationError as error:
            # What came before it counts; what follows goes on with it.
            return replace(taken, codes=_with(taken.codes, error.code))
    return taken


def _take_reply(book: Book, carried: CarriedReply, opening: Opening, taken: Taken, at: str) -> Taken:
    asked = book.asked().get(carried.answers)
    if asked is None:
        raise StationError("package-not-asked")
    center = bytes.fromhex(book.identity().center_key)
    if not opening.verify(center, REPLY_CONTEXT, answer_bytes(carried.answers, carried.body), carried.signature):
        raise StationError("center-record-forged", record=REPLY_CONTEXT)
    reply = unpack_reply(carried.body)
    waiting = {event.event_id for _, event in book.outbox(len(reply.statuses) + 1)}
    applied = apply_carried(book, reply, asked, opening.checks, at)
    left = {event.event_id for _, event in book.outbox(len(waiting) + 1)} if waiting else set()
    settled = taken.settled + len(waiting - left)
    if applied is None:
        return replace(taken, settled=settled)
    if reply.differ is not None:
        book.save_package_repair(applied.repair)
    return replace(taken, settled=settled, pulled=taken.pulled + applied.pulled)


def _with(codes: Collection[str], code: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*codes, code)))
