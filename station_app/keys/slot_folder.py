"""The folder with the key slots: read anew at each call, changed under a lock, workers' names keyed."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from station_app.domain.errors import StationError
from station_app.keys.key_files import exclusive, write_atomically
from station_app.keys.sealing import KEY_BYTES
from station_app.keys.slot_file import SlotFile, WorkerSlot, decode_slots, encode_slots

SLOTS_FILE: Final = "slots.json"
DEVICE_SECRET_FILE: Final = "device.secret"  # noqa: S105 (a file name)
_NAME_PURPOSE: Final = b"station slot name 1\0"


class SlotFolder:
    """slots.json and device.secret; several processes may use them at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read()
        self._device_secret = read_device_secret(folder)

    def _read(self) -> SlotFile:
        return read_slots(self._folder)

    def _change(self, change: Callable[[SlotFile], SlotFile]) -> None:
        with exclusive(self._folder):
            write_slots(self._folder, change(self._read()))

    def _slot(self, slot_id: str) -> WorkerSlot:
        slot = self._read().workers.get(slot_id)
        if slot is None:
            raise StationError("worker-unknown-here")
        return slot

    def _slot_id(self, name: str) -> str:
        # Keyed, so that slots.json on a stolen stick does not tell who works here.
        typed = unicodedata.normalize("NFC", name.strip()).encode(errors="surrogatepass")
        return hmac.digest(self._device_secret, _NAME_PURPOSE + typed, "sha256").hex()

    def _note(self, slot_id: str, noted: Callable[[WorkerSlot], WorkerSlot]) -> None:
        def changed(slots: SlotFile) -> SlotFile:
            slot = slots.workers.get(slot_id)
            return slots if slot is None else with_worker(slots, slot_id, noted(slot))

        # On a full disk people must still get in; the delay only slows down somebody at this keyboard.
        with suppress(OSError):
            self._change(changed)


def read_slots(folder: Path) -> SlotFile:
    try:
        data = (folder / SLOTS_FILE).read_bytes()
    except FileNotFoundError:
        raise StationError("key-slots-missing") from None
    return decode_slots(data)


def write_slots(folder: Path, slots: SlotFile) -> None:
    write_atomically(folder / SLOTS_FILE, encode_slots(slots))


def read_device_secret(folder: Path) -> bytes:
    try:
        secret = (folder / DEVICE_SECRET_FILE).read_bytes()
    except FileNotFoundError:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise StationError("key-slots-damaged", file=DEVICE_SECRET_FILE)
    return secret


def with_worker(slots: SlotFile, slot_id: str, slot: WorkerSlot) -> SlotFile:
    return replace(slots, workers={**slots.workers, slot_id: slot})


def without_worker(slots: SlotFile, slot_id: str) -> SlotFile:
    if slot_id not in slots.workers:
        raise StationError("worker-unknown-here")
    rest = {other: slot for other, slot in slots.workers.items() if other != slot_id}
    if not rest and slots.device is None:
        raise StationError("last-key-slot")
    return replace(slots, workers=rest)


def without_device(slots: SlotFile) -> SlotFile:
    if not slots.workers:
        raise StationError("last-key-slot")
    return replace(slots, device=None)
