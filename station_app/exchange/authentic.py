"""Whether an event is what it says: well formed, bound to its body, signed by a known device and person."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from station_app.domain.cases import POSSIBLE_DUPLICATE
from station_app.domain.errors import StationError
from station_app.domain.fold import Entry, Ruling, Verdict
from station_app.domain.removals import BODY_REMOVED
from station_app.protocol.event import MAX_BODY_BYTES, Event
from station_app.protocol.signed import Credential, DeviceCredential, PersonCredential

DEVICE_CONTEXT = "station event device 1"
PERSON_CONTEXT = "station event person 1"
RULING = "ruling"
# What a center writes by itself, without a person.
BY_CENTER = (RULING, POSSIBLE_DUPLICATE, BODY_REMOVED)

Job = tuple[bytes, str, bytes, bytes]
VerifyMany = Callable[[Sequence[Job]], list[bool]]


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who is known: devices by id, people by (person, device), and which devices are centers.

    A person who was activated again on a PC (a forgotten PIN) has a new key there; what the old one signed stays good,
    so all are kept, the newest last.
    """

    centers: frozenset[str] = frozenset()
    devices: Mapping[str, DeviceCredential] = field(default_factory=dict)
    people: Mapping[tuple[str, str], tuple[PersonCredential, ...]] = field(default_factory=dict)

    def with_more(self, found: Sequence[Credential]) -> Credentials:
        """Return these with others added; a later credential of the same key takes the place of the earlier."""
        devices, people = dict(self.devices), dict(self.people)
        for credential in found:
            if isinstance(credential, DeviceCredential):
                devices[credential.device] = credential
            else:
                key = (credential.person, credential.device)
                others = [held for held in people.get(key, ()) if held.public_key != credential.public_key]
                people[key] = tuple(sorted([*others, credential], key=lambda held: held.valid_from))
        return Credentials(self.centers, devices, people)

    def is_renewed(self, credential: Credential) -> bool:
        """Tell whether a later credential of the same person and key is known: an older one says less."""
        if isinstance(credential, DeviceCredential):
            return False
        held = self.people.get((credential.person, credential.device), ())
        return any(h.public_key == credential.public_key and h.valid_from > credential.valid_from for h in held)

    def person(self, person: str | None, device: str) -> PersonCredential | None:
        """Return the newest credential of a person on a PC."""
        held = self.people.get((person or "", device), ())
        return held[-1] if held else None


class RememberedChecks:
    """Verifies each signature once: what was found good or bad by the same key over the same bytes stays so."""

    def __init__(self, verify_many: VerifyMany) -> None:
        self._verify_many = verify_many
        self._found: dict[Job, bool] = {}

    def __call__(self, jobs: Sequence[Job]) -> list[bool]:
        """Return for each job whether its signature is good."""
        new = [job for job in dict.fromkeys(jobs) if job not in self._found]
        if new:
            self._found.update(zip(new, self._verify_many(new), strict=True))
        return [self._found[job] for job in jobs]


def faults(events: Sequence[Event], known: Credentials, verify_many: VerifyMany) -> list[str]:
    """Return for each event "" or the code of what is wrong with it; all signatures are checked in one go."""
    found = [_fault(event, known) for event in events]
    jobs: list[Job] = []
    places: list[tuple[int, int, range]] = []
    for place, event in enumerate(events):
        if not found[place]:
            first = len(jobs)
            jobs.append(_device_job(event, known))
            jobs += _person_jobs(event, known)
            places.append((place, first, range(first + 1, len(jobs))))
    good = verify_many(jobs)
    for place, device, person in places:
        if not good[device] or (person and not any(good[job] for job in person)):
            found[place] = "signature-wrong"
    return found


def readable(event: Event) -> bool:
    """Tell whether an event's header can be read."""
    try:
        return bool(event.header)
    except StationError:
        return False


def _fault(event: Event, known: Credentials) -> str:
    try:
        header = event.header
        if event.body is not None:
            _check_body(event)
    except StationError as error:
        return error.code
    device = known.devices.get(header.origin)
    if device is None or device.org != header.org:
        return "device-unknown"
    if header.type in BY_CENTER:
        return "" if header.origin in known.centers else "ruling-not-by-center"
    return _person_fault(event, known)


def _check_body(event: Event) -> None:
    assert event.body is not None
    if len(event.body) > MAX_BODY_BYTES:
        raise StationError("body-too-long")
    if not event.body_matches():
        raise StationError("body-not-bound")
    try:
        _ = event.effects
    except StationError:
        raise StationError("body-malformed") from None


def _person_fault(event: Event, known: Credentials) -> str:
    header = event.header
    if header.actor is None:
        return "person-missing"
    person = known.person(header.actor, header.origin)
    if person is None or person.org != header.org:
        return "person-unknown"
    return "" if event.person_signature else "person-missing"


def _device_job(event: Event, known: Credentials) -> Job:
    return known.devices[event.header.origin].public_key, DEVICE_CONTEXT, event.header_bytes, event.signature


def _person_jobs(event: Event, known: Credentials) -> list[Job]:
    held = known.people.get((event.header.actor or "", event.header.origin), ())
    return [(one.public_key, PERSON_CONTEXT, event.header_bytes, event.person_signature) for one in held]


def entry_of(event: Event, own_device: str, known: Credentials | None = None, brought: Collection[str] = ()) -> Entry:
    """Return what the rules need of a case event; a body that is not here or not understood gives no effects.

    Args:
        brought: events of others that came by hand, which count as own ones do.
    """
    header = event.header
    held = known.people.get((header.actor or "", header.origin), ()) if known else ()
    return Entry(
        event_id=event.event_id,
        type=header.type,
        case_id=header.subject_id,
        origin=header.origin,
        org=header.org,
        actor=header.actor,
        seq=header.seq,
        lamport=header.lamport,
        claimed_at=header.claimed_at,
        grant=header.grant,
        base=header.base,
        effects=event.meaning,
        own=header.origin == own_device or event.event_id in brought,
        roles=frozenset(held[-1].roles) if held else frozenset(),
        keys=frozenset(one.public_key.hex() for one in held),
        audience=header.audience,
    )


def ruling_of(event: Event) -> Ruling | None:
    """Return the ruling that an event carries, None for any other event or one that can't be read."""
    if event.header.type != RULING or event.said is None:
        return None
    found = event.said.get("ruling", {})
    try:
        return Ruling(
            number=int(found["number"]),
            event_id=str(found["event"]),
            verdict=Verdict(found["verdict"]),
            reason=str(found["reason"]),
            previous=found["previous"],
            ruling_id=event.event_id,
            org=event.header.org,
            at=event.header.claimed_at,
        )
    except (KeyError, TypeError, ValueError):
        return None


def split(
    events: Sequence[Event], own_device: str, known: Credentials | None = None, brought: Collection[str] = ()
) -> tuple[list[Entry], list[Ruling]]:
    """Return a case's events as entries and rulings, ready to be folded."""
    rulings = [ruling for event in events if (ruling := ruling_of(event)) is not None]
    entries = [entry_of(event, own_device, known, brought) for event in events if event.header.type != RULING]
    return entries, rulings
