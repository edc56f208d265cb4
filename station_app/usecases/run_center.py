"""Running a center: organisations, accounts, codes; enrolling stations and certifying workers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from station_app.domain.errors import StationError
from station_app.domain.names import check_name
from station_app.domain.organisations import Level, Organisation, Organisations
from station_app.domain.people import Worker
from station_app.exchange.healing_state import is_healing
from station_app.exchange.inbox import CREDENTIAL_CONTEXT, DOCUMENT_CONTEXT
from station_app.exchange.ports import Epoch
from station_app.protocol.signed import CENTERS, DeviceCredential, PersonCredential, Signed, device_id, document_payload
from station_app.usecases.center_box import CENTER_BOX
from station_app.usecases.center_ports import Account, AuditEntry, CenterClerk, Registry, Station
from station_app.usecases.holding import is_revoked, kept_limits, limit_worker
from station_app.usecases.office_publics import OFFICE_KEYS, public_keys
from station_app.usecases.tags import free_tag
from station_app.usecases.times import stamp

CERTIFIED_DAYS = 90
ORGANISATIONS = "organisations"
DIRECTORY = "directory"
CALENDAR = "calendar"
# What other centers have told of their organisations: office of the center to the list.
ELSEWHERE = "organisations_elsewhere"
# Of a county's center that has joined its city's: who that is, and how it is reached.
UPLINK = "uplink"
ACTIVATION_CODE = "activation-code"
USER_DISABLE = "user-disable"


def publish(
    registry: Registry,
    clerk: CenterClerk,
    kind: str,
    content: dict[str, Any],
    only: Collection[str] | None = None,
    *,
    passed_over: int = 0,
) -> int:
    """Sign the next number of a reference document and put it into the feed of each office with a station.

    Args:
        only: the offices that it is for; None for all.
        passed_over: how many numbers are left out, which may have been used before this center lost that.

    Returns:
        The number.
    """
    number = registry.last_document(kind) + passed_over + 1
    registry.save_document(kind, number, clerk.signed(DOCUMENT_CONTEXT, document_payload(kind, number, content)))
    orgs = {station.org for station in registry.stations()} if only is None else set(only)
    registry.place_document(sorted(orgs), kind, number)
    return number


def require_whole(registry: Registry) -> None:
    """Raise `center-heals` while this center collects what it lost.

    What an administrator changed meanwhile would be published under a number that may have been used before the loss,
    and what comes back would undo it.
    """
    if is_healing(registry):
        raise StationError("center-heals", command="station-center heal", finish="station-center heal --finish")


def organisations_of(registry: Registry) -> Organisations:
    """Return the organisations in force at this center: its own, and those that other centers have told of."""
    return registry.organisations()


def save_organisations(registry: Registry, clerk: CenterClerk, found: Organisations) -> int:
    """Replace the organisations that this center speaks for and publish them with the accounts; return the number.

    An office that has moved keeps who was above it in mind: hand-overs that were made then are ruled to their end. What
    it sees goes to wherever it is served from now on. What is below an office that comes to another county moves with
    it, and keeps in mind which county it leaves.

    Raises:
        StationError: `organisation-elsewhere`: a county's center changes an office that another center serves, or moves
            one there or back; that is for the city's. `organisation-of-county`: the city's center changes what stays in
            a county that has joined it; that is for the county's. `center-heals`.
    """
    require_whole(registry)
    before = organisations_of(registry)
    after = Organisations(_below_above(registry, office) for office in found)
    moved = Organisations(_moved(office, before, after) for office in after)
    _require_own(registry, before, moved)
    told = [entry for entries in (registry.setting(ELSEWHERE) or {}).values() for entry in entries]
    registry.save_setting(ORGANISATIONS, [entry for entry in moved.to_json() if entry not in told])
    show_moved(registry, before)
    return publish_organisations(registry, clerk)


def _below_above(registry: Registry, office: Organisation) -> Organisation:
    """Return the office of a center that has joined another where it stands now, whatever a list from before says."""
    above = registry.setting(UPLINK)
    is_own = above is not None and office.code == registry.setting("center")["org"]
    return replace(office, parent=above["org"]) if is_own and above is not None else office


def _require_own(registry: Registry, before: Organisations, after: Organisations) -> None:
    here, is_below = registry.setting("center")["org"], registry.setting(UPLINK) is not None
    joined = {entry["org"] for entry in registry.setting(CENTERS) or []}
    for office in after:
        if office.code in before and before.get(office.code) == office:
            continue
        if is_below:
            if not (before.is_served_by(office.code, here) and after.is_served_by(office.code, here)):
                raise StationError("organisation-elsewhere", name=office.name)
            continue
        home = after.center_of(office.code)
        county = home.code if home is not None else ""
        if county in joined and before.is_served_by(office.code, county):
            named = (before if county in before else after).get(county)
            raise StationError("organisation-of-county", name=office.name, county=named.name)


def _moved(office: Organisation, before: Organisations, after: Organisations) -> Organisation:
    was = before.get(office.code) if office.code in before else None
    if was is None:
        return office
    former = was.former_parents
    if was.parent is not None and was.parent != office.parent:
        former = (*former, was.parent)
    left, home = before.center_of(office.code), after.center_of(office.code)
    # A county is served by itself wherever it stands; of a township the county that it leaves was above it.
    if left is not None and home is not None and left.code != home.code and former[-1:] != (left.code,):
        former = (*former, left.code)
    return replace(office, former_parents=former)


def show_moved(registry: Registry, before: Organisations) -> None:
    """Bring all that an office sees to it once more, where another center serves it from now on.

    A center that collects what it lost may have had events for an office that it did not know again yet.
    """
    now, heals = organisations_of(registry), is_healing(registry)
    for office in now:
        was, home = (tree.center_of(office.code) if office.code in tree else None for tree in (before, now))
        moved = was is not None and home is not None and was.code != home.code
        if moved or (heals and office.code not in before):
            registry.show_again(office.code)


def publish_organisations(registry: Registry, clerk: CenterClerk, *, passed_over: int = 0) -> int:
    """Publish organisations with accounts and revocations: offline stations know from it who may do what."""
    accounts = [
        {
            "person": account.worker.person_id,
            "name": account.worker.name,
            "org": account.worker.org,
            "roles": sorted(role.value for role in account.worker.roles),
            "disabled": account.disabled,
        }
        for account in registry.accounts()
    ]
    content: dict[str, Any] = {"organisations": organisations_of(registry).to_json(), "accounts": accounts}
    content |= {CENTER_BOX: clerk.vault.center_public().hex(), **kept_limits(registry)}
    keys = public_keys(registry, clerk)
    content |= {OFFICE_KEYS: keys} if keys else {}
    return publish(registry, clerk, ORGANISATIONS, content, passed_over=passed_over)


def add_user(registry: Registry, clerk: CenterClerk, worker: Worker, code_hash: str) -> Account:
    """Open an account with an activation code.

    Raises:
        StationError: `organisation-unknown`, `name-taken` (names tell workers apart at sign-in), name faults,
            `center-heals`.
    """
    require_whole(registry)
    organisations_of(registry).get(worker.org)
    name = check_name(worker.name)
    taken = registry.account_named(name)
    if taken is not None and not taken.disabled:
        raise StationError("name-taken", name=name)
    account = Account(replace(worker, name=name), code_hash=code_hash)
    registry.save_account(account)
    publish_organisations(registry, clerk)
    return account


def disable_user(registry: Registry, clerk: CenterClerk, name: str, by: str) -> None:
    """Close an account; stations learn it with their next exchange, and later events of the worker are held.

    Args:
        by: the administrator who signed in for it, "" where nobody has: an account must be closed at once.

    Raises:
        StationError: `worker-unknown`, `center-heals`.
    """
    require_whole(registry)
    account = registry.account_named(name)
    if account is None:
        raise StationError("worker-unknown", name=name)
    registry.save_account(replace(account, disabled=True, code_hash=""))
    limit_worker(registry, account.worker.person_id)
    publish_organisations(registry, clerk)
    registry.add_audit(AuditEntry(stamp(clerk.now()), USER_DISABLE, by, "", {"name": name}))


def renew_code(registry: Registry, clerk: CenterClerk, name: str, code_hash: str, by: str) -> Account:
    """Open another activation code for an account: its worker comes to another PC, which has taken a dead one's place.

    Args:
        by: the administrator who signed in for it, "" where nobody has, as where an account is opened.

    Raises:
        StationError: `worker-unknown`, `worker-disabled`, `center-heals`.
    """
    require_whole(registry)
    account = registry.account_named(name)
    if account is None:
        raise StationError("worker-unknown", name=name)
    if account.disabled:
        raise StationError("worker-disabled", name=name)
    registry.save_account(replace(account, code_hash=code_hash))
    registry.add_audit(AuditEntry(stamp(clerk.now()), ACTIVATION_CODE, by, "", {"name": name}))
    return account


def seen_below(registry: Registry, org: str) -> tuple[tuple[str, str], ...]:
    """Return (office, last exchange) of the offices below this one; of several PCs the one that came last counts."""
    offices = organisations_of(registry)
    if org not in offices or not offices.children(org):
        return ()
    seen: dict[str, str] = {}
    for station in registry.stations():
        if station.last_seen_at and station.org in offices and offices.is_below(station.org, org):
            seen[station.org] = max(seen.get(station.org, ""), station.last_seen_at)
    return tuple(sorted(seen.items()))


def open_enrolment(registry: Registry, org: str, code_hash: str) -> None:
    """Keep the hash of a new enrolment code for an office that exists."""
    organisations_of(registry).get(org)
    registry.add_code(code_hash, org)


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What a newly enrolled station is told."""

    station: Station
    epoch: Epoch
    documents: tuple[Signed, ...]


