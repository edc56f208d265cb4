"""What stands above every page until it is over or somebody has looked at it: how this PC and its center are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from station_app.domain.errors import StationError
from station_app.domain.people import Worker
from station_app.exchange.limits import CLONED, DEVICE_REVOKED
from station_app.exchange.ports import Link
from station_app.usecases.certificates import expired_on
from station_app.usecases.lost_numbers import lost_numbers, told_of
from station_app.usecases.ports import Book, Desk
from station_app.usecases.times import stamp


def standing_of(
    book: Book, worker: Worker, now: datetime, told: Collection[str], *, at_rest: bool
) -> StationError | None:
    """Return the gravest thing to be known of this PC and its center, None while all is as usual.

    Args:
        told: codes of why the last exchanges did not come through.
        at_rest: no exchange is under way.

    Returns:
        `device-revoked`, `cloned`; `certificate-expired` (day); `healing-goes-on`: the center was restored and still
        collects what it lost; `pc-restored` (numbers): this PC was, and nobody has looked at it; `data-differ`: what is
        here and what the center has for this office are not the same, though nothing is on its way.
    """
    link, day = book.link(), expired_on(book, worker, now)
    found = (
        (DEVICE_REVOKED in told, StationError("device-revoked")),
        (CLONED in told, StationError("cloned")),
        (bool(day), StationError("certificate-expired", day=day)),
        (link.healing, StationError("healing-goes-on")),
        (_is_restored(book), StationError("pc-restored", numbers=_lost_numbers(book))),
        # Half an exchange has not compared yet.
        (at_rest and not any(told) and _differs(book, link), StationError("data-differ")),
    )
    return next((error for so, error in found if so), None)


def left_to_do(book: Book) -> tuple[StationError, ...]:
    """Return why it may not be said that all is well (docs/sync.md §8), nothing where it may.

    Returns:
        `outbox-refused` (events): the center did not take them; `outbox-waiting` (events); `files-left` (files);
        `healing-goes-on`: a center that still collects what it lost has it not, whatever it has been sent;
        `data-differ`: all is sent, and center and PC have not the same.
    """
    link, totals, files = book.link(), book.outbox_totals(), book.files_left().files
    found = (
        (totals.refused, StationError("outbox-refused", events=totals.refused)),
        (totals.events, StationError("outbox-waiting", events=totals.events)),
        (files, StationError("files-left", files=files)),
        (link.healing, StationError("healing-goes-on")),
        (not link.healing and _differs(book, link), StationError("data-differ")),
    )
    return tuple(error for so, error in found if so)


def look_at_restoring(desk: Desk) -> None:
    """Note that this worker has been told that the PC was restored from a backup."""
    with desk.open_book() as book:
        by = (desk.worker.person_id, stamp(desk.now()))
        book.save_looked_at({**book.looked_at(), book.own_epoch().epoch: by})


def _is_restored(book: Book) -> bool:
    own = book.own_epoch()
    return bool(own.forked_from) and own.epoch not in book.looked_at()


def _lost_numbers(book: Book) -> list[Mapping[str, object]]:
    numbers = lost_numbers(book) if _is_restored(book) else ()
    told = told_of(numbers)
    return [{"code": told.code, "params": told.params}] if numbers else []


def _differs(book: Book, link: Link) -> bool:
    """Tell whether the last exchange left a difference: with the outbox empty it compares, and notes when equal."""
    return bool(link.last_success_at) and link.equal_at < link.last_success_at and not book.outbox(1)
