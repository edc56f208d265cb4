"""How it stands with the files of attachments at a station, in the same transaction as its journal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select, update

from station_app.domain.attachments import SealedFile
from station_app.exchange.authentic import readable
from station_app.exchange.files_named import ATTACH, sealed_in
from station_app.protocol.event import Event
from station_app.storage.file_rows import AttachmentRow
from station_app.storage.file_tables import let_go, unnamed
from station_app.storage.journal import chunks
from station_app.storage.rows import OutboxRow
from station_app.storage.settings_table import SettingTable
from station_app.storage.upserts import put_rows
from station_app.usecases.attachment_book import FilesLeft, FileState, FileToSend

_TAKEN_IN = ("stored", "exists")
# What is known of a file stays when its event is folded once more, and counts for whatever else names it.
_OF_THE_FILE = ("size", "own", "here", "sent", "there", "code")
_KEPT = frozenset(_OF_THE_FILE)
_TO_SEND = tuple(getattr(AttachmentRow, name) for name in ("file", "case_id", "size", "sent", "gone"))
# What the center has refused will never be asked for.
_REFUSED = select(OutboxRow.event_id).where(OutboxRow.status == "refused")
# The only copy: nothing here names it any more, but the center may still want it.
_ONLY_HERE = (
    AttachmentRow.gone
    & AttachmentRow.own
    & AttachmentRow.here
    & (AttachmentRow.there == "")
    & (AttachmentRow.code == "")
    & AttachmentRow.event_id.not_in(_REFUSED)
)


class AttachmentTable(SettingTable):
    """Files of attachments; a rebuild of the projections keeps what is known of them."""

    def name_files(self, streams: Collection[Sequence[Event]], device: str) -> None:
        """Note which files the events of cases name; of those whose body has gone, that they name none any more."""
        found = [event for stream in streams for event in stream if readable(event) and event.header.type == ATTACH]
        found.sort(key=lambda event: (event.header.lamport, event.event_id))
        named = [(event, sealed) for event in found if (sealed := sealed_in(event)) is not None]
        known = self._known({sealed.file for _, sealed in named})
        rows = []
        for event, sealed in named:
            # Who says more of a file need not have it: it is own on the PC that named it first.
            state = known.setdefault(sealed.file, _fresh(event, sealed, device))
            where = {"event_id": event.event_id, "file": sealed.file, "case_id": event.header.subject_id}
            rows.append({**where, **state, "gone": False})
        put_rows(self._connection, AttachmentRow, rows, but=_KEPT)
        let_go(self._connection, AttachmentRow, [event.event_id for event in found if event.body is None])

    def _known(self, files: Collection[str]) -> dict[str, dict[str, Any]]:
        """Return by address what is known of files that something has named before."""
        known: dict[str, dict[str, Any]] = {}
        columns = [AttachmentRow.file, *(getattr(AttachmentRow, name) for name in _OF_THE_FILE)]
        for chunk in chunks(sorted(files)):
            for row in self._connection.execute(select(*columns).where(AttachmentRow.file.in_(chunk))).mappings():
                known[row["file"]] = {name: row[name] for name in _OF_THE_FILE}
        return known

    def next_to_send(self, but: Collection[str] = ()) -> FileToSend | None:
        query = select(*_TO_SEND).outerjoin(OutboxRow, OutboxRow.event_id == AttachmentRow.event_id)
        query = query.where(*self._to_send(), func.coalesce(OutboxRow.status, "stored").in_(_TAKEN_IN))
        query = query.where(AttachmentRow.file.not_in(sorted(but)))
        row = self._connection.execute(query.order_by(~AttachmentRow.own, OutboxRow.link).limit(1)).mappings().first()
        return None if row is None else FileToSend(**row)

    def note_sent(self, file: str, sent: int, *, whole: bool) -> None:
        there = self._incarnation() if whole else ""
        self._set(file, sent=sent, there=there, code="")

    def note_lost(self, file: str, code: str) -> None:
        self._set(file, here=False, code=code)

    def keep_file(self, file: str) -> None:
        self._set(file, here=True, there=self._incarnation(), code="")

    def _set(self, file: str, **values: object) -> None:
        self._connection.execute(update(AttachmentRow).where(AttachmentRow.file == file).values(**values))

    def files_left(self) -> FilesLeft:
        own = (AttachmentRow.own, AttachmentRow.event_id.not_in(_REFUSED))
        left = func.max(AttachmentRow.size - AttachmentRow.sent).label("left")
        each = select(left).where(*own, *self._to_send()).group_by(AttachmentRow.file).subquery()
        files, size = self._connection.execute(select(func.count(), func.coalesce(func.sum(each.c.left), 0))).one()
        lost = select(func.count(AttachmentRow.file.distinct()))
        lost = lost.where(*own, ~AttachmentRow.gone, AttachmentRow.code != "")
        return FilesLeft(files, max(0, size), self._connection.scalar(lost) or 0)

    def _to_send(self) -> tuple[Any, ...]:
        not_there = (AttachmentRow.there == "") | (AttachmentRow.there != self._incarnation())
        wanted = (~AttachmentRow.gone & not_there) | _ONLY_HERE
        return (AttachmentRow.code == "", AttachmentRow.here, wanted)

    def file_states(self, case_id: str) -> Mapping[str, FileState]:
        query = select(*AttachmentRow.__table__.columns).where(AttachmentRow.case_id == case_id, ~AttachmentRow.gone)
        now = self._incarnation()
        return {
            row.file: FileState(row.size, row.own, row.here, row.sent, bool(now) and row.there == now, row.code)
            for row in self._connection.execute(query)
        }

    def uploaded_of(self, case_ids: Collection[str]) -> Mapping[str, tuple[int, int]]:
        columns = (AttachmentRow.case_id, AttachmentRow.file, AttachmentRow.there)
        own = (AttachmentRow.own, ~AttachmentRow.gone)
        there: dict[str, dict[str, bool]] = {}
        now = self._incarnation()
        for chunk in chunks(sorted(case_ids)):
            query = select(*columns).where(*own, AttachmentRow.case_id.in_(chunk))
            for case_id, file, where in self._connection.execute(query):
                there.setdefault(case_id, {})[file] = bool(now) and where == now
        counts = {case_id: (sum(files.values()), len(files)) for case_id, files in there.items()}
        return {case_id: (arrived, total) for case_id, (arrived, total) in counts.items() if arrived < total}

    def unnamed_files(self, limit: int) -> Sequence[str]:
        return unnamed(self._connection, AttachmentRow, limit, but=_ONLY_HERE)

    def forget_files(self, files: Collection[str]) -> None:
        for chunk in chunks(files):
            self._connection.execute(delete(AttachmentRow).where(AttachmentRow.file.in_(chunk), AttachmentRow.gone))

    def _incarnation(self) -> str:
        return str((self.setting("link") or {}).get("incarnation", ""))


def _fresh(event: Event, sealed: SealedFile, device: str) -> dict[str, Any]:
    own = event.header.origin == device
    return {"size": sealed.size, "own": own, "here": own, "sent": 0, "there": "", "code": ""}
