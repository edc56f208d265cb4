"""The center's office tables: stations, accounts, codes, drafts of the directory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import desc, func, insert, select, update

from station_app.domain.lanes import SubjectKind
from station_app.domain.people import Role, Worker
from station_app.protocol.signed import Signed
from station_app.storage.center_rows import AccountRow, CodeRow, DeviceRow, DraftDirectoryRow, SubjectRow
from station_app.storage.relay_book import RelayBookOnDisk
from station_app.storage.rows import DocumentRow, EventRow, RefusalRow
from station_app.storage.upserts import upsert
from station_app.usecases.center_ports import Account, DirectoryDraft, Station


class RegistryOnDisk(RelayBookOnDisk):
    """The office tables in the same transaction as the center's journal."""

    def station(self, device: str) -> Station | None:
        found = self._stations(DeviceRow.device == device)
        return found[0] if found else None

    def stations(self) -> Sequence[Station]:
        return self._stations()

    def stations_of(self, org: str) -> Sequence[Station]:
        return self._stations(DeviceRow.org == org)

    def _stations(self, *where: Any) -> list[Station]:
        in_order = DeviceRow.enrolled_at, DeviceRow.device
        rows = self.connection.execute(select(*DeviceRow.__table__.columns).where(*where).order_by(*in_order))
        return [Station(**row) for row in rows.mappings()]

    def save_station(self, station: Station) -> None:
        values = asdict(station)
        statement = upsert(self.connection, DeviceRow).values(**values)
        self.connection.execute(statement.on_conflict_do_update(index_elements=["device"], set_=values))

    def account(self, person: str) -> Account | None:
        found = self._accounts(AccountRow.person == person)
        return found[0] if found else None

    def account_named(self, name: str) -> Account | None:
        found = self._accounts(AccountRow.name == name)
        return next((account for account in found if not account.disabled), found[0] if found else None)

    def accounts(self) -> Sequence[Account]:
        return self._accounts()

    def _accounts(self, *where: Any) -> list[Account]:
        rows = self.connection.execute(select(*AccountRow.__table__.columns).where(*where).order_by(AccountRow.person))
        return [
            Account(
                Worker(row.person, row.name, row.org, frozenset(Role(role) for role in row.roles)),
                disabled=row.disabled,
                code_hash=row.code_hash,
                secret=row.secret,
            )
            for row in rows
        ]

    def save_account(self, account: Account) -> None:
        values = {
            "name": account.worker.name,
            "org": account.worker.org,
            "roles": sorted(role.value for role in account.worker.roles),
            "disabled": account.disabled,
            "code_hash": account.code_hash,
            "secret": account.secret,
        }
        statement = upsert(self.connection, AccountRow).values(person=account.worker.person_id, **values)
        self.connection.execute(statement.on_conflict_do_update(index_elements=["person"], set_=values))

    def add_code(self, code_hash: str, org: str) -> None:
        self.connection.execute(insert(CodeRow).values(code_hash=code_hash, org=org, device=""))

    def code(self, code_hash: str) -> tuple[str, str] | None:
        row = self.connection.execute(select(CodeRow.org, CodeRow.device).where(CodeRow.code_hash == code_hash)).first()
        return None if row is None else (row.org, row.device)

    def use_code(self, code_hash: str, device: str) -> None:
        self.connection.execute(update(CodeRow).where(CodeRow.code_hash == code_hash).values(device=device))

    def document(self, kind: str) -> Signed | None:
        columns = (DocumentRow.payload, DocumentRow.signature)
        query = select(*columns).where(DocumentRow.kind == kind).order_by(desc(DocumentRow.number)).limit(1)
        row = self.connection.execute(query).first()
        return None if row is None else Signed(row.payload, row.signature)

    def add_draft(self, content: Mapping[str, Any], submitted_by: str) -> int:
        row = {"content": dict(content), "submitted_by": submitted_by, "approved_by": "", "published": False}
        result = self.connection.execute(insert(DraftDirectoryRow).values(**row).returning(DraftDirectoryRow.number))
        return int(result.scalar_one())

    def draft(self, number: int) -> DirectoryDraft | None:
        columns = DraftDirectoryRow.__table__.columns
        row = self.connection.execute(select(*columns).where(DraftDirectoryRow.number == number)).mappings().first()
        return None if row is None else DirectoryDraft(**row)

    def save_draft(self, draft: DirectoryDraft) -> None:
        values = {"approved_by": draft.approved_by, "published": draft.published}
        self.connection.execute(
            update(DraftDirectoryRow).where(DraftDirectoryRow.number == draft.number).values(**values)
        )

    def counts(self) -> dict[str, int]:
        """Return how many events, cases, waiting cases and tombstones there are."""
        count = self.connection.scalar
        cases = SubjectRow.kind == SubjectKind.CASE.value
        return {
            "events": count(select(func.count()).select_from(EventRow)) or 0,
            "cases": count(select(func.count()).select_from(SubjectRow).where(cases)) or 0,
            "unruled": count(select(func.count()).select_from(SubjectRow).where(SubjectRow.unruled)) or 0,
            "refused": count(select(func.count()).select_from(RefusalRow)) or 0,
        }

    def refused_places(self) -> set[tuple[str, str]]:
        """Return the chains (device, epoch) in which an event was refused."""
        rows = self.connection.execute(select(RefusalRow.device, RefusalRow.epoch).distinct())
        return {(row.device, row.epoch) for row in rows}
