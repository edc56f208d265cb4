"""What a center keeps, in memory, and who belongs to it: stations, accounts, codes, documents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from station_app.exchange.duplicates import Errand
from station_app.exchange.id_sums import IdSum
from station_app.exchange.ports import Epoch, Head, Refusal, Subject
from station_app.protocol.event import Event
from station_app.protocol.signed import Signed
from station_app.protocol.wire import FeedRow
from station_app.usecases.center_ports import (
    Account,
    AuditEntry,
    DirectoryDraft,
    PhoneRound,
    Station,
)
from tests.fake_sent import Sent
from tests.fake_store import CredentialKey, Table, credential_key


@dataclass
class CenterTables:
    """What a center keeps."""

    settings: Table[str, Any] = field(default_factory=Table)
    events: Table[str, Event] = field(default_factory=Table)
    subjects: Table[str, tuple[Event, ...]] = field(default_factory=Table)
    tops: Table[Any, tuple[int, str]] = field(default_factory=Table)
    refusals: Table[int, tuple[str, str, Refusal]] = field(default_factory=Table)
    refused: Table[str, str] = field(default_factory=Table)
    heads: Table[tuple[str, str], Head] = field(default_factory=Table)
    epochs: Table[tuple[str, str], Epoch] = field(default_factory=Table)
    errands: Table[str, Errand] = field(default_factory=Table)
    reviews: Table[str, str] = field(default_factory=Table)
    viewers: Table[Subject, tuple[str, ...]] = field(default_factory=Table)
    unruled: Table[str, bool] = field(default_factory=Table)
    feed: Table[tuple[str, int], FeedRow] = field(default_factory=Table)
    feed_heads: Table[str, int] = field(default_factory=Table)
    outbox: Table[int, Sent] = field(default_factory=Table)
    sent_up: Table[str, int] = field(default_factory=Table)
    from_above: Table[str, bool] = field(default_factory=Table)
    receipts: Table[int, Signed] = field(default_factory=Table)
    in_feed: Table[tuple[str, str], bool] = field(default_factory=Table)
    sums: Table[str, IdSum] = field(default_factory=Table)
    credentials: Table[CredentialKey, Signed] = field(default_factory=Table)
    documents: Table[tuple[str, int], Signed] = field(default_factory=Table)
    stations: Table[str, Station] = field(default_factory=Table)
    accounts: Table[str, Account] = field(default_factory=Table)
    codes: Table[str, tuple[str, str]] = field(default_factory=Table)
    drafts: Table[int, DirectoryDraft] = field(default_factory=Table)
    phone_rounds: Table[tuple[str, str], PhoneRound] = field(default_factory=Table)
    audits: Table[int, AuditEntry] = field(default_factory=Table)


class MemoryRegistry:
    """The settings and the tables of the offices in one open transaction."""

    def __init__(self, tables: CenterTables) -> None:
        self.tables = tables

    def setting(self, name: str) -> Any:
        return self.tables.settings.get(name)

    def save_setting(self, name: str, value: Any) -> None:
        self.tables.settings[name] = value

    def signed_credentials(self, devices: Collection[str], people: Collection[tuple[str, str]]) -> tuple[Signed, ...]:
        wanted = set(devices)
        return tuple(
            signed
            for (person, device, _), signed in self.tables.credentials.items()
            if device in wanted and (not person or (person, device) in people)
        )

    def save_credential(self, signed: Signed) -> None:
        self.tables.credentials[credential_key(signed)] = signed

    def holders_of(self, public_key: bytes) -> set[str]:
        return {person for person, _, key in self.tables.credentials if key == public_key.hex()}

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

    def use_code(self, code_hash: str, device: str) -> None:
        self.tables.codes[code_hash] = (self.tables.codes[code_hash][0], device)

    def document(self, kind: str) -> Signed | None:
        number = self.last_document(kind)
        return self.tables.documents[kind, number] if number else None

    def last_document(self, kind: str) -> int:
        return max((number for of_kind, number in self.tables.documents if of_kind == kind), default=0)

    def save_document(self, kind: str, number: int, signed: Signed) -> None:
        assert (kind, number) not in self.tables.documents, "a document number used twice"
        self.tables.documents[kind, number] = signed

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
