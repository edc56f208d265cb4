"""Full, read-only and damaged disks: the sentence says what to do, and what was saved stays as it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from station_app.storage.reserve import RESERVE_BYTES, RESERVE_FILE
from tests.bad_input.disks import fill, foreign_folder, free, run_there, small_disk
from tests.bad_input.refusals import Desk, same_refusal
from tests.reliability.place import STATIONS, Place

FULL = ("disk-full", "磁盘满了，这一步没有保存。请清理磁盘（不要删除本软件的文件夹），再做一遍。")
DAMAGED = ("database-damaged", "本机数据打不开或已损坏。请不要删除或移动任何文件")


def test_a_disk_that_fills_up_costs_nothing_that_was_saved(stocked: Place, tmp_path: Path) -> None:
    place = stocked.copy(tmp_path / "place", "v1")
    form = place.form()
    with small_disk(place, "768k", "v1") as small:
        desk = Desk(small)
        saved = 2
        while (ran := small.station("v1", "case", "register", form)).status == 0:
            saved += 1
            assert saved < 500, "the disk never got full"
        assert saved > 4, "there was hardly any room from the start"
        assert ran.refusal()["code"] == "disk-full"
        desk.refused(*FULL, "case", "register", form)
        # Reading goes on, a check too.
        assert len(small.station("v1", "case", "list").lines()) == saved
        listed = small.station("v1", "outbox").lines()
        assert sum(entry["events"] for entry in listed) == saved
        assert desk.state()["events"] == saved


def test_work_goes_on_when_a_full_disk_has_room_again(stocked: Place, tmp_path: Path) -> None:
    place = stocked.copy(tmp_path / "place", "v1")
    form = place.form()
    with small_disk(place, "2m", "v1") as small:
        desk = Desk(small)
        first = small.station("v1", "case", "register", form).found()
        before = desk.state()
        fill(small)
        # Not even the files that SQLite needs for reading fit now.
        for arguments in (("case", "register", form), ("case", "list"), ("sync",), ("check",), ("outbox",)):
            desk.refused(*FULL, *arguments)
        free(small)
        assert desk.state() == before
        second = small.station("v1", "case", "register", form).found()
        # The refused ones took no number along.
        assert int(second["number"][20:24]) == int(first["number"][20:24]) + 1
        assert desk.state()["events"] == before["events"] + 1


def test_on_a_full_disk_the_reserve_lets_the_worker_finish_and_the_outbox_drain(stocked: Place, tmp_path: Path) -> None:
    place = stocked.copy(tmp_path / "place", "c", "v1")
    form = place.form()
    with small_disk(place, "28m", "v1") as small, place.serving() as url:
        # The home lies on a disk that this program does not see.
        run_there(small, f"sed -i 's#https://[^\"]*#{url}#' {small.home('v1')}/identity.json")
        reserve = f"{small.home('v1')}/{RESERVE_FILE}"
        small.station("v1", "case", "register", form).found()
        run_there(small, f"test $(stat -c %s {reserve}) -eq {RESERVE_BYTES}")
        fill(small)
        saved = [small.station("v1", "case", "register", form).found()["case_id"] for _ in range(3)]
        run_there(small, f"test ! -e {reserve}")
        synced = small.station("v1", "sync").found()
        assert (synced["pushed"], synced["outbox"], synced["complete"]) == (6, 0, True)
        [warning] = [told for told in synced["warnings"] if told["code"] == "disk-low"]
        assert "请清理磁盘" in warning["message"]
        # When that is used up as well, it is full.
        fill(small)
        Desk(small).refused(*FULL, "case", "register", form)
        free(small)
        saved.append(small.station("v1", "case", "register", form).found()["case_id"])
        run_there(small, f"test $(stat -c %s {reserve}) -eq {RESERVE_BYTES}")
        assert set(saved) <= {case["case_id"] for case in small.station("v1", "case", "list").lines()}
        assert small.station("v1", "check").found()["ok"] is True


def test_a_disk_with_little_room_is_not_filled_by_the_reserve(stocked: Place, tmp_path: Path) -> None:
    place = stocked.copy(tmp_path / "place", "v1")
    with small_disk(place, "12m", "v1") as small:
        small.station("v1", "case", "register", place.form()).found()
        run_there(small, f"test ! -e {small.home('v1')}/{RESERVE_FILE}")


def test_joining_on_a_full_disk_is_refused_and_succeeds_later_with_the_same_code(
    stocked: Place, tmp_path: Path
) -> None:
    place = stocked.copy(tmp_path / "place", "c", "v1")
    org = STATIONS["v1"][0]
    with place.serving() as url:
        code = place.center("enrol-code", "--org", org).found()["code"]
        with small_disk(place, "2m", "v1") as small:
            fill(small)
            told, plain = (ask("new", "enrol", url, code) for ask in (small.station, small.plain))
            same_refusal(*FULL, told, plain)
            free(small)
            assert small.station("new", "enrol", url, code).found()["org"] == org


def test_a_center_on_a_full_disk_refuses_and_keeps_what_it_has(stocked: Place, tmp_path: Path) -> None:
    place = stocked.copy(tmp_path / "place", "c")
    with small_disk(place, "2m", "c") as small:
        before = small.center("check").found()
        fill(small)
        arguments = ("enrol-code", "--org", STATIONS["v1"][0])
        same_refusal(*FULL, small.center(*arguments), small.plain_center(*arguments))
        free(small)
        assert small.center("check").found() == before
        assert small.center(*arguments).found()["code"]


def test_a_station_tells_of_a_center_whose_disk_is_full_and_sends_later(stocked: Place, tmp_path: Path) -> None:
    place = stocked.copy(tmp_path / "place", "c", "v1")
    with small_disk(place, "2m", "c") as small, small.serving() as url:
        place.moved_to(url)
        fill(small)
        refusal = place.station("v1", "sync").refusal()
        assert (refusal["code"], refusal["params"]) == ("center-disk-full", {"retry_after_s": 30})
        assert "县中心的磁盘满了" in refusal["message"]
        assert "已保存的内容不受影响" in refusal["message"]
        free(small)
        synced = place.station("v1", "sync").found()
    assert (synced["pushed"], synced["complete"]) == (2, True)


def test_a_read_only_disk_is_refused(stocked: Place, tmp_path: Path) -> None:
    place = stocked.copy(tmp_path / "place", "v1")
    with small_disk(place, "2m", "v1", read_only=True) as there:
        for arguments in (("case", "register", place.form()), ("sync",), ("check",)):
            Desk(there).refused("file-not-allowed", "没有读写", *arguments)
    assert Desk(place).state()["events"] == 2


def test_a_folder_of_somebody_else_is_refused(stocked: Place, tmp_path: Path) -> None:
    place = stocked.copy(tmp_path / "place", "v1")
    with foreign_folder(place, "v1") as there:
        for arguments in (("case", "register", there.form()), ("sync",), ("check",)):
            Desk(there).refused("file-not-allowed", str(there.home("v1")), *arguments)


def _overwrite(path: Path, at: int, size: int = 64) -> bytes:
    content = bytearray(path.read_bytes())
    content[at : at + size] = os.urandom(size)
    path.write_bytes(content)
    return bytes(content)


@pytest.mark.parametrize("at", [0, 16, 40])
def test_a_journal_with_a_damaged_beginning_is_refused_and_not_touched(stocked: Place, tmp_path: Path, at: int) -> None:
    place = stocked.copy(tmp_path / "place", "v1")
    journal = place.home("v1") / "journal.db"
    content = _overwrite(journal, at)
    for arguments in (("case", "register", place.form()), ("case", "list"), ("sync",), ("check",)):
        Desk(place).refused(*DAMAGED, *arguments)
    assert journal.read_bytes() == content


def test_a_damaged_page_anywhere_is_found_by_check(stocked: Place, tmp_path: Path) -> None:
    place = stocked.copy(tmp_path / "place", "v1")
    journal = place.home("v1") / "journal.db"
    good = journal.read_bytes()
    page = 4096
    for at in range(page, len(good), page * 5):
        _overwrite(journal, at + 100)
        refusal = place.station("v1", "check").refusal()
        assert refusal["code"] in ("check-failed", "database-damaged"), at
        assert "请不要删除" in refusal["message"]
        journal.write_bytes(good)
    assert Desk(place).state()["events"] == 2


@pytest.mark.parametrize("size", [None, 0, 100, 4096, 100_000])
def test_a_journal_that_is_cut_off_or_gone_is_refused_and_no_new_one_takes_its_place(
    stocked: Place, tmp_path: Path, size: int | None
) -> None:
    place = stocked.copy(tmp_path / "place", "v1")
    journal = place.home("v1") / "journal.db"
    if size is None:
        journal.unlink()
    else:
        os.truncate(journal, size)
    for arguments in (("case", "register", place.form()), ("case", "list"), ("check",)):
        Desk(place).refused(*DAMAGED, *arguments)
    assert (journal.stat().st_size if journal.exists() else None) == size


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff" * 50])
@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("slots.json", "key-slots-damaged", "钥匙文件 slots.json 已损坏"),
        ("device.secret", "key-slots-damaged", "钥匙文件 device.secret 已损坏"),
        ("device.key", "sealed-data-damaged", "加密的数据打不开"),
        ("identity.json", "identity-damaged", "登记信息文件 identity.json 已损坏"),
    ],
)
def test_a_damaged_file_beside_the_journal_is_named_and_nothing_is_lost(
    desk: Desk, content: bytes, name: str, code: str, says: str
) -> None:
    file = desk.place.home("v1") / name
    good = file.read_bytes()
    file.write_bytes(content)
    desk.refused(code, says, "case", "register", desk.place.form())
    assert file.read_bytes() == content
    file.write_bytes(good)


def test_one_changed_character_in_the_key_slots_is_noticed(desk: Desk) -> None:
    file = desk.place.home("v1") / "slots.json"
    good = file.read_text("utf-8")
    file.write_text(good.replace('"wrong": 0', '"wrong": 9'), "utf-8")
    desk.refused("key-slots-damaged", "联系县中心恢复", "case", "list")
    file.write_text(good, "utf-8")


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("slots.json", "key-slots-missing", "本机找不到钥匙文件"),
        ("device.secret", "key-slots-damaged", "钥匙文件 device.secret 已损坏"),
        ("device.key", "key-slots-damaged", "钥匙文件 device.key 已损坏"),
    ],
)
def test_a_lost_key_file_is_told_and_never_replaced_by_a_new_one(desk: Desk, name: str, code: str, says: str) -> None:
    file = desk.place.home("v1") / name
    good = file.read_bytes()
    file.unlink()
    for arguments in (("case", "register", desk.place.form()), ("sync",), ("activate", "新人", "ABCDE-FGHJK")):
        desk.refused(code, says, *arguments)
    assert not file.exists()
    file.write_bytes(good)


@pytest.mark.parametrize("name", ["identity.key", "body.key", "recovery.key"])
def test_a_center_without_one_of_its_keys_is_refused(stocked: Place, tmp_path: Path, name: str) -> None:
    place = stocked.copy(tmp_path / "place", "c")
    file = place.home("c") / name
    good = file.read_bytes()
    before = place.center("check").found()
    for content in (None, good[:-1]):
        if content is None:
            file.unlink()
        else:
            file.write_bytes(content)
        serve = ("serve", "--port", "0")
        same_refusal("center-key-damaged", name, place.center(*serve), place.plain_center(*serve))
        assert (file.read_bytes() if file.exists() else None) == content
    file.write_bytes(good)
    assert place.center("check").found() == before


@pytest.mark.parametrize("at", [0, 30])
def test_a_damaged_center_database_is_refused(stocked: Place, tmp_path: Path, at: int) -> None:
    place = stocked.copy(tmp_path / "place", "c")
    database = place.home("c") / "center.db"
    # A served center leaves its log beside the file, with newer pages; a command puts them in.
    place.center("status").found()
    assert not database.with_name("center.db-wal").exists()
    _overwrite(database, at)
    for arguments in (("status",), ("check",), ("serve", "--port", "0")):
        same_refusal(*DAMAGED, place.center(*arguments), place.plain_center(*arguments))
