"""What a revoked PC and a disabled worker wrote later than the center knew of is held, at center and stations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from station_app.domain.effects import Effects
from station_app.domain.errors import StationError
from station_app.domain.lanes import SubjectKind
from station_app.exchange.authentic import ruling_of
from station_app.exchange.center import admit_held
from station_app.exchange.limits import Limits, limits_in, read_limits
from station_app.protocol.exchange_records import FeedRow
from station_app.protocol.signed import document_payload
from station_app.usecases.holding import let_count
from tests.exchange.makers import CASE, NOTE, OPEN, OTHER, VILLAGE, Center, Device, answers, by_center, center_with
from tests.exchange.receiving import REPLY, revoke
from tests.exchange.test_inbox import Station
from tests.fakes import fake_verify_many


def limit(center: Center, **limits: Any) -> None:
    with center.store.write() as book:
        book.save_setting("limits", limits)


def revoked(device: Device, seq: int, epoch: str | None = None) -> dict[str, Any]:
    return {"revoked": [{"device": device.device, "epoch": epoch or device.epoch, "seq": seq}]}


def wrote(count: int) -> tuple[Device, Center]:
    village = Device(VILLAGE)
    village.write("register", OPEN)
    for _ in range(count - 1):
        village.write("note")
    return village, center_with(village)


def test_events_up_to_the_last_one_taken_in_are_as_before_and_later_ones_are_held() -> None:
    village, center = wrote(4)
    center.push(village, village.wrote[:2])
    limit(center, **revoked(village, 2))
    plan = center.push(village)
    held = [(3, "refused", "device-revoked"), (4, "refused", "device-revoked")]
    assert answers(plan) == [(1, "exists", ""), (2, "exists", ""), *held]
    assert (plan.link_head, len(center.store.tables.events)) == (4, 2)
    # Sent again after a lost answer it is answered alike, and kept once.
    assert answers(center.push(village))[2:] == held
    assert [r.event for _, _, r in center.store.tables.refusals.values()] == village.wrote[2:]


def test_an_epoch_that_a_revoked_pc_begins_later_is_held_from_its_first_event_on() -> None:
    village, center = wrote(1)
    limit(center, **revoked(village, 5, "f" * 16))
    assert answers(center.push(village)) == [(1, "refused", "device-revoked")]


def test_another_pc_of_the_office_goes_on() -> None:
    village, center = wrote(2)
    limit(center, **revoked(Device(VILLAGE, 1), 0))
    assert [status for _, status, _ in answers(center.push(village))] == ["stored", "stored"]


def test_a_disabled_worker_is_held_and_the_colleague_on_the_same_pc_is_not() -> None:
    village, center = wrote(2)
    center.push(village)
    limit(center, disabled={village.person: [[village.device, village.epoch, 2]]})
    village.write("note")
    village.write("note", actor=village.decider)
    assert answers(center.push(village))[2:] == [(3, "refused", "worker-disabled"), (4, "stored", "")]


def test_a_disabled_worker_is_held_from_the_first_event_on_a_pc_that_was_not_known_then() -> None:
    village, center = wrote(1)
    limit(center, disabled={village.person: [["9" * 32, village.epoch, 7]]})
    assert answers(center.push(village)) == [(1, "refused", "worker-disabled")]


def test_a_held_event_is_taken_in_like_any_other_once_it_is_admitted() -> None:
    village, center = wrote(2)
    limit(center, **revoked(village, 0))
    center.push(village)
    with center.store.write() as book:
        for number in (1, 2):
            assert admit_held(book, village.wrote[number - 1], fake_verify_many) == ""
    assert center.rule() == 1
    events = center.store.tables.subjects[CASE]
    assert [event.header.type for event in events] == ["register", "note", "ruling"]
    assert answers(center.push(village)) == [(1, "exists", ""), (2, "exists", "")]


def test_a_held_event_that_would_be_refused_for_something_else_stays_held() -> None:
    village, center = wrote(2)
    limit(center, **revoked(village, 0))
    center.push(village)
    with center.store.write() as book:
        assert admit_held(book, village.wrote[1], fake_verify_many) == "subject-unknown"
        forged = replace(village.wrote[0], signature=b"")
        assert admit_held(book, forged, fake_verify_many) == "signature-wrong"
    assert center.store.tables.events == {}


def documents(station: Station, number: int = 1, **limits: Any) -> FeedRow:
    content = {"organisations": [], "accounts": [], **limits}
    signed = by_center(document_payload("organisations", number, content), "station document 1")
    return FeedRow(number, "document", document=signed)


@pytest.mark.parametrize("code", ["device-revoked", "worker-disabled"])
def test_a_station_knows_it_offline_and_does_not_take_later_events_from_a_feed_either(code: str) -> None:
    station = Station()
    reply = station.reply(station.offered())
    village = station.village
    limits = {
        "device-revoked": revoked(village, 2),
        "worker-disabled": {"disabled": {village.person: [[village.device, village.epoch, 2]]}},
    }[code]
    rows = [documents(station, **limits)]
    rows += [replace(row, n=row.n + 1) for row in reply.rows]
    station.apply(replace(reply, head=reply.head + 1, rows=tuple(rows)))
    held = [(event.header.type, why) for event, why in station.tables.held.values()]
    assert held == [("offer", code)]
    assert {event.header.type for event in station.tables.events.values()} == {"register", "note", "ruling"}


def test_what_was_held_by_a_limit_that_the_center_has_forgotten_counts_again() -> None:
    """A center set back unnoticed took in what lay behind the limit; who knew it held that aside for good (1518)."""
    station = Station()
    reply = station.reply(station.offered())
    rows = [documents(station, **revoked(station.village, 2))]
    rows += [replace(row, n=row.n + 1) for row in reply.rows]
    station.apply(replace(reply, head=reply.head + 1, rows=tuple(rows)))
    offer = station.village.wrote[-1].event_id
    assert list(station.tables.held) == [offer]
    with station.store.read() as book:
        before = book.id_sum()
    station.apply(replace(REPLY, head=7, rows=(documents(station, number=7),)))
    assert (list(station.tables.held), offer in station.tables.events) == ([], True)
    with station.store.read() as book:
        assert book.id_sum() == before


def held_aside(station: Station, head: int, *rows: FeedRow) -> str:
    """Apply a feed in which the offer lies behind a limit, and return the offer's id."""
    reply = station.reply(station.offered())
    first = documents(station, **revoked(station.village, 2))
    behind = [replace(row, n=row.n + 1) for row in reply.rows]
    station.apply(replace(reply, head=head, rows=(first, *behind, *rows)))
    return station.village.wrote[-1].event_id


