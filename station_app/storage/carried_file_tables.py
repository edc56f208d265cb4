"""Files of attachments that came by packages, in the journal's transaction; their bytes lie beside it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import delete, func, literal_column, select, update

from station_app.protocol.package_records import NO_VERSION, PartKind
from station_app.storage.attachment_table import AttachmentTable
from station_app.storage.file_rows import AttachmentRow
from station_app.storage.journal import chunks
from station_app.storage.rows import OutboxRow
from station_app.storage.station_rows import CarriedPartRow
from station_app.storage.upserts import add_rows, put_rows
from station_app.usecases.attachment_book import FileToSend
from station_app.usecases.carried_files import GO_UP, HANDED_ON, KEPT, THERE, CarriedFile, FileAbove

_WANTED = "files_wanted"
_IS_FILE = CarriedPartRow.kind == PartKind.FILE.value
_COLUMNS = (
    CarriedPartRow.digest,
    CarriedPartRow.org,
    CarriedPartRow.code,
    CarriedPartRow.came_at,
    CarriedPartRow.sealed,
)
_FILES = select(*_COLUMNS).where(_IS_FILE).order_by(literal_column("rowid"))
_STANDS = ~AttachmentRow.gone


class CarriedFileTables(AttachmentTable):
    """The port is usecases.carried_files.CarriedFileBook."""

    def files_above(self) -> Sequence[FileAbove]:
        query = select(AttachmentRow.file, AttachmentRow.size, AttachmentRow.there)
        query = query.outerjoin(OutboxRow, OutboxRow.event_id == AttachmentRow.event_id)
        query = query.where(*self._to_send(), func.coalesce(OutboxRow.status, "") != "refused")
        rows = self._connection.execute(query.order_by(~AttachmentRow.own, OutboxRow.link)).all()
        return list({row.file: FileAbove(row.file, row.size, bool(row.there)) for row in rows}.values())

    def carried_files(self) -> Sequence[CarriedFile]:
        return [CarriedFile(*row) for row in self._connection.execute(_FILES)]

    def next_carried_file(self, but: Collection[str]) -> CarriedFile | None:
        query = _FILES.where(CarriedPartRow.code == GO_UP, CarriedPartRow.digest.not_in(sorted(but)))
        row = self._connection.execute(query.limit(1)).first()
        return None if row is None else CarriedFile(*row)

    def carry_files(self, files: Sequence[str], org: str, state: str, at: str) -> None:
        same = {"kind": PartKind.FILE.value, "org": org, "key": NO_VERSION, "device": "", "sealed": b""}
        rows = [{"digest": file, **same, "came_at": at, "code": state} for file in files]
        if state == GO_UP:
            put_rows(self._connection, CarriedPartRow, rows, but=frozenset({"org", "came_at", "sealed"}))
        else:
            add_rows(self._connection, CarriedPartRow, rows)

    def drop_carried(self, files: Collection[str]) -> None:
        for chunk in chunks(files):
            here = _IS_FILE & CarriedPartRow.digest.in_(chunk)
            # Not logged: nothing but the note was here.
            self._connection.execute(delete(CarriedPartRow).where(here))

    def note_there(self, files: Collection[str], incarnation: str) -> None:
        for chunk in chunks(files):
            here = update(AttachmentRow).where(AttachmentRow.file.in_(chunk))
            self._connection.execute(here.values(there=incarnation, sent=AttachmentRow.size))
            going = _IS_FILE & CarriedPartRow.digest.in_(chunk) & CarriedPartRow.code.in_((GO_UP, HANDED_ON))
            self._connection.execute(update(CarriedPartRow).where(going).values(code=THERE + incarnation, sealed=b""))

    def named_by_now(self) -> Sequence[str]:
        query = select(AttachmentRow.file).join(CarriedPartRow, CarriedPartRow.digest == AttachmentRow.file)
        query = query.where(_IS_FILE, _STANDS, ~AttachmentRow.here)
        return list(self._connection.scalars(query.distinct()))

    def lay_files(self, files: Collection[str]) -> None:
        named: list[str] = []
        for chunk in chunks(files):
            here = _STANDS & AttachmentRow.file.in_(chunk)
            named += self._connection.scalars(select(AttachmentRow.file).where(here).distinct())
            self._connection.execute(update(AttachmentRow).where(here).values(here=True, code=""))
        for chunk in chunks(named):
            kept = _IS_FILE & CarriedPartRow.digest.in_(chunk) & (CarriedPartRow.code == KEPT)
            # Not logged: the file stays, and is known by the event from now on.
            self._connection.execute(delete(CarriedPartRow).where(kept))

    def done_files(self) -> Sequence[str]:
        named = select(AttachmentRow.file).where(AttachmentRow.file == CarriedPartRow.digest, _STANDS).exists()
        gone_on = (CarriedPartRow.code == HANDED_ON) | CarriedPartRow.code.startswith(THERE)
        return list(self._connection.scalars(select(CarriedPartRow.digest).where(_IS_FILE, gone_on, ~named)))

    def cases_of_files(self, files: Collection[str]) -> Mapping[str, Sequence[str]]:
        found: dict[str, list[str]] = {}
        for chunk in chunks(files):
            named = select(AttachmentRow.file, AttachmentRow.case_id).where(_STANDS, AttachmentRow.file.in_(chunk))
            for file, case_id in self._connection.execute(named):
                found.setdefault(file, []).append(case_id)
        return found

    def wanted_files(self) -> Mapping[str, Sequence[str]]:
        return self.setting(_WANTED) or {}

    def next_wanted(self, but: Collection[str]) -> FileToSend | None:
        wanted = {file for files in self.wanted_files().values() for file in files}.difference(but)
        columns = (AttachmentRow.file, AttachmentRow.case_id, AttachmentRow.size, AttachmentRow.sent)
        for chunk in chunks(wanted):
            query = select(*columns).where(_STANDS, ~AttachmentRow.here, AttachmentRow.file.in_(chunk)).limit(1)
            if row := self._connection.execute(query).mappings().first():
                return FileToSend(**row)
        return None

    def save_wanted_files(self, wanted: Mapping[str, Sequence[str]]) -> None:
        self.save_setting(_WANTED, {org: list(files) for org, files in wanted.items()})
