"""The text of slots.json: what is stored of each key slot, strictly read."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from station_app.domain.errors import StationError

SALT_BYTES: Final = 16
_FORMAT: Final = 1
_MAX_BYTES: Final = 1 << 20
_MAX_MEMORY_KIB: Final = 1 << 20
_MAX_TIME_COST: Final = 1000
_MAX_PARALLELISM: Final = 16


@dataclass(frozen=True, slots=True)
class PinCost:
    """What one try of a PIN costs in Argon2id (RFC 9106): passes, KiB of memory, lanes.

    64 MiB and 3 passes are the second recommended option of RFC 9106 section 4 with one lane, about 0.1 s here.
    """

    time_cost: int = 3
    memory_kib: int = 64 * 1024
    parallelism: int = 1

    def __post_init__(self) -> None:
        """Refuse what Argon2 refuses, and a cost (from a damaged file) that would stop the PC."""
        in_range = (
            1 <= self.time_cost <= _MAX_TIME_COST
            and 1 <= self.parallelism <= _MAX_PARALLELISM
            and 8 * self.parallelism <= self.memory_kib <= _MAX_MEMORY_KIB
        )
        if not in_range:
            raise ValueError("Argon2id parameters out of range")


@dataclass(frozen=True, slots=True)
class PhoneSlot:
    """The same secrets sealed for the code that the county reads out when the PIN is forgotten.

    Args:
        person: id of the account, random; the challenge and the key of the code are made of it.
        round: which code opens the box.
        public: the key that the box is sealed to; the code gives the private one.
        box: empty once it has been opened: a code works once.
        wrong, wrong_at_s: as in `WorkerSlot`, for wrong codes.
    """

    person: str
    round: int
    public: bytes
    box: bytes = b""
    wrong: int = 0
    wrong_at_s: int = 0


@dataclass(frozen=True, slots=True)
class WorkerSlot:
    """One worker's way in: the sealed secrets, and how many wrong PINs were tried last and when.

    Args:
        salt: 16 random bytes for Argon2id.
        cost: parameters with which `box` was made.
        box: database key and personal secrets, sealed.
        wrong: wrong PINs since the last right one.
        wrong_at_s: Unix time of the last wrong PIN by this PC's clock; 0 before any.
        phone: the way in for who has forgotten the PIN; None until the center has given a key for it.
    """

    salt: bytes
    cost: PinCost
    box: bytes
    wrong: int = 0
    wrong_at_s: int = 0
    phone: PhoneSlot | None = None

    def __post_init__(self) -> None:
        """Refuse a salt that Argon2 would not take."""
        if len(self.salt) != SALT_BYTES:
            raise ValueError("a salt has 16 bytes")


@dataclass(frozen=True, slots=True)
class RecoverySlot:
    """The database key sealed to the county's X25519 recovery key."""

    public: bytes
    box: bytes


@dataclass(frozen=True, slots=True)
class SlotFile:
    """All slots; `device` exists from the PC's installation until its first worker is activated."""

    device: bytes | None = None
    recovery: RecoverySlot | None = None
    workers: Mapping[str, WorkerSlot] = field(default_factory=dict)


def encode_slots(slots: SlotFile) -> bytes:
    """Write slots.json; a checksum tells later a damaged disk from a wrong PIN."""
    record: dict[str, object] = {
        "format": _FORMAT,
        "device": None if slots.device is None else _text(slots.device),
        "recovery": None if slots.recovery is None else _recovery_record(slots.recovery),
        "workers": {slot_id: _worker_record(slot) for slot_id, slot in slots.workers.items()},
    }
    return json.dumps({**record, "sha256": _checksum(record)}, indent=1, sort_keys=True).encode()


def decode_slots(data: bytes) -> SlotFile:
    """Read slots.json.

    Raises:
        StationError: "key-slots-damaged" for anything but a well-formed file of this format.
    """
    try:
        return _slot_file(_object(json.loads(data[:_MAX_BYTES].decode())))
    except (ValueError, TypeError, KeyError, RecursionError):
        raise StationError("key-slots-damaged", file="slots.json") from None


def _slot_file(record: dict[str, object]) -> SlotFile:
    if record["format"] != _FORMAT or record.pop("sha256") != _checksum(record):
        raise ValueError("unknown format or wrong checksum")
    device, recovery = record["device"], record["recovery"]
    return SlotFile(
        device=None if device is None else _bytes(device),
        recovery=None if recovery is None else _recovery_slot(_object(recovery)),
        workers={slot_id: _worker_slot(_object(slot)) for slot_id, slot in _object(record["workers"]).items()},
    )


def _checksum(record: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def _recovery_record(slot: RecoverySlot) -> dict[str, object]:
    return {"public": _text(slot.public), "box": _text(slot.box)}


def _recovery_slot(record: dict[str, object]) -> RecoverySlot:
    return RecoverySlot(_bytes(record["public"]), _bytes(record["box"]))


def _worker_record(slot: WorkerSlot) -> dict[str, object]:
    phone: dict[str, object] = {} if slot.phone is None else {"phone": _phone_record(slot.phone)}
    return {
        **phone,
        "salt": _text(slot.salt),
        "time_cost": slot.cost.time_cost,
        "memory_kib": slot.cost.memory_kib,
        "parallelism": slot.cost.parallelism,
        "box": _text(slot.box),
        "wrong": slot.wrong,
        "wrong_at_s": slot.wrong_at_s,
    }


def _worker_slot(record: dict[str, object]) -> WorkerSlot:
    return WorkerSlot(
        salt=_bytes(record["salt"]),
        cost=PinCost(_count(record["time_cost"]), _count(record["memory_kib"]), _count(record["parallelism"])),
        box=_bytes(record["box"]),
        wrong=_count(record["wrong"]),
        wrong_at_s=_count(record["wrong_at_s"]),
        phone=_phone_slot(_object(record["phone"])) if "phone" in record else None,
    )


def _phone_record(slot: PhoneSlot) -> dict[str, object]:
    return {
        "person": slot.person,
        "round": slot.round,
        "public": _text(slot.public),
        "box": _text(slot.box),
        "wrong": slot.wrong,
        "wrong_at_s": slot.wrong_at_s,
    }


def _phone_slot(record: dict[str, object]) -> PhoneSlot:
    person = record["person"]
    if not isinstance(person, str):
        raise TypeError("a text expected")
    return PhoneSlot(
        person=person,
        round=_count(record["round"]),
        public=_bytes(record["public"]),
        box=_bytes(record["box"]),
        wrong=_count(record["wrong"]),
        wrong_at_s=_count(record["wrong_at_s"]),
    )


def _text(data: bytes) -> str:
    return b64encode(data).decode()


def _bytes(value: object) -> bytes:
    if not isinstance(value, str):
        raise TypeError("base64 text expected")
    return b64decode(value, validate=True)


def _count(value: object) -> int:
    # bool is an int in Python, and no count.
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError("a count expected")
    return value


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TypeError("an object expected")
    return value
