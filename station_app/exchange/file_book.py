"""What a center keeps of the files of attachments: which event names which, and which nothing names any more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that an event names.

    Args:
        file: its address.
        org: the office that wrote the event.
        size: of the sealed bytes, as the event says.
    """

    file: str
    event_id: str
    case_id: str
    org: str
    size: int


class FileBook(Protocol):
    """The files that a center may take in."""

    def add_files(self, found: Sequence[NamedFile]) -> None:
        """Note them; noted again they are named again, also where the body had gone."""
        ...

    def files_named(self, file: str) -> Sequence[NamedFile]:
        """Return by which events a file is named whose bodies are here."""
        ...

    def unnamed_files(self, limit: int) -> Sequence[str]:
        """Return files of which every event that named them has lost its body here."""
        ...

    def forget_files(self, files: Collection[str]) -> None:
        """Forget such files: they are off the disk."""
        ...
