"""Key slots beside the database: who can open it, with which PIN, on this PC only."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from argon2.low_level import Type, hash_secret_raw

from station_app.domain.errors import StationError
from station_app.keys.key_files import exclusive, make_private_folder, write_atomically
from station_app.keys.pins import check_pin, plain_pin, remaining_wait, wait_after
from station_app.keys.sealing import KEY_BYTES, BoxKey, derive_key, open_box, open_sealed, seal, seal_to
from station_app.keys.slot_file import SALT_BYTES, PhoneSlot, PinCost, RecoverySlot, SlotFile, WorkerSlot
from station_app.keys.slot_folder import (
    DEVICE_SECRET_FILE,
    SLOTS_FILE,
    SlotFolder,
    read_device_secret,
    with_worker,
    without_device,
    without_worker,
    write_slots,
)

_DEVICE_PURPOSE: Final = b"station device slot 1"
_WORKER_PURPOSE: Final = b"station worker slot 1\0"
_RECOVERY_PURPOSE: Final = b"station recovery slot 1"
_PHONE_PURPOSE: Final = b"station phone slot 1\0"


@dataclass(frozen=True, slots=True)
class Unlocked:
    """What a right PIN gives: the key of the database and the worker's own secrets."""

    database_key: bytes = field(repr=False)
    person_id: str
    person_seed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PhoneKey:
    """What the center gives a PC for a worker's next code by telephone: its round, and the public key of that code."""

    round: int
    public: bytes


