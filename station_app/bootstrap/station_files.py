"""The files of attachments on this PC: taken in, made small and sealed; opened again to be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from station_app.carriers.shelf import Shelf
from station_app.domain.attachments import SealedFile, attachments_of
from station_app.domain.cases import Case
from station_app.domain.errors import StationError
from station_app.keys.file_sealing import address_of, open_file, seal_file
from station_app.keys.sealing import KEY_BYTES
from station_app.usecases.taken import Taken

_PATH, _FILE = "path", "file"


@dataclass(frozen=True, slots=True)
class StationFiles:
    """Files of a data folder.

    Args:
        entropy: random bytes, for the key of each file.
    """

    shelf: Shelf
    entropy: Callable[[int], bytes]

    def seal(self, taken: Taken) -> SealedFile:
        """Seal what was taken in under a key of its own; it is on the disk when this returns."""
        key = self.entropy(KEY_BYTES)
        sealed = seal_file(key, taken.data)
        address = address_of(sealed)
        self.shelf.put(address, sealed)
        return SealedFile(
            file=address,
            key=key.hex(),
            size=len(sealed),
            name=taken.name,
            media=taken.media,
            original_hash=taken.original_hash,
            original_size=taken.original_size,
        )

    def open(self, sealed: SealedFile) -> bytes:
        """Return what is in a file; `file-missing` where it is not here, `sealed-data-damaged`."""
        return open_file(bytes.fromhex(sealed.key), self.shelf.read(sealed.file))

    @contextmanager
    def sealed_forms(self, rows: Sequence[Any]) -> Iterator[list[dict[str, Any]]]:
        """Give the forms of the action `attach` of files on this PC; where what is done with them fails, they go again.

        Args:
            rows: each the path of a file, or an object with `path` and what else the form has.

        Raises:
            StationError: `form-field-type`, and why a file can't be taken.
        """
        made: list[dict[str, Any]] = []
        try:
            for row in rows:
                made.append(self._form(row))
            yield made
        except BaseException:
            for form in made:
                self.shelf.drop(form[_FILE]["file"])
            raise

    def _form(self, row: Any) -> dict[str, Any]:
        # Late: loading Pillow and PDFium takes a tenth of a second, and most cases are saved without a scan.
        from station_app.carriers.pictures import take_file

        found = {_PATH: row} if isinstance(row, str) else row
        path = found.get(_PATH) if isinstance(found, Mapping) else None
        if not isinstance(path, str) or not path:
            raise StationError("form-field-type", field="attachments", label="附件", expected="文件的路径")
        more = {name: value for name, value in found.items() if name != _PATH}
        return {**more, _FILE: self.seal(take_file(Path(path))).to_json()}


def named_in(case: Case, form: Mapping[str, Any]) -> dict[str, Any]:
    """Return the form by which somebody says more of a scan that a case has already, named by its address.

    Raises:
        StationError: `attachment-unknown` (file).
    """
    for attachment in attachments_of(case):
        if attachment.sealed.file == form[_FILE]:
            kept = {"material": attachment.material, "purpose": attachment.purpose, "expires": attachment.expires}
            return {**kept, **form, _FILE: attachment.sealed.to_json()}
    raise StationError("attachment-unknown", file=form[_FILE])
