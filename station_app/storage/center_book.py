"""The center's journal in one transaction: intake, rulings, feeds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select, tuple_, update
from sqlalchemy.dialects.sqlite import insert as upsert

from station_app.domain.lanes import SubjectKind
from station_app.domain.organisations import Organisations
from station_app.exchange.authentic import Credentials
from station_app.exchange.limits import Limits, read_limits
from station_app.exchange.ports import Head, Placement, Refusal, Subject
from station_app.exchange.writing import Chain
from station_app.protocol.event import Event
from station_app.protocol.signed import Signed, read_credential
from station_app.protocol.wire import FeedRow
from station_app.storage.journal import (
    ADMITTED,
    BodyCipher,
    chunks,
    events_about,
    events_by_id,
    every_event,
    insert_events,
    insert_refusals,
    refusal_values,
)
from station_app.storage.rows import (
    CredentialRow,
    DocumentRow,
    EventRow,
    FeedHeadRow,
    FeedRowRow,
    HeadRow,
    RefusalRow,
    SubjectRow,
)
from station_app.storage.settings_table import SettingTable


class CenterBookOnDisk(SettingTable):
    """One open transaction of a center's database."""

    def __init__(self, connection: Connection, cipher: BodyCipher) -> None:
        super().__init__(connection)
        self._cipher = cipher

    @property
    def connection(self) -> Connection:
        """Return the transaction, for the center's office tables, which live in it too."""
        return self._connection

    # -- intake ----------------------------------------------------------------------------------------------------

    def link_head(self, device: str, epoch: str) -> int:
        return self._connection.scalar(select(HeadRow.link).where(*_chain_is((device, epoch)))) or 0

    def heads(self, chains: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Head]:
        found: dict[tuple[str, str], Head] = {}
        for chain in chains:
            row = self._connection.execute(select(HeadRow.seq, HeadRow.event_id).where(*_chain_is(chain))).first()
            if row is not None:
                found[chain] = Head(row.seq, row.event_id)
        return found

    def ids_at(self, places: Collection[tuple[str, str, int]]) -> Mapping[tuple[str, str, int], str]:
        found: dict[tuple[str, str, int], str] = {}
        for chunk in chunks(places, 200):
            query = select(EventRow.origin, EventRow.epoch, EventRow.seq, EventRow.event_id)
            here = tuple_(EventRow.origin, EventRow.epoch, EventRow.seq).in_(chunk)
            for row in self._connection.execute(query.where(here)):
                found[row.origin, row.epoch, row.seq] = row.event_id
        return found

    def refused_ids(self, event_ids: Collection[str]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for chunk in chunks(event_ids):
            query = select(RefusalRow.event_id, RefusalRow.code).where(RefusalRow.event_id.in_(chunk))
            query = query.where(RefusalRow.code != ADMITTED)
            found.update({row.event_id: row.code for row in self._connection.execute(query)})
        return found

    def viewers(self, subjects: Collection[Subject]) -> Mapping[Subject, tuple[str, ...]]:
        found: dict[Subject, tuple[str, ...]] = {}
        for chunk in chunks({subject_id for _, subject_id in subjects}):
            query = select(SubjectRow.kind, SubjectRow.subject_id, SubjectRow.viewers)
            for row in self._connection.execute(query.where(SubjectRow.subject_id.in_(chunk))):
                found[row.kind, row.subject_id] = tuple(row.viewers)
        return found

    def highest_lamport(self) -> int:
        return self._connection.scalar(select(func.max(EventRow.lamport))) or 0

    def organisations(self) -> Organisations:
        return Organisations.from_json(self.setting("organisations") or [])

    def limits(self) -> Limits:
        return read_limits(self.setting("limits") or {})

    def waits_for_ruling(self, org: str) -> bool:
        """Tell whether a case that this office sees waits for a ruling."""
        waiting = select(SubjectRow.viewers).where(SubjectRow.unruled).limit(500)
        return any(org in viewers for viewers in self._connection.scalars(waiting))

    def credentials(self, origins: Collection[str]) -> Credentials:
        found = Credentials(self.setting("center")["device"])
        for chunk in chunks(origins):
            rows = self._connection.scalars(select(CredentialRow.payload).where(CredentialRow.device.in_(chunk)))
            found = found.with_more([read_credential(payload) for payload in rows])
        return found

    def add_events(self, events: Sequence[Event]) -> None:
        insert_events(self._connection, events, self._cipher)

    def add_refusals(self, device: str, epoch: str, refusals: Sequence[Refusal]) -> None:
        rows = [refusal_values(r.event, r.code, (device, epoch, r.link), self._cipher) for r in refusals]
        insert_refusals(self._connection, rows)

    def save_heads(self, heads: Mapping[tuple[str, str], Head]) -> None:
        for (origin, epoch), head in heads.items():
            values = {"seq": head.seq, "event_id": head.event_id}
            statement = upsert(HeadRow).values(origin=origin, epoch=epoch, link=0, **values)
            self._connection.execute(statement.on_conflict_do_update(index_elements=["origin", "epoch"], set_=values))

    def save_link_head(self, device: str, epoch: str, link: int) -> None:
        self._connection.execute(update(HeadRow).where(*_chain_is((device, epoch))).values(link=link))

    def save_viewers(self, viewers: Mapping[Subject, tuple[str, ...]]) -> None:
        if not viewers:
            return
        statement = upsert(SubjectRow)
        updated = statement.on_conflict_do_update(
            index_elements=["kind", "subject_id"], set_={"viewers": statement.excluded.viewers}
        )
        rows = [
            {"kind": kind, "subject_id": subject_id, "viewers": list(orgs), "unruled": False}
            for (kind, subject_id), orgs in viewers.items()
        ]
        self._connection.execute(updated, rows)

    def place(self, placements: Sequence[Placement]) -> None:
        by_org: dict[str, list[Placement]] = defaultdict(list)
        for placement in placements:
            by_org[placement.org].append(placement)
        for org, entries in by_org.items():
            first = self._allot(org, len(entries))
            rows = [
                {"org": org, "n": n, "kind": entry.kind, "event_id": entry.event_id, "document": "", "number": 0}
                for n, entry in enumerate(entries, start=first)
            ]
            self._connection.execute(insert(FeedRowRow), rows)

    def place_document(self, orgs: Iterable[str], kind: str, number: int) -> None:
        """Put a reference document into the feeds of these offices."""
        for org in orgs:
            row = {"org": org, "n": self._allot(org, 1), "kind": "document", "event_id": ""}
            self._connection.execute(insert(FeedRowRow).values(**row, document=kind, number=number))

    def _allot(self, org: str, count: int) -> int:
        # Inside the writing transaction: a row that commits later never has a smaller number (sync.md §3).
        first = self.feed_head(org) + 1
        head = first + count - 1
        statement = upsert(FeedHeadRow).values(org=org, head=head)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["org"], set_={"head": head}))
        return first

    def mark_unruled(self, cases: Iterable[str]) -> None:
        self._mark(cases, unruled=True)

    # -- rulings ---------------------------------------------------------------------------------------------------

    def unruled(self, limit: int) -> Sequence[str]:
        query = select(SubjectRow.subject_id).where(SubjectRow.unruled, SubjectRow.kind == SubjectKind.CASE.value)
        return list(self._connection.scalars(query.limit(limit)))

    def mark_ruled(self, cases: Iterable[str]) -> None:
        self._mark(cases, unruled=False)

    def _mark(self, cases: Iterable[str], *, unruled: bool) -> None:
        for chunk in chunks(dict.fromkeys(cases)):
            self._connection.execute(update(SubjectRow).where(SubjectRow.subject_id.in_(chunk)).values(unruled=unruled))

    def case_events(self, cases: Collection[str]) -> Mapping[str, Sequence[Event]]:
        return events_about(self._connection, cases, self._cipher)

    def chain(self) -> Chain:
        center = self.setting("center")
        head = self.heads([(center["device"], center["epoch"])]).get((center["device"], center["epoch"]))
        seq, prev = (head.seq, head.event_id or None) if head else (0, None)
        return Chain(center["device"], center["epoch"], seq, prev, seq)

    def all_events(self) -> Iterable[Event]:
        """Yield the whole journal in order of arrival."""
        return every_event(self._connection, self._cipher)

    # -- feeds -----------------------------------------------------------------------------------------------------

    def feed_head(self, org: str) -> int:
        return self._connection.scalar(select(FeedHeadRow.head).where(FeedHeadRow.org == org)) or 0

    def feed(self, org: str, after: int, limit: int) -> Sequence[FeedRow]:
        query = select(FeedRowRow).where(FeedRowRow.org == org, FeedRowRow.n > after)
        rows = self._connection.execute(
            query.with_only_columns(
                FeedRowRow.n, FeedRowRow.kind, FeedRowRow.event_id, FeedRowRow.document, FeedRowRow.number
            )
            .order_by(FeedRowRow.n)
            .limit(limit)
        ).all()
        events = events_by_id(self._connection, {row.event_id for row in rows if row.event_id}, self._cipher)
        newest = {row.document: self.last_document(row.document) for row in rows if row.document}
        return [
            FeedRow(
                row.n,
                row.kind,
                event=events.get(row.event_id),
                # Only the newest of a kind is worth carrying; an older one leaves its place in the numbering.
                document=self._document(row.document, row.number)
                if row.document and row.number == newest[row.document]
                else None,
            )
            for row in rows
        ]

    def _document(self, kind: str, number: int) -> Signed:
        columns = (DocumentRow.payload, DocumentRow.signature)
        row = self._connection.execute(
            select(*columns).where(DocumentRow.kind == kind, DocumentRow.number == number)
        ).one()
        return Signed(row.payload, row.signature)

    def signed_credentials(self, devices: Collection[str], people: Collection[tuple[str, str]]) -> tuple[Signed, ...]:
        """Return the signed credentials of these devices and of these (person, device) pairs."""
        found: list[Signed] = []
        for chunk in chunks(devices):
            query = select(CredentialRow).where(CredentialRow.device.in_(chunk))
            columns = (CredentialRow.person, CredentialRow.device, CredentialRow.payload, CredentialRow.signature)
            for row in self._connection.execute(query.with_only_columns(*columns)):
                if not row.person or (row.person, row.device) in people:
                    found.append(Signed(row.payload, row.signature))
        return tuple(found)

    def save_credential(self, signed: Signed) -> None:
        """Store a credential; a later one of the same key takes its place."""
        credential = read_credential(signed.payload)
        person = getattr(credential, "person", "")
        key = {"kind": "person" if person else "device", "person": person, "device": credential.device}
        key["public_key"] = credential.public_key.hex()
        values = {"payload": signed.payload, "signature": signed.signature}
        statement = upsert(CredentialRow).values(**key, **values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))

    def save_document(self, kind: str, number: int, signed: Signed) -> None:
        """Store a numbered reference document."""
        row = {"kind": kind, "number": number, "payload": signed.payload, "signature": signed.signature}
        self._connection.execute(insert(DocumentRow).values(**row))

    def last_document(self, kind: str) -> int:
        """Return the latest number of a kind, 0 before the first."""
        return self._connection.scalar(select(func.max(DocumentRow.number)).where(DocumentRow.kind == kind)) or 0


def _chain_is(chain: tuple[str, str]) -> tuple[Any, Any]:
    return HeadRow.origin == chain[0], HeadRow.epoch == chain[1]