@dataclass(frozen=True, slots=True)
class NewPc:
    """What a PC that wants to join says of itself.

    Args:
        public_key: its Ed25519 key, which is who it is.
        epoch: in which it will write.
        box_key: its X25519 key, to which the office's keys are wrapped; b"" from one that has none.
        is_center: it is no PC but the center of a county, which from now on relays what its offices write.
    """

    public_key: bytes
    epoch: str
    box_key: bytes = b""
    is_center: bool = False


def enrol(registry: Registry, clerk: CenterClerk, code_hash: str, pc: NewPc) -> Enrolled:
    """Join a PC to the office its code was made for. Asking again with the same code and key gives the same answer.

    So it does under another epoch: one that begins anew with its old key is told the one that is open, and finds out by
    its first exchange that it has to go on under another.

    Raises:
        StationError: `code-wrong`, `device-revoked`, `code-used`, `device-elsewhere`, `tags-used-up`, `center-level`;
            `office-elsewhere`: another center serves the office, or this one has not heard of its move here yet.
    """
    found = registry.code(code_hash)
    if found is None:
        raise StationError("code-wrong")
    org, used_by = found
    device = device_id(pc.public_key)
    if is_revoked(registry, device):
        raise StationError("device-revoked")
    if used_by and used_by != device:
        raise StationError("code-used")
    known = registry.station(device)
    if known is not None and known.org != org:
        raise StationError("device-elsewhere")
    _require_home(registry, org, pc)
    station = known or _new_station(registry, clerk, org, pc)
    opened = [epoch for epoch in registry.epochs(device) if not epoch.closed]
    epoch = opened[0] if opened else _first_epoch(registry, clerk, station, pc.epoch)
    registry.use_code(code_hash, device)
    kinds = (ORGANISATIONS, CENTERS, DIRECTORY, CALENDAR)
    return Enrolled(station, epoch, tuple(d for kind in kinds if (d := registry.document(kind)) is not None))


