"""The station's journal and projections in one transaction, on SQLCipher."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace

from sqlalchemy import Connection, bindparam, desc, func, insert, select, update

from station_app.domain.batches import Batch
from station_app.domain.case_json import UNREADABLE
from station_app.domain.cases import Case
from station_app.domain.lanes import SubjectKind
from station_app.exchange.authentic import readable
from station_app.exchange.limits import Limits, limits_in
from station_app.exchange.ports import Link, OwnEpoch, Subject
from station_app.exchange.projection import batch_of, case_of
from station_app.exchange.removed import beside_to_empty, removal_of, shown_of, to_empty
from station_app.exchange.revocation import held_to_erase, may_forget, remnant, to_erase
from station_app.exchange.writing import Chain
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import PushStatus
from station_app.storage.batch_table import BatchTable
from station_app.storage.beside import BESIDE, mark_of, reached
from station_app.storage.carried_file_tables import CarriedFileTables
from station_app.storage.case_checks import CaseChecks
from station_app.storage.case_lists import CaseLists
from station_app.storage.journal import (
    PLAIN,
    chunks,
    event_of,
    events_about,
    events_by_id,
    every_event,
    insert_events,
    insert_refusals,
    refusal_values,
    waiting_events,
)
from station_app.storage.local_notes import LocalNoteTables
from station_app.storage.looking import LOOKED_THROUGH, Looked, go_on_after, looked_until
from station_app.storage.package_tables import PackageTables
from station_app.storage.projector import Projector
from station_app.storage.receipt_table import ReceiptTable
from station_app.storage.rows import EventRow, OutboxRow, RefusalRow
from station_app.storage.shared_set import SharedSet
from station_app.storage.signed_records import SignedRecords
from station_app.storage.slip_tables import HIGHEST_LAMPORT, SlipTables
from station_app.storage.traces import Traces
from station_app.usecases.ports import OutboxEntry, OutboxTotals
from station_app.usecases.reference import is_village, own_series_of, seen_through, standpoint_of
from station_app.usecases.run_center import ORGANISATIONS

REFUSED = ("refused",)
HELD_COLUMNS = (RefusalRow.header, RefusalRow.signature, RefusalRow.person_signature, RefusalRow.body)
# Asked in every transaction: made once, for putting a statement together takes longer than running it.
_LAST_OF = (
    select(EventRow.seq, EventRow.event_id)
    .where(EventRow.origin == bindparam("device"), EventRow.epoch == bindparam("of_epoch"))
    .order_by(desc(EventRow.seq))
    .limit(1)
)


class StationBookOnDisk(
    SignedRecords,
    SharedSet,
    CaseLists,
    CaseChecks,
    BatchTable,
    LocalNoteTables,
    PackageTables,
    ReceiptTable,
    SlipTables,
    Traces,
    CarriedFileTables,
):
    """One open transaction of a station's database."""

    relays = False

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.appended = False

    # -- who and where ---------------------------------------------------------------------------------------------

    def link(self) -> Link:
        return Link(**(self.setting("link") or {}))

    def save_link(self, link: Link) -> None:
        self.save_setting("link", asdict(link))

    def own_epoch(self) -> OwnEpoch:
        me = self.identity()
        return OwnEpoch(me.epoch, self.chain().seq, me.forked_from, me.tag)

    def start_epoch(self, epoch: str) -> None:
        self.save_identity(replace(self.identity(), epoch=epoch, forked_from=self.identity().epoch))

    def own_series(self) -> Sequence[str]:
        return own_series_of(self)

    def save_tag(self, tag: int) -> None:
        if tag != self.identity().tag:
            self.save_identity(replace(self.identity(), tag=tag))

    # -- the journal -----------------------------------------------------------------------------------------------

    def chain(self) -> Chain:
        me = self.identity()
        last = self._connection.execute(_LAST_OF, {"device": me.device, "of_epoch": me.epoch}).first()
        lamport = self._connection.scalar(HIGHEST_LAMPORT) or 0
        return Chain(me.device, me.epoch, last.seq if last else 0, last.event_id if last else None, lamport)

    def append(self, events: Sequence[Event]) -> None:
        self.appended = True
        insert_events(self._connection, events, PLAIN)
        first = self.last_link() + 1
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
        ids = [event.event_id for event in events]
        held = self._release(ids)
        self._count([event_id for event_id in ids if event_id not in held])

    def fill_bodies(self, events: Sequence[Event]) -> None:
        empty = (EventRow.event_id == bindparam("id")) & EventRow.body.is_(None)
        rows = [{"id": event.event_id, "body": event.body} for event in events]
        if rows:
            statement = update(EventRow.__table__).where(empty).values(body=bindparam("body"))  # type: ignore[arg-type]
            self._connection.execute(statement, rows)

    def events_named(self, event_ids: Collection[str]) -> Sequence[Event]:
        return list(events_by_id(self._connection, event_ids, PLAIN).values())

    def hold(self, event: Event, code: str) -> None:
        event = self._as_left(event)
        held = select(RefusalRow.number).where(RefusalRow.event_id == event.event_id)
        if self._connection.scalar(held) is None:
            insert_refusals(self._connection, [refusal_values(event, code, ("", "", 0), PLAIN)])
            self._count_held(event)
        elif event.body_matches():
            # Its case was forgotten, and is seen again.
            empty = (RefusalRow.event_id == event.event_id) & RefusalRow.body.is_(None)
            self._connection.execute(update(RefusalRow).where(empty).values(body=event.body))

    def _as_left(self, event: Event) -> Event:
        """Return what is held aside, without its body where that was removed before it came."""
        about = self.subject_events(event.header.subject_id) if event.body is not None and readable(event) else ()
        if not any(removal_of(one) for one in about):
            return event
        return replace(event, body=None) if beside_to_empty([event], about, village=is_village(self)) else event

    def held_with(self, codes: Collection[str]) -> Sequence[tuple[Event, str]]:
        columns = (RefusalRow.event_id, RefusalRow.code, *HELD_COLUMNS)
        query = select(*columns).where(RefusalRow.code.in_(codes), RefusalRow.device == "")
        return [(event_of(row, PLAIN), row.code) for row in self._connection.execute(query)]

    def limits(self) -> Limits:
        return limits_in(self.document(ORGANISATIONS))

    # -- projections -----------------------------------------------------------------------------------------------

    def refold(self, subjects: Iterable[Subject]) -> None:
        wanted = list(subjects)
        self.fold_into(self._in_use, wanted)
        if begun := reached(self._connection, mark_of(self), wanted):
            self.fold_into(Projector(self._connection, BESIDE), begun)
        self.settle_slips(wanted)

    def fold_into(self, projector: Projector, subjects: Sequence[Subject]) -> None:
        """Fold subjects from all their events into a set of tables; of one that is forgotten, put its remnant there.

        Bodies that were removed go in the same transaction, whichever way they have come: what an event brings counts
        in what is left, and is then erased.
        """
        streams = events_about(self._connection, [subject_id for _, subject_id in subjects], PLAIN)
        self.name_files(streams.values(), self.identity().device)
        forgotten, refused, device = self.forgotten(streams), self.refused_events(), self.identity().device
        brought, heads, scanned = self.brought(streams), self.case_heads(streams), self.scanned_batches(streams)
        of_cases = [i for kind, i in subjects if kind == SubjectKind.CASE]
        cases = {i: case_of(streams[i], device, refused, brought, heads.get(i)) for i in of_cases}
        cases.update({i: self._remnant(i, cases[i]) for i in forgotten.intersection(cases)})
        cases.update({i: self._without_removed(cases[i], streams[i], refused) for i in cases})
        of_batches = [i for kind, i in subjects if kind == SubjectKind.BATCH]
        batches = [batch_of(streams[i], refused, scanned.get(i)) for i in of_batches]
        projector.put_cases([case for case in cases.values() if case is not None], standpoint_of(self))
        projector.put_batches(batch for batch in batches if batch is not None)

    def _without_removed(self, folded: Case | None, events: Sequence[Event], refused: Mapping[str, str]) -> Case | None:
        """Erase what removals of a case name, once it has been folded with it, and return what is left to show."""
        if not any(removal_of(event) for event in events):
            return folded
        village = is_village(self)
        gone = to_empty(events, village=village) | beside_to_empty(self._held(), events, village=village)
        shown = shown_of(folded, self._kept(events[0].header.subject_id), events, refused, village=village)
        self._erase(gone)
        return shown

    def _kept(self, case_id: str) -> Case | None:
        try:
            return self.case(case_id)
        except UNREADABLE:
            return None

    def _remnant(self, case_id: str, folded: Case | None) -> Case | None:
        """Return what is left of a forgotten case as it stands here: of its events, most can't be read any more."""
        left = self._kept(case_id) or folded
        return remnant(left) if left else None

    def obey_revocations(self) -> None:
        org = self.identity().org
        for case_id in self._to_forget():
            events = self.subject_events(case_id)
            if may_forget(events, org, self.unsettled_of(case_id)):
                others = [*to_erase(events, org), *held_to_erase(self._held(), case_id, org)]
                self._forget_bodies(case_id, [event.event_id for event in others])
                self.refold([(SubjectKind.CASE, case_id)])

    def is_behind(self) -> bool:
        return go_on_after(self._looked(), seen_through(self)) is not None

    def look_anew(self, most: int) -> int:
        looked, written = self.look_into(self._in_use, self._looked(), most)
        self.save_setting(LOOKED_THROUGH, looked)
        return written

    def look_into(self, projector: Projector, looked: Looked, most: int) -> tuple[Looked, int]:
        """Write up to `most` open cases of a set of tables anew; return how far it is now, and how many were written.

        Args:
            looked: how far the set was.
        """
        through = seen_through(self)
        after = go_on_after(looked, through)
        if after is None:
            return looked, 0
        written = projector.look_anew_after(after, most, standpoint_of(self))
        return looked_until(through, written[-1] if len(written) == most else None), len(written)

    def _looked(self) -> Looked:
        return self.setting(LOOKED_THROUGH) or {}

    def rows_fault(self, cases: Iterable[Case], batches: Iterable[Batch]) -> str:
        return self.first_fault(cases, standpoint_of(self)) or self.first_batch_fault(batches)

    # -- outbox and receipts ---------------------------------------------------------------------------------------

    def outbox(self, limit: int) -> Sequence[tuple[int, Event]]:
        return waiting_events(self._connection, limit, PLAIN)

    def reopen(self, after: int) -> None:
        behind = (OutboxRow.link > after) & (OutboxRow.status != "")
        reopened = update(OutboxRow).where(behind).values(status="", code="", settled_at="")
        if self._connection.execute(reopened).rowcount:
            self._count_anew()

    def settle(self, statuses: Iterable[PushStatus], at: str) -> None:
        settled = self._unsettled([status for status in statuses if status.status != "waiting"])
        if not settled:
            return
        self._count_settled([status.link for status in settled if status.status not in REFUSED])
        waiting = (OutboxRow.link == bindparam("at_link")) & (OutboxRow.status == "")
        rows = [{"at_link": s.link, "status": s.status, "code": s.code, "settled_at": at} for s in settled]
        self._connection.execute(update(OutboxRow.__table__).where(waiting), rows)  # type: ignore[arg-type]
        self._refold_refused([status.link for status in settled if status.status in REFUSED])

    def _unsettled(self, statuses: Sequence[PushStatus]) -> list[PushStatus]:
        open_links: set[int] = set()
        for chunk in chunks([status.link for status in statuses]):
            query = select(OutboxRow.link).where(OutboxRow.link.in_(chunk), OutboxRow.status == "")
            open_links.update(self._connection.scalars(query))
        return [status for status in statuses if status.link in open_links]

    def _count_settled(self, links: Sequence[int]) -> None:
        for chunk in chunks(links):
            query = select(OutboxRow.event_id).where(OutboxRow.link.in_(chunk))
            self._count(list(self._connection.scalars(query)))

    def admit_own(self, event_ids: Collection[str]) -> None:
        for chunk in chunks(event_ids):
            here = OutboxRow.event_id.in_(chunk) & OutboxRow.status.in_(REFUSED)
            links = list(self._connection.scalars(select(OutboxRow.link).where(here)))
            if links:
                admitted = update(OutboxRow).where(OutboxRow.link.in_(links)).values(status="stored", code="")
                self._connection.execute(admitted)
                self._count_settled(links)
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

    def last_link(self) -> int:
        return self._connection.scalar(select(func.max(OutboxRow.link))) or 0
