"""Which files the events of cases name, noted as they come in: nothing else may be sent up (docs/sync.md §19)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from station_app.domain.attachments import ATTACHMENT, MOST_BYTES, SealedFile, read_sealed
from station_app.domain.errors import StationError
from station_app.domain.lanes import SubjectKind
from station_app.exchange.authentic import readable
from station_app.exchange.file_book import FileBook, NamedFile
from station_app.protocol.event import Event

ATTACH = "attach"


def sealed_in(event: Event) -> SealedFile | None:
    """Return the file that an event names, None where it names none, or none that a center takes."""
    header = event.header
    if header.type != ATTACH or header.subject_kind != SubjectKind.CASE or event.meaning is None:
        return None
    remark = event.meaning.remark
    if remark is None or remark.get("kind") != ATTACHMENT:
        return None
    try:
        found = read_sealed(remark)
    except StationError:
        return None
    return found if found.size <= MOST_BYTES else None


def files_in(events: Iterable[Event]) -> list[NamedFile]:
    """Return the files that events name."""
    legible = [event for event in events if readable(event)]
    return [
        NamedFile(sealed.file, event.event_id, event.header.subject_id, event.header.org, sealed.size)
        for event in legible
        if (sealed := sealed_in(event)) is not None
    ]


def note_files(book: FileBook, events: Sequence[Event]) -> None:
    """Note the files that events name which came in, or have got their body."""
    if found := files_in(events):
        book.add_files(found)
