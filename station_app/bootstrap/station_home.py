"""The data folder of a station: key slots, the device key, who this PC is, the encrypted journal."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from station_app.domain.errors import StationError
from station_app.domain.organisations import Level
from station_app.keys import slots
from station_app.keys.key_files import make_private_folder, write_atomically
from station_app.keys.sealing import KEY_BYTES, BoxKey, box_key_of, derive_key, open_sealed, seal
from station_app.keys.signing import SigningKey
from station_app.keys.slot_file import PinCost
from station_app.keys.slot_folder import DEVICE_SECRET_FILE, SLOTS_FILE
from station_app.messages.deletions import Deleted, log_deletion
from station_app.usecases.ports import Identity
from station_app.usecases.serials import Written

IDENTITY_FILE = "identity.json"
DEVICE_KEY_FILE = "device.key"
BOX_KEY_FILE = "box.key"
CARD_FILE = "card.sealed"
JOURNAL_FILE = "journal.db"
ATTACHMENTS_FOLDER = "attachments"
WRITTEN_FILE, WRITTEN_BEFORE_FILE = "written.json", "written.before.json"
EXCHANGE_LOCK = "exchange.lock"
_DEVICE_KEY_PURPOSE = b"station device key 1"
_BOX_KEY_PURPOSE = b"station box key 1"
_ACTIVATION_PURPOSE = b"station activation key 1"
_CARD_PURPOSE = b"station card 1"


@dataclass(frozen=True, slots=True)
class HomeCard:
    """What this PC knows without anybody's PIN.

    Args:
        office_name, level: of the office, which the sign-in shows.
        workers: who has signed in here before.
        center_box: key (hex) to which a request to activate is sealed, "" where the center has told none.
    """

    office_name: str = ""
    level: Level | None = None
    workers: tuple[str, ...] = ()
    center_box: str = ""


@dataclass(frozen=True, slots=True)
class StationHome:
    """Where the files of one station lie."""

    folder: Path

    @property
    def journal(self) -> Path:
        """Return the path of the encrypted journal."""
        return self.folder / JOURNAL_FILE

    @property
    def enrolled(self) -> bool:
        """Tell whether this folder has joined a center."""
        return (self.folder / IDENTITY_FILE).exists()

    def free_bytes(self) -> int:
        """Return the room that is left on the disk of this folder."""
        return shutil.disk_usage(self.folder).free

    def identity(self) -> Identity:
        """Return who this PC is; `not-enrolled` before it has joined, `identity-damaged` if it can't be read.

        The file stands beside the journal and holds no secrets and no personal data: a PC that nobody has signed in
        to can still ask its center, and a journal put back from a copy can be told from the PC it came from.
        """
        try:
            return Identity(**json.loads((self.folder / IDENTITY_FILE).read_text("utf-8")))
        except FileNotFoundError:
            raise StationError("not-enrolled") from None
        except (ValueError, TypeError):
            raise StationError("identity-damaged", file=IDENTITY_FILE) from None

    def joined_at(self) -> datetime:
        """Return when this PC joined its office, or was put back."""
        return datetime.fromtimestamp((self.folder / IDENTITY_FILE).stat().st_mtime, UTC)

    def save_identity(self, identity: Identity) -> None:
        """Write who this PC is, whole or not at all."""
        write_atomically(self.folder / IDENTITY_FILE, json.dumps(asdict(identity), indent=1).encode("utf-8"))

    def save_written(self, found: Written) -> None:
        """Note beside the journal how far this PC has written.

        Not forced to the disk: an older note than the journal does no harm, and a save must not wait for two files. But
        a note that the power failed on may be unreadable: the one of before stays beside it.
        """
        path = self.folder / WRITTEN_FILE
        # A command may note something at the same moment as the window.
        temporary = path.with_name(f"{WRITTEN_FILE}.{os.getpid()}.new")
        temporary.write_text(json.dumps(asdict(found)), "utf-8")
        if _read_written(path) is not None:
            path.replace(self.folder / WRITTEN_BEFORE_FILE)
        temporary.replace(path)

    def written(self) -> Written | None:
        """Return what was noted last and can be read, None before the first save."""
        return _read_written(self.folder / WRITTEN_FILE) or _read_written(self.folder / WRITTEN_BEFORE_FILE)

    def card(self) -> HomeCard:
        """Return what the sign-in shows; an empty card where it is lost, for the names can be typed."""
        try:
            sealed = (self.folder / CARD_FILE).read_bytes()
            found = json.loads(open_sealed(derive_key(self.secret(), _CARD_PURPOSE), sealed, _CARD_PURPOSE))
            workers = tuple(found["workers"])
            return HomeCard(found["office_name"], Level(found["level"]), workers, found.get("center_box", ""))
        except (OSError, ValueError, KeyError, TypeError, StationError):
            return HomeCard()

    def save_card(self, card: HomeCard) -> None:
        """Write the card, sealed under the device secret: names lie nowhere on the disk in the open."""
        plain = json.dumps(asdict(card), ensure_ascii=False).encode("utf-8")
        write_atomically(self.folder / CARD_FILE, seal(derive_key(self.secret(), _CARD_PURPOSE), plain, _CARD_PURPOSE))

    def slots(self) -> slots.Slots:
        """Return the key slots, made on first use; `key-slots-missing` where a journal is that needs the lost ones."""
        make_private_folder(self.folder)
        if not (self.folder / SLOTS_FILE).exists() and not self.enrolled and not self.journal.exists():
            return slots.create(self.folder, pin_cost=_pin_cost())
        return slots.Slots(self.folder, pin_cost=_pin_cost())

    def secret(self) -> bytes:
        """Return the secret of this PC, without which no PIN opens anything here."""
        return (self.folder / DEVICE_SECRET_FILE).read_bytes()

    def device_key(self) -> SigningKey:
        """Return this PC's signing key, made on first use and sealed under the device secret.

        An enrolled PC whose key is lost must not go on with a new one: nobody would believe what it signs.
        """
        return SigningKey.from_seed(self._own_secret(DEVICE_KEY_FILE, _DEVICE_KEY_PURPOSE))

    def box_key(self) -> BoxKey:
        """Return this PC's X25519 key, to which the keys of its office are wrapped; kept like `device_key`."""
        return box_key_of(self._own_secret(BOX_KEY_FILE, _BOX_KEY_PURPOSE))

    def activation_key(self, name: str) -> SigningKey:
        """Return the key that a worker is about to have certified here: the same one after a lost answer."""
        return SigningKey.from_seed(self._kept_secret(self._activation_file(name), _ACTIVATION_PURPOSE))

    def waits_for_activation(self, name: str) -> bool:
        """Tell whether a worker has asked to be activated here and has not been yet."""
        return self._activation_file(name).exists()

    def forget_activation_key(self, name: str) -> None:
        """Drop the file of `activation_key`; from now on the key lies in the worker's slot alone."""
        try:
            self._activation_file(name).unlink()
        except FileNotFoundError:
            return
        log_deletion(Deleted.ACTIVATION_KEY, 1)

    def _activation_file(self, name: str) -> Path:
        # The file's name must not tell the worker's.
        return self.folder / f"activation-{hashlib.sha256(self.secret() + name.encode()).hexdigest()[:16]}.key"

    def _own_secret(self, name: str, purpose: bytes) -> bytes:
        if self.enrolled and not (self.folder / name).exists():
            raise StationError("key-slots-damaged", file=name)
        return self._kept_secret(self.folder / name, purpose)

    def _kept_secret(self, path: Path, purpose: bytes) -> bytes:
        key = derive_key(self.secret(), purpose)
        if not path.exists():
            write_atomically(path, seal(key, os.urandom(KEY_BYTES), purpose))
        return open_sealed(key, path.read_bytes(), purpose)


def _pin_cost() -> PinCost:
    # Tests start many stations; a real one never sets this.
    return PinCost(1, 8) if os.environ.get("STATION_TEST_QUICK_PIN") == "1" else PinCost()


def _read_written(path: Path) -> Written | None:
    try:
        found = json.loads(path.read_text("utf-8"))
        # By name: an older program did not note all of it, and a newer one may note more.
        return Written(
            found["epoch"], found["seq"], found["serials"], found.get("before", {}), found.get("skipped", {})
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
