"""A reply becomes part of the station's journal as a whole, or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from station_app.domain.errors import StationError
from station_app.domain.lanes import SubjectKind
from station_app.exchange.inbox import (
    DOCUMENT_CONTEXT,
    RECEIPT_CONTEXT,
    Applied,
    Checks,
    apply_reply,
)
from station_app.exchange.ports import NOTHING, Hop, Link
from station_app.protocol import canonical
from station_app.protocol.signed import DeviceCredential, Signed, document_payload
from station_app.protocol.wire import ExchangeReply, FeedRow, PushStatus
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
from tests.fakes import FakeKey, StationTables, Store, copied, fake_verify, fake_verify_many, station_store

AT = "2026-03-02T01:00:00Z"
REPLY = ExchangeReply("i1", "nonce", "2026-03-02T00:59:00Z", 0, (), None, 0, (), ())


def _by_center(context: str, signed: Signed) -> bool:
    return fake_verify(CENTER_KEY.public, context, signed.payload, signed.signature)


CHECKS = Checks(fake_verify_many, _by_center, lambda: "f" * 16)


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


def test_rows_and_cursor_and_nonce_are_written_together() -> None:
    station = Station()
    applied = station.apply(station.reply(station.offered()))
    assert (applied.pulled, applied.more) == (5, False)
    assert station.tables.settings["link"] == Link("i1", 5, "nonce", 0, AT, REPLY.center_time)
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


def _forged(signed: Signed) -> Signed:
    return Signed(signed.payload, b"0" * 16)


@pytest.mark.parametrize("what", ["credential", "document", "receipt"])
def test_a_record_that_the_center_did_not_sign_writes_nothing(what: str) -> None:
    station = Station()
    reply = station.reply(station.offered())
    document = by_center(document_payload("directory", 1, {}), DOCUMENT_CONTEXT)
    receipt = by_center(canonical.encode({"link": 1}), RECEIPT_CONTEXT)
    row = FeedRow(6, "document", document=_forged(document) if what == "document" else document)
    forged = replace(
        reply,
        head=6,
        rows=(*reply.rows, row),
        credentials=tuple(_forged(c) if what == "credential" else c for c in reply.credentials),
        receipt=_forged(receipt) if what == "receipt" else receipt,
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


def _registered(station: Station) -> None:
    event = station.me.write("register", OPEN)
    station.me.write("note")
    with station.store.write() as book:
        book.append([event, station.me.wrote[1]])


def test_what_waits_stays_in_the_outbox_and_what_is_settled_leaves_it() -> None:
    station = Station()
    _registered(station)
    statuses = (PushStatus(1, "stored"), PushStatus(2, "waiting", "2"))
    applied = station.apply(replace(REPLY, statuses=statuses, link_head=1))
    with station.store.read() as book:
        assert [link for link, _ in book.outbox(10)] == [2]
    assert applied.link.acked == 1


def test_a_settled_row_is_not_settled_again_by_a_later_word() -> None:
    station = Station()
    _registered(station)
    station.apply(replace(REPLY, statuses=(PushStatus(1, "stored"),)))
    station.apply(replace(REPLY, statuses=(PushStatus(1, "refused", "not-a-party"),)))
    assert station.tables.outbox[1].status == "stored"


def test_a_note_that_the_center_refused_no_longer_stands_on_the_case_but_has_its_reason() -> None:
    station = Station()
    _registered(station)
    assert len(station.tables.cases[CASE].remarks) == 1
    station.apply(replace(REPLY, statuses=(PushStatus(1, "stored"), PushStatus(2, "refused", "signature-wrong"))))
    case = station.tables.cases[CASE]
    assert case.remarks == ()
    assert case.not_standing == {station.me.wrote[1].event_id: "signature-wrong"}


def test_an_errand_whose_opening_was_refused_stays_on_the_screen_with_the_reason() -> None:
    station = Station()
    _registered(station)
    station.apply(replace(REPLY, statuses=(PushStatus(1, "refused", "person-unknown"),)))
    case = station.tables.cases[CASE]
    assert case.provisional
    assert case.not_standing == {station.me.wrote[0].event_id: "person-unknown"}


def test_a_refused_hand_over_leaves_the_case_where_it_was() -> None:
    station = Station()
    _registered(station)
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


# -- asked to ask again ----------------------------------------------------------------------------------------------

AGAIN = replace(REPLY, nonce="challenge", again=True, link_head=3)


def _in_touch(station: Station) -> None:
    _registered(station)
    statuses = (PushStatus(1, "stored"), PushStatus(2, "stored"))
    station.apply(replace(REPLY, statuses=statuses, link_head=2))


def test_a_pc_whose_epoch_the_center_knows_was_restored_and_goes_on_under_a_new_one() -> None:
    station = Station()
    _in_touch(station)
    applied = station.apply(replace(AGAIN, epoch_known=True))
    assert (applied.again, applied.more, applied.link.nonce) == (True, True, "challenge")
    with station.store.read() as book:
        own = book.own_epoch()
        assert (own.epoch, own.forked_from, own.seq) == ("f" * 16, station.me.epoch, 0)
        assert list(book.outbox(10)) == []
    assert applied.link.cursor == 0


def test_the_same_challenge_again_starts_no_further_epoch() -> None:
    """The request under the new epoch may get lost; then the challenge comes once more."""
    station = Station()
    _in_touch(station)
    for _ in range(2):
        station.apply(replace(AGAIN, epoch_known=True))
    with station.store.read() as book:
        assert book.own_epoch().forked_from == station.me.epoch


def test_a_pc_that_the_center_has_forgotten_keeps_its_epoch() -> None:
    station = Station()
    _in_touch(station)
    applied = station.apply(AGAIN)
    assert applied.again
    with station.store.read() as book:
        assert (book.own_epoch().epoch, book.own_epoch().forked_from) == (station.me.epoch, "")


def test_a_restored_center_gets_again_what_it_has_lost_and_the_epoch_stays() -> None:
    station = Station()
    _in_touch(station)
    applied = station.apply(replace(AGAIN, incarnation="i2", epoch_known=True, link_head=1))
    with station.store.read() as book:
        assert [link for link, _ in book.outbox(10)] == [2]
        assert book.own_epoch().epoch == station.me.epoch
    assert (applied.link.incarnation, applied.link.nonce) == ("i1", "challenge")


def test_being_asked_again_settles_and_fetches_nothing() -> None:
    station = Station()
    _registered(station)
    reply = station.reply(station.offered())
    rows = replace(reply, again=True, nonce="challenge", statuses=(PushStatus(1, "stored"),))
    applied = station.apply(rows)
    assert (applied.pulled, applied.settled) == (0, 0)
    assert len(station.tables.events) == 2
    assert station.tables.outbox[1].status == ""


def test_the_digits_that_the_center_gave_are_kept() -> None:
    station = Station()
    station.apply(replace(REPLY, tag=42))
    with station.store.read() as book:
        assert book.own_epoch().tag == 42


# -- comparing and repairing -----------------------------------------------------------------------------------------


def _sum_of(center: Center) -> tuple[int, str]:
    found = center.book.feed_sum(TOWNSHIP)
    return found.count, found.total


def test_equal_sums_are_noted_with_the_hour() -> None:
    station = Station()
    center = station.offered()
    applied = station.apply(replace(station.reply(center), sum=_sum_of(center)))
    assert (applied.link.equal_at, applied.differs) == (AT, False)


def test_what_differs_at_rest_asks_for_a_comparison() -> None:
    station = Station()
    center = station.offered()
    count, total = _sum_of(center)
    applied = station.apply(replace(station.reply(center), sum=(count + 1, total)))
    assert (applied.link.equal_at, applied.differs) == ("", True)


def test_sums_of_different_moments_are_not_compared() -> None:
    station = Station()
    center = station.offered()
    reply = replace(station.reply(center), sum=(99, "f" * 64))
    assert not station.apply(replace(reply, rows=reply.rows[:2])).differs
    _registered_apart(station)
    assert not station.apply(replace(reply, rows=reply.rows[2:])).differs


def _registered_apart(station: Station) -> None:
    event = station.me.write("register", OPEN, subject=(SubjectKind.CASE, "d" * 32))
    with station.store.write() as book:
        book.append([event])


def test_a_comparison_finds_what_each_side_lacks() -> None:
    station = Station()
    center = station.offered()
    station.apply(station.reply(center))
    here = sorted(station.tables.events)
    missing, extra, same = "0" * 64, here[0], here[-1]
    differ = {"00": (missing,), extra[:2]: tuple(i for i in here if i[:2] == extra[:2] and i != extra)}
    repair = station.apply(replace(REPLY, head=5, differ=differ)).repair
    assert (repair.wanted, repair.owed) == ((missing,), (extra,))
    assert same not in repair.owed
    assert station.apply(replace(REPLY, head=5, differ={})).repair == NOTHING


def test_found_events_come_in_like_any_other() -> None:
    station = Station()
    reply = station.reply(station.offered())
    events = tuple(row.event for row in reply.rows if row.event is not None)
    applied = station.apply(replace(reply, rows=(), head=0, found=events))
    assert (applied.pulled, applied.link.cursor) == (5, 0)
    assert CASE in station.tables.cases


def test_in_a_new_numbering_equal_sums_need_no_row_fetched_again() -> None:
    station = Station()
    center = station.offered()
    station.apply(station.reply(center))
    applied = station.apply(replace(REPLY, incarnation="i2", head=5, reset=True, sum=_sum_of(center)))
    assert (applied.link.cursor, applied.more, applied.link.equal_at) == (5, False, AT)


def test_in_a_new_numbering_what_differs_is_fetched_from_the_first_row_without_a_comparison() -> None:
    station = Station()
    center = station.offered()
    station.apply(station.reply(center))
    applied = station.apply(replace(REPLY, incarnation="i2", head=5, reset=True, sum=(4, "0" * 64)))
    assert (applied.link.cursor, applied.more, applied.differs) == (0, True, False)


def test_what_a_restored_center_had_acknowledged_and_lost_goes_up_again() -> None:
    station = Station()
    _in_touch(station)
    applied = station.apply(replace(REPLY, incarnation="i2", reset=True, link_head=1))
    assert applied.link.acked == 1
    with station.store.read() as book:
        assert [link for link, _ in book.outbox(10)] == [2]


def test_a_pc_that_gets_nothing_any_more_knows_it_and_does_not_ask_on() -> None:
    station = Station()
    applied = station.apply(replace(REPLY, standing="cloned", head=9))
    assert (applied.link.standing, applied.more) == ("cloned", False)
    healed = station.apply(replace(REPLY, healing=True))
    assert (healed.link.standing, healed.link.healing) == ("", True)


# -- subjects no longer seen -----------------------------------------------------------------------------------------


def _revoke(n: int) -> FeedRow:
    return FeedRow(n, "revoke", subject=("case", CASE))


def test_a_case_that_the_office_sees_no_more_is_forgotten_but_for_a_line() -> None:
    station = Station()
    reply = station.reply(station.offered())
    station.apply(reply)
    station.apply(replace(REPLY, head=6, rows=(_revoke(6),)))
    case = station.tables.cases[CASE]
    assert (case.forgotten, case.number, case.remarks) == (True, "1", ())
    assert {event.body for event in station.tables.subjects[CASE]} == {None}
    # Both sides still have the same events.
    assert station.tables.cards[CASE].number == "1"


def test_what_comes_later_of_a_forgotten_case_does_not_bring_it_back() -> None:
    station = Station()
    center = station.offered()
    station.apply(station.reply(center))
    station.apply(replace(REPLY, head=6, rows=(_revoke(6),)))
    late = station.village.write("note")
    station.apply(replace(REPLY, head=7, rows=(FeedRow(7, "new", late),)))
    assert station.tables.cases[CASE].forgotten


@pytest.mark.parametrize("in_one_page", [True, False])
def test_a_case_that_comes_to_be_seen_again_is_whole_again(in_one_page: bool) -> None:
    """Forgotten, then offered again: the township saw one empty line, for good."""
    station = Station()
    reply = station.reply(station.offered())
    station.apply(reply)
    whole = station.tables.cases[CASE]
    again = tuple(replace(row, n=row.n + 6) for row in reply.rows)
    if in_one_page:
        station.apply(replace(REPLY, head=11, rows=(_revoke(6), *again)))
    else:
        station.apply(replace(REPLY, head=11, rows=(_revoke(6),)))
        station.apply(replace(REPLY, head=11, rows=again))
    assert station.tables.cases[CASE] == whole


def test_a_case_seen_again_and_hidden_again_is_forgotten_again() -> None:
    station = Station()
    reply = station.reply(station.offered())
    station.apply(reply)
    again = tuple(replace(row, n=row.n + 6) for row in reply.rows)
    station.apply(replace(REPLY, head=6, rows=(_revoke(6),)))
    station.apply(replace(REPLY, head=12, rows=(*again, _revoke(12))))
    assert station.tables.cases[CASE].forgotten
    assert {event.body for event in station.tables.subjects[CASE]} == {None}


def test_a_body_that_is_not_the_one_of_the_header_fills_no_gap() -> None:
    station = Station()
    reply = station.reply(station.offered())
    bare = tuple(replace(row, event=replace(row.event, body=None)) for row in reply.rows if row.event)
    station.apply(replace(reply, rows=bare))
    assert CASE not in station.tables.cases
    first = reply.rows[0].event
    assert first is not None
    forged = replace(first, body=b'{"effects":{},"salt":"00"}')
    station.apply(replace(REPLY, found=(forged,)))
    assert station.tables.events[first.event_id].body is None
    station.apply(replace(REPLY, found=(first,)))
    assert station.tables.events[first.event_id].body == first.body


def test_a_case_with_a_step_of_ours_that_waits_is_not_forgotten_before_it_was_sent() -> None:
    station = Station()
    center = station.offered()
    station.apply(station.reply(center))
    note = station.me.write("note")
    with station.store.write() as book:
        book.append([note])
    station.apply(replace(REPLY, head=6, rows=(_revoke(6),)))
    assert not station.tables.cases[CASE].forgotten
    station.apply(replace(REPLY, head=6, statuses=(PushStatus(1, "stored"),), link_head=1))
    assert station.tables.cases[CASE].forgotten
    own = [event for event in station.tables.subjects[CASE] if event.header.org == TOWNSHIP]
    assert [event.body for event in own] == [note.body]


def test_that_a_further_center_has_an_event_is_kept() -> None:
    station = Station()
    row = FeedRow(1, "receipt", event_id="a" * 64, hop=("511100000000", AT))
    assert station.apply(replace(REPLY, head=1, rows=(row,))).link.cursor == 1
    with station.store.read() as book:
        assert list(book.hops(["a" * 64])) == [Hop("a" * 64, "511100000000", AT)]