class Slots(SlotFolder):
    """The key slots of one data folder; every call reads the file anew, so several processes may use it.

    The database key is random and never changes; each slot is one sealed copy of it. What opens a worker's slot is
    made of the PIN (Argon2id) and of the device secret, so neither slots.json alone nor a PIN alone is enough.
    """

    def __init__(
        self, folder: Path, entropy: Callable[[int], bytes] = os.urandom, pin_cost: PinCost | None = None
    ) -> None:
        """Open existing slots.

        Raises:
            StationError: "key-slots-missing" where there are none, "key-slots-damaged" (file) if unreadable.
        """
        super().__init__(folder)
        self._entropy = entropy
        self._pin_cost = pin_cost or PinCost()

    def unlock_device(self) -> bytes:
        """Return the database key while the device slot exists.

        Raises:
            StationError: "device-slot-removed": a worker's PIN is needed now.
        """
        return self._open_device(self._read())

    def has_device_slot(self) -> bool:
        return self._read().device is not None

    def worker_count(self) -> int:
        return len(self._read().workers)

    def add_worker(
        self, name: str, pin: str, person_id: str, person_seed: bytes, database_key: bytes | None = None
    ) -> None:
        """Give a worker a slot, or a new one in place of the old (new PIN, new activation).

        Args:
            name: as typed at sign-in; compared in Unicode form NFC without outer spaces.
            pin: see `check_pin`.
            person_id: id of the worker's account.
            person_seed: seed of the worker's key on this PC, 32 bytes.
            database_key: from an `Unlocked` or the county's recovery; without it the device slot is used.

        Raises:
            StationError: "pin-length", "pin-too-simple", "device-slot-removed".
        """
        check_pin(plain_pin(pin))
        key = self.unlock_device() if database_key is None else database_key
        if len(key) != KEY_BYTES or len(person_seed) != KEY_BYTES:
            raise ValueError("the database key and the person's seed have 32 bytes")
        slot_id = self._slot_id(name)
        unlocked = Unlocked(key, person_id, person_seed)
        slot = self._worker_slot(slot_id, pin, unlocked)

        def added(slots: SlotFile) -> SlotFile:
            before = slots.workers.get(slot_id)
            phone = before.phone if before is not None else None
            if phone is not None and phone.person == person_id:
                phone = self._sealed_for_phone(slot_id, phone, unlocked) if phone.box else phone
                return with_worker(slots, slot_id, replace(slot, phone=phone))
            return with_worker(slots, slot_id, slot)

        self._change(added)

    def unlock(self, name: str, pin: str, now: datetime) -> Unlocked:
        """Return the keys of the worker with that name and PIN.

        Args:
            name: as in `add_worker`.
            pin: the PIN.
            now: aware time of this PC; only used to space out wrong PINs, so a wrong clock does no harm.

        Raises:
            StationError: "worker-unknown-here"; "pin-wait" (seconds) after several wrong PINs, the PIN is not
                tried; "pin-wrong" (wait_s before the next try).
        """
        slot_id = self._slot_id(name)
        slot = self._slot(slot_id)
        seconds = self._still_to_wait(slot, now, lambda: self._note_tries(slot_id, slot.wrong, now))
        if seconds:
            raise StationError("pin-wait", seconds=seconds)
        try:
            plain = open_sealed(self._worker_key(slot_id, pin, slot.salt, slot.cost), slot.box, _worker_aad(slot_id))
        except StationError:
            self._note_tries(slot_id, slot.wrong + 1, now)
            raise StationError("pin-wrong", wait_s=wait_after(slot.wrong + 1)) from None
        if slot.wrong:
            self._note_tries(slot_id, 0, now)
        return _unlocked(plain)

    def change_pin(self, name: str, old_pin: str, new_pin: str, now: datetime) -> None:
        """Put a new PIN in place of a worker's old one.

        Raises:
            StationError: as `unlock` for the old PIN and `check_pin` for the new one.
        """
        check_pin(plain_pin(new_pin))
        unlocked = self.unlock(name, old_pin, now)
        self.add_worker(name, new_pin, unlocked.person_id, unlocked.person_seed, unlocked.database_key)

    def keep_phone_key(self, name: str, unlocked: Unlocked, key: PhoneKey) -> None:
        """Seal a worker's secrets to the key of the next code by telephone; one of a round already had changes nothing.

        Raises:
            StationError: "worker-unknown-here".
        """
        slot_id = self._slot_id(name)

        def kept(slots: SlotFile) -> SlotFile:
            slot = slots.workers.get(slot_id)
            if slot is None:
                raise StationError("worker-unknown-here")
            phone = PhoneSlot(unlocked.person_id, key.round, key.public)
            return with_worker(slots, slot_id, replace(slot, phone=self._sealed_for_phone(slot_id, phone, unlocked)))

        if _needs(self._slot(slot_id).phone, unlocked.person_id, key):
            self._change(kept)

    def phone_slot(self, name: str) -> PhoneSlot:
        """Return what a forgotten PIN can be replaced with.

        Raises:
            StationError: "worker-unknown-here"; "phone-slot-missing": no key for it yet, or its code has been used.
        """
        phone = self._slot(self._slot_id(name)).phone
        if phone is None or not phone.box:
            raise StationError("phone-slot-missing")
        return phone

    def phone_slots(self) -> tuple[PhoneSlot, ...]:
        """Return what every worker's next code by telephone opens, as far as the center has given keys for them."""
        return tuple(slot.phone for slot in self._read().workers.values() if slot.phone is not None)

    def reset_pin(self, name: str, key: BoxKey, new_pin: str, now: datetime) -> None:
        """Open the phone slot with the key of the code that the county read out, and set a new PIN; it works once.

        The worker's secrets stay the same. Wrong codes are spaced out like wrong PINs, and counted apart from them.

        Raises:
            StationError: as `phone_slot` and `check_pin`; "reset-code-wrong" (wait_s), "reset-code-wait" (seconds).
        """
        check_pin(plain_pin(new_pin))
        phone = self.phone_slot(name)
        slot_id = self._slot_id(name)
        seconds = self._still_to_wait(phone, now, lambda: self._note_codes(slot_id, phone.wrong, now))
        if seconds:
            raise StationError("reset-code-wait", seconds=seconds)
        if key.public != phone.public:
            self._note_codes(slot_id, phone.wrong + 1, now)
            raise StationError("reset-code-wrong", wait_s=wait_after(phone.wrong + 1))
        inner = open_box(key.private, phone.box, _phone_aad(slot_id, phone))
        unlocked = _unlocked(open_sealed(self._phone_key(), inner, _phone_aad(slot_id, phone)))
        slot = replace(self._worker_slot(slot_id, new_pin, unlocked), phone=replace(phone, box=b"", wrong=0))
        self._change(lambda slots: with_worker(slots, slot_id, slot))

    def remove_worker(self, name: str) -> None:
        """Take a worker's slot away (left, account disabled).

        Raises:
            StationError: "worker-unknown-here"; "last-key-slot" if nobody could open the database any more.
        """
        slot_id = self._slot_id(name)
        self._slot(slot_id)
        self._change(lambda slots: without_worker(slots, slot_id))

    def remove_device_slot(self) -> None:
        """End opening without a PIN; nothing happens if it has ended already.

        Raises:
            StationError: "last-key-slot": there is no worker yet.
        """
        self._change(without_device)

    def add_recovery(self, public: bytes, device: str, database_key: bytes | None = None) -> bytes:
        """Seal the database key to the county's X25519 recovery key and return the box, for the county to keep too.

        Args:
            public: the county's recovery public key, 32 bytes, from its signed document.
            device: id of this PC; the county opens the box for no other.
            database_key: from an `Unlocked`; without it the device slot is used.

        Raises:
            StationError: "device-slot-removed".
            ValueError: `public` is no X25519 key.
        """
        key = self.unlock_device() if database_key is None else database_key
        box = seal_to(public, key, _recovery_aad(device), self._entropy)
        self._change(lambda slots: replace(slots, recovery=RecoverySlot(public, box)))
        return box

    def recovery_box(self) -> bytes | None:
        recovery = self._read().recovery
        return None if recovery is None else recovery.box

    def _worker_slot(self, slot_id: str, pin: str, unlocked: Unlocked) -> WorkerSlot:
        salt = self._entropy(SALT_BYTES)
        slot_key = self._worker_key(slot_id, pin, salt, self._pin_cost)
        box = seal(slot_key, _plain(unlocked), _worker_aad(slot_id), self._entropy)
        return WorkerSlot(salt, self._pin_cost, box)

    def _sealed_for_phone(self, slot_id: str, phone: PhoneSlot, unlocked: Unlocked) -> PhoneSlot:
        # Under the device secret as well: neither slots.json and the code nor the code and another PC are enough.
        aad = _phone_aad(slot_id, phone)
        inner = seal(self._phone_key(), _plain(unlocked), aad, self._entropy)
        return replace(phone, box=seal_to(phone.public, inner, aad, self._entropy))

    def _phone_key(self) -> bytes:
        return derive_key(self._device_secret, _PHONE_PURPOSE)

    def _worker_key(self, slot_id: str, pin: str, salt: bytes, cost: PinCost) -> bytes:
        hashed = hash_secret_raw(
            plain_pin(pin).encode(errors="surrogatepass"),
            salt,
            cost.time_cost,
            cost.memory_kib,
            cost.parallelism,
            KEY_BYTES,
            Type.ID,
        )
        return derive_key(hashed + self._device_secret, _WORKER_PURPOSE + slot_id.encode(), salt)

    def _open_device(self, slots: SlotFile) -> bytes:
        if slots.device is None:
            raise StationError("device-slot-removed")
        try:
            return open_sealed(derive_key(self._device_secret, _DEVICE_PURPOSE), slots.device, _DEVICE_PURPOSE)
        except StationError:
            raise StationError("key-slots-damaged", file=SLOTS_FILE) from None

    def _still_to_wait(self, tried: WorkerSlot | PhoneSlot, now: datetime, begin_anew: Callable[[], None]) -> int:
        seconds = remaining_wait(tried.wrong, tried.wrong_at_s, now)
        if seconds > wait_after(tried.wrong):
            # The clock was set back: wait from now on, once, instead of until the old time comes again.
            seconds = wait_after(tried.wrong)
            begin_anew()
        return seconds

    def _note_tries(self, slot_id: str, wrong: int, now: datetime) -> None:
        self._note(slot_id, lambda slot: replace(slot, wrong=wrong, wrong_at_s=_noted_at(wrong, now)))

    def _note_codes(self, slot_id: str, wrong: int, now: datetime) -> None:
        def noted(slot: WorkerSlot) -> WorkerSlot:
            phone = slot.phone
            return replace(slot, phone=phone and replace(phone, wrong=wrong, wrong_at_s=_noted_at(wrong, now)))

        self._note(slot_id, noted)


