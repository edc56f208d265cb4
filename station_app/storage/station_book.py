"""The station's journal and projections in one transaction, on SQLCipher."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Select, bindparam, desc, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from station_app.domain.batches import Batch, batch_from_json, batch_to_json
from station_app.domain.lanes import SubjectKind
from station_app.exchange.authentic import Credentials
from station_app.exchange.limits import Limits, limits_in
from station_app.exchange.ports import Link, Subject
from station_app.exchange.projection import batch_of, case_of
from station_app.exchange.writing import Chain
from station_app.protocol.event import Event
from station_app.protocol.signed import Document, PersonCredential, Signed, read_credential, read_document
from station_app.protocol.wire import PushStatus
from station_app.storage.case_lists import CaseLists
from station_app.storage.journal import (
    EVENT_COLUMNS,
    PLAIN,
    chunks,
    event_of,
    events_about,
    every_event,
    insert_events,
    insert_refusals,
    refusal_values,
)
from station_app.storage.local_notes import LocalNoteTables
from station_app.storage.rows import BatchRow, CredentialRow, DocumentRow, EventRow, OutboxRow, ReceiptRow, RefusalRow
from station_app.usecases.ports import Identity, OutboxEntry, OutboxTotals
from station_app.usecases.reference import SEEN_THROUGH, standpoint_of
from station_app.usecases.run_center import ORGANISATIONS

REFUSED = ("refused", "fork")


class StationBookOnDisk(CaseLists, LocalNoteTables):
    """One open transaction of a station's database."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._identity: Identity | None = None
        # Every step asks for the same three, and within one transaction only `save_document` changes them.
        self._documents: dict[str, Document | None] = {}

    # -- who and where ---------------------------------------------------------------------------------------------

    def identity(self) -> Identity:
        if self._identity is None:
            self._identity = Identity(**self.setting("identity"))
        return self._identity

    def save_identity(self, identity: Identity) -> None:
        """Write who this PC is; done once, at enrolment."""
        self.save_setting("identity", asdict(identity))

    def link(self) -> Link:
        return Link(**(self.setting("link") or {}))

    def save_link(self, link: Link) -> None:
        self.save_setting("link", asdict(link))

    # -- the journal -----------------------------------------------------------------------------------------------

    def chain(self) -> Chain:
        me = self.identity()
        own = (EventRow.origin == me.device) & (EventRow.epoch == me.epoch)
        query = select(EventRow.seq, EventRow.event_id).where(own).order_by(desc(EventRow.seq)).limit(1)
        last = self._connection.execute(query).first()
        lamport = self._connection.scalar(select(func.max(EventRow.lamport))) or 0
        return Chain(me.device, me.epoch, last.seq if last else 0, last.event_id if last else None, lamport)

    def append(self, events: Sequence[Event]) -> None:
        insert_events(self._connection, events, PLAIN)
        first = (self._connection.scalar(select(func.max(OutboxRow.link))) or 0) + 1
        rows = [
            {"link": link, "event_id": event.event_id, "case_id": event.header.subject_id}
            for link, event in enumerate(events, start=first)
        ]
        self._connection.execute(insert(OutboxRow), rows)
        self.refold(dict.fromkeys(event.header.subject for event in events))

    def all_events(self) -> Iterable[Event]:
        return every_event(self._connection, PLAIN)

    def subject_events(self, subject_id: str) -> Sequence[Event]:
        return events_about(self._connection, [subject_id], PLAIN)[subject_id]

    def known_ids(self, event_ids: Collection[str]) -> set[str]:
        found: set[str] = set()
        for chunk in chunks(event_ids):
            found.update(self._connection.scalars(select(EventRow.event_id).where(EventRow.event_id.in_(chunk))))
        return found

    def add_foreign(self, events: Sequence[Event]) -> None:
        insert_events(self._connection, events, PLAIN)

    def hold(self, event: Event, code: str) -> None:
        held = select(RefusalRow.number).where(RefusalRow.event_id == event.event_id)
        if self._connection.scalar(held) is None:
            insert_refusals(self._connection, [refusal_values(event, code, ("", "", 0), PLAIN)])

    def limits(self) -> Limits:
        return limits_in(self.document(ORGANISATIONS))

    # -- projections -----------------------------------------------------------------------------------------------

    def refold(self, subjects: Iterable[Subject]) -> None:
        device = self.identity().device
        wanted = list(subjects)
        streams = events_about(self._connection, [subject_id for _, subject_id in wanted], PLAIN)
        refused = self.refused_events()
        cases = [case_of(streams[i], device, refused) for kind, i in wanted if kind == SubjectKind.CASE]
        batches = [batch_of(streams[i]) for kind, i in wanted if kind == SubjectKind.BATCH]
        self.put_cases([case for case in cases if case is not None], standpoint_of(self))
        self._upsert(BatchRow, "batch_id", [_batch_row(batch) for batch in batches if batch is not None])

    def batch(self, batch_id: str) -> Batch | None:
        found = self._batches(select(BatchRow.folded).where(BatchRow.batch_id == batch_id))
        return found[0] if found else None

    def batch_numbered(self, text: str) -> Batch | None:
        found = self._batches(select(BatchRow.folded).where(BatchRow.number == text).limit(1))
        return found[0] if found else None

    def batches(self) -> Sequence[Batch]:
        return self._batches(select(BatchRow.folded).order_by(desc(BatchRow.offered_on)))

    def batches_from(self, org: str, limit: int) -> Sequence[Batch]:
        sent = select(BatchRow.folded).where(BatchRow.from_org == org)
        return self._batches(sent.order_by(desc(BatchRow.offered_on), desc(BatchRow.number)).limit(limit))

    def batches_open_for(self, org: str) -> Sequence[Batch]:
        to_come = select(BatchRow.folded).where(BatchRow.to_org == org, BatchRow.open > 0)
        return self._batches(to_come.order_by(BatchRow.offered_on, BatchRow.number))

    def _batches(self, query: Select[Any]) -> list[Batch]:
        return [batch_from_json(folded) for folded in self._connection.scalars(query)]

    # -- outbox and receipts ---------------------------------------------------------------------------------------

    def outbox(self, limit: int) -> Sequence[tuple[int, Event]]:
        query = select(OutboxRow.link, *EVENT_COLUMNS).join(EventRow, EventRow.event_id == OutboxRow.event_id)
        waiting = query.where(OutboxRow.status == "").order_by(OutboxRow.link).limit(limit)
        return [(row.link, event_of(row, PLAIN)) for row in self._connection.execute(waiting)]

    def settle(self, statuses: Iterable[PushStatus], at: str) -> None:
        settled = [status for status in statuses if status.status != "waiting"]
        if not settled:
            return
        waiting = (OutboxRow.link == bindparam("at_link")) & (OutboxRow.status == "")
        rows = [{"at_link": s.link, "status": s.status, "code": s.code, "settled_at": at} for s in settled]
        self._connection.execute(update(OutboxRow.__table__).where(waiting), rows)  # type: ignore[arg-type]
        self._refold_refused([status.link for status in settled if status.status in REFUSED])

    def admit_own(self, event_ids: Collection[str]) -> None:
        for chunk in chunks(event_ids):
            here = OutboxRow.event_id.in_(chunk) & OutboxRow.status.in_(REFUSED)
            links = list(self._connection.scalars(select(OutboxRow.link).where(here)))
            if links:
                admitted = update(OutboxRow).where(OutboxRow.link.in_(links)).values(status="stored", code="")
                self._connection.execute(admitted)
                self._refold_refused(links)

    def _refold_refused(self, links: Sequence[int]) -> None:
        """Fold anew what a refusal (or its end) touches: what the center did not take counts no longer here either."""
        subjects: set[Subject] = set()
        for chunk in chunks(links):
            query = select(EventRow.subject_kind, EventRow.subject_id)
            here = query.join(OutboxRow, OutboxRow.event_id == EventRow.event_id).where(OutboxRow.link.in_(chunk))
            subjects.update((row.subject_kind, row.subject_id) for row in self._connection.execute(here))
        self.refold(sorted(subjects))

    def refused_events(self) -> Mapping[str, str]:
        rows = self._connection.execute(select(OutboxRow.event_id, OutboxRow.code).where(OutboxRow.status.in_(REFUSED)))
        return {row.event_id: row.code for row in rows}

    def outbox_entries(self) -> Sequence[OutboxEntry]:
        open_ones = OutboxRow.status.in_(("", *REFUSED))
        query = select(OutboxRow.case_id, func.count().label("events"), func.max(OutboxRow.code).label("code"))
        rows = self._connection.execute(query.where(open_ones).group_by(OutboxRow.case_id))
        return [OutboxEntry(row.case_id, row.events, row.code) for row in rows]

    def outbox_totals(self) -> OutboxTotals:
        waiting = select(func.count(), func.count(OutboxRow.case_id.distinct())).where(OutboxRow.status == "")
        events, subjects = self._connection.execute(waiting).one()
        refused = select(func.count()).select_from(OutboxRow).where(OutboxRow.status.in_(REFUSED))
        return OutboxTotals(events, subjects, self._connection.scalar(refused) or 0)

    def statuses_of(self, event_ids: Sequence[str]) -> dict[str, tuple[str, str, str]]:
        columns = (OutboxRow.event_id, OutboxRow.status, OutboxRow.code, OutboxRow.settled_at)
        found: dict[str, tuple[str, str, str]] = {}
        for chunk in chunks(event_ids):
            for row in self._connection.execute(select(*columns).where(OutboxRow.event_id.in_(chunk))):
                found[row.event_id] = (row.status, row.code, row.settled_at)
        return found

    def save_receipt(self, receipt: Signed) -> None:
        link = int(receipt.value()["link"])
        values = {"payload": receipt.payload, "signature": receipt.signature}
        statement = upsert(ReceiptRow).values(link=link, **values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=["link"], set_=values))

    # -- who signs, and the center's documents ---------------------------------------------------------------------

    def credentials(self) -> Credentials:
        rows = self._connection.scalars(select(CredentialRow.payload))
        return Credentials(self.identity().center_device).with_more([read_credential(payload) for payload in rows])

    def save_credentials(self, found: Sequence[Signed]) -> None:
        for signed in found:
            credential = read_credential(signed.payload)
            person = credential.person if isinstance(credential, PersonCredential) else ""
            key = {"kind": "person" if person else "device", "person": person, "device": credential.device}
            key["public_key"] = credential.public_key.hex()
            values = {"payload": signed.payload, "signature": signed.signature}
            statement = upsert(CredentialRow).values(**key, **values)
            self._connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))

    def save_document(self, document: Document) -> None:
        before = standpoint_of(self) if document.kind in SEEN_THROUGH and self.setting("identity") else None
        statement = upsert(DocumentRow).values(
            kind=document.kind,
            number=document.number,
            payload=document.signed.payload,
            signature=document.signed.signature,
        )
        self._connection.execute(statement.on_conflict_do_nothing())
        self._documents.clear()
        if before is not None and (after := standpoint_of(self)) != before:
            self.look_anew(after)

    def document(self, kind: str) -> Document | None:
        if kind not in self._documents:
            self._documents[kind] = self._newest_document(kind)
        return self._documents[kind]

    def _newest_document(self, kind: str) -> Document | None:
        columns = (DocumentRow.payload, DocumentRow.signature)
        query = select(*columns).where(DocumentRow.kind == kind).order_by(desc(DocumentRow.number)).limit(1)
        row = self._connection.execute(query).first()
        return None if row is None else read_document(Signed(row.payload, row.signature))

    def last_link(self) -> int:
        return self._connection.scalar(select(func.max(OutboxRow.link))) or 0


def _batch_row(batch: Batch) -> dict[str, Any]:
    return {
        "batch_id": batch.batch_id,
        "number": batch.number,
        "offered_on": batch.offered_on,
        "from_org": batch.from_org,
        "to_org": batch.to_org,
        "open": len(batch.open_lines),
        "folded": batch_to_json(batch),
    }
