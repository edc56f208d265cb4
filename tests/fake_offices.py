"""Stations, accounts, codes and drafts of a center in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from station_app.protocol.signed import read_credential
from station_app.usecases.center_ports import (
    Account,
    AuditEntry,
    DirectoryDraft,
    PhoneRound,
    Station,
)
from tests.fake_center_tables import CenterTables


class MemoryOffices:
    """The part of a center's book that tells who is enrolled."""

    def __init__(self, tables: CenterTables) -> None:
        self.tables = tables

    def holders_of(self, public_key: bytes) -> set[str]:
        return {person for person, _, key in self.tables.credentials if key == public_key.hex()}

    def certified_for(self, org: str) -> set[str]:
        found = [read_credential(signed.payload) for signed in self.tables.credentials.values()]
        return {one.device for one in found if one.org == org}

    def station(self, device: str) -> Station | None:
        return self.tables.stations.get(device)

    def stations(self) -> Sequence[Station]:
        return list(self.tables.stations.values())

    def stations_of(self, org: str) -> Sequence[Station]:
        return [station for station in self.tables.stations.values() if station.org == org]

    def save_station(self, station: Station) -> None:
        self.tables.stations[station.device] = station

    def account(self, person: str) -> Account | None:
        return self.tables.accounts.get(person)

    def account_named(self, name: str) -> Account | None:
        return next((a for a in self.tables.accounts.values() if a.worker.name == name), None)

    def accounts(self) -> Sequence[Account]:
        return list(self.tables.accounts.values())

    def save_account(self, account: Account) -> None:
        self.tables.accounts[account.worker.person_id] = account

    def add_code(self, code_hash: str, org: str) -> None:
        self.tables.codes[code_hash] = (org, "")

    def code(self, code_hash: str) -> tuple[str, str] | None:
        return self.tables.codes.get(code_hash)

    def codes(self) -> Sequence[str]:
        return list(self.tables.codes)

    def use_code(self, code_hash: str, device: str) -> None:
        self.tables.codes[code_hash] = (self.tables.codes[code_hash][0], device)

    def phone_rounds(self) -> Sequence[PhoneRound]:
        return list(self.tables.phone_rounds.values())

    def phone_rounds_of(self, device: str) -> Sequence[PhoneRound]:
        return [found for found in self.phone_rounds() if found.device == device]

    def save_phone_round(self, found: PhoneRound) -> None:
        self.tables.phone_rounds[found.device, found.person] = found

    def add_audit(self, entry: AuditEntry) -> None:
        self.tables.audits[len(self.tables.audits)] = entry

    def audits(self) -> Sequence[AuditEntry]:
        return list(self.tables.audits.values())

    def add_draft(self, content: Mapping[str, Any], submitted_by: str) -> int:
        number = len(self.tables.drafts) + 1
        self.tables.drafts[number] = DirectoryDraft(number, dict(content), submitted_by, "", published=False)
        return number

    def draft(self, number: int) -> DirectoryDraft | None:
        return self.tables.drafts.get(number)

    def save_draft(self, draft: DirectoryDraft) -> None:
        self.tables.drafts[draft.number] = draft
