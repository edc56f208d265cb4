"""The mark that a data folder was put back from a backup, until the journal goes on under an epoch of its own."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from station_app.domain.errors import StationError
from station_app.keys.key_files import sync_folder, write_atomically

MARK_FILE = "restored.json"


@dataclass(frozen=True, slots=True)
class RestoredMark:
    """What the next sign-in has to know.

    Args:
        epoch: under which it goes on; named here, so that a sign-in that was cut short begins no second one.
        made_at: when the backup was made.
        note_is_older: nothing newer than the backup tells how far this PC had written: numbers may be on paper that
            nobody here knows of.
    """

    epoch: str
    made_at: str
    note_is_older: bool


def save_mark(folder: Path, mark: RestoredMark) -> None:
    """Leave the mark, whole or not at all."""
    write_atomically(folder / MARK_FILE, json.dumps(asdict(mark)).encode("ascii"))


def mark_in(folder: Path) -> RestoredMark | None:
    """Return the mark, None where nothing was put back since the last sign-in.

    Raises:
        StationError: `identity-damaged` (file): it can't be read, and must not be passed over.
    """
    try:
        return RestoredMark(**json.loads((folder / MARK_FILE).read_bytes()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        raise StationError("identity-damaged", file=MARK_FILE) from None


def drop_mark(folder: Path) -> None:
    """Take the mark away: the journal goes on under the new epoch, for good."""
    (folder / MARK_FILE).unlink(missing_ok=True)
    sync_folder(folder)