def test_what_was_held_of_a_case_that_is_seen_no_more_brings_no_words_when_it_counts_again() -> None:
    station = Station()
    offer = held_aside(station, 7, revoke(7))
    assert station.tables.held[offer][0].body is None
    station.apply(replace(REPLY, head=8, rows=(documents(station, number=8),)))
    assert station.tables.events[offer].body is None
    assert station.tables.cases[CASE].forgotten


def test_what_a_program_of_before_still_held_whole_is_forgotten_when_it_counts_again() -> None:
    """It had obeyed the revoke in the journal alone."""
    station = Station()
    offer = held_aside(station, 7, revoke(7))
    with station.store.write() as book:
        book.hold(station.village.wrote[-1], "device-revoked")
    assert station.tables.held[offer][0].body is not None
    counts = replace(REPLY, head=8, rows=(documents(station, number=8),))
    station.apply(replace(counts, healing=True))
    assert station.tables.events[offer].body is not None
    station.apply(replace(REPLY, head=8))
    assert station.tables.events[offer].body is None


def test_what_was_held_comes_whole_where_the_case_is_seen_again_in_the_reply_by_which_it_counts() -> None:
    station = Station()
    offer = held_aside(station, 7, revoke(7))
    again = [FeedRow(9 + n, "backfill", event) for n, event in enumerate(station.village.wrote)]
    station.apply(replace(REPLY, head=8 + len(again), rows=(documents(station, number=8), *again)))
    assert station.tables.events[offer].body is not None
    assert not station.tables.cases[CASE].forgotten


def test_a_station_takes_a_later_event_that_two_persons_have_admitted() -> None:
    station = Station()
    reply = station.reply(station.offered())
    offer = station.village.wrote[-1].event_id
    rows = [documents(station, **revoked(station.village, 2), admitted=[offer])]
    rows += [replace(row, n=row.n + 1) for row in reply.rows]
    station.apply(replace(reply, head=reply.head + 1, rows=tuple(rows)))
    assert station.tables.held == {}
    assert offer in station.tables.events


