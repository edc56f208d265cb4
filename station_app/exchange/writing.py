"""Writing an event: the next link of this device's chain, signed by the device and by the person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from station_app.domain.effects import Effects
from station_app.domain.errors import StationError
from station_app.domain.lanes import Audience, SubjectKind
from station_app.protocol.event import ALG, MAX_BODY_BYTES, PROTO, TYPE_VERSION, Event, Header, hash_body, make_body

Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Chain:
    """Where this device's chain stands: the last event written in this epoch, and the highest lamport seen."""

    origin: str
    epoch: str
    seq: int
    prev: str | None
    lamport: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before it is written: what it is about and what it does.

    Args:
        actor: the person who acts, None for a center's own rulings.
        claimed_at: this PC's UTC clock, ISO 8601 to the second.
        effects: what it does; or any JSON object for rulings.
    """

    type: str
    subject: tuple[SubjectKind, str]
    org: str
    actor: str | None
    claimed_at: str
    effects: Effects | dict[str, object]
    audience: Audience = Audience.PARTIES
    grant: str | None = None
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Pen:
    """What signs: the device's key, and the person's where a person acts."""

    device: Sign
    person: Sign | None = None


def write_event(draft: Draft, chain: Chain, pen: Pen, salt: bytes) -> tuple[Event, Chain]:
    """Return the signed event and the chain after it. The header's bytes are made here, once.

    Raises:
        StationError: `body-too-long` for what no center would take in.
    """
    effects = draft.effects.to_json() if isinstance(draft.effects, Effects) else draft.effects
    body = make_body(effects, salt)
    if len(body) > MAX_BODY_BYTES:
        raise StationError("body-too-long", limit_kb=MAX_BODY_BYTES // 1024)
    kind, subject_id = draft.subject
    header = Header(
        proto=PROTO,
        alg=ALG,
        type=draft.type,
        type_version=TYPE_VERSION,
        origin=chain.origin,
        epoch=chain.epoch,
        seq=chain.seq + 1,
        prev=chain.prev,
        subject_kind=kind.value,
        subject_id=subject_id,
        grant=draft.grant,
        base=draft.base,
        actor=draft.actor,
        org=draft.org,
        claimed_at=draft.claimed_at,
        lamport=chain.lamport + 1,
        audience=draft.audience.value,
        body_hash=hash_body(body),
    )
    data = header.to_bytes()
    person = pen.person(data) if pen.person is not None and draft.actor is not None else b""
    event = Event(data, pen.device(data), person, body)
    after = replace(chain, seq=header.seq, prev=event.event_id, lamport=header.lamport)
    return event, after
