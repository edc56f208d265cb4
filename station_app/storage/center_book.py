"""The center's journal in one transaction: intake, rulings, feeds."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache

from sqlalchemy import Connection, Text, bindparam, cast, func, insert, select, update
from sqlalchemy.orm import aliased

from station_app.domain.lanes import SubjectKind
from station_app.domain.organisations import Organisations
from station_app.exchange.authentic import Credentials
from station_app.exchange.duplicates import Errand
from station_app.exchange.limits import Limits, read_limits
from station_app.exchange.ports import Epoch, Head, Placement, Refusal, Subject
from station_app.exchange.writing import Chain
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import BACKFILL
from station_app.protocol.signed import CENTERS, Signed, read_credential
from station_app.storage import credentials
from station_app.storage.center_rows import (
    EpochRow,
    ErrandRow,
    FeedRowRow,
    FromAboveRow,
    HeadRow,
    ReviewRow,
    SubjectRow,
)
from station_app.storage.feeds import event_row, feed_row
from station_app.storage.feeds_put_away import FeedsPutAway
from station_app.storage.journal import (
    ADMITTED,
    EVENT_COLUMNS,
    chunks,
    event_of,
    events_about,
    every_event,
    insert_events,
    insert_refusals,
    refusal_values,
)
from station_app.storage.number_tables import NumberTables
from station_app.storage.removal_tables import RemovalTables
from station_app.storage.rows import CredentialRow, EventRow, OutboxRow, RefusalRow, SettingRow
from station_app.storage.upserts import add_rows, put_row, put_rows
from station_app.usecases.accounts_of_offices import merged
from station_app.usecases.run_center import ELSEWHERE, ORGANISATIONS

# No office has this code.
UP = ""
_KNOWN_OFFICES = select(SettingRow.name, cast(SettingRow.value, Text)).where(
    SettingRow.name.in_((ORGANISATIONS, ELSEWHERE))
)

# Asked in every exchange: made once, for putting a statement together takes longer than running it.
_EPOCHS = select(*EpochRow.__table__.columns).where(EpochRow.device == bindparam("of"))
_EPOCH = _EPOCHS.where(EpochRow.epoch == bindparam("wanted"))
_HEAD = select(HeadRow.seq, HeadRow.event_id).where(
    HeadRow.origin == bindparam("of"), HeadRow.epoch == bindparam("wanted")
)
_SEQS_BEHIND = select(EventRow.seq).where(
    EventRow.origin == bindparam("of"), EventRow.epoch == bindparam("wanted"), EventRow.seq > bindparam("last")
)


class CenterBookOnDisk(NumberTables, FeedsPutAway, RemovalTables):
    """One open transaction of a center's database."""

    @property
    def connection(self) -> Connection:
        """Return the transaction, for the center's office tables, which live in it too."""
        return self._connection

    # -- intake ----------------------------------------------------------------------------------------------------

    def epoch(self, device: str, epoch: str) -> Epoch | None:
        row = self._connection.execute(_EPOCH, {"of": device, "wanted": epoch}).mappings().first()
        return None if row is None else Epoch(**row)

    def epochs(self, device: str) -> Sequence[Epoch]:
        return [Epoch(**row) for row in self._connection.execute(_EPOCHS, {"of": device}).mappings()]

    def save_epoch(self, found: Epoch) -> None:
        put_row(self._connection, EpochRow, **asdict(found))

    def heads(self, chains: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Head]:
        found: dict[tuple[str, str], Head] = {}
        for chain in chains:
            row = self._connection.execute(_HEAD, dict(zip(("of", "wanted"), chain, strict=True))).first()
            if row is not None:
                found[chain] = Head(row.seq, row.event_id)
        return found

    def seqs(self, event_ids: Collection[str]) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for chunk in chunks(event_ids):
            query = select(EventRow.event_id, EventRow.seq).where(EventRow.event_id.in_(chunk))
            found.update({row.event_id: row.seq for row in self._connection.execute(query)})
        return found

    def refused_ids(self, event_ids: Collection[str]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for chunk in chunks(event_ids):
            query = select(RefusalRow.event_id, RefusalRow.code).where(RefusalRow.event_id.in_(chunk))
            query = query.where(RefusalRow.code != ADMITTED)
            found.update({row.event_id: row.code for row in self._connection.execute(query)})
        return found

    def release(self, event_ids: Collection[str]) -> None:
        for chunk in chunks(event_ids):
            released = update(RefusalRow).where(RefusalRow.event_id.in_(chunk)).values(code=ADMITTED)
            self._connection.execute(released)

    def events_by(self, devices: Collection[str]) -> Iterator[Event]:
        for chunk in chunks(devices):
            query = select(*EVENT_COLUMNS).where(EventRow.origin.in_(chunk))
            yield from [event_of(row, self._cipher) for row in self._connection.execute(query)]

    def refused_links(self, device: str) -> Collection[int]:
        return set(self._connection.scalars(select(RefusalRow.link).where(RefusalRow.device == device)))

    def seqs_behind(self, chain: tuple[str, str], seq: int) -> Collection[int]:
        device, epoch = chain
        return set(self._connection.scalars(_SEQS_BEHIND, {"of": device, "wanted": epoch, "last": seq}))

    def refused_by(self, devices: Collection[str]) -> Iterator[Event]:
        signed = (RefusalRow.header, RefusalRow.signature, RefusalRow.person_signature)
        for chunk in chunks(devices):
            for row in self._connection.execute(select(*signed).where(RefusalRow.device.in_(chunk))):
                yield Event(*row, None)

    def whole_beside(self, event_ids: Collection[str]) -> Sequence[Event]:
        signed = (RefusalRow.header, RefusalRow.signature, RefusalRow.person_signature)
        columns = (RefusalRow.event_id, *signed, RefusalRow.body)
        found: list[Event] = []
        for chunk in chunks(event_ids):
            whole = RefusalRow.event_id.in_(chunk) & RefusalRow.body.is_not(None)
            found += [event_of(row, self._cipher) for row in self._connection.execute(select(*columns).where(whole))]
        return found

    def viewers(self, subjects: Collection[Subject]) -> Mapping[Subject, tuple[str, ...]]:
        found: dict[Subject, tuple[str, ...]] = {}
        for chunk in chunks({subject_id for _, subject_id in subjects}):
            query = select(SubjectRow.kind, SubjectRow.subject_id, SubjectRow.viewers)
            for row in self._connection.execute(query.where(SubjectRow.subject_id.in_(chunk))):
                found[row.kind, row.subject_id] = tuple(row.viewers)
        return found

    def bodiless(self, event_ids: Collection[str]) -> set[str]:
        found: set[str] = set()
        for chunk in chunks(event_ids):
            query = select(EventRow.event_id).where(EventRow.event_id.in_(chunk), EventRow.body.is_(None))
            found.update(self._connection.scalars(query))
        return found

    def fill_bodies(self, events: Sequence[Event]) -> None:
        empty = (EventRow.event_id == bindparam("id")) & EventRow.body.is_(None)
        rows = [
            {"id": e.event_id, "body": self._cipher.seal(e.body, e.event_id.encode())}
            for e in events
            if e.body is not None
        ]
        if rows:
            statement = update(EventRow.__table__).where(empty).values(body=bindparam("body"))  # type: ignore[arg-type]
            self._connection.execute(statement, rows)

    def highest_lamport(self) -> int:
        return self._connection.scalar(select(func.max(EventRow.lamport))) or 0

    def organisations(self) -> Organisations:
        found = {str(row[0]): str(row[1]) for row in self._connection.execute(_KNOWN_OFFICES)}
        return _organisations(found.get(ORGANISATIONS, "[]"), found.get(ELSEWHERE, "{}"))

    def limits(self) -> Limits:
        return read_limits(self.setting("limits") or {})

    def waits_for_ruling(self, org: str) -> bool:
        """Tell whether a case that this office sees waits for a ruling."""
        waiting = select(SubjectRow.viewers).where(SubjectRow.unruled).limit(500)
        return any(org in viewers for viewers in self._connection.scalars(waiting))

    def centers(self) -> frozenset[str]:
        """Return the devices that are centers: this one, and those that it knows."""
        known = self.setting(CENTERS) or []
        return frozenset({self.setting("center")["device"], *(entry["device"] for entry in known)})

    def credentials(self, origins: Collection[str]) -> Credentials:
        found = Credentials(self.centers())
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
        rows = [
            {"origin": origin, "epoch": epoch, "seq": head.seq, "event_id": head.event_id}
            for (origin, epoch), head in heads.items()
        ]
        put_rows(self._connection, HeadRow, rows)

    def save_viewers(self, viewers: Mapping[Subject, tuple[str, ...]]) -> None:
        rows = [
            {"kind": kind, "subject_id": subject_id, "viewers": list(orgs), "unruled": False}
            for (kind, subject_id), orgs in viewers.items()
        ]
        put_rows(self._connection, SubjectRow, rows, but=frozenset({"unruled"}))

    def place(self, placements: Sequence[Placement]) -> None:
        by_org: dict[str, dict[str, Placement]] = defaultdict(dict)
        ways = self.ways({placement.org for placement in placements})
        for placement in placements:
            by_org[ways[placement.org]].setdefault(placement.event_id, placement)
        self._send_up({**by_org.pop(UP, {}), **self._shared_with_above([placed.event_id for placed in placements])})
        for org, entries in by_org.items():
            here = self._in_feed(org, entries)
            fresh = [e for event_id, e in entries.items() if event_id not in here or e.kind == BACKFILL]
            if fresh:
                self._call_back_for(org, [entry.event_id for entry in fresh])
                first = self._allot(org, len(fresh), [entry.event_id for entry in fresh if entry.event_id not in here])
                rows = [event_row(org, e, n, again=e.event_id in here) for n, e in enumerate(fresh, start=first)]
                self._connection.execute(insert(FeedRowRow), rows)

    def place_revocations(self, found: Sequence[tuple[str, Subject]]) -> None:
        ways = self.ways({org for org, _ in found})
        served = [(org, subject) for org, subject in found if ways[org] == org]
        for org, (kind, subject_id) in served:
            self.call_back(org, [(kind, subject_id)])
            row = feed_row(org, self._allot(org, 1), "revoke", subject_kind=kind, subject_id=subject_id)
            self._connection.execute(insert(FeedRowRow).values(**row))

    def ways(self, orgs: Collection[str]) -> dict[str, str]:
        """Return the feed by which each office is reached: its own, or its center's; `UP` for the outbox to above."""
        if not orgs:
            return {}
        found, here = self.organisations(), self.setting("center")["org"]
        return {org: found.reached_from(here, org) for org in orgs}

    def _shared_with_above(self, event_ids: Collection[str]) -> dict[str, None]:
        """Return those that are about what the center above has brought something of: it lacks nothing of that."""
        if self.setting("uplink") is None:
            return {}
        of_it, brought = aliased(EventRow), aliased(EventRow)
        from_above = select(brought.event_id).join(FromAboveRow, FromAboveRow.event_id == brought.event_id)
        shared = from_above.where(brought.subject_id == of_it.subject_id).exists()
        found: dict[str, None] = {}
        for chunk in chunks(event_ids):
            query = select(of_it.event_id).where(of_it.event_id.in_(chunk), shared)
            found.update(dict.fromkeys(self._connection.scalars(query)))
        return found

    def _send_up(self, event_ids: Collection[str]) -> None:
        known: set[str] = set()
        for chunk in chunks(event_ids):
            known.update(self._connection.scalars(select(OutboxRow.event_id).where(OutboxRow.event_id.in_(chunk))))
            known.update(
                self._connection.scalars(select(FromAboveRow.event_id).where(FromAboveRow.event_id.in_(chunk)))
            )
        fresh = [event_id for event_id in event_ids if event_id not in known]
        if fresh:
            rows = [
                {"link": link, "event_id": event_id, "case_id": ""}
                for link, event_id in enumerate(fresh, start=self.last_link() + 1)
            ]
            self._connection.execute(insert(OutboxRow), rows)

    def last_link(self) -> int:
        return self._connection.scalar(select(func.max(OutboxRow.link))) or 0

    def errands(self, keys: Collection[str]) -> Sequence[Errand]:
        found: list[Errand] = []
        for chunk in chunks(keys):
            rows = self._connection.execute(select(*ErrandRow.__table__.columns).where(ErrandRow.key.in_(chunk)))
            found += [Errand(**row) for row in rows.mappings()]
        return found

    def add_errands(self, found: Sequence[Errand]) -> None:
        rows = [asdict(errand) for errand in found]
        add_rows(self._connection, ErrandRow, rows)

    def show_again(self, org: str) -> None:
        """Put all events that an office sees on their way to it, as far as they have not gone that way.

        While another center served it, cases may have come into its view and left it. What its feed here has once
        taken from it comes whole, and what the feed has shown and the office sees no more is taken from it. The ruler
        looks at its cases again: what another center had to rule on may be for this one now.
        """
        rows = self._connection.execute(select(SubjectRow.kind, SubjectRow.subject_id, SubjectRow.viewers)).all()
        seen = {row.subject_id: row.kind for row in rows if org in row.viewers}
        shown, case = self.shown_in_feed(org), SubjectKind.CASE.value
        left = [row.subject_id for row in rows if row.kind == case and row.viewers and org not in row.viewers]
        self.place_revocations([(org, (case, subject_id)) for subject_id in left if subject_id in shown])
        taken = self.revoked_in_feed(org)
        for chunk in chunks(seen):
            query = select(EventRow.event_id, EventRow.subject_id).where(EventRow.subject_id.in_(chunk))
            found = self._connection.execute(query.order_by(EventRow.arrival))
            self.place([Placement(org, BACKFILL if row.subject_id in taken else "new", row.event_id) for row in found])
        self.mark_unruled([subject_id for subject_id, kind in seen.items() if kind == SubjectKind.CASE.value])

    def add_reviews(self, found: Mapping[str, str]) -> None:
        rows = [{"event_id": event_id, "reason": reason} for event_id, reason in found.items()]
        add_rows(self._connection, ReviewRow, rows)

    def reviews(self, event_ids: Collection[str]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for chunk in chunks(event_ids):
            query = select(ReviewRow.event_id, ReviewRow.reason).where(ReviewRow.event_id.in_(chunk))
            found.update({row.event_id: row.reason for row in self._connection.execute(query)})
        return found

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

    # -- credentials ---------------------------------------------------------------------------------------------------

    def signed_credentials(self, devices: Collection[str], people: Collection[tuple[str, str]]) -> tuple[Signed, ...]:
        """Return the signed credentials of these devices and of these (person, device) pairs."""
        return credentials.signed_credentials(self._connection, devices, people)

    def save_credential(self, signed: Signed) -> None:
        """Store a credential; a later one of the same key takes its place."""
        credentials.save_credential(self._connection, signed)


@lru_cache(maxsize=2)
def _organisations(own: str, elsewhere: str) -> Organisations:
    # Every exchange asks for them; reading two thousand offices takes longer than all the rest of a small one.
    return merged(json.loads(own), json.loads(elsewhere))
