"""Key slots: who gets in, who does not, and what a crash or a damaged disk leaves."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.errors import StationError
from station_app.keys.sealing import generate_box_key
from station_app.keys.slot_file import PinCost, SlotFile, WorkerSlot, decode_slots, encode_slots
from station_app.keys.slots import Slots, Unlocked, create, open_recovery

QUICK = PinCost(time_cost=1, memory_kib=8)
NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
SEED = b"\1" * 32


@pytest.fixture
def slots(tmp_path: Path) -> Slots:
    return create(tmp_path / "data", pin_cost=QUICK)


@pytest.fixture
def folder(tmp_path: Path, slots: Slots) -> Path:
    slots.add_worker("李𬭎", "428591", "person-1", SEED)
    return tmp_path / "data"


def refused(call: Callable[[], object]) -> StationError:
    with pytest.raises(StationError) as caught:
        call()
    return caught.value


def test_a_new_folder_opens_by_the_device_alone_until_a_worker_exists(slots: Slots) -> None:
    key = slots.unlock_device()
    assert len(key) == 32
    assert refused(slots.remove_device_slot).code == "last-key-slot"
    slots.add_worker("李𬭎", "428591", "person-1", SEED)
    slots.remove_device_slot()
    slots.remove_device_slot()
    assert not slots.has_device_slot()
    assert refused(slots.unlock_device).code == "device-slot-removed"
    assert slots.unlock("李𬭎", "428591", NOW) == Unlocked(key, "person-1", SEED)


def test_every_folder_has_its_own_random_key(tmp_path: Path) -> None:
    assert create(tmp_path / "a").unlock_device() != create(tmp_path / "b").unlock_device()


def test_slots_open_again_from_the_files_with_the_cost_they_were_made_with(folder: Path) -> None:
    again = Slots(folder, pin_cost=PinCost(time_cost=2, memory_kib=64))
    assert again.unlock("李𬭎", "428591", NOW).person_id == "person-1"
    again.change_pin("李𬭎", "428591", "739164", NOW)
    assert Slots(folder, pin_cost=QUICK).unlock("李𬭎", "739164", NOW).person_seed == SEED


def test_the_default_cost_works_and_is_that_of_the_rfc(tmp_path: Path) -> None:
    assert PinCost() == PinCost(time_cost=3, memory_kib=65536, parallelism=1)
    slots = create(tmp_path)
    slots.add_worker("王芳", "428591", "p", SEED)
    assert slots.unlock("王芳", "428591", NOW).database_key == slots.unlock_device()


def test_a_second_worker_gets_in_with_the_key_of_the_first(folder: Path, slots: Slots) -> None:
    slots.remove_device_slot()
    error = refused(lambda: slots.add_worker("王芳", "582047", "person-2", b"\2" * 32))
    assert error.code == "device-slot-removed"
    key = slots.unlock("李𬭎", "428591", NOW).database_key
    slots.add_worker("王芳", "582047", "person-2", b"\2" * 32, key)
    assert slots.unlock("王芳", "582047", NOW) == Unlocked(key, "person-2", b"\2" * 32)
    assert slots.unlock("李𬭎", "428591", NOW).person_id == "person-1"
    assert slots.worker_count() == 2


def test_a_wrong_pin_an_unknown_name_and_another_workers_pin_stay_out(folder: Path, slots: Slots) -> None:
    slots.add_worker("王芳", "582047", "person-2", b"\2" * 32)
    assert refused(lambda: slots.unlock("李𬭎", "428592", NOW)).code == "pin-wrong"
    assert refused(lambda: slots.unlock("李𬭎", "582047", NOW)).code == "pin-wrong"
    assert refused(lambda: slots.unlock("赵六", "428591", NOW)).code == "worker-unknown-here"


def test_full_width_digits_and_spaces_around_the_name_are_the_same_to_a_person(slots: Slots) -> None:
    slots.add_worker(" 李𬭎", "４２８５９１", "person-1", SEED)
    assert slots.unlock("李𬭎 ", "428591", NOW) == slots.unlock("李𬭎", "４２８５９１", NOW)


def test_a_weak_pin_is_refused_before_anything_is_written(folder: Path, slots: Slots) -> None:
    before = (folder / "slots.json").read_bytes()
    assert refused(lambda: slots.add_worker("王芳", "123456", "p", SEED)).code == "pin-too-simple"
    assert refused(lambda: slots.change_pin("李𬭎", "428591", "1", NOW)).code == "pin-length"
    assert (folder / "slots.json").read_bytes() == before


def test_the_pin_alone_is_not_enough_on_another_pc(folder: Path, tmp_path: Path) -> None:
    other = create(tmp_path / "other", pin_cost=QUICK)
    (tmp_path / "other" / "slots.json").write_bytes((folder / "slots.json").read_bytes())
    assert refused(lambda: other.unlock("李𬭎", "428591", NOW)).code == "worker-unknown-here"
    assert refused(other.unlock_device).code == "key-slots-damaged"


def test_the_file_shows_no_name_no_person_and_no_key(folder: Path, slots: Slots) -> None:
    text = (folder / "slots.json").read_text()
    assert "李" not in text
    assert "\\u" not in text
    assert "person-1" not in text
    assert slots.unlock_device().hex() not in text
    assert "428591" not in text


@pytest.mark.skipif(os.name != "posix", reason="POSIX modes")
def test_only_the_owner_reads_the_files(folder: Path) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir() if path.name != "keys.lock"}
    assert modes == {"slots.json": 0o600, "device.secret": 0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_removing_the_last_way_in_is_refused(folder: Path, slots: Slots) -> None:
    assert refused(lambda: slots.remove_worker("赵六")).code == "worker-unknown-here"
    slots.remove_device_slot()
    assert refused(lambda: slots.remove_worker("李𬭎")).code == "last-key-slot"
    key = slots.unlock("李𬭎", "428591", NOW).database_key
    slots.add_worker("王芳", "582047", "person-2", b"\2" * 32, key)
    slots.remove_worker("李𬭎")
    assert refused(lambda: slots.unlock("李𬭎", "428591", NOW)).code == "worker-unknown-here"


def test_the_county_recovers_the_key_and_the_worker_gets_a_new_pin(folder: Path, slots: Slots) -> None:
    county = generate_box_key()
    assert slots.recovery_box() is None
    box = slots.add_recovery(county.public, "pc-1")
    slots.remove_device_slot()
    assert slots.recovery_box() == box
    assert refused(lambda: open_recovery(generate_box_key().private, box, "pc-1")).code == "sealed-data-damaged"
    assert refused(lambda: open_recovery(county.private, box, "pc-2")).code == "sealed-data-damaged"
    key = open_recovery(county.private, box, "pc-1")
    slots.add_worker("李𬭎", "739164", "person-1", b"\3" * 32, key)
    assert slots.unlock("李𬭎", "739164", NOW) == Unlocked(key, "person-1", b"\3" * 32)
    assert refused(lambda: slots.unlock("李𬭎", "428591", NOW)).code == "pin-wrong"


def test_a_folder_with_slots_is_never_made_anew_and_a_device_secret_is_kept(folder: Path) -> None:
    assert refused(lambda: create(folder)).code == "key-slots-exist"
    saved = (folder / "slots.json").read_bytes()
    (folder / "slots.json").unlink()
    assert refused(lambda: Slots(folder)).code == "key-slots-missing"
    create(folder)
    (folder / "slots.json").write_bytes(saved)
    assert Slots(folder).unlock("李𬭎", "428591", NOW).person_id == "person-1"


def fail_n_times(slots: Slots, count: int, now: datetime) -> StationError:
    for _ in range(count):
        error = refused(lambda: slots.unlock("李𬭎", "000000", now))
    return error


def test_wrong_pins_make_even_the_right_one_wait_and_a_restart_does_not_help(folder: Path, slots: Slots) -> None:
    assert fail_n_times(slots, 2, NOW).params == {"wait_s": 0}
    assert fail_n_times(slots, 1, NOW).params == {"wait_s": 15}
    error = refused(lambda: Slots(folder).unlock("李𬭎", "428591", NOW + timedelta(seconds=5)))
    assert (error.code, error.params) == ("pin-wait", {"seconds": 10})
    later = NOW + timedelta(seconds=15)
    error = fail_n_times(slots, 1, later)
    assert (error.code, error.params) == ("pin-wrong", {"wait_s": 30})
    assert slots.unlock("李𬭎", "428591", later + timedelta(seconds=30)).person_id == "person-1"
    assert fail_n_times(slots, 2, later).params == {"wait_s": 0}


def test_the_wait_of_one_worker_is_not_that_of_another(folder: Path, slots: Slots) -> None:
    slots.add_worker("王芳", "582047", "person-2", b"\2" * 32)
    fail_n_times(slots, 3, NOW)
    assert slots.unlock("王芳", "582047", NOW).person_id == "person-2"


def test_a_clock_set_back_by_years_waits_once_and_not_for_ever(folder: Path, slots: Slots) -> None:
    fail_n_times(slots, 3, NOW)
    past = datetime(2009, 1, 1, tzinfo=UTC)
    assert refused(lambda: slots.unlock("李𬭎", "428591", past)).params == {"seconds": 15}
    assert refused(lambda: slots.unlock("李𬭎", "428591", past + timedelta(seconds=14))).params == {"seconds": 1}
    assert slots.unlock("李𬭎", "428591", past + timedelta(seconds=15)).person_id == "person-1"


def test_hundreds_of_wrong_pins_never_make_more_than_a_quarter_of_an_hour(folder: Path, slots: Slots) -> None:
    now = NOW
    for _ in range(30):
        error = fail_n_times(slots, 1, now)
        wait_s = error.params["wait_s"]
        assert isinstance(wait_s, int)
        assert wait_s <= 900
        now += timedelta(seconds=wait_s)
    assert slots.unlock("李𬭎", "428591", now).person_id == "person-1"


def test_a_full_disk_keeps_nobody_out(folder: Path, slots: Slots, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_n_times(slots, 1, NOW)

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("station_app.keys.slots.write_atomically", full)
    assert fail_n_times(slots, 1, NOW).code == "pin-wrong"
    assert slots.unlock("李𬭎", "428591", NOW).person_id == "person-1"


class PowerCutError(BaseException):
    """The machine stops here."""


@pytest.mark.parametrize("step", ["os.open", "os.fdopen", "os.fsync", "pathlib.Path.replace"])
def test_a_power_cut_before_the_rename_leaves_the_old_slots(
    step: str, folder: Path, slots: Slots, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (folder / "slots.json").read_bytes()

    def cut(*_args: object, **_kwargs: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr(step, cut)
        with pytest.raises(PowerCutError):
            slots.remove_device_slot()
    assert (folder / "slots.json").read_bytes() == before
    assert Slots(folder).unlock("李𬭎", "428591", NOW).person_id == "person-1"
    slots.remove_device_slot()
    assert not Slots(folder).has_device_slot()
    assert not (folder / "slots.json.new").exists()


def test_a_power_cut_while_the_folder_is_made_leaves_it_usable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_args: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as patch:
        patch.setattr("station_app.keys.slots.write_slots", cut)
        with pytest.raises(PowerCutError):
            create(tmp_path)
    assert len(create(tmp_path).unlock_device()) == 32


def test_a_missing_or_cut_device_secret_is_damage_and_named(folder: Path) -> None:
    for content in (b"short", None):
        (folder / "device.secret").unlink()
        if content is not None:
            (folder / "device.secret").write_bytes(content)
        error = refused(lambda: Slots(folder))
        assert (error.code, error.params) == ("key-slots-damaged", {"file": "device.secret"})


@given(data=st.one_of(st.binary(max_size=80), st.text(max_size=80).map(str.encode)))
def test_any_garbage_in_the_file_is_damage_and_no_traceback(data: bytes) -> None:
    assert refused(lambda: decode_slots(data)).code == "key-slots-damaged"


def _one_slot() -> bytes:
    return encode_slots(SlotFile(device=b"d", workers={"a1": WorkerSlot(bytes(16), QUICK, b"box", 2, 5)}))


@given(position=st.integers(min_value=0), byte=st.integers(min_value=1, max_value=255))
def test_a_changed_byte_is_damage_or_only_layout(position: int, byte: int) -> None:
    good = _one_slot()
    changed = bytearray(good)
    changed[position % len(good)] ^= byte
    try:
        assert decode_slots(bytes(changed)) == decode_slots(good)
    except StationError as error:
        assert error.code == "key-slots-damaged"


def test_deep_nesting_and_a_ruinous_argon_cost_are_damage() -> None:
    assert refused(lambda: decode_slots(b"[" * 100_000)).code == "key-slots-damaged"
    record = json.loads(_one_slot())
    assert decode_slots(_one_slot()).workers["a1"].wrong == 2
    record["workers"]["a1"]["memory_kib"] = 1 << 30
    assert refused(lambda: decode_slots(json.dumps(record).encode())).code == "key-slots-damaged"
    with pytest.raises(ValueError, match="out of range"):
        PinCost(memory_kib=1 << 30)
