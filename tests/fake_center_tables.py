"""What a center in memory keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from station_app.exchange.duplicates import Errand
from station_app.exchange.file_book import NamedFile
from station_app.exchange.id_sums import IdSum
from station_app.exchange.number_book import Lease, UsedNumber
from station_app.exchange.ports import Epoch, Head, Refusal, Subject
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import FeedRow
from station_app.protocol.signed import Signed
from station_app.usecases.center_ports import (
    Account,
    AuditEntry,
    DirectoryDraft,
    PhoneRound,
    Station,
)
from tests.fake_sent import Sent
from tests.fake_store import CredentialKey, Table


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
    removals: Table[str, str] = field(default_factory=Table)
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
    left_out: Table[tuple[str, int], int] = field(default_factory=Table)
    away: Table[tuple[str, str], tuple[str, int]] = field(default_factory=Table)
    credentials: Table[CredentialKey, Signed] = field(default_factory=Table)
    documents: Table[tuple[str, int], Signed] = field(default_factory=Table)
    stations: Table[str, Station] = field(default_factory=Table)
    accounts: Table[str, Account] = field(default_factory=Table)
    codes: Table[str, tuple[str, str]] = field(default_factory=Table)
    drafts: Table[int, DirectoryDraft] = field(default_factory=Table)
    phone_rounds: Table[tuple[str, str], PhoneRound] = field(default_factory=Table)
    audits: Table[int, AuditEntry] = field(default_factory=Table)
    leases: Table[tuple[str, int, int], Lease] = field(default_factory=Table)
    used: Table[str, UsedNumber] = field(default_factory=Table)
    files: Table[tuple[str, str], tuple[NamedFile, bool]] = field(default_factory=Table)
    case_numbers: Table[tuple[str, str], bool] = field(default_factory=Table)
