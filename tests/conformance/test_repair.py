"""Comparing, repairing, and a center that was restored, with a real center."""

from __future__ import annotations

import copy
import time
from pathlib import Path

import pytest

from tests.conformance.cases import note, offer, register, reject
from tests.conformance.client import Station
from tests.conformance.conftest import TOWNSHIP, VILLAGE, RealCenter
from tests.conformance.records import id_sum


def test_a_lost_event_is_found_by_comparing_and_comes_back(village: Station) -> None:
    village.log.clear()
    case, opening = register(village)
    remark = note(village, case)
    village.exchange()
    for lost in (opening.id, remark.id):
        village.common.discard(lost)
        del village.events[lost]
    village.exchange()
    assert village.log == ["compare"]
    assert village.events[opening.id].wire == opening.wire
    assert village.events[remark.id].wire == remark.wire


@pytest.fixture
def restored(tmp_path: Path, own_center: RealCenter) -> tuple[Station, Station, Station, list[str]]:
    """Give stations of which the center has lost what they did since its database was copied, and the ids of that."""
    center = own_center
    village, township = center.station(VILLAGE), center.station(TOWNSHIP)
    note(village, register(village)[0])
    village.exchange()
    township.exchange()
    center.copy_database(tmp_path / "copy.db")
    case, opening = register(village)
    offered = offer(village, case, opening)
    village.exchange()
    township.exchange()
    returned = reject(township, case, opening, offered)
    late_comer = center.station(VILLAGE)
    remark = note(late_comer, case)
    for station in (township, late_comer, village):
        station.exchange()
    center.stop()
    center.put_back(tmp_path / "copy.db")
    center.start()
    return village, township, late_comer, [opening.id, offered.id, returned.id, remark.id]


def test_a_restored_center_is_shown_its_loss_and_given_it_back(
    own_center: RealCenter, restored: tuple[Station, Station, Station, list[str]]
) -> None:
    *stations, lost = restored
    village, township, late_comer = stations
    before = village.incarnation
    rulings = {each for each in village.common if village.events[each].ruling}
    for station in stations:
        station.log.clear()
    reply = village.exchange()
    assert village.log[:3] == ["again", "receipt", "incarnation"]
    assert village.incarnation != before
    assert reply["healing"]
    waiting = register(village)[1]
    assert village.exchange()["healing"]
    assert village.verdict(waiting) == ("", "")
    for station in (township, late_comer, *stations):
        station.exchange()
    assert late_comer.log[0] == "unknown"
    until = time.monotonic() + 60
    while any("healing" in station.exchange() for station in stations):
        assert time.monotonic() < until
    assert village.verdict(waiting) == ("accepted", "")
    for station in stations:
        assert set(lost) <= station.common
        assert station.exchange()["sum"] == id_sum(station.common)
        assert not station.held
    assert rulings <= village.common & late_comer.common
    assert own_center.command("status")["healing"] is False
    assert own_center.command("check")["ok"]
    note(late_comer, waiting.header["subject_id"])
    late_comer.exchange()
    assert late_comer.statuses[2] == ("stored", "")


def test_a_center_that_lost_documents_alone_is_shown_it_and_gives_their_number_to_no_other(
    tmp_path: Path, own_center: RealCenter
) -> None:
    village = own_center.station(VILLAGE)
    own_center.copy_database(tmp_path / "copy.db")
    own_center.account(VILLAGE)
    village.exchange()
    number, epoch = village.known.documents["organisations"][0], village.epoch
    own_center.stop()
    own_center.put_back(tmp_path / "copy.db")
    own_center.start()
    village.log.clear()
    village.exchange()
    assert village.log[:3] == ["again", "receipt", "incarnation"]
    assert village.epoch == epoch
    until = time.monotonic() + 60
    while "healing" in village.exchange():
        assert time.monotonic() < until
    own_center.account(VILLAGE)
    village.exchange()
    assert village.known.documents["organisations"][0] > number + 1


def test_where_both_were_restored_the_pc_goes_on_under_a_new_epoch(tmp_path: Path, own_center: RealCenter) -> None:
    village, township = own_center.station(VILLAGE), own_center.station(TOWNSHIP)
    case, _ = register(village)
    village.exchange()
    backup = copy.deepcopy(village)
    forgotten = note(village, case)
    village.exchange()
    own_center.copy_database(tmp_path / "copy.db")
    own_center.account(TOWNSHIP)
    township.exchange()
    own_center.stop()
    own_center.put_back(tmp_path / "copy.db")
    own_center.start()
    assert township.exchange()["healing"]
    backup.log.clear()
    backup.exchange()
    assert backup.log[:3] == ["again", "incarnation", "new epoch"]
    assert backup.forked_from == village.epoch
    until = time.monotonic() + 60
    while any("healing" in station.exchange() for station in (backup, township)):
        assert time.monotonic() < until
    assert forgotten.id in backup.common
    assert backup.exchange()["sum"] == id_sum(backup.common)
