"""Broken stations: what they make of a reply, of a restore, and of what was refused."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete

from station_app.center import epochs, exchanging
from station_app.domain import document_numbers
from station_app.exchange import inbox, revocation
from station_app.storage.rows import OutboxRow
from station_app.storage.station_book import StationBookOnDisk
from station_app.usecases import leased_numbers, serials
from tests.simulate.broken.variants import put_instead
from tests.simulate.machines import Machine


def cursor_before_rows(patch: pytest.MonkeyPatch) -> None:
    """The cursor is saved in a transaction of its own, and the rows come in the next: the power may fail in between.

    The simulator looks at each commit as one behind which it does. Whoever applies a reply opens the transaction:
    station_app.sync.loop, and here the machine.
    """
    apply, take_rows = Machine.apply, inbox._take_rows

    def in_two(self: Machine, *arguments: Any) -> Any:
        rows: list[Any] = []

        def put_off(_book: Any, *those: Any) -> int:
            rows.append(those)
            return 0

        with pytest.MonkeyPatch.context() as inside:
            inside.setattr(inbox, "_take_rows", put_off)
            applied = apply(self, *arguments)
        with self.book(write=True) as book:
            for those in rows:
                take_rows(book, *those)
        return applied

    patch.setattr(Machine, "apply", in_two)


def seq_reused(patch: pytest.MonkeyPatch) -> None:
    """A restored PC goes on in its epoch, and its center takes whatever nonce it names."""

    def admit(store: Any, clerk: Any, station: Any, request: Any, nonce: str) -> Any:
        known = store.epoch(station.device, request.epoch)
        return known or epochs._open(store, clerk, station, request)

    def go_on(book: Any, noted: Any, fresh_epoch: str) -> bool:
        for name, value in noted.serials.items():
            book.raise_serial(name, value)
        return False

    patch.setattr(exchanging, "admit", admit)
    put_instead(patch, serials.resume, go_on)


def noted_serials_forgotten(patch: pytest.MonkeyPatch) -> None:
    resume = serials.resume
    put_instead(patch, resume, lambda book, noted, fresh_epoch: resume(book, replace(noted, serials={}), fresh_epoch))


def obeyed_too_soon(patch: pytest.MonkeyPatch) -> None:
    """What the center has not taken in yet does not keep a case from being forgotten."""
    may_forget = revocation.may_forget

    def hasty(events: Any, org: str, unsettled: Collection[str]) -> bool:
        return may_forget([event for event in events if event.event_id not in unsettled], org, ())

    put_instead(patch, may_forget, hasty)


def refused_tidied_away(patch: pytest.MonkeyPatch) -> None:
    settle = StationBookOnDisk.settle

    def tidy(self: StationBookOnDisk, statuses: Any, at: str) -> None:
        settle(self, statuses, at)
        self._connection.execute(delete(OutboxRow).where(OutboxRow.status == "refused"))

    patch.setattr(StationBookOnDisk, "settle", tidy)


def blocks_of_other_epochs(patch: pytest.MonkeyPatch) -> None:
    def all_held(blocks: Any, epoch: str) -> list[Any]:
        return sorted((replace(held, epoch=epoch) for held in blocks), key=lambda held: held.block)

    def without(blocks: Any, epoch: str, number: Any) -> list[Any]:
        return [replace(held, next=number.number + 1) if held.block.has(number) else held for held in blocks]

    patch.setattr(document_numbers, "held_under", all_held)
    patch.setattr(leased_numbers, "without", without)
