"""Joining the real parts of a center: database, keys, clock, server."""

from __future__ import annotations

import hmac
import logging
import os
import secrets
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Engine

from station_app.bootstrap.center_database import holds_center, is_file, open_database
from station_app.bootstrap.center_home import IDENTITY_FILE, CenterHome
from station_app.carriers.shelf import Shelf
from station_app.center.healing import end_healing, waited_for
from station_app.center.ports import CenterParts
from station_app.domain.calendar import Calendar
from station_app.domain.errors import StationError
from station_app.domain.organisations import Level, Organisation, Organisations
from station_app.domain.people import Role, Worker
from station_app.exchange.center import CenterDesk
from station_app.exchange.healing_state import is_healing
from station_app.exchange.inbox import CREDENTIAL_CONTEXT
from station_app.exchange.losses import LostRange, lost_ranges
from station_app.exchange.numbers_seen import TO_NOTE, note_older_numbers
from station_app.exchange.writing import Pen
from station_app.keys.codes import hash_code, new_activation_code, parse_activation_code
from station_app.keys.pins import check_pin, plain_pin
from station_app.keys.sealing import open_sealed, seal, seal_to
from station_app.keys.signing import EVENT_DEVICE, SigningKey, verify, verify_many
from station_app.keys.slots import open_recovery
from station_app.protocol.event import Event
from station_app.protocol.requests import RECOVERED_KEY
from station_app.protocol.signed import DeviceCredential, device_id
from station_app.storage.engine import check_pages, read_pragmas, reading, writing
from station_app.storage.journal import BodyCipher
from station_app.storage.postgres import open_postgres
from station_app.storage.registry import RegistryOnDisk
from station_app.usecases.audit import OK, check_chain, check_events
from station_app.usecases.center_box import has_untold_box
from station_app.usecases.center_ports import CenterClerk
from station_app.usecases.holding import is_revoked
from station_app.usecases.run_center import (
    CALENDAR,
    DIRECTORY,
    ORGANISATIONS,
    add_user,
    publish,
    publish_organisations,
    save_organisations,
)

# Few enough that nobody who waits for the writer's turn notices.
EVENTS_AT_ONCE = 2000
log = logging.getLogger("station_app.center")


def now() -> datetime:
    """Return this machine's UTC clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class OpenCenter:
    """A center's store and keys, ready for commands and for serving."""

    home: CenterHome
    engine: Engine
    key: SigningKey
    cipher: BodyCipher

    @property
    def clerk(self) -> CenterClerk:
        """Return what signs for the center."""
        return CenterClerk(sign=self.key.sign, now=now, entropy=os.urandom, vault=self.home.vault())

    @contextmanager
    def write(self) -> Iterator[RegistryOnDisk]:
        """Open the writing transaction."""
        with writing(self.engine) as connection:
            if is_file(self.engine) and self.home.database_address():
                # This waited for a move to end; what it wrote to the file now would be lost.
                raise StationError("center-moved")
            yield RegistryOnDisk(connection, self.cipher)

    @contextmanager
    def read(self) -> Iterator[RegistryOnDisk]:
        """Open a reading transaction."""
        with reading(self.engine) as connection:
            yield RegistryOnDisk(connection, self.cipher)

    def parts(self) -> CenterParts:
        """Return the parts of the application."""
        with self.read() as store:
            center = store.setting("center")
        recovery = self.home.recovery_key()

        def recover(box: bytes, device: str, to_public: bytes) -> bytes:
            return seal_to(to_public, open_recovery(recovery.private, box, device), RECOVERED_KEY)

        return CenterParts(
            write=self.write,
            read=self.read,
            clerk=self.clerk,
            desk=CenterDesk(center["org"], Pen(device=self._sign_event), os.urandom, self._keyed_hash),
            authority_pem=self.home.authority_pem(),
            public_key=self.key.public,
            recovery_public=recovery.public,
            recover=recover,
            verify=verify,
            verify_many=verify_many,
            shelf=Shelf(self.home.folder),
            log_error=lambda bug, error: log.error("bug %s", bug, exc_info=error),
        )

    def _keyed_hash(self, text: str) -> str:
        return keyed_hash(self.home.body_key(), text)

    def _sign_event(self, data: bytes) -> bytes:
        return self.key.sign(EVENT_DEVICE, data)


