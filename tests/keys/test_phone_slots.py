"""The way in for who has forgotten the PIN: what opens it, once, and what does not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from station_app.domain.errors import StationError
from station_app.keys.sealing import generate_box_key
from station_app.keys.slot_file import PinCost
from station_app.keys.slots import PhoneKey, Slots, Unlocked, create

QUICK = PinCost(time_cost=1, memory_kib=8)
NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
SEED, NAME, PIN, NEW_PIN = b"\1" * 32, "李𬭎", "428591", "905172"
CODE, NEXT_CODE = generate_box_key(), generate_box_key()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    slots = create(tmp_path / "data", pin_cost=QUICK)
    slots.add_worker(NAME, PIN, "person-1", SEED)
    slots.remove_device_slot()
    return tmp_path / "data"


@pytest.fixture
def slots(folder: Path) -> Slots:
    return Slots(folder, pin_cost=QUICK)


def refused(call: Callable[[], object]) -> StationError:
    with pytest.raises(StationError) as caught:
        call()
    return caught.value


def keep(slots: Slots, key: PhoneKey, pin: str = PIN) -> Unlocked:
    unlocked = slots.unlock(NAME, pin, NOW)
    slots.keep_phone_key(NAME, unlocked, key)
    return unlocked


def test_the_code_gives_a_new_pin_and_the_same_keys(folder: Path, slots: Slots) -> None:
    before = keep(slots, PhoneKey(1, CODE.public))
    again = Slots(folder, pin_cost=QUICK)
    again.reset_pin(NAME, CODE, NEW_PIN, NOW)
    assert slots.unlock(NAME, NEW_PIN, NOW) == before
    assert refused(lambda: slots.unlock(NAME, PIN, NOW)).code == "pin-wrong"


def test_a_code_works_once_and_the_next_one_after_the_next_key(slots: Slots) -> None:
    keep(slots, PhoneKey(1, CODE.public))
    slots.reset_pin(NAME, CODE, NEW_PIN, NOW)
    assert refused(lambda: slots.reset_pin(NAME, CODE, PIN, NOW)).code == "phone-slot-missing"
    # An exchange that was under way brings the old round once more.
    keep(slots, PhoneKey(1, CODE.public), NEW_PIN)
    assert refused(lambda: slots.phone_slot(NAME)).code == "phone-slot-missing"
    keep(slots, PhoneKey(2, NEXT_CODE.public), NEW_PIN)
    assert refused(lambda: slots.reset_pin(NAME, CODE, PIN, NOW)).code == "reset-code-wrong"
    slots.reset_pin(NAME, NEXT_CODE, PIN, NOW)
    assert slots.unlock(NAME, PIN, NOW).person_seed == SEED


def test_there_is_nothing_to_open_before_the_center_has_given_a_key(slots: Slots) -> None:
    assert refused(lambda: slots.phone_slot(NAME)).code == "phone-slot-missing"
    assert refused(lambda: slots.phone_slot("张三")).code == "worker-unknown-here"
    unlocked = slots.unlock(NAME, PIN, NOW)
    assert (
        refused(lambda: slots.keep_phone_key("张三", unlocked, PhoneKey(1, CODE.public))).code == "worker-unknown-here"
    )


def test_a_changed_pin_leaves_the_way_open_and_a_new_activation_seals_the_new_key(slots: Slots) -> None:
    keep(slots, PhoneKey(1, CODE.public))
    slots.change_pin(NAME, PIN, NEW_PIN, NOW)
    key = slots.unlock(NAME, NEW_PIN, NOW).database_key
    slots.add_worker(NAME, NEW_PIN, "person-1", b"\2" * 32, key)
    slots.reset_pin(NAME, CODE, PIN, NOW)
    assert slots.unlock(NAME, PIN, NOW) == Unlocked(key, "person-1", b"\2" * 32)


def test_another_account_under_the_same_name_gets_no_way_in_of_the_old_one(slots: Slots) -> None:
    key = keep(slots, PhoneKey(7, CODE.public)).database_key
    slots.add_worker(NAME, PIN, "person-2", SEED, key)
    assert refused(lambda: slots.phone_slot(NAME)).code == "phone-slot-missing"
    keep(slots, PhoneKey(1, NEXT_CODE.public))
    assert slots.phone_slot(NAME).person == "person-2"


def test_wrong_codes_are_spaced_out_and_do_not_lock_the_pin(slots: Slots) -> None:
    keep(slots, PhoneKey(1, CODE.public))
    waits = [refused(lambda: slots.reset_pin(NAME, NEXT_CODE, NEW_PIN, NOW)).params["wait_s"] for _ in range(3)]
    assert waits == [0, 0, 15]
    waiting = refused(lambda: slots.reset_pin(NAME, CODE, NEW_PIN, NOW))
    assert (waiting.code, waiting.params) == ("reset-code-wait", {"seconds": 15})
    assert slots.unlock(NAME, PIN, NOW).person_id == "person-1"
    slots.reset_pin(NAME, CODE, NEW_PIN, NOW + timedelta(seconds=15))


def test_a_clock_set_back_makes_the_wait_for_codes_begin_anew_once(slots: Slots) -> None:
    keep(slots, PhoneKey(1, CODE.public))
    for _ in range(3):
        refused(lambda: slots.reset_pin(NAME, NEXT_CODE, NEW_PIN, NOW))
    back = NOW - timedelta(days=400)
    assert refused(lambda: slots.reset_pin(NAME, CODE, NEW_PIN, back)).params == {"seconds": 15}
    slots.reset_pin(NAME, CODE, NEW_PIN, back + timedelta(seconds=15))


@pytest.mark.parametrize("pin", ["12", "123456"])
def test_a_new_pin_that_is_none_uses_nothing_up(slots: Slots, pin: str) -> None:
    keep(slots, PhoneKey(1, CODE.public))
    assert refused(lambda: slots.reset_pin(NAME, CODE, pin, NOW)).code in ("pin-length", "pin-too-simple")
    slots.reset_pin(NAME, CODE, NEW_PIN, NOW)


def test_the_code_and_a_copy_of_the_slots_are_not_enough_without_the_device_secret(folder: Path, slots: Slots) -> None:
    keep(slots, PhoneKey(1, CODE.public))
    stolen = folder.with_name("stolen")
    other = create(stolen, pin_cost=QUICK)
    other.add_worker(NAME, PIN, "person-1", SEED)
    found = json.loads((folder / "slots.json").read_text())
    theirs = json.loads((stolen / "slots.json").read_text())
    [slot], [slot_id] = found["workers"].values(), theirs["workers"]
    (stolen / "slots.json").write_bytes(_with_checksum({**theirs, "workers": {slot_id: slot}}))
    assert refused(lambda: other.reset_pin(NAME, CODE, NEW_PIN, NOW)).code == "sealed-data-damaged"


def test_the_file_tells_neither_name_nor_secret(folder: Path, slots: Slots) -> None:
    keep(slots, PhoneKey(1, CODE.public))
    text = (folder / "slots.json").read_text()
    assert NAME not in text
    assert CODE.private.hex() not in text


@pytest.mark.parametrize("changes", [{"person": 5}, {"round": -1}, {"round": True}, {"public": "§"}, {"box": None}])
def test_a_phone_slot_that_is_none_is_told_as_damage(folder: Path, slots: Slots, changes: dict[str, object]) -> None:
    keep(slots, PhoneKey(1, CODE.public))
    found = json.loads((folder / "slots.json").read_text())
    [slot] = found["workers"].values()
    slot["phone"] |= changes
    (folder / "slots.json").write_bytes(_with_checksum(found))
    assert refused(lambda: Slots(folder)).code == "key-slots-damaged"


def _with_checksum(record: dict[str, object]) -> bytes:
    record = {name: value for name, value in record.items() if name != "sha256"}
    checksum = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
    return json.dumps({**record, "sha256": checksum}).encode()