@pytest.mark.parametrize(
    "found",
    [
        {"revoked": [{"device": "d"}]},
        {"revoked": 5},
        {"disabled": []},
        {"disabled": {"p": [["d", "e"]]}},
        {"revoked": [{"device": "d", "epoch": "e", "seq": "x"}]},
        {"admitted": 7},
    ],
    ids=str,
)
def test_limits_that_can_not_be_read_are_told(found: dict[str, Any]) -> None:
    with pytest.raises(StationError, match="organisations-unreadable"):
        read_limits(found)


def test_an_older_document_limits_nobody() -> None:
    assert read_limits({"revoked": []}) == limits_in(None) == Limits()
    assert Limits().against(Device(OTHER).write("register", NOTE)) == ""


def test_an_event_beside_its_chain_is_held_whatever_its_number() -> None:
    village, center = wrote(3)
    center.push(village)
    thief = Device(VILLAGE)
    thief.write("register", OPEN)
    thief.write("remark", Effects(remark={"kind": "note", "text": "偷走以后写的"}))
    limit(center, **revoked(village, 3))
    plan = center.push(thief, thief.wrote[1:], first_link=4)
    assert answers(plan) == [(4, "refused", "device-revoked")]
    assert len(center.store.tables.events) == 3


def test_another_station_cannot_give_back_what_is_held_unless_it_was_admitted() -> None:
    village, center = wrote(3)
    center.push(village, village.wrote[:1])
    limit(center, **revoked(village, 2))
    assert center.give_back(village.wrote[1:]).codes == ("", "device-revoked")
    limit(center, **revoked(village, 2), admitted=[village.wrote[2].event_id])
    assert center.give_back(village.wrote[1:]).codes == ("", "")


def test_what_came_in_while_a_center_had_forgotten_the_revocation_is_for_a_person() -> None:
    village, center = wrote(1)
    center.push(village)
    limit(center, **revoked(village, 0))
    center.rule()
    [ruling] = [found for event in center.store.tables.subjects[CASE] if (found := ruling_of(event)) is not None]
    assert (ruling.verdict.value, ruling.reason) == ("needs_review", "device-revoked")


def test_what_came_in_beyond_a_limit_that_the_center_had_forgotten_counts_and_goes_before_a_person() -> None:
    """Who knew the limit held it aside for good, though it was in the center's journal; by the simulator (448)."""
    village, center = wrote(2)
    center.push(village)
    limit(center, **revoked(village, 1))
    late = village.wrote[1]
    with center.store.write() as book:
        assert let_count(book) == [late]
        assert book.limits().against(late) == ""
        assert book.reviews([late.event_id]) == {late.event_id: "device-revoked"}
        assert let_count(book) == []


def test_of_a_worker_who_had_sent_nothing_everything_is_beyond_the_limit() -> None:
    """Its limit names no PC; what a center took in of it that had forgotten the limit, stations held aside for good."""
    village, center = wrote(1)
    center.push(village)
    limit(center, revoked=[], disabled={village.person: []}, admitted=[])
    with center.store.write() as book:
        assert let_count(book) == village.wrote
        assert book.limits().against(village.wrote[0]) == ""


def _stolen(*, restored: bool) -> tuple[Device, Device, Center]:
    """Return a PC that was revoked with all it had brought, its thief, who has gone on beside it, and the center."""
    village, center = wrote(3)
    center.push(village)
    thief = Device(VILLAGE)
    thief.write("register", OPEN)
    thief.write("remark", Effects(remark={"kind": "note", "text": "偷走以后写的"}))
    limit(center, **revoked(village, 3))
    if restored:
        was_restored(center)
    return village, thief, center


def was_restored(center: Center) -> None:
    with center.store.write() as book:
        book.save_setting("center", {**book.setting("center"), "forked_from": "1" * 16})