def _require_home(registry: Registry, org: str, pc: NewPc) -> None:
    offices, here = organisations_of(registry), registry.setting("center")["org"]
    office = offices.get(org)
    # Its own office is not below it: nobody becomes this center by a code for a PC.
    if pc.is_center and (office.level is not Level.COUNTY or not offices.is_below(org, here)):
        raise StationError("center-level", level=office.level.value)
    if not pc.is_center and not offices.is_served_by(org, here):
        raise StationError("office-elsewhere", name=office.name)


def _new_station(registry: Registry, clerk: CenterClerk, org: str, pc: NewPc) -> Station:
    station = Station(
        device=device_id(pc.public_key),
        org=org,
        public_key=pc.public_key,
        enrolled_at=stamp(clerk.now()),
        is_center=pc.is_center,
        box_key=b"" if pc.is_center else pc.box_key,
    )
    registry.save_station(station)
    if pc.is_center:
        add_center(registry, clerk, org, pc.public_key)
    credential = DeviceCredential(station.device, org, pc.public_key)
    registry.save_credential(clerk.signed(CREDENTIAL_CONTEXT, credential.to_payload()))
    return station


def _first_epoch(registry: Registry, clerk: CenterClerk, station: Station, epoch: str) -> Epoch:
    nonce = clerk.entropy(16).hex()
    tag = free_tag(registry, clerk, station.org)
    opened = Epoch(station.device, epoch, tag, nonce, nonce, opened_at=stamp(clerk.now()))
    registry.save_epoch(opened)
    return opened


