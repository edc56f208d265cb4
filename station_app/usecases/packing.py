"""Making a package: this PC's exchange with its center, and what it carries for others (docs/sync.md §16)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from station_app.domain.errors import StationError
from station_app.domain.organisations import Organisation, Organisations
from station_app.exchange.carried import Asked, carried_requests
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import ExchangeRequest
from station_app.protocol.package_records import (
    MOST_IN_A_PART,
    NO_VERSION,
    CarriedCall,
    Listed,
    Manifest,
    PackageReceipt,
    Part,
    PartKind,
    in_parts,
    pack_calls,
    pack_cases,
    part_aad,
)
from station_app.protocol.pc_note import PcNote
from station_app.protocol.requests import CARRIED_PATH, request_bytes
from station_app.protocol.signed import DeviceCredential, Signed, read_credential
from station_app.protocol.wire import pack_request
from station_app.usecases.carried_files import FilesLying
from station_app.usecases.center_box import CENTER_BOX
from station_app.usecases.office_publics import OFFICE_KEYS, public_in
from station_app.usecases.package_port import PackageNote
from station_app.usecases.packing_files import Going, Room, files_for, files_there, files_wanted, in_volumes
from station_app.usecases.ports import Book, Desk
from station_app.usecases.reference import reference_of
from station_app.usecases.run_center import ORGANISATIONS
from station_app.usecases.times import stamp
from station_app.usecases.told_by_hand import ToTell, to_tell

# Replies to older requests than these are of no use any more; and so many receipts go back at once.
MOST_ASKED, MOST_RECEIPTS = 200, 200
_KEY_DIGITS = 64
NotePc = Callable[[Book], PcNote | None]
# What it is called in the log of what was printed and exported.
PACKAGE_EXPORT = "package_export"


@dataclass(frozen=True, slots=True)
class Seals:
    """The keys of this PC, as packages need them.

    Args:
        request: signs a request, as by network.
        manifest: signs a manifest.
        seal_to: (public key, plaintext, what is authenticated with it) to a box.
        note_pc: gives what this PC tells its center of itself.
    """

    request: Callable[[bytes], bytes]
    manifest: Callable[[bytes], bytes]
    seal_to: Callable[[bytes, bytes, bytes], bytes]
    note_pc: NotePc = lambda _book: None


@dataclass(frozen=True, slots=True)
class MadePackage:
    """A package, or a volume of one, ready to be written.

    Args:
        manifest: its bytes, and the signature over them.
        receipts: of packages that have come from that office.
        events: of this PC that are in it for the center.
        files: that lie behind the parts.
    """

    note: PackageNote
    manifest: bytes
    signature: bytes
    parts: tuple[Part, ...]
    receipts: tuple[PackageReceipt, ...]
    events: int = 0
    files: tuple[Going, ...] = ()

    @property
    def size_bytes(self) -> int:
        """Return how many bytes it has behind its manifest."""
        return sum(len(part.sealed) for part in self.parts) + sum(going.size for going in self.files)


def make_package(desk: Desk, to: str, seals: Seals, shelf: FilesLying, room: Room) -> tuple[MadePackage, ...]:
    """Return the package for an office above, below, or for the other PC of the own one, and note that it was made.

    What does not go into one volume goes into more; the first has all but files.

    Raises:
        StationError: `organisation-unknown`; `package-no-way`: the office is neither above nor below;
            `package-center-older`: the center has told no key that a package could be sealed to.
    """
    with desk.open_book() as book:
        office, upwards = _way_to(book, to)
        inside = _contents(book, office, seals, upwards=upwards)
        files = files_for(book, office, inside.told, shelf, upwards=upwards) if room.files else []
        size = sum(len(part.sealed) for part in inside.parts)
        volumes = list(in_volumes(files, size, room.most_bytes))
        first = _first(desk, book, inside, (to, shelf), len(volumes))
        files_to = _center_office(book) if upwards else to
        made = [
            _signed(desk, seals, _volume(desk, first, place, _listed_files(first, going, files_to)), inside, going)
            for place, going in enumerate(volumes)
        ]
        for volume in made:
            book.save_package(volume.note)
            book.log_print(PACKAGE_EXPORT, volume.note.package_id, desk.worker.person_id, volume.note.at)
    return tuple(made)


@dataclass(frozen=True, slots=True)
class _Contents:
    """What goes into the first volume but for files.

    Args:
        carried: digests of the parts that are carried for others.
        told: what that office is to be told, and `events` what of it goes.
        own: events of this PC for the center.
    """

    parts: tuple[Part, ...]
    carried: tuple[str, ...]
    told: ToTell
    events: tuple[str, ...]
    own: int


def _way_to(book: Book, to: str) -> tuple[Organisation, bool]:
    """Return the office to which a package is to go, and whether what goes to the center goes by it."""
    here, offices = book.identity().org, reference_of(book).organisations
    office = offices.get(to)
    upwards = to == here or offices.is_below(here, to)
    if not (upwards or offices.is_below(to, here)):
        raise StationError("package-no-way", name=office.name)
    return office, upwards


def _contents(book: Book, office: Organisation, seals: Seals, *, upwards: bool) -> _Contents:
    offices = reference_of(book).organisations
    carried = tuple(_carried_to(book, offices, office.code, upwards=upwards))
    own, count = _own_request(book, seals, seals.note_pc(book)) if upwards else ((), 0)
    told = to_tell(book, office)
    cases, events = _cases(book, office, told.events, seals)
    return _Contents((*carried, *own, *cases), tuple(part.digest for part in carried), told, events, count)


def _first(desk: Desk, book: Book, inside: _Contents, way: tuple[str, FilesLying], volumes: int) -> Manifest:
    """Return the manifest of the first volume without files, and without an id."""
    me, packages, (to, shelf) = book.identity(), book.packages(), way
    return Manifest(
        package_id="",
        number=_next_number(packages, me.epoch, to),
        device=me.device,
        epoch=me.epoch,
        org=me.org,
        to=to,
        made_at=stamp(desk.now()),
        credential=_own_credential(book.own_credentials()),
        parts=tuple(Listed(p.kind, p.to, p.key, p.device, len(p.sealed), p.digest) for p in inside.parts),
        receipts=_receipts(packages, to),
        volumes=volumes,
        there=files_there(book, to),
        wanted=files_wanted(book, to, shelf),
    )


def _listed_files(first: Manifest, going: Sequence[Going], to: str) -> tuple[Listed, ...]:
    return tuple(Listed(PartKind.FILE, to, NO_VERSION, first.device, each.size, each.file) for each in going)


def _volume(desk: Desk, first: Manifest, place: int, files: tuple[Listed, ...]) -> Manifest:
    """Return the manifest of a volume, of which the first is 0; what is no file is in the first alone."""
    same = first if place == 0 else replace(first, parts=(), receipts=(), there=(), wanted=())
    return replace(
        same,
        package_id=desk.entropy(16).hex(),
        number=first.number + place,
        volume=1 + place,
        parts=(*same.parts, *files),
    )


def _signed(desk: Desk, seals: Seals, manifest: Manifest, inside: _Contents, going: Sequence[Going]) -> MadePackage:
    is_first, data = manifest.volume == 1, manifest.to_bytes()
    files = tuple(each.file for each in going)
    there = tuple(file for said in manifest.there for file in said.files)
    note = PackageNote(
        package_id=manifest.package_id,
        made=True,
        org=manifest.to,
        device=manifest.device,
        epoch=manifest.epoch,
        number=manifest.number,
        digest=hashlib.sha256(data).hexdigest(),
        at=stamp(desk.now()),
        parts=(*(inside.carried if is_first else ()), *there, *files),
        events=(*(inside.events if is_first else ()), *files),
    )
    return MadePackage(
        note=note,
        manifest=data,
        signature=seals.manifest(data),
        parts=inside.parts if is_first else (),
        receipts=manifest.receipts,
        events=inside.own if is_first else 0,
        files=tuple(going),
    )


def _carried_to(book: Book, offices: Organisations, to: str, *, upwards: bool) -> Iterator[Part]:
    """Yield what this PC carries and that comes nearer to where it goes by that office."""
    for found in book.carried():
        part = found.part
        if part.kind == PartKind.REQUEST:
            if upwards:
                yield part
        elif part.to == to or (part.to in offices and offices.is_below(part.to, to)):
            yield part


def _cases(
    book: Book, office: Organisation, events: Sequence[Event], seals: Seals
) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """Return what the office is told of cases, sealed to it, and the ids of these events; nothing without its key."""
    document = book.document(ORGANISATIONS)
    entry = document.content.get(OFFICE_KEYS, {}).get(office.code) if document is not None else None
    key = public_in(entry) if entry else None
    if key is None or not events:
        return (), ()
    version, public = key
    device, parts = book.identity().device, []
    aad = part_aad(PartKind.CASES, office.code, version, device)
    for some in in_parts(events, lambda event: len(event.header_bytes) + len(event.body or b""), MOST_IN_A_PART):
        sealed = seals.seal_to(public, pack_cases(some, book.credentials_of(some)), aad)
        parts.append(Part(PartKind.CASES, office.code, version, device, sealed))
    return tuple(parts), tuple(event.event_id for event in events)


def _own_request(book: Book, seals: Seals, note: PcNote | None) -> tuple[tuple[Part, ...], int]:
    me, link = book.identity(), book.link()
    public, center = _center_box(book)
    calls, asked, events = [], dict(book.asked()), 0
    for request in carried_requests(book, book.package_repair()):
        body = pack_request(replace(request, pc=note))
        signed = request_bytes(CARRIED_PATH, body, "")
        calls.append(CarriedCall(me.device, seals.request(signed), body))
        asked[hashlib.sha256(signed).hexdigest()] = Asked(me.epoch, link.incarnation, link.nonce, _returned(request))
        events += len(request.events)
    book.save_asked(dict(list(asked.items())[-MOST_ASKED:]))
    aad = part_aad(PartKind.REQUEST, center, NO_VERSION, me.device)
    sealed = [
        seals.seal_to(public, pack_calls(some), aad)
        for some in in_parts(calls, lambda call: len(call.body), MOST_IN_A_PART)
    ]
    return tuple(Part(PartKind.REQUEST, center, NO_VERSION, me.device, box) for box in sealed), events


def _returned(request: ExchangeRequest) -> tuple[str, ...]:
    return tuple(event.event_id for event in request.returns)


def _center_box(book: Book) -> tuple[bytes, str]:
    """Return the key to which this PC seals what goes to its center, and the center's office."""
    document = book.document(ORGANISATIONS)
    found = document.content.get(CENTER_BOX) if document is not None else None
    if not isinstance(found, str) or len(found) != _KEY_DIGITS:
        raise StationError("package-center-older")
    try:
        return bytes.fromhex(found), _center_office(book)
    except ValueError:
        raise StationError("package-center-older") from None


def _center_office(book: Book) -> str:
    home = reference_of(book).organisations.center_of(book.identity().org)
    if home is None:
        raise StationError("package-center-older")
    return home.code


def _next_number(packages: Sequence[PackageNote], epoch: str, to: str) -> int:
    return 1 + max((note.number for note in packages if note.made and (note.epoch, note.org) == (epoch, to)), default=0)


def _receipts(packages: Sequence[PackageNote], to: str) -> tuple[PackageReceipt, ...]:
    came = [note for note in packages if not note.made and note.org == to][:MOST_RECEIPTS]
    return tuple(PackageReceipt(note.package_id, note.digest, note.parts) for note in came)


def _own_credential(found: Sequence[Signed]) -> Signed:
    """Return the credential of this PC among those that its center has given it."""
    of_device = [signed for signed in found if isinstance(read_credential(signed.payload), DeviceCredential)]
    if not of_device:
        raise StationError("package-center-older")
    return of_device[0]
