"""Files that came by packages, at a station in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from station_app.usecases.attachment_book import FileToSend
from station_app.usecases.carried_files import GO_UP, HANDED_ON, KEPT, THERE, CarriedFile, FileAbove
from tests.fake_files import MemoryAttachments


class MemoryCarriedFiles(MemoryAttachments):
    """The port is usecases.carried_files.CarriedFileBook."""

    tables: Any

    def files_above(self) -> Sequence[FileAbove]:
        refused = {row.event_id for row in self.tables.outbox.values() if row.status == "refused"}
        found = [
            FileAbove(named.file, named.size, again=False)
            for event_id, (named, state) in self.tables.attachments.items()
            if state.here and not state.there and not state.code and event_id not in refused
        ]
        return list({above.file: above for above in found}.values())

    def carried_files(self) -> Sequence[CarriedFile]:
        return list(self.tables.carried_files.values())

    def next_carried_file(self, but: Collection[str]) -> CarriedFile | None:
        waiting = (found for found in self.carried_files() if found.state == GO_UP and found.file not in but)
        return next(waiting, None)

    def carry_files(self, files: Sequence[str], org: str, state: str, at: str) -> None:
        for file in files:
            known = self.tables.carried_files.get(file)
            if known is None:
                self.tables.carried_files[file] = CarriedFile(file, org, state, at)
            elif state == GO_UP:
                self.tables.carried_files[file] = replace(known, state=GO_UP)

    def drop_carried(self, files: Collection[str]) -> None:
        for file in files:
            if file in self.tables.carried_files:
                del self.tables.carried_files[file]

    def note_there(self, files: Collection[str], incarnation: str) -> None:
        for file in files:
            for event_id, (named, state) in list(self.tables.attachments.items()):
                if named.file == file:
                    self.tables.attachments[event_id] = (named, replace(state, there=True, sent=named.size))
            known = self.tables.carried_files.get(file)
            if known is not None and known.state in (GO_UP, HANDED_ON):
                self.tables.carried_files[file] = replace(known, state=THERE + incarnation, sealed=b"")

    def named_by_now(self) -> Sequence[str]:
        missing = [named.file for named, state in self.tables.attachments.values() if not state.here]
        return [file for file in dict.fromkeys(missing) if file in self.tables.carried_files]

    def lay_files(self, files: Collection[str]) -> None:
        for event_id, (named, state) in list(self.tables.attachments.items()):
            if named.file in files:
                self.tables.attachments[event_id] = (named, replace(state, here=True, code=""))
                known = self.tables.carried_files.get(named.file)
                if known is not None and known.state == KEPT:
                    del self.tables.carried_files[named.file]

    def done_files(self) -> Sequence[str]:
        named = {named.file for named, _ in self.tables.attachments.values()}
        gone = (found for found in self.carried_files() if found.state == HANDED_ON or found.state.startswith(THERE))
        return [found.file for found in gone if found.file not in named]

    def cases_of_files(self, files: Collection[str]) -> Mapping[str, Sequence[str]]:
        named = [named for named, _ in self.tables.attachments.values() if named.file in files]
        return {one.file: [other.case_id for other in named if other.file == one.file] for one in named}

    def wanted_files(self) -> Mapping[str, Sequence[str]]:
        return self.tables.settings.get("files_wanted") or {}

    def next_wanted(self, but: Collection[str]) -> FileToSend | None:
        wanted = {file for files in self.wanted_files().values() for file in files}.difference(but)
        states = self.tables.attachments.values()
        return next((named for named, state in states if named.file in wanted and not state.here), None)

    def save_wanted_files(self, wanted: Mapping[str, Sequence[str]]) -> None:
        self.tables.settings["files_wanted"] = {org: list(files) for org, files in wanted.items()}