def body_cipher(body_key: bytes) -> BodyCipher:
    """Return how bodies lie in a center's database: AES-256-GCM under the key that lies beside it."""
    return BodyCipher(
        seal=lambda body, event_id: seal(body_key, body, event_id),
        open=lambda blob, event_id: open_sealed(body_key, blob, event_id),
    )


def keyed_hash(body_key: bytes, text: str) -> str:
    """Return by what a center finds the same errand again without keeping who wants what in the open."""
    return hmac.new(body_key, b"errand\0" + text.encode(), "sha256").hexdigest()


def open_center(folder: Path) -> OpenCenter:
    """Open an initialised center; `center-not-initialised` otherwise."""
    home = CenterHome(folder)
    key = home.identity()
    opened = _open(home, key)
    with opened.read() as store:
        center = store.setting("center")
    if center is None:
        raise StationError("center-not-initialised", file=home.database.name)
    if center["device"] != device_id(key.public):
        raise StationError("center-key-damaged", file=IDENTITY_FILE)
    _note_numbers(opened)
    with opened.read() as store:
        untold = has_untold_box(store)
    if untold:
        with opened.write() as store:
            if has_untold_box(store):
                publish_organisations(store, opened.clerk)
    return opened


def _note_numbers(opened: OpenCenter) -> None:
    """Note the 文号 of before this program kept them, a part in each transaction so that others get a turn."""
    with opened.read() as store:
        left = bool(store.setting(TO_NOTE))
    while left:
        with opened.write() as store:
            left = note_older_numbers(store, EVENTS_AT_ONCE)


def _open(home: CenterHome, key: SigningKey) -> OpenCenter:
    cipher = body_cipher(home.body_key())
    return OpenCenter(home, open_database(home), key, cipher)


def _require_unmade(office: Organisation, home: CenterHome, address: str) -> None:
    """Refuse where a center is already, here or in the database that is named."""
    engines = [open_database(home)] if home.has_database else []
    engines += [open_postgres(address)] if address else []
    made = [holds_center(engine) for engine in engines]
    for engine in engines:
        engine.dispose()
    if any(made):
        raise StationError("center-exists", org=office.code)


@dataclass(frozen=True, slots=True)
class NewCenter:
    """What `init` prints: the first administrator and the activation code."""

    administrator: str
    activation_code: str


def init(
    folder: Path,
    office: Organisation,
    calendar: dict[str, Any],
    directory: dict[str, Any] | None = None,
    address: str = "",
) -> NewCenter:
    """Make a center in an empty folder.

    Args:
        office: the office whose center this is, of level county or city.
        calendar: the working-day calendar to begin with, as JSON.
        directory: the item directory to begin with, as JSON; none until two persons have released one.
        address: of an empty PostgreSQL database; "" for a file in the folder.

    Raises:
        StationError: `center-level` (neither county nor city), `center-exists`, those of opening a database.
    """
    if office.level not in (Level.COUNTY, Level.CITY):
        raise StationError("center-level", level=office.level.value)
    from station_app.keys.transport_keys import make_authority

    home = CenterHome(folder)
    # Before any key is made: a center that has lost a key file must not quietly get another one.
    _require_unmade(office, home, address)
    home.create_keys()
    if address:
        home.save_database_address(address)
    key = home.identity()
    opened = _open(home, key)
    with opened.write() as store:
        if store.setting("center") is not None:
            raise StationError("center-exists", org=store.setting("center")["org"])
        home.save_authority(make_authority(key.seed, now()))
        made = _first_records(opened, store, office, calendar)
        if directory is not None:
            publish(store, opened.clerk, DIRECTORY, directory)
        return made


def _first_records(
    opened: OpenCenter, store: RegistryOnDisk, office: Organisation, calendar: dict[str, Any]
) -> NewCenter:
    device = device_id(opened.key.public)
    center = {
        "org": office.code,
        "name": office.name,
        "level": office.level.value,
        "device": device,
        "epoch": secrets.token_hex(8),
        "incarnation": secrets.token_hex(8),
    }
    store.save_setting("center", center)
    credential = DeviceCredential(device, office.code, opened.key.public)
    store.save_credential(opened.clerk.signed(CREDENTIAL_CONTEXT, credential.to_payload()))
    publish(store, opened.clerk, CALENDAR, Calendar.from_json(calendar).to_json())
    store.save_setting(ORGANISATIONS, [])
    save_organisations(store, opened.clerk, Organisations([office]))
    name = "系统管理员"
    code = new_activation_code()
    roles = frozenset({Role.ADMIN})
    worker = Worker(secrets.token_hex(16), name, office.code, roles)
    add_user(store, opened.clerk, worker, hash_code(parse_activation_code(code)).hex())
    return NewCenter(name, code)


