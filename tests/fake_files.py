"""The files that events name, in memory: at a center and at a station."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from station_app.exchange.file_book import NamedFile
from station_app.exchange.files_named import ATTACH, sealed_in
from station_app.protocol.event import Event
from station_app.usecases.attachment_book import FilesLeft, FileState, FileToSend


class MemoryFiles:
    """The port is exchange.file_book.FileBook; (file, event id) to what is named, and whether it still is."""

    tables: Any

    def add_files(self, found: Sequence[NamedFile]) -> None:
        self.tables.files.update({(named.file, named.event_id): (named, True) for named in found})

    def let_go(self, event_ids: Collection[str]) -> None:
        for key, (named, _) in list(self.tables.files.items()):
            if key[1] in event_ids:
                self.tables.files[key] = (named, False)

    def files_named(self, file: str) -> Sequence[NamedFile]:
        return [named for named, is_so in self.tables.files.values() if is_so and named.file == file]

    def unnamed_files(self, limit: int) -> Sequence[str]:
        files = sorted({file for file, _ in self.tables.files})
        return [file for file in files if not self.files_named(file)][:limit]

    def forget_files(self, files: Collection[str]) -> None:
        for key, (named, is_so) in list(self.tables.files.items()):
            if named.file in files and not is_so:
                del self.tables.files[key]


class MemoryAttachments:
    """The port is usecases.attachment_book.AttachmentBook; event id to (to send, state, still named, incarnation)."""

    tables: Any

    def name_files(self, events: Sequence[Event], device: str) -> None:
        for event in sorted(events, key=lambda event: (event.header.lamport, event.event_id)):
            if event.header.type != ATTACH or event.event_id in self.tables.attachments or event.body is None:
                continue
            if (sealed := sealed_in(event)) is not None:
                own = event.header.origin == device
                known = [state for named, state in self.tables.attachments.values() if named.file == sealed.file]
                state = known[0] if known else FileState(sealed.size, own, own, 0, False, "")
                named = FileToSend(sealed.file, event.header.subject_id, state.size, 0)
                self.tables.attachments[event.event_id] = (named, state)

    def next_to_send(self, but: Collection[str] = ()) -> FileToSend | None:
        waiting = {row.event_id for row in self.tables.outbox.values() if row.status not in ("stored", "exists")}
        for event_id, (named, state) in self.tables.attachments.items():
            if named.file not in but and state.here and not state.there and not state.code and event_id not in waiting:
                return replace(named, sent=state.sent)  # type: ignore[no-any-return]
        return None

    def note_sent(self, file: str, sent: int, *, whole: bool) -> None:
        self._change(file, sent=sent, there=whole, code="")

    def note_lost(self, file: str, code: str) -> None:
        self._change(file, here=False, code=code)

    def keep_file(self, file: str) -> None:
        self._change(file, here=True, there=True, code="")

    def _change(self, file: str, **values: Any) -> None:
        for event_id, (named, state) in list(self.tables.attachments.items()):
            if named.file == file:
                self.tables.attachments[event_id] = (named, replace(state, **values))

    def files_left(self) -> FilesLeft:
        each = {named.file: state for named, state in self.tables.attachments.values()}
        own = [state for state in each.values() if state.own]
        left = [state for state in own if state.here and not state.there and not state.code]
        return FilesLeft(len(left), sum(s.size - s.sent for s in left), sum(1 for state in own if state.code))

    def file_states(self, case_id: str) -> Mapping[str, FileState]:
        return {named.file: state for named, state in self.tables.attachments.values() if named.case_id == case_id}

    def uploaded_of(self, case_ids: Collection[str]) -> Mapping[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        for case_id in case_ids:
            own = [state for state in self.file_states(case_id).values() if state.own]
            if not all(state.there for state in own):
                found[case_id] = (sum(state.there for state in own), len(own))
        return found

    def unnamed_files(self, limit: int) -> Sequence[str]:
        return ()

    def forget_files(self, files: Collection[str]) -> None:
        pass


class MemoryShelf:
    """A shelf that nothing ever lies on; the port is center.ports.FileShelf."""

    def has(self, address: str) -> bool:
        return False

    def drop(self, address: str) -> bool:
        return True
