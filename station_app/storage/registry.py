"""The center's office tables: stations, accounts, codes, drafts of the directory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import bindparam, case, desc, func, insert, select, update

from station_app.domain.lanes import SubjectKind
from station_app.domain.people import Role, Worker
from station_app.exchange.limits import HELD
from station_app.protocol.event import Event
from station_app.protocol.signed import Signed, read_credential
from station_app.storage.center_rows import AccountRow, CodeRow, DeviceRow, DraftDirectoryRow, HeadRow, SubjectRow
from station_app.storage.journal import ADMITTED, chunks, event_of
from station_app.storage.people_rows import AuditRow, PhoneRoundRow
from station_app.storage.relay_book import RelayBookOnDisk
from station_app.storage.rows import CredentialRow, DocumentRow, EventRow, RefusalRow
from station_app.storage.upserts import put_row
from station_app.usecases.center_ports import (
    Account,
    AuditEntry,
    DirectoryDraft,
    HeldEvent,
    PhoneRound,
    RefusedEvent,
    Station,
)

REFUSED_COLUMNS = (RefusalRow.header, RefusalRow.signature, RefusalRow.person_signature, RefusalRow.body)

# Asked several times in an exchange: made once, for putting a statement together takes longer than running it.
_STATION = select(*DeviceRow.__table__.columns).where(DeviceRow.device == bindparam("of"))


class RegistryOnDisk(RelayBookOnDisk):
    """The office tables in the same transaction as the center's journal."""

    def station(self, device: str) -> Station | None:
        row = self.connection.execute(_STATION, {"of": device}).mappings().first()
        return None if row is None else Station(**row)

    def stations(self) -> Sequence[Station]:
        return self._stations()

    def stations_of(self, org: str) -> Sequence[Station]:
        return self._stations(DeviceRow.org == org)

    def _stations(self, *where: Any) -> list[Station]:
        in_order = DeviceRow.enrolled_at, DeviceRow.device
        rows = self.connection.execute(select(*DeviceRow.__table__.columns).where(*where).order_by(*in_order))
        return [Station(**row) for row in rows.mappings()]

    def save_station(self, station: Station) -> None:
        put_row(self.connection, DeviceRow, **asdict(station))

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
        put_row(self.connection, AccountRow, person=account.worker.person_id, **values)

    def holders_of(self, public_key: bytes) -> set[str]:
        held = CredentialRow.public_key == public_key.hex()
        return set(self.connection.scalars(select(CredentialRow.person).where(held)))

    def devices_of(self, person: str) -> set[str]:
        return set(self.connection.scalars(select(CredentialRow.device).where(CredentialRow.person == person)))

    def certified_for(self, org: str) -> set[str]:
        payloads = self.connection.scalars(select(CredentialRow.payload).where(CredentialRow.kind == "device"))
        return {found.device for found in map(read_credential, payloads) if found.org == org}

    def chain_heads(self, devices: Collection[str]) -> dict[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = {}
        for row in (HeadRow, EventRow):
            last = select(row.origin, row.epoch, func.max(row.seq)).group_by(row.origin, row.epoch)
            for chunk in chunks(devices):
                for origin, epoch, seq in self.connection.execute(last.where(row.origin.in_(chunk))):
                    found[origin, epoch] = max(seq, found.get((origin, epoch), 0))
        return found

    def held_events(self) -> Sequence[HeldEvent]:
        query = select(RefusalRow.number, RefusalRow.code, RefusalRow.event_id, *REFUSED_COLUMNS)
        rows = self.connection.execute(query.where(RefusalRow.code.in_(HELD)).order_by(RefusalRow.number))
        return [HeldEvent(row.number, row.code, event_of(row, self._cipher)) for row in rows]

    def refused(self) -> Sequence[RefusedEvent]:
        columns = (RefusalRow.number, RefusalRow.code, RefusalRow.device, RefusalRow.epoch, RefusalRow.link)
        query = select(*columns, *REFUSED_COLUMNS[:3]).where(RefusalRow.code != ADMITTED)
        return [
            RefusedEvent(
                row.number,
                row.code,
                row.device,
                row.epoch,
                row.link,
                Event(row.header, row.signature, row.person_signature, None),
            )
            for row in self.connection.execute(query.order_by(RefusalRow.number))
        ]

    def refusals_by_device(self) -> dict[str, tuple[int, int]]:
        held = func.sum(case((RefusalRow.code.in_(HELD), 1), else_=0))
        query = select(RefusalRow.device, func.count().label("refused"), held.label("held"))
        rows = self.connection.execute(query.where(RefusalRow.code != ADMITTED).group_by(RefusalRow.device))
        return {row.device: (row.refused, row.held) for row in rows}

    def add_code(self, code_hash: str, org: str) -> None:
        self.connection.execute(insert(CodeRow).values(code_hash=code_hash, org=org, device=""))

    def code(self, code_hash: str) -> tuple[str, str] | None:
        row = self.connection.execute(select(CodeRow.org, CodeRow.device).where(CodeRow.code_hash == code_hash)).first()
        return None if row is None else (row.org, row.device)

    def codes(self) -> Sequence[str]:
        return self.connection.execute(select(CodeRow.code_hash)).scalars().all()

    def use_code(self, code_hash: str, device: str) -> None:
        self.connection.execute(update(CodeRow).where(CodeRow.code_hash == code_hash).values(device=device))

    def document(self, kind: str) -> Signed | None:
        columns = (DocumentRow.payload, DocumentRow.signature)
        query = select(*columns).where(DocumentRow.kind == kind).order_by(desc(DocumentRow.number)).limit(1)
        row = self.connection.execute(query).first()
        return None if row is None else Signed(row.payload, row.signature)

    def phone_rounds(self) -> Sequence[PhoneRound]:
        return self._phone_rounds()

    def phone_rounds_of(self, device: str) -> Sequence[PhoneRound]:
        return self._phone_rounds(PhoneRoundRow.device == device)

    def _phone_rounds(self, *where: Any) -> list[PhoneRound]:
        query = select(*PhoneRoundRow.__table__.columns).where(*where).order_by(PhoneRoundRow.person)
        return [PhoneRound(**row) for row in self.connection.execute(query).mappings()]

    def save_phone_round(self, found: PhoneRound) -> None:
        put_row(self.connection, PhoneRoundRow, **asdict(found))

    def add_audit(self, entry: AuditEntry) -> None:
        self.connection.execute(insert(AuditRow).values(**{**asdict(entry), "about": dict(entry.about)}))

    def audits(self) -> Sequence[AuditEntry]:
        columns = (AuditRow.at, AuditRow.what, AuditRow.by, AuditRow.second, AuditRow.about)
        rows = self.connection.execute(select(*columns).order_by(AuditRow.number)).mappings()
        return [AuditEntry(**row) for row in rows]

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
            "refused": count(select(func.count()).where(RefusalRow.code != ADMITTED)) or 0,
            "held": count(select(func.count()).where(RefusalRow.code.in_(HELD))) or 0,
        }

    def refused_places(self) -> set[tuple[str, str]]:
        """Return the chains (device, epoch) in which an event was refused."""
        rows = self.connection.execute(select(RefusalRow.device, RefusalRow.epoch).distinct())
        return {(row.device, row.epoch) for row in rows}