def activate_here(folder: Path, name: str, code_text: str, pin: str) -> None:
    """Set the PIN of somebody who works at the center itself, by activation code.

    Raises:
        StationError: `worker-unknown`, `worker-disabled`, `activation-code-wrong`, PIN faults.
    """
    opened = open_center(folder)
    check_pin(plain_pin(pin))
    with opened.write() as store:
        account = store.account_named(name)
        if account is None:
            raise StationError("worker-unknown", name=name)
        if account.disabled:
            raise StationError("worker-disabled", name=name)
        if not account.code_hash or account.code_hash != hash_code(parse_activation_code(code_text)).hex():
            raise StationError("activation-code-wrong")
        store.save_account(replace(account, code_hash="", secret=PasswordHasher().hash(plain_pin(pin))))


def sign_in_here(opened: OpenCenter, name: str, pin: str) -> Worker:
    """Return the worker with this name and PIN; `worker-unknown`, `worker-disabled` or `pin-wrong` otherwise."""
    with opened.read() as store:
        account = store.account_named(name)
    if account is None or not account.secret:
        raise StationError("worker-unknown", name=name)
    if account.disabled:
        raise StationError("worker-disabled", name=name)
    try:
        PasswordHasher().verify(account.secret, plain_pin(pin))
    except VerificationError:
        raise StationError("pin-wrong", wait_s=0) from None
    return account.worker


def declare_restored(opened: OpenCenter) -> dict[str, Any]:
    """Tell a center that its database was put back from a copy; it collects what it lost before it rules again."""
    with opened.write() as store:
        store.start_center_epoch(secrets.token_hex(8))
        return {"incarnation": store.setting("center")["incarnation"], "healing": True}


def healing(opened: OpenCenter, *, finish: bool) -> dict[str, Any]:
    """Return whether the center heals and which stations it waits for; `finish` ends the waiting."""
    with opened.write() as store:
        if finish and is_healing(store):
            end_healing(store, opened.clerk)
        heals = is_healing(store)
        waiting = waited_for(store, now()) if heals else []
    return {
        "healing": heals,
        "waited_for": [{"device": s.device, "org": s.org, "last_seen_at": s.last_seen_at} for s in waiting],
    }


def status(opened: OpenCenter) -> dict[str, Any]:
    """Return what the people at a center want to know at a glance: stations, and when they were last heard."""
    with opened.read() as store:
        center = store.setting("center")
        stations = [
            {
                "device": s.device,
                "org": s.org,
                "enrolled_at": s.enrolled_at,
                "last_seen_at": s.last_seen_at,
                "revoked": is_revoked(store, s.device),
            }
            for s in store.stations()
        ]
        counts = store.counts()
    return {**center, "stations": stations, **counts}


def check(opened: OpenCenter) -> dict[str, Any]:
    """Check the center's file page by page, and its journal.

    Every event must be whole and signed, and every chain of a PC enrolled here, and of this center, without a gap,
    unless a tombstone stands in it. Of what another center serves only a part ever comes here. At a center that was
    restored, what nobody has given back is told as lost.
    """
    pages = check_pages(opened.engine)
    with opened.read() as store:
        events = list(store.all_events())
        known = store.credentials({event.header.origin for event in events})
        refused = store.refused_places()
        counts = store.counts()
        center = store.setting("center")
        own = {center["device"], *(s.device for s in store.stations() if not s.is_center)}
    chains: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in events:
        chains[event.header.origin, event.header.epoch].append(event)
    chain = check_events(events, known, verify_many)
    lost = []
    for key, found in chains.items():
        if key[0] not in own or key in refused:
            continue
        missing = _missing(key[1], found) if center.get("forked_from") else ()
        lost += [{"device": key[0], **asdict(part)} for part in missing]
        if chain == OK and not missing:
            chain = check_chain(found)
    pragmas = read_pragmas(opened.engine)
    return {**counts, "chain": chain, "pages": pages, "pragmas": pragmas, "lost": lost, "ok": chain == pages == OK}


def _missing(epoch: str, found: Sequence[Event]) -> tuple[LostRange, ...]:
    seqs = [event.header.seq for event in found]
    return lost_ranges({epoch: max(seqs)}, [(epoch, seq) for seq in seqs])