@pytest.mark.parametrize("restored", [False, True])
@pytest.mark.parametrize("pushed", ["not", "good", "damaged"])
def test_an_event_beside_its_chain_is_held_also_where_its_pc_gives_it_back(*, restored: bool, pushed: str) -> None:
    """What was refused as an event came in as a return: its number lay within the limit."""
    village, thief, center = _stolen(restored=restored)
    branch = thief.wrote[1]
    first = replace(branch, person_signature=b"1" * 16) if pushed == "damaged" else branch
    if pushed != "not":
        center.push(thief, [first], first_link=4)
    assert center.give_back([branch], by=thief).codes == ("device-revoked",)
    if pushed == "good" or not restored:
        # It does not matter who brings it.
        assert center.give_back([branch]).codes == ("device-revoked",)
    assert len(center.store.tables.events) == 3
    limit(center, **revoked(village, 3), admitted=[branch.event_id])
    assert center.give_back([branch], by=thief).codes == ("",)


def test_what_a_disabled_worker_wrote_beside_the_chain_of_a_pc_in_use_is_held_in_returns_too() -> None:
    village, thief, center = _stolen(restored=False)
    limit(center, disabled={village.person: [[village.device, village.epoch, 3]]})
    thief.write("note", actor=thief.decider)
    assert center.give_back(thief.wrote[1:], by=village).codes == ("worker-disabled", "")


def test_a_restored_center_gets_back_what_counts_of_a_revoked_pc_from_itself_and_from_others() -> None:
    village, center = wrote(5)
    center.push(village, village.wrote[:2])
    was_restored(center)
    center.give_back(village.wrote[3:4])
    # Its push goes on behind what others have brought: the head has passed what is still lost.
    center.push(village, village.wrote[4:], first_link=3)
    assert center.store.tables.heads[village.device, village.epoch].seq == 5
    limit(center, **revoked(village, 5))
    assert center.give_back(village.wrote[2:3], by=village).codes == ("",)
    assert len(center.store.tables.events) == 5


@pytest.mark.parametrize("as_return", [False, True])
@pytest.mark.parametrize("given_back", [False, True])
def test_a_restored_center_holds_what_a_revoked_pc_brings_for_a_place_that_others_gave_back(
    *, given_back: bool, as_return: bool
) -> None:
    """What others give back moves no head: it came next in the chain, and its number lay within the limit."""
    village, center = wrote(3)
    center.push(village, village.wrote[:1])
    was_restored(center)
    limit(center, **revoked(village, 3))
    if given_back:
        center.give_back(village.wrote[1:])
    thief = Device(VILLAGE)
    thief.write("register", OPEN)
    thief.write("remark", Effects(remark={"kind": "note", "text": "偷走以后写的"}))
    branch = thief.wrote[1]
    found = center.give_back([branch], by=thief).codes if as_return else (answers(center.push(thief))[1][2],)
    assert found == ("device-revoked" if given_back else "",)
    assert (branch.event_id in center.store.tables.events) is not given_back


def test_a_restored_center_gets_back_from_others_what_once_came_beside_the_chain() -> None:
    """It was here when the limit was set: or nobody else would have it."""
    _, twin, center = _stolen(restored=True)
    assert center.give_back(twin.wrote[1:]).codes == ("",)


def test_what_a_revoked_pc_had_brought_too_early_is_still_judged_anew() -> None:
    village, center = wrote(3)
    early = replace(village.wrote[1], person_signature=b"1" * 16)
    center.push(village, [village.wrote[0], early, village.wrote[2]])
    limit(center, **revoked(village, 3))
    assert center.give_back(village.wrote[1:2], by=village).codes == ("",)


def test_a_cloned_pc_gives_its_steps_back_for_a_person_and_those_of_others_as_ever() -> None:
    village, center = wrote(2)
    other = Device(OTHER)
    with center.store.write() as book:
        for credential in other.credentials():
            book.save_credential(credential)
    opened = other.write("register", OPEN, subject=(SubjectKind.CASE, "d" * 32))
    assert center.give_back([*village.wrote, opened], by=village, review="cloned-pc").codes == ("",) * 3
    assert center.store.tables.reviews == {village.wrote[0].event_id: "cloned-pc"}
    center.rule()
    [ruling] = [found for event in center.store.tables.subjects[CASE] if (found := ruling_of(event)) is not None]
    assert (ruling.verdict.value, ruling.reason) == ("needs_review", "cloned-pc")
