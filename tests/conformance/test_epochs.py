"""Nonces, forks, restored and cloned stations, with a real center."""

from __future__ import annotations

import copy

from tests.conformance.cases import note, offer, register, reject
from tests.conformance.client import Station
from tests.conformance.conftest import RealCenter
from tests.conformance.records import id_sum


def test_a_lost_reply_is_asked_for_again_with_the_nonce_before(village: Station) -> None:
    village.log.clear()
    case, opening = register(village)
    lost = copy.deepcopy(village)
    lost.once()  # the center answers, the answer gets lost
    reply = village.once()
    assert "again" not in reply
    assert village.statuses[len(village.outbox)] == ("exists", "")
    note(village, case)
    village.exchange()
    assert village.log == []
    assert village.verdict(opening) == ("accepted", "")


def test_a_nonce_two_behind_is_challenged_and_changes_nothing(village: Station) -> None:
    stale = copy.deepcopy(village)
    village.once()
    village.once()
    register(stale)
    first, second = stale.ask("/v1/exchange", stale.request(), stale.nonce), stale.once()
    assert first["again"] == second["again"] == {"epoch_known": True}
    assert first["nonce"] == second["nonce"]
    assert stale.taken == village.taken
    assert "again" not in village.once()


def test_a_restored_backup_goes_on_in_a_new_epoch_and_pulls_back_its_own_events(fresh: Station) -> None:
    case, opening = register(fresh)
    backup = copy.deepcopy(fresh)  # the opening is not sent yet
    forgotten = note(fresh, case)
    fresh.exchange()
    backup.exchange()
    assert backup.log == ["again", "new epoch"]
    assert backup.forked_from == fresh.epoch
    assert backup.tag != fresh.tag
    assert backup.statuses == {1: ("exists", "")}
    assert backup.events[forgotten.id].wire == forgotten.wire
    anew = note(backup, case, "恢复以后")
    assert anew.header["seq"] == 1
    assert backup.exchange()["sum"] == id_sum(backup.common)
    assert {opening.id, forgotten.id, anew.id} <= backup.common


def test_two_events_in_one_place_are_both_kept_and_the_next_is_challenged(fresh: Station) -> None:
    case, _ = register(fresh)
    fresh.exchange()
    copied = copy.deepcopy(fresh)
    one, other = note(fresh, case, "一"), note(copied, case, "二")
    fresh.once()
    copied.once()
    assert copied.statuses[2] == fresh.statuses[2] == ("stored", "")
    assert one.header["prev"] == other.header["prev"]
    assert "again" in copied.once()
    copied.exchange()
    assert copied.log == ["again", "new epoch", "compare"]
    assert {one.id, other.id} <= set(copied.events)
    assert copied.exchange()["sum"] == id_sum(copied.common)


def test_a_clone_is_taken_in_and_gets_no_rows(fresh: Station, township: Station) -> None:
    case, opening = register(fresh)
    offered = offer(fresh, case, opening)
    fresh.exchange()
    township.exchange()
    returned = reject(township, case, opening, offered)
    township.exchange()
    fresh.exchange()
    clone = copy.deepcopy(fresh)
    fresh.new_epoch()  # as after its sidecar was found ahead
    fresh.exchange()
    remark = note(clone, case)
    step = clone.write("supply", case, {"state": "registered"}, grant=returned.id, base=returned.id)
    reply = clone.exchange()
    assert reply["standing"] == fresh.exchange()["standing"] == "cloned"
    assert reply["rows"] == []
    assert clone.statuses[3] == clone.statuses[4] == ("stored", "")
    township.exchange()
    assert remark.id in township.common
    assert township.verdict(step) == ("needs_review", "cloned-pc")


def test_a_revoked_pc_is_told_so_gets_no_rows_and_what_it_sends_is_held(
    center: RealCenter, fresh: Station, village: Station
) -> None:
    case, opening = register(fresh)
    fresh.exchange()
    center.command("revoke", fresh.device, "--reason", "被盗")
    late = note(fresh, case)
    reply = fresh.exchange()
    assert (reply["standing"], reply["rows"], reply["credentials"]) == ("device-revoked", [], [])
    assert fresh.statuses[2] == ("refused", "device-revoked")
    village.exchange()
    assert opening.id in village.common and late.id not in village.events
