"""What a PC remembers of its windows: one frozen value, replaced whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from station_app.ui.tokens import SCALES, Theme

LOCK_CHOICES_MINUTES = (5, 10, 15, 30)


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices of this PC; no personal data.

    Args:
        scale: text size in percent, one of SCALES.
        lock_after_minutes: without a key or a click the window locks.
        printers: document name to printer name.
        backup_folder: where the backups of every day go, "" for nowhere yet.
        scan_folder: where the scanner writes, "" for none.
    """

    theme: Theme = Theme.SYSTEM
    scale: int = 100
    lock_after_minutes: int = 10
    printers: Mapping[str, str] = field(default_factory=dict)
    backup_folder: str = ""
    scan_folder: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {**asdict(self), "printers": dict(self.printers)}

    @classmethod
    def from_json(cls, data: object) -> Settings:
        """Read what `to_json` wrote; what is missing or odd is as on a new PC, since no choice is worth a refusal."""
        if not isinstance(data, Mapping):
            return cls()
        new = cls()
        theme = data.get("theme")
        scale, minutes, printers = data.get("scale"), data.get("lock_after_minutes"), data.get("printers")
        folder, scans = data.get("backup_folder"), data.get("scan_folder")
        return cls(
            theme=Theme(theme) if theme in list(Theme) else new.theme,
            scale=scale if scale in SCALES else new.scale,
            lock_after_minutes=minutes if minutes in LOCK_CHOICES_MINUTES else new.lock_after_minutes,
            printers={str(k): str(v) for k, v in printers.items()} if isinstance(printers, Mapping) else {},
            backup_folder=folder if isinstance(folder, str) else "",
            scan_folder=scans if isinstance(scans, str) else "",
        )
