"""A place that a refused event had counts: who has a revoked PC cannot put another event there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from station_app.domain.effects import Effects
from station_app.domain.lanes import SubjectKind
from station_app.exchange.center import accept_push
from station_app.exchange.intake_records import Pusher
from station_app.exchange.ports import Epoch
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import ExchangeRequest
from tests.exchange.makers import OPEN, VILLAGE, Center, Device, answers
from tests.exchange.test_limits import limit, revoked, was_restored, wrote
from tests.fakes import fake_verify_many


def _with_a_tombstone(*, restored: bool) -> tuple[Device, Center]:
    """Return the thief of a PC that was revoked with three places, of which the center had refused the second.

    What the thief writes goes on with nothing that the center knows.
    """
    village, center = wrote(3)
    refused = replace(village.wrote[1], person_signature=b"1" * 16)
    center.push(village, [village.wrote[0], refused, village.wrote[2]])
    limit(center, **revoked(village, 3))
    if restored:
        was_restored(center)
    thief = Device(VILLAGE)
    thief.write("register", OPEN, subject=(SubjectKind.CASE, "d" * 32))
    thief.write("remark", Effects(remark={"kind": "note", "text": "偷走以后写的"}))
    return thief, center


@pytest.mark.parametrize("restored", [False, True])
@pytest.mark.parametrize("damaged", [False, True])
def test_nothing_is_taken_in_for_the_place_of_a_tombstone_by_refusing_it_first(
    *, restored: bool, damaged: bool
) -> None:
    """A fork, or with a wrong signature, it had been refused once; given back it counted by its number."""
    thief, center = _with_a_tombstone(restored=restored)
    late = thief.wrote[1]
    first = replace(late, person_signature=b"1" * 16) if damaged else late
    assert answers(center.push(thief, [first], first_link=4)) == [(4, "refused", "device-revoked")]
    assert center.give_back([late], by=thief).codes == ("device-revoked",)
    assert late.event_id not in center.store.tables.events


def test_another_pc_cannot_give_back_what_a_revoked_one_wrote_for_the_place_of_a_tombstone() -> None:
    thief, center = _with_a_tombstone(restored=False)
    assert center.give_back(thief.wrote[1:]).codes == ("device-revoked",)
    assert center.give_back(thief.wrote[1:], by=thief).codes == ("device-revoked",)


def test_a_restored_center_takes_from_others_what_a_tombstone_has_the_place_of() -> None:
    """What it lost there it may have taken in beside its chain."""
    thief, center = _with_a_tombstone(restored=True)
    assert center.give_back(thief.wrote[1:]).codes == ("",)


def test_a_revoked_pc_frees_no_place_by_an_event_that_is_missed_in_another_chain() -> None:
    """The damaged event of one epoch was taken for that of the other, whose place counted and was free again."""
    village, center = wrote(1)
    center.push(village)
    first_epoch = village.chain
    village.chain = replace(first_epoch, epoch="f" * 16, seq=0, prev=None)
    before, late = village.write("note"), village.write("note")
    with center.store.write() as book:
        book.save_epoch(Epoch(village.device, "f" * 16, 1, "n", "n", "", link=1))
    in_second = Pusher(village.device, "f" * 16)
    unreadable = replace(late, header_bytes=b"?")
    assert _pushed(center, in_second, 2, before, unreadable)[1] == (3, "refused", "record-malformed")
    both = [*revoked(village, 1)["revoked"], {"device": village.device, "epoch": "f" * 16, "seq": 2}]
    limit(center, revoked=both)
    village.chain = replace(first_epoch, seq=2, prev="e" * 64)
    missed = village.write("note")
    assert _pushed(center, in_second, 4, missed) == [(4, "refused", "device-revoked")]
    assert _pushed(center, in_second, 5, late) == [(5, "refused", "device-revoked")]


def _pushed(center: Center, pusher: Pusher, link: int, *events: Event) -> list[tuple[int, str, str]]:
    request = ExchangeRequest(pusher.epoch, "", 0, link, events, 100)
    with center.store.write() as book:
        return answers(accept_push(book, pusher, request, fake_verify_many))
