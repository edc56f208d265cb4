"""A center in memory and one PC that exchanges with it, brought into the states that docs/sync.md §7 draws."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from station_app.center.service import CenterService
from station_app.domain.organisations import Level
from station_app.exchange.inbox import RECEIPT_CONTEXT
from station_app.exchange.ports import Epoch, Head
from station_app.protocol import canonical
from station_app.protocol.exchange_records import ExchangeReply, ExchangeRequest
from station_app.protocol.signed import Signed, device_id
from station_app.usecases.center_ports import Station
from station_app.usecases.run_center import NewPc, enrol
from station_app.usecases.times import stamp
from tests.exchange.centers import NOW, Node, exchange, office
from tests.exchange.makers import COUNTY, VILLAGE
from tests.fakes import FakeKey

FIRST, SECOND = "1" * 16, "2" * 16
GOOD, BEFORE, CHALLENGE = "a" * 32, "b" * 32, "c" * 32
SEQ = 5


class PcAndCenter:
    """A center of a county with a village, and one enrolled PC there under its first epoch, of which 5 events came."""

    def __init__(self) -> None:
        self.node = Node([office(COUNTY, Level.COUNTY), office(VILLAGE, Level.VILLAGE, COUNTY)])
        self.be(FakeKey(b"p" * 32))
        self.restores = 0
        self.first_incarnation = self.incarnation
        self.enrol()
        self.keep(nonce=GOOD, previous=BEFORE)
        with self.node.store.write() as book:
            book.save_heads({(self.device, FIRST): Head(SEQ, "e" * 64)})

    def be(self, key: FakeKey) -> None:
        """Be the PC of this key from now on."""
        self.key, self.device = key, device_id(key.public)

    def enrol(self, key: FakeKey | None = None) -> None:
        with self.node.store.write() as book:
            code = (key or self.key).public.hex()
            book.add_code(code, VILLAGE)
            enrol(book, self.node.clerk, code, NewPc((key or self.key).public, FIRST))

    @property
    def incarnation(self) -> str:
        return str(self.node.store.tables.settings["center"]["incarnation"])

    @property
    def station(self) -> Station:
        found: Station = self.node.store.tables.stations[self.device]
        return found

    @property
    def epoch(self) -> Epoch | None:
        """Return the first epoch as the center has it."""
        found: Epoch | None = self.node.store.tables.epochs.get((self.device, FIRST))
        return found

    @property
    def epochs(self) -> list[Epoch]:
        """Return what the center has of all epochs of the PC."""
        return [one for one in self.node.store.tables.epochs.values() if one.device == self.device]

    @property
    def nonce(self) -> str:
        """Return the nonce that the center gave last under the first epoch."""
        assert self.epoch is not None
        return self.epoch.nonce

    @property
    def now(self) -> datetime:
        return self.node.clerk.now()

    def keep(self, **changed: Any) -> None:
        """Change what the center has of the epoch."""
        assert self.epoch is not None
        with self.node.store.write() as book:
            book.save_epoch(replace(self.epoch, **changed))

    def know(self, **changed: Any) -> None:
        """Change what the center has of the PC."""
        with self.node.store.write() as book:
            book.save_station(replace(self.station, **changed))

    def ask(self, nonce: str = GOOD, epoch: str = FIRST, **more: Any) -> ExchangeReply:
        asked = {"incarnation": self.incarnation, "seq": SEQ, "sum": (0, "0" * 64), "events": (), **more}
        request = ExchangeRequest(epoch, cursor=0, first_link=1, pull_limit=100, **asked)
        return exchange(self.node, self.key, request, nonce)

    def go_on(self, **more: Any) -> None:
        """Let the PC go on under its second epoch, as one that was set back does."""
        assert not self.ask(self.ask("old").nonce, SECOND, forked_from=FIRST, seq=0, **more).again

    def receipt(self, **more: Any) -> Signed:
        """Return the center's word on what it took in and told, as the PC has it."""
        came = {"device": self.device, "epoch": FIRST, "link": 0, "incarnation": self.incarnation, "head": 0}
        return self.node.signed(canonical.encode({**came, "at": stamp(NOW), **more}), RECEIPT_CONTEXT)

    def restore(self) -> None:
        """Declare to the center that it was put back."""
        with self.node.store.write() as book:
            self.restores += 1
            book.start_center_epoch(f"{self.restores:016x}")

    def wait(self, days: int) -> None:
        """Let time pass."""
        now = NOW + timedelta(days=days)
        self.node.clerk = replace(self.node.clerk, now=lambda: now)
        self.node.parts = replace(self.node.parts, clerk=self.node.clerk)
        self.node.service = CenterService(self.node.parts, lambda: None)
