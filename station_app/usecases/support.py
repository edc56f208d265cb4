"""What the center has not got, for technical support: headers, codes and reasons; no contents, no names of people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from station_app.exchange.curable import remedy_of
from station_app.messages import center_word, waiting_text
from station_app.protocol.event import Event
from station_app.usecases.ports import Book, Desk
from station_app.usecases.reference import office_of
from station_app.usecases.times import stamp

# What it is called in the log of what was printed and exported.
SUPPORT_EXPORT = "support_export"
MOST_WAITING = 500
ABOUT = "没有传到中心的记录：编号、签名用的表头、时间、原因。没有件的内容，没有群众的个人信息。"


@dataclass(frozen=True, slots=True)
class SupportExport:
    """The bytes of a file for support, UTF-8 JSON, and of how many events it tells."""

    data: bytes
    events: int


def export_outbox(desk: Desk, version: str) -> SupportExport:
    """Return what waits for the center and what it refused, and log that this was exported.

    Args:
        version: of this program.
    """
    with desk.open_book() as book:
        refused = sorted(book.events_named(book.refused_events()), key=lambda event: event.header.lamport)
        waiting = [event for _, event in book.outbox(MOST_WAITING)]
        found = _head(desk, book, version)
        found["refused"] = _refused(book, refused, center_word(office_of(book).level))
        found["waiting"] = [told_of(event) for event in waiting]
        book.log_print(SUPPORT_EXPORT, "", desk.worker.person_id, stamp(desk.now()))
    return SupportExport(as_file(found), len(refused) + len(waiting))


def told_of(event: Event) -> dict[str, str]:
    """Return what support may know of an event: its id and its header, verbatim, of which the id is the hash."""
    return {"event": event.event_id, "header": event.header_bytes.decode("utf-8")}


def as_file(found: Mapping[str, Any]) -> bytes:
    """Return the bytes of a file that people and programs can read."""
    return json.dumps(found, ensure_ascii=False, indent=1).encode("utf-8")


def _head(desk: Desk, book: Book, version: str) -> dict[str, Any]:
    me, link, status, office = book.identity(), book.link(), book.sync_status(), office_of(book)
    totals = book.outbox_totals()
    return {
        "about": ABOUT,
        "made_at": stamp(desk.now()),
        "program": version,
        "device": me.device,
        "epoch": me.epoch,
        "org": me.org,
        "office": office.name,
        "center_device": me.center_device,
        "incarnation": link.incarnation,
        "cursor": link.cursor,
        "acked": link.acked,
        "standing": link.standing,
        "healing": link.healing,
        "last_exchange": {
            "code": status.code,
            "reason": waiting_text(status.code, center_word(office.level)),
            "last_ok_at": status.last_ok_at,
            "next_attempt": status.next_attempt,
        },
        "waiting_in_all": totals.events,
    }


def _refused(book: Book, events: Sequence[Event], center: str) -> list[dict[str, Any]]:
    statuses, retried = book.statuses_of([event.event_id for event in events]), book.retried()
    found = []
    for event in events:
        _, code, at = statuses[event.event_id]
        why = {"code": code, "reason": waiting_text(code, center), "remedy": remedy_of(code).value}
        found.append({**told_of(event), **why, "refused_at": at, "retried_at": retried.get(event.event_id, "")})
    return found