def create(folder: Path, entropy: Callable[[int], bytes] = os.urandom, pin_cost: PinCost | None = None) -> Slots:
    """Make the device secret, a random database key and the device slot in the data folder.

    Raises:
        StationError: "key-slots-exist": this folder has slots already, and with them perhaps a database.
    """
    make_private_folder(folder)
    with exclusive(folder):
        if (folder / SLOTS_FILE).exists():
            raise StationError("key-slots-exist")
        secret_file = folder / DEVICE_SECRET_FILE
        # One that is there is kept: a copy of slots.json that somebody puts back later needs it.
        if not secret_file.exists():
            write_atomically(secret_file, entropy(KEY_BYTES))
        slot_key = derive_key(read_device_secret(folder), _DEVICE_PURPOSE)
        write_slots(folder, SlotFile(device=seal(slot_key, entropy(KEY_BYTES), _DEVICE_PURPOSE, entropy)))
    return Slots(folder, entropy, pin_cost)


def open_recovery(private: bytes, box: bytes, device: str) -> bytes:
    """At the county: return the database key from the recovery box of the PC that asks for it.

    Raises:
        StationError: "sealed-data-damaged": the box is for another recovery key, of another PC, or damaged.
    """
    return open_box(private, box, _recovery_aad(device))


def _recovery_aad(device: str) -> bytes:
    return _RECOVERY_PURPOSE + b"\0" + device.encode()


def _worker_aad(slot_id: str) -> bytes:
    return _WORKER_PURPOSE + slot_id.encode()


def _phone_aad(slot_id: str, phone: PhoneSlot) -> bytes:
    return _PHONE_PURPOSE + f"{slot_id}\0{phone.person}\0{phone.round}".encode()


def _needs(phone: PhoneSlot | None, person: str, key: PhoneKey) -> bool:
    return phone is None or phone.person != person or phone.round < key.round


def _noted_at(wrong: int, now: datetime) -> int:
    return max(0, int(now.timestamp())) if wrong else 0


def _plain(unlocked: Unlocked) -> bytes:
    return unlocked.database_key + unlocked.person_seed + unlocked.person_id.encode()


def _unlocked(plain: bytes) -> Unlocked:
    return Unlocked(plain[:KEY_BYTES], plain[2 * KEY_BYTES :].decode(), plain[KEY_BYTES : 2 * KEY_BYTES])
