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
# What is known of a file stays when its event is folded once more.
_KEPT = frozenset({"own", "here", "sent", "there", "code"})
_NOT_LOST = ~AttachmentRow.gone & (AttachmentRow.code == "")


class AttachmentTable(SettingTable):
    """Files of attachments; a rebuild of the projections keeps what is known of them."""

    def name_files(self, streams: Collection[Sequence[Event]], device: str) -> None:
        """Note which files the events of cases name; of those whose body has gone, that they name none any more."""
        found = [event for stream in streams for event in stream if readable(event) and event.header.type == ATTACH]
        rows = [_row(event, sealed, device) for event in found if (sealed := sealed_in(event)) is not None]
        put_rows(self._connection, AttachmentRow, rows, but=_KEPT)
        let_go(self._connection, AttachmentRow, [event.event_id for event in found if event.body is None])

    def next_to_send(self, but: Collection[str] = ()) -> FileToSend | None:
        columns = (AttachmentRow.file, AttachmentRow.case_id, AttachmentRow.size, AttachmentRow.sent)
        query = select(*columns).outerjoin(OutboxRow, OutboxRow.event_id == AttachmentRow.event_id)
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
        # What the center has refused will never be asked for.
        refused = select(OutboxRow.event_id).where(OutboxRow.status == "refused")
        own = (AttachmentRow.own, AttachmentRow.event_id.not_in(refused))
        left = func.coalesce(func.sum(AttachmentRow.size - AttachmentRow.sent), 0)
        query = select(func.count(), left).where(*own, *self._to_send())
        files, size = self._connection.execute(query).one()
        lost = select(func.count()).where(*own, ~AttachmentRow.gone, AttachmentRow.code != "")
        return FilesLeft(files, max(0, size), self._connection.scalar(lost) or 0)

    def _to_send(self) -> tuple[Any, ...]:
        return (
            _NOT_LOST,
            AttachmentRow.here,
            (AttachmentRow.there == "") | (AttachmentRow.there != self._incarnation()),
        )

    def file_states(self, case_id: str) -> Mapping[str, FileState]:
        query = select(*AttachmentRow.__table__.columns).where(AttachmentRow.case_id == case_id, ~AttachmentRow.gone)
        now = self._incarnation()
        return {
            row.file: FileState(row.size, row.own, row.here, row.sent, bool(now) and row.there == now, row.code)
            for row in self._connection.execute(query)
        }

    def unnamed_files(self, limit: int) -> Sequence[str]:
        return unnamed(self._connection, AttachmentRow, limit)

    def forget_files(self, files: Collection[str]) -> None:
        for chunk in chunks(files):
            self._connection.execute(delete(AttachmentRow).where(AttachmentRow.file.in_(chunk), AttachmentRow.gone))

    def _incarnation(self) -> str:
        return str((self.setting("link") or {}).get("incarnation", ""))


def _row(event: Event, sealed: SealedFile, device: str) -> dict[str, Any]:
    own = event.header.origin == device
    where = {"event_id": event.event_id, "file": sealed.file, "case_id": event.header.subject_id, "size": sealed.size}
    return {**where, "own": own, "here": own, "sent": 0, "there": "", "code": "", "gone": False}
