"""The center's journal as a client of the center above: outbox, receipts, what came from there."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import bindparam, func, insert, select, update

from station_app.exchange.authentic import Credentials
from station_app.exchange.ports import Hop
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import PushStatus
from station_app.protocol.signed import read_credential
from station_app.storage.center_book import CenterBookOnDisk
from station_app.storage.center_rows import FeedRowRow, FromAboveRow
from station_app.storage.feeds import feed_row
from station_app.storage.journal import chunks, events_by_id, insert_refusals, refusal_values, waiting_events
from station_app.storage.receipt_table import ReceiptTable
from station_app.storage.rows import CredentialRow, EventRow, OutboxRow, RefusalRow
from station_app.storage.upserts import add_rows

TAKEN_IN = ("stored", "exists")


class RelayBookOnDisk(CenterBookOnDisk, ReceiptTable):
    """One open transaction of a center, with what its link to the center above needs."""

    def outbox(self, limit: int) -> Sequence[tuple[int, Event]]:
        return waiting_events(self._connection, limit, self._cipher)

    def outbox_counts(self) -> tuple[int, int]:
        """Return how many events wait for the center above, and how many it refused."""
        count = select(func.count()).select_from(OutboxRow)
        wanted = (OutboxRow.status == "", OutboxRow.status == "refused")
        waiting, refused = (self._connection.scalar(count.where(which)) or 0 for which in wanted)
        return waiting, refused

    def settle_outbox(self, statuses: Sequence[PushStatus], at: str) -> Sequence[str]:
        open_ones: dict[int, str] = {}
        for chunk in chunks([status.link for status in statuses]):
            query = select(OutboxRow.link, OutboxRow.event_id).where(OutboxRow.link.in_(chunk), OutboxRow.status == "")
            open_ones.update({row.link: row.event_id for row in self._connection.execute(query)})
        rows = [
            {"at_link": s.link, "status": s.status, "code": s.code, "settled_at": at}
            for s in statuses
            if s.link in open_ones
        ]
        if rows:
            here = OutboxRow.link == bindparam("at_link")
            self._connection.execute(update(OutboxRow.__table__).where(here), rows)  # type: ignore[arg-type]
        return [open_ones[s.link] for s in statuses if s.link in open_ones and s.status in TAKEN_IN]

    def refused_in_outbox(self) -> Mapping[str, str]:
        refused = select(OutboxRow.event_id, OutboxRow.code).where(OutboxRow.status == "refused")
        return {row.event_id: row.code for row in self._connection.execute(refused)}

    def admit_in_outbox(self, event_ids: Collection[str]) -> Sequence[str]:
        admitted: list[str] = []
        for chunk in chunks(event_ids):
            refused = OutboxRow.event_id.in_(chunk) & (OutboxRow.status == "refused")
            admitted += self._connection.scalars(select(OutboxRow.event_id).where(refused))
            self._connection.execute(update(OutboxRow).where(refused).values(status="stored", code=""))
        return admitted

    def reopen_outbox(self, after: int) -> None:
        behind = update(OutboxRow).where(OutboxRow.link > after, OutboxRow.status != "")
        self._connection.execute(behind.values(status="", code="", settled_at=""))

    def send_up_all_of(self, subject_ids: Collection[str]) -> None:
        for chunk in chunks(subject_ids):
            about = select(EventRow.event_id).where(EventRow.subject_id.in_(chunk)).order_by(EventRow.arrival)
            self._send_up(self._connection.scalars(about).all())

    def note_from_above(self, event_ids: Sequence[str]) -> None:
        rows = [{"event_id": event_id} for event_id in event_ids]
        add_rows(self._connection, FromAboveRow, rows)

    def ids_shared_above(self) -> Iterator[str]:
        yield from self._connection.scalars(select(FromAboveRow.event_id))
        yield from self._connection.scalars(select(OutboxRow.event_id).where(OutboxRow.status.in_(TAKEN_IN)))

    def not_shared_above(self, event_ids: Collection[str]) -> Sequence[str]:
        sent = select(OutboxRow.link).where(OutboxRow.event_id == EventRow.event_id).exists()
        brought = select(FromAboveRow.event_id).where(FromAboveRow.event_id == EventRow.event_id).exists()
        found: list[str] = []
        for chunk in chunks(event_ids):
            here = EventRow.event_id.in_(chunk) & ~sent & ~brought
            found += self._connection.scalars(select(EventRow.event_id).where(here))
        return found

    def place_hops(self, found: Sequence[tuple[str, Hop]]) -> None:
        ways = self.ways({org for org, _ in found})
        by_org: dict[str, list[Hop]] = defaultdict(list)
        for org, hop in found:
            if ways[org] == org:
                by_org[org].append(hop)
        for org, hops in by_org.items():
            rows = [
                feed_row(org, n, "receipt", subject_id=hop.event_id, hop_org=hop.org, hop_at=hop.at)
                for n, hop in enumerate(hops, start=self._allot(org, len(hops)))
            ]
            self._connection.execute(insert(FeedRowRow), rows)

    def events_named(self, event_ids: Collection[str]) -> Sequence[Event]:
        return list(events_by_id(self._connection, event_ids, self._cipher).values())

    def hold(self, event: Event, code: str) -> None:
        held = select(RefusalRow.number).where(RefusalRow.event_id == event.event_id)
        if self._connection.scalar(held) is None:
            insert_refusals(self._connection, [refusal_values(event, code, ("", "", 0), self._cipher)])
            self.note_from_above([event.event_id])

    def all_credentials(self) -> Credentials:
        rows = self._connection.scalars(select(CredentialRow.payload))
        return Credentials(self.centers()).with_more([read_credential(payload) for payload in rows])

    def start_center_epoch(self, epoch: str) -> None:
        before = self.setting("center")
        earlier = [*before.get("incarnations", ()), before["incarnation"]]
        renewed = {"epoch": epoch, "forked_from": before["epoch"], "incarnation": secrets.token_hex(8), "healing": True}
        self.save_setting("center", {**before, **renewed, "incarnations": earlier})
        self.drop_put_away()