def add_center(registry: Registry, clerk: CenterClerk, org: str, public_key: bytes) -> None:
    """Know another center from now on, and tell all stations: its rulings and its credentials count here."""
    entry = {"org": org, "device": device_id(public_key), "public_key": public_key.hex()}
    known = [found for found in registry.setting(CENTERS) or [] if found["org"] != org]
    registry.save_setting(CENTERS, [*known, entry])
    if not is_healing(registry):
        publish_centers(registry, clerk)


def publish_centers(registry: Registry, clerk: CenterClerk, *, passed_over: int = 0) -> int:
    """Publish which other centers this one knows."""
    content = {CENTERS: registry.setting(CENTERS) or []}
    return publish(registry, clerk, CENTERS, content, passed_over=passed_over)


def activate(
    registry: Registry, clerk: CenterClerk, station: Station, name: str, code_hash: str, public_key: bytes
) -> Signed:
    """Certify a worker's new key on this PC for ninety days; the activation code is used up with it.

    Raises:
        StationError: `device-revoked`, `worker-unknown`, `worker-disabled`, `worker-elsewhere`,
            `activation-code-wrong`; `key-taken`: another account has this key.
    """
    if is_revoked(registry, station.device):
        raise StationError("device-revoked")
    account = registry.account_named(name)
    if account is None:
        raise StationError("worker-unknown", name=name)
    if account.disabled:
        raise StationError("worker-disabled", name=name)
    if account.worker.org != station.org:
        raise StationError("worker-elsewhere", name=name)
    again = registry.setting(f"activated:{station.device}:{account.worker.person_id}")
    if again == [code_hash, public_key.hex()]:
        return certify(registry, clerk, account.worker, station, public_key)
    if not account.code_hash or account.code_hash != code_hash:
        raise StationError("activation-code-wrong")
    if registry.holders_of(public_key) - {account.worker.person_id}:
        raise StationError("key-taken")
    registry.save_account(replace(account, code_hash=""))
    registry.save_setting(f"activated:{station.device}:{account.worker.person_id}", [code_hash, public_key.hex()])
    return certify(registry, clerk, account.worker, station, public_key)


def certify(registry: Registry, clerk: CenterClerk, worker: Worker, station: Station, public_key: bytes) -> Signed:
    """Return the signed credential of a worker's key on a PC, kept for those who will see its events."""
    now = clerk.now()
    credential = PersonCredential(
        person=worker.person_id,
        name=worker.name,
        org=worker.org,
        roles=tuple(sorted(role.value for role in worker.roles)),
        device=station.device,
        public_key=public_key,
        valid_from=stamp(now),
        valid_to=stamp(now + timedelta(days=CERTIFIED_DAYS)),
    )
    signed = clerk.signed(CREDENTIAL_CONTEXT, credential.to_payload())
    registry.save_credential(signed)
    return signed
