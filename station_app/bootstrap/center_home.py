"""The data folder of a center: its keys, each in a file of its own, its certificate, its database."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from station_app.domain.errors import StationError
from station_app.keys.key_files import make_private_folder, write_atomically
from station_app.keys.sealing import KEY_BYTES, BoxKey, generate_box_key
from station_app.keys.signing import SigningKey
from station_app.keys.vault import CenterVault

IDENTITY_FILE = "identity.key"
BODY_KEY_FILE = "body.key"
RECOVERY_FILE = "recovery.key"
VAULT_FILE = "vault.key"
AUTHORITY_FILE = "authority.pem"
DATABASE_FILE = "center.db"
MOVED_FILE = "center-moved.db"
# Where the database is, when it is no file here; it may hold a password.
ADDRESS_FILE = "database.address"
SERVE_LOCK = "serve.lock"


@dataclass(frozen=True, slots=True)
class CenterHome:
    """Where the files of one center lie. Keys stand beside the database, never in it: a dump tells nothing."""

    folder: Path

    @property
    def database(self) -> Path:
        """Return the path of the database."""
        return self.folder / DATABASE_FILE

    def database_address(self) -> str:
        """Return the address of the database, "" where it is the file."""
        try:
            return (self.folder / ADDRESS_FILE).read_text("utf-8")
        except FileNotFoundError:
            return ""

    def save_database_address(self, address: str) -> None:
        """Make the database at this address the center's, from this moment on."""
        write_atomically(self.folder / ADDRESS_FILE, address.encode("utf-8"))

    def put_file_away(self) -> None:
        """Keep the file that is the center's database no more, under another name and read-only."""
        moved = self.database.rename(self.folder / MOVED_FILE)
        moved.chmod(0o400)

    @property
    def has_database(self) -> bool:
        """Tell whether the home names a database, whatever is in it."""
        return self.database.exists() or (self.folder / ADDRESS_FILE).exists()

    def create_keys(self) -> None:
        """Make the folder and its keys; one that is there is kept, so an interrupted `init` can be run again."""
        make_private_folder(self.folder)
        box = generate_box_key()
        made = {
            IDENTITY_FILE: SigningKey.generate().seed,
            BODY_KEY_FILE: os.urandom(KEY_BYTES),
            RECOVERY_FILE: box.private + box.public,
            VAULT_FILE: os.urandom(KEY_BYTES),
        }
        for name, data in made.items():
            if not (self.folder / name).exists():
                write_atomically(self.folder / name, data)

    def identity(self) -> SigningKey:
        """Return the center's signing key, which is also its TLS authority."""
        return SigningKey.from_seed(self._read(IDENTITY_FILE, 32))

    def body_key(self) -> bytes:
        """Return the key under which bodies lie in the database."""
        return self._read(BODY_KEY_FILE, KEY_BYTES)

    def recovery_key(self) -> BoxKey:
        """Return the key that opens the stations' recovery boxes."""
        data = self._read(RECOVERY_FILE, 64)
        return BoxKey(private=data[:32], public=data[32:])

    def vault(self) -> CenterVault:
        """Return what codes read out by telephone and the keys of the offices are derived from."""
        return CenterVault(self._read(VAULT_FILE, KEY_BYTES))

    def authority_pem(self) -> str:
        """Return the certificate that stations pin."""
        return self._read(AUTHORITY_FILE, None).decode("ascii")

    def save_authority(self, pem: str) -> None:
        """Keep the certificate that stations pin."""
        write_atomically(self.folder / AUTHORITY_FILE, pem.encode("ascii"))

    def _read(self, name: str, size: int | None) -> bytes:
        try:
            data = (self.folder / name).read_bytes()
        except FileNotFoundError:
            code = "center-key-damaged" if self.has_database else "center-not-initialised"
            raise StationError(code, file=name) from None
        if size is not None and len(data) != size:
            raise StationError("center-key-damaged", file=name)
        return data
