"""What a station keeps of the files of attachments: which are here, and how far each is on its way to the center."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class FileToSend:
    """A file that the center does not have whole yet.

    Args:
        file: its address.
        size: of the sealed bytes.
        sent: bytes that the center had when it last said so.
        gone: nothing here names it any more; it goes off the disk once the center has it, or does not want it.
    """

    file: str
    case_id: str
    size: int
    sent: int
    gone: bool = False


@dataclass(frozen=True, slots=True)
class FileState:
    """Where a file of a case is.

    Args:
        own: scanned on this PC.
        here: it lies here, as far as is known.
        sent: bytes that the center has.
        there: the center has said that it has it whole.
        code: why it never will, "" while it may.
    """

    size: int
    own: bool
    here: bool
    sent: int
    there: bool
    code: str


@dataclass(frozen=True, slots=True)
class FilesLeft:
    """What of the own files the center does not have.

    Args:
        files, bytes: that are still to be sent.
        lost: files that are neither here nor there: they must be scanned again.
    """

    files: int = 0
    bytes: int = 0
    lost: int = 0


class AttachmentBook(Protocol):
    """The files that events on this PC name."""

    def next_to_send(self, but: Collection[str] = ()) -> FileToSend | None:
        """Return the first file whose event the center has, and which it has not whole; own ones come first.

        Args:
            but: files to pass over.
        """
        ...

    def note_sent(self, file: str, sent: int, *, whole: bool) -> None:
        """Note how far the center has a file; `whole` counts for the present incarnation."""
        ...

    def note_lost(self, file: str, code: str) -> None:
        """Note that a file is neither here nor there."""
        ...

    def keep_file(self, file: str) -> None:
        """Note that a file lies here, as the center has given it."""
        ...

    def files_left(self) -> FilesLeft: ...
    def file_states(self, case_id: str) -> Mapping[str, FileState]:
        """Return by address how it stands with the files of a case."""
        ...

    def uploaded_of(self, case_ids: Collection[str]) -> Mapping[str, tuple[int, int]]:
        """Return for cases with own files on their way how many of those the center has, and how many there are."""
        ...

    def unnamed_files(self, limit: int) -> Sequence[str]:
        """Return files of which every event that named them has lost its body here, but for the only copy of one."""
        ...

    def forget_files(self, files: Collection[str]) -> None:
        """Forget such files: they are off the disk."""
        ...
