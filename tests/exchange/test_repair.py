"""Being asked again, comparing and repairing, and subjects that are no longer seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from station_app.exchange.authentic import RULING
from station_app.exchange.inbox import apply_reply
from station_app.exchange.loading import loaded
from station_app.exchange.ports import NOTHING, Hop
from station_app.exchange.station import Load
from station_app.protocol.exchange_records import FeedRow, PushStatus
from tests.exchange.makers import (
    CASE,
    TOWNSHIP,
)
from tests.exchange.receiving import (
    AGAIN,
    AT,
    CHECKS,
    REPLY,
    Station,
    in_touch,
    registered,
    registered_apart,
    revoke,
    sum_of,
)


def test_a_pc_whose_epoch_the_center_knows_was_restored_and_goes_on_under_a_new_one() -> None:
    station = Station()
    in_touch(station)
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
    in_touch(station)
    for _ in range(2):
        station.apply(replace(AGAIN, epoch_known=True))
    with station.store.read() as book:
        assert book.own_epoch().forked_from == station.me.epoch


def test_a_pc_that_the_center_has_forgotten_keeps_its_epoch() -> None:
    station = Station()
    in_touch(station)
    applied = station.apply(AGAIN)
    assert applied.again
    with station.store.read() as book:
        assert (book.own_epoch().epoch, book.own_epoch().forked_from) == (station.me.epoch, "")


def test_a_restored_center_gets_again_what_it_has_lost_and_the_epoch_stays() -> None:
    station = Station()
    in_touch(station)
    applied = station.apply(replace(AGAIN, incarnation="i2", link_head=1))
    with station.store.read() as book:
        assert [link for link, _ in book.outbox(10)] == [2]
        assert book.own_epoch().epoch == station.me.epoch
    assert (applied.link.incarnation, applied.link.nonce) == ("i1", "challenge")


def test_where_both_were_restored_what_was_lost_goes_up_under_a_new_epoch() -> None:
    """A restored center that knows of more under this epoch than the PC says so; its incarnation tells the rest."""
    station = Station()
    in_touch(station)
    station.apply(replace(AGAIN, incarnation="i2", epoch_known=True, link_head=1))
    with station.store.read() as book:
        assert [link for link, _ in book.outbox(10)] == [2]
        assert (book.own_epoch().epoch, book.own_epoch().forked_from) == ("f" * 16, station.me.epoch)


def test_being_asked_again_settles_and_fetches_nothing() -> None:
    station = Station()
    registered(station)
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


def test_equal_sums_are_noted_with_the_hour() -> None:
    station = Station()
    center = station.offered()
    applied = station.apply(replace(station.reply(center), sum=sum_of(center)))
    assert (applied.link.equal_at, applied.differs) == (AT, False)


def test_what_differs_at_rest_asks_for_a_comparison() -> None:
    station = Station()
    center = station.offered()
    count, total = sum_of(center)
    applied = station.apply(replace(station.reply(center), sum=(count + 1, total)))
    assert (applied.link.equal_at, applied.differs) == ("", True)


def test_what_waits_for_an_event_that_is_no_longer_in_the_outbox_asks_for_a_comparison() -> None:
    """Both had been restored: the PC had the event, given away long ago; the center lacked it and waited for ever.

    The outbox never got empty, and so the two were never compared. Found by the simulator with several restores in a
    world (seed 100); where the way took only a part of the outbox at once, they still were not (seed 1769).
    """
    station = Station()
    center = station.offered()
    for _ in range(3):
        registered_apart(station)
    count, total = sum_of(center)
    put_off = (PushStatus(1, "waiting", "1"), PushStatus(2, "waiting", "1"))
    apart = replace(station.reply(center), sum=(count + 1, total))
    assert not station.apply(apart).differs
    even = station.apply(replace(station.reply(center), sum=sum_of(center), statuses=put_off))
    assert (even.differs, even.link.equal_at) == (False, "")
    assert station.apply(replace(apart, statuses=put_off)).differs


def test_sums_of_different_moments_are_not_compared() -> None:
    station = Station()
    center = station.offered()
    reply = replace(station.reply(center), sum=(99, "f" * 64))
    assert not station.apply(replace(reply, rows=reply.rows[:2])).differs
    registered_apart(station)
    assert not station.apply(replace(reply, rows=reply.rows[2:])).differs


def test_a_comparison_finds_what_each_side_lacks() -> None:
    station = Station()
    center = station.offered()
    station.apply(station.reply(center))
    here = sorted(station.tables.events)
    missing, extra, same = "0" * 64, here[0], here[-1]
    there = [missing, *here[1:]]
    differ = {bucket: tuple(i for i in there if i[:2] == bucket) for bucket in (missing[:2], extra[:2])}
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
    applied = station.apply(replace(REPLY, incarnation="i2", head=5, reset=True, sum=sum_of(center)))
    assert (applied.link.cursor, applied.more, applied.link.equal_at) == (5, False, AT)


def test_in_a_new_numbering_what_differs_is_fetched_from_the_first_row_without_a_comparison() -> None:
    station = Station()
    center = station.offered()
    station.apply(station.reply(center))
    applied = station.apply(replace(REPLY, incarnation="i2", head=5, reset=True, sum=(4, "0" * 64)))
    assert (applied.link.cursor, applied.more, applied.differs) == (0, True, False)


def test_a_center_that_serves_while_it_has_less_than_it_signed_for_is_shown_so_once_between_two_rests() -> None:
    """Restored twice unnoticed, it knew the nonce, and what was sent next waited for ever; by the simulator (395)."""
    station = Station()
    in_touch(station)
    with station.store.write() as book:
        link = replace(book.link(), acked=11)
        book.save_link(link)
    behind = replace(REPLY, incarnation=link.incarnation, link_head=2, head=link.cursor)
    told = [station.apply(replace(behind, nonce=nonce)) for nonce in ("1", "2", "3")]
    assert [(applied.link.lost, applied.more) for applied in told] == [(True, True), (False, False), (True, True)]


def test_what_a_restored_center_had_acknowledged_and_lost_goes_up_again() -> None:
    station = Station()
    in_touch(station)
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


def only_rulings_have_words(station: Station) -> bool:
    """Tell whether what others wrote is erased; a ruling tells of nobody, and a center may need it again."""
    events = station.tables.subjects[CASE]
    return {event.header.type for event in events if event.body is not None} == {RULING} and len(events) > 2


def test_a_case_that_the_office_sees_no_more_is_forgotten_but_for_a_line() -> None:
    station = Station()
    reply = station.reply(station.offered())
    station.apply(reply)
    station.apply(replace(REPLY, head=6, rows=(revoke(6),)))
    case = station.tables.cases[CASE]
    assert (case.forgotten, case.number, case.remarks) == (True, "1", ())
    assert only_rulings_have_words(station)
    # Both sides still have the same events.
    assert station.tables.cards[CASE].number == "1"


def test_nothing_is_forgotten_while_the_center_heals() -> None:
    """What a restored center had lost, it told the last who had it to forget; found by the simulator (seed 50)."""
    station = Station()
    station.apply(station.reply(station.offered()))
    station.apply(replace(REPLY, head=6, rows=(revoke(6),), healing=True))
    assert all(event.body is not None for event in station.tables.subjects[CASE])
    station.apply(replace(REPLY, head=6))
    assert only_rulings_have_words(station)


def test_what_comes_later_of_a_forgotten_case_does_not_bring_it_back() -> None:
    station = Station()
    center = station.offered()
    station.apply(station.reply(center))
    station.apply(replace(REPLY, head=6, rows=(revoke(6),)))
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
        station.apply(replace(REPLY, head=11, rows=(revoke(6), *again)))
    else:
        station.apply(replace(REPLY, head=11, rows=(revoke(6),)))
        station.apply(replace(REPLY, head=11, rows=again))
    assert station.tables.cases[CASE] == whole


def test_a_case_seen_again_and_hidden_again_is_forgotten_again() -> None:
    station = Station()
    reply = station.reply(station.offered())
    station.apply(reply)
    again = tuple(replace(row, n=row.n + 6) for row in reply.rows)
    station.apply(replace(REPLY, head=6, rows=(revoke(6),)))
    station.apply(replace(REPLY, head=12, rows=(*again, revoke(12))))
    assert station.tables.cases[CASE].forgotten
    assert only_rulings_have_words(station)


def test_what_is_found_of_a_forgotten_case_is_forgotten_again_however_often_it_comes() -> None:
    """A PC that was set back lacked a part: the second time what it had to forget came in for good (seed 1172)."""
    station = Station()
    reply = station.reply(station.offered())
    found = tuple(row.event for row in reply.rows if row.event is not None)
    station.apply(replace(reply, rows=(*reply.rows[:4], revoke(5))))
    line = station.tables.cases[CASE]
    assert line.forgotten
    for _ in range(2):
        station.apply(replace(REPLY, head=5, found=found))
        assert len(station.tables.subjects[CASE]) == len(found)
        assert only_rulings_have_words(station)
        assert station.tables.cases[CASE] == line


def test_what_is_found_of_a_forgotten_case_stays_until_the_center_has_healed() -> None:
    station = Station()
    reply = station.reply(station.offered())
    found = tuple(row.event for row in reply.rows if row.event is not None)
    station.apply(reply)
    station.apply(replace(REPLY, head=6, rows=(revoke(6),)))
    station.apply(replace(REPLY, head=6, found=found, healing=True))
    assert all(event.body is not None for event in station.tables.subjects[CASE])
    station.apply(replace(REPLY, head=6))
    assert only_rulings_have_words(station)


def test_what_the_center_has_without_contents_is_given_back_with_them() -> None:
    """To a restored center it came from who had had to forget it; for all others the ids were the same (seed 868)."""
    station = Station()
    reply = station.reply(station.offered())
    station.apply(reply)
    event = reply.rows[1].event
    assert event is not None
    again = FeedRow(6, "backfill", replace(event, body=None))
    seen = station.apply(replace(REPLY, head=6, rows=(again,)))
    assert (seen.more, seen.link.owes) == (True, [event.event_id])
    # Whatever comes between, it is owed until a request has brought it.
    assert station.apply(replace(REPLY, head=6)).more
    with station.store.read() as book:
        assert loaded(book, Load(1)).returns == (event,)
        returned = loaded(book, Load(1)).returns[0].event_id
    with station.store.write() as book:
        done = apply_reply(book, replace(REPLY, head=6), CHECKS, AT, [returned])
    assert (done.more, done.link.owes) == (False, [])


def test_of_what_is_not_here_whole_nothing_is_owed() -> None:
    station = Station()
    reply = station.reply(station.offered())
    bare = tuple(replace(row, event=replace(row.event, body=None)) for row in reply.rows if row.event)
    assert station.apply(replace(reply, rows=bare)).link.owes == []
    assert station.apply(replace(REPLY, head=6, rows=(replace(bare[1], n=6),))).link.owes == []


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
    station.apply(replace(REPLY, head=6, rows=(revoke(6),)))
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
