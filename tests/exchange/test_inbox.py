"""A reply becomes part of the station's journal as a whole, or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from station_app.domain.errors import StationError
from station_app.exchange.inbox import (
    CREDENTIAL_CONTEXT,
    DOCUMENT_CONTEXT,
    RECEIPT_CONTEXT,
)
from station_app.exchange.ports import Link
from station_app.protocol import canonical
from station_app.protocol.exchange_records import FeedRow, PushStatus
from station_app.protocol.signed import CENTERS, DeviceCredential, Signed, device_id, document_payload
from tests.exchange.makers import (
    CASE,
    OFFER,
    TOWNSHIP,
    VILLAGE,
    by_center,
)
from tests.exchange.receiving import (
    AT,
    REPLY,
    Station,
    registered,
    spoilt,
)
from tests.fakes import FakeKey, copied


def test_rows_and_cursor_and_nonce_are_written_together() -> None:
    station = Station()
    applied = station.apply(station.reply(station.offered()))
    assert (applied.pulled, applied.more) == (5, False)
    assert station.tables.settings["link"] == Link("i1", 5, "nonce", 0, AT, REPLY.center_time, heeds=True)
    case = station.tables.cases[CASE]
    assert case.custody.offer is not None
    assert case.custody.offer.to == TOWNSHIP


def test_the_same_reply_again_changes_nothing() -> None:
    station = Station()
    reply = station.reply(station.offered())
    station.apply(reply)
    before = copied(station.tables)
    assert station.apply(reply).pulled == 0
    assert station.tables == before


def test_a_page_that_ends_before_the_head_asks_for_more() -> None:
    station = Station()
    reply = station.reply(station.offered())
    assert station.apply(replace(reply, rows=reply.rows[:2])).more
    assert not station.apply(replace(reply, rows=reply.rows[2:])).more
    assert CASE in station.tables.cases


def test_a_gap_in_the_feed_writes_nothing() -> None:
    station = Station()
    reply = station.reply(station.offered())
    before = copied(station.tables)
    for rows in (reply.rows[1:], (reply.rows[0], *reply.rows[2:]), reply.rows[::-1]):
        with pytest.raises(StationError, match="feed-gap"):
            station.apply(replace(reply, rows=rows))
    assert station.tables == before


def test_another_incarnation_without_a_reset_writes_nothing() -> None:
    station = Station()
    reply = station.reply(station.offered())
    station.apply(reply)
    with pytest.raises(StationError, match="feed-gap"):
        station.apply(replace(reply, incarnation="i2"))
    assert station.tables.settings["link"].incarnation == "i1"


def test_a_reset_starts_again_from_the_first_row_and_takes_nothing_twice() -> None:
    station = Station()
    reply = station.reply(station.offered())
    station.apply(reply)
    applied = station.apply(replace(REPLY, incarnation="i2", head=5, reset=True))
    assert applied.more
    assert (applied.link.incarnation, applied.link.cursor) == ("i2", 0)
    again = station.apply(replace(reply, incarnation="i2"))
    assert (again.pulled, again.link.cursor) == (0, 5)


@pytest.mark.parametrize("what", ["credential", "document", "receipt"])
def test_a_record_that_the_center_did_not_sign_writes_nothing(what: str) -> None:
    station = Station()
    reply = station.reply(station.offered())
    document = by_center(document_payload("directory", 1, {}), DOCUMENT_CONTEXT)
    receipt = by_center(canonical.encode({"link": 1}), RECEIPT_CONTEXT)
    row = FeedRow(6, "document", document=spoilt(document) if what == "document" else document)
    forged = replace(
        reply,
        head=6,
        rows=(*reply.rows, row),
        credentials=tuple(spoilt(c) if what == "credential" else c for c in reply.credentials),
        receipt=spoilt(receipt) if what == "receipt" else receipt,
    )
    before = copied(station.tables)
    with pytest.raises(StationError, match="center-record-forged"):
        station.apply(forged)
    assert station.tables == before


def test_a_record_signed_for_another_purpose_is_forged() -> None:
    station = Station()
    receipt = by_center(canonical.encode({"link": 1}), DOCUMENT_CONTEXT)
    with pytest.raises(StationError, match="center-record-forged"):
        station.apply(replace(REPLY, receipt=receipt))


@pytest.mark.parametrize(("named", "taken"), [("by the center", True), ("by itself", False), ("not at all", False)])
def test_a_reply_may_name_another_center_and_bring_what_that_has_signed(named: str, taken: bool) -> None:
    """A PC put back to before a county had joined read both in one reply, and took it for forged for good (712)."""
    station, key = Station(), FakeKey(b"other" * 7)
    entry = {"org": "511199000000", "device": device_id(key.public), "public_key": key.public.hex()}
    payload = document_payload(CENTERS, 2, {CENTERS: [entry]})
    own = Signed(payload, key.sign(DOCUMENT_CONTEXT, payload))
    document = by_center(payload, DOCUMENT_CONTEXT) if named == "by the center" else own
    rows = (FeedRow(1, "document", document=document),) if named != "not at all" else ()
    stranger = DeviceCredential("d" * 32, "511199000000", b"k" * 32).to_payload()
    credential = Signed(stranger, key.sign(CREDENTIAL_CONTEXT, stranger))
    reply = replace(REPLY, head=len(rows), rows=rows, credentials=(credential,))
    if taken:
        station.apply(reply)
    else:
        with pytest.raises(StationError, match="center-record-forged"):
            station.apply(reply)
    assert bool(station.tables.credentials) == taken


def test_documents_and_receipts_are_kept() -> None:
    station = Station()
    document = by_center(document_payload("directory", 3, {"a": 1}), DOCUMENT_CONTEXT)
    receipt = by_center(canonical.encode({"link": 9}), RECEIPT_CONTEXT)
    row = FeedRow(1, "document", document=document)
    station.apply(replace(REPLY, head=1, rows=(row,), receipt=receipt))
    assert station.tables.documents["directory", 3].content == {"a": 1}
    assert station.tables.receipts == {9: receipt}


def test_an_event_that_was_held_and_comes_again_with_its_credentials_counts_once() -> None:
    """It was in the sum of both sides from the first; counted again, they would never have been equal."""
    station = Station()
    center = station.offered()
    reply = station.reply(center)
    station.apply(replace(reply, credentials=reply.credentials[-1:]))
    assert station.tables.held
    again = replace(reply, incarnation="i2", sum=(5, center.book.feed_sum(TOWNSHIP).total))
    station.apply(replace(REPLY, incarnation="i2", head=5, reset=True))
    applied = station.apply(again)
    assert not station.tables.held
    assert (applied.differs, applied.link.equal_at) == (False, AT)


def test_a_bad_event_is_held_with_its_reason_and_the_others_come_in() -> None:
    station = Station()
    reply = station.reply(station.offered())
    note = next(row for row in reply.rows if row.event and row.event.header.type == "note")
    assert note.event is not None
    bad = replace(note, event=replace(note.event, signature=b"0" * 16))
    applied = station.apply(replace(reply, rows=tuple(bad if row is note else row for row in reply.rows)))
    assert (applied.pulled, applied.link.cursor) == (4, 5)
    assert [code for _, code in station.tables.held.values()] == ["signature-wrong"]
    assert station.tables.cases[CASE].remarks == ()


def test_an_event_of_somebody_nobody_vouches_for_is_held() -> None:
    station = Station()
    reply = station.reply(station.offered())
    station.apply(replace(reply, credentials=reply.credentials[-1:]))
    assert {code for _, code in station.tables.held.values()} == {"device-unknown"}
    assert CASE not in station.tables.cases


def test_what_a_worker_signed_before_a_new_key_stays_good_for_who_sees_it_later() -> None:
    station = Station()
    center = station.offered()
    before = station.village.credentials()
    station.village.person_key = FakeKey(b"a new key of the worker")
    reply = station.reply(center)
    reply = replace(reply, credentials=(*before, *reply.credentials))
    assert station.apply(reply).pulled == 5
    assert not station.tables.held


def test_an_own_row_moves_the_cursor_and_nothing_else() -> None:
    station = Station()
    applied = station.apply(replace(REPLY, head=1, rows=(FeedRow(1, "own", event_id="a" * 64),)))
    assert (applied.link.cursor, applied.pulled) == (1, 0)


def test_what_waits_stays_in_the_outbox_and_what_is_settled_leaves_it() -> None:
    station = Station()
    registered(station)
    statuses = (PushStatus(1, "stored"), PushStatus(2, "waiting", "2"))
    applied = station.apply(replace(REPLY, statuses=statuses, link_head=1))
    with station.store.read() as book:
        assert [link for link, _ in book.outbox(10)] == [2]
    assert applied.link.acked == 1


def test_a_settled_row_is_not_settled_again_by_a_later_word() -> None:
    station = Station()
    registered(station)
    station.apply(replace(REPLY, statuses=(PushStatus(1, "stored"),)))
    station.apply(replace(REPLY, statuses=(PushStatus(1, "refused", "not-a-party"),)))
    assert station.tables.outbox[1].status == "stored"


def test_a_note_that_the_center_refused_no_longer_stands_on_the_case_but_has_its_reason() -> None:
    station = Station()
    registered(station)
    assert len(station.tables.cases[CASE].remarks) == 1
    station.apply(replace(REPLY, statuses=(PushStatus(1, "stored"), PushStatus(2, "refused", "signature-wrong"))))
    case = station.tables.cases[CASE]
    assert case.remarks == ()
    assert case.not_standing == {station.me.wrote[1].event_id: "signature-wrong"}


def test_an_errand_whose_opening_was_refused_stays_on_the_screen_with_the_reason() -> None:
    station = Station()
    registered(station)
    station.apply(replace(REPLY, statuses=(PushStatus(1, "refused", "person-unknown"),)))
    case = station.tables.cases[CASE]
    assert case.provisional
    assert case.not_standing == {station.me.wrote[0].event_id: "person-unknown"}


def test_a_refused_hand_over_leaves_the_case_where_it_was() -> None:
    station = Station()
    registered(station)
    opened = station.me.wrote[0]
    offer = station.me.write("offer", OFFER, grant=opened.event_id, base=opened.event_id)
    with station.store.write() as book:
        book.append([offer])
    assert station.tables.cases[CASE].custody.offer is not None
    station.apply(replace(REPLY, statuses=(PushStatus(3, "refused", "signature-wrong"),)))
    assert station.tables.cases[CASE].custody.offer is None


def test_what_the_center_tells_of_the_offices_below_is_kept_until_it_tells_anew() -> None:
    station = Station()
    first = {VILLAGE: "2026-03-01T08:00:00Z"}
    for seen in ((VILLAGE, "2026-03-01T08:00:00Z"),), ():
        station.apply(replace(REPLY, seen=seen))
        with station.store.read() as book:
            assert book.seen_below() == first
    station.apply(replace(REPLY, seen=((VILLAGE, "2026-03-02T08:00:00Z"),)))
    with station.store.read() as book:
        assert book.seen_below() == {VILLAGE: "2026-03-02T08:00:00Z"}


def test_what_was_put_away_while_it_was_asked_for_stays_so_when_the_reply_comes_twice() -> None:
    """The second time its rows were behind the cursor, and what was found called the case back for good (seed 1826)."""
    station = Station()
    first = station.reply(station.offered())
    station.apply(first)
    event = next(row.event for row in first.rows if row.event is not None)
    row = FeedRow(first.head + 1, "put_away", subject=event.header.subject)
    reply = replace(REPLY, head=row.n, rows=(row,), found=(event,))
    for _ in range(2):
        station.apply(reply)
        assert event.header.subject_id in station.tables.put_away
