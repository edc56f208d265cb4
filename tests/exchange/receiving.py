"""A township PC that applies replies, and the village and center that send to it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from station_app.domain.lanes import SubjectKind
from station_app.exchange.inbox import (
    CREDENTIAL_CONTEXT,
    Applied,
    Checks,
    apply_reply,
)
from station_app.protocol.exchange_records import ExchangeReply, FeedRow, PushStatus
from station_app.protocol.signed import DeviceCredential, Signed
from station_app.usecases.ports import Identity
from tests.exchange.makers import (
    CASE,
    CENTER,
    CENTER_KEY,
    COUNTY,
    OFFER,
    OPEN,
    TOWNSHIP,
    VILLAGE,
    Center,
    Device,
    by_center,
    center_with,
)
from tests.fakes import StationTables, Store, fake_verify, fake_verify_many, station_store

AT = "2026-03-02T01:00:00Z"


REPLY = ExchangeReply("i1", "nonce", "2026-03-02T00:59:00Z", 0, (), None, 0, (), ())


def pinned(context: str, signed: Signed, named: Collection[bytes] = ()) -> bool:
    keys = [CENTER_KEY.public, *(named if context == CREDENTIAL_CONTEXT else ())]
    return any(fake_verify(key, context, signed.payload, signed.signature) for key in keys)


CHECKS = Checks(fake_verify_many, pinned, lambda: "f" * 16)


@dataclass
class Station:
    """A township's PC that knows nobody yet, and the village and center that send to it."""

    village: Device = field(default_factory=lambda: Device(VILLAGE))
    me: Device = field(default_factory=lambda: Device(TOWNSHIP))
    store: Store = field(default_factory=station_store)

    def __post_init__(self) -> None:
        with self.store.write() as book:
            key = CENTER_KEY.public.hex()
            book.save_setting("identity", Identity(self.me.device, self.me.epoch, 0, TOWNSHIP, "", CENTER, key, ""))

    @property
    def tables(self) -> StationTables:
        found: StationTables = self.store.tables
        return found

    def offered(self) -> Center:
        """Return a center where the village has offered a case to this office."""
        center = center_with(self.village, self.me)
        opened = self.village.write("register", OPEN)
        self.village.write("note")
        self.village.write("offer", OFFER, grant=opened.event_id, base=opened.event_id)
        center.push(self.village)
        center.rule()
        return center

    def reply(self, center: Center) -> ExchangeReply:
        head = center.book.feed_head(TOWNSHIP)
        rows = tuple(center.book.feed(TOWNSHIP, 0, 100))
        ruler = by_center(DeviceCredential(CENTER, COUNTY, CENTER_KEY.public).to_payload())
        return replace(REPLY, head=head, rows=rows, credentials=(*self.village.credentials(), ruler))

    def apply(self, reply: ExchangeReply) -> Applied:
        with self.store.write() as book:
            return apply_reply(book, reply, CHECKS, AT)


def spoilt(signed: Signed) -> Signed:
    return Signed(signed.payload, b"0" * 16)


def registered(station: Station) -> None:
    event = station.me.write("register", OPEN)
    station.me.write("note")
    with station.store.write() as book:
        book.append([event, station.me.wrote[1]])


AGAIN = replace(REPLY, nonce="challenge", again=True, link_head=3)


def in_touch(station: Station) -> None:
    registered(station)
    statuses = (PushStatus(1, "stored"), PushStatus(2, "stored"))
    station.apply(replace(REPLY, statuses=statuses, link_head=2))


def sum_of(center: Center) -> tuple[int, str]:
    found = center.book.feed_sum(TOWNSHIP)
    return found.count, found.total


def registered_apart(station: Station) -> None:
    event = station.me.write("register", OPEN, subject=(SubjectKind.CASE, "d" * 32))
    with station.store.write() as book:
        book.append([event])


def revoke(n: int) -> FeedRow:
    return FeedRow(n, "revoke", subject=("case", CASE))
