"""A center is backed up while it serves and put back into an empty home: it heals; a living one is never touched."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from datetime import datetime, time, timedelta
from pathlib import Path
from threading import Thread

import pytest

from station_app.bootstrap.backup_notes import NOTE_FILE, last_backup
from station_app.bootstrap.center import open_center
from station_app.bootstrap.center_backup import BACKUP_KEY_FILE, Made, back_up_and_tell, make_code
from station_app.bootstrap.center_schedule import KEEPING, Schedule, back_up_now, is_due
from station_app.bootstrap.restoring import STAGING
from station_app.carriers.kept_backups import Keeping, to_keep
from station_app.carriers.shelf import FOLDER, Shelf
from station_app.domain.calendar import SHANGHAI
from station_app.usecases.backups import LastBackup
from tests.postgres import Server
from tests.reliability.place import ENV, STATIONS, VILLAGES, Place
from tests.reliability.test_backup import cases, files, synced

NOW = datetime(2026, 12, 1, 22, 30, tzinfo=SHANGHAI)
SCHEDULE = Schedule(Path("/backups"), time(22, 0))
KILLED = -9


def heal(place: Place, *names: str) -> None:
    """Let the stations exchange until the center has healed and all is well."""
    for _ in range(5):
        told = [place.station(name, "sync").found()["complete"] for name in names]
        if all(told):
            return
    raise AssertionError(place.center("heal").found())


def numbers(place: Place) -> dict[str, int]:
    """Return what a center holds of cases and events that stations wrote."""
    checked = place.center("check").found()
    assert checked["ok"] is True
    return {name: checked[name] for name in ("cases", "stations") if name in checked}


@pytest.mark.parametrize("kept_in", ["SQLite", "PostgreSQL"])
def test_a_center_put_back_heals_and_is_as_it_was(
    template: Place, tmp_path: Path, kept_in: str, request: pytest.FixtureRequest
) -> None:
    place = template.copy(tmp_path / "place", "c", *STATIONS)
    server: Server | None = request.getfixturevalue("postgres") if kept_in == "PostgreSQL" else None
    database = ("--database", server.database()) if server else ()
    if server:
        place.center("move", *database).found()
    file = tmp_path / "center.backup"
    with place.serving():
        place.register("v1")
        synced(place, "v1")
        # While it serves.
        made = place.center("backup", str(file)).found()
        code = made["code"]
        assert place.center("backup", str(file)).found()["code"] == ""
        later = {place.register(name)["case_id"] for name in ("v1", "v2")}
        for name in ("v1", "v2"):
            synced(place, name)
        before = numbers(place)
    if server:
        shutil.rmtree(place.home("c"))
    else:
        refused = place.center("restore", str(file), "--code", code).refusal()
        assert refused["code"] == "center-not-empty"
        place.home("c").rename(tmp_path / "dead")
    assert place.center("restore", str(file), "--code", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA").refusal()["code"] == (
        "backup-code-wrong"
    )
    again = ("--database", server.database()) if server else ()
    back = place.center("restore", str(file), "--code", code.lower(), *again).found()
    assert (back["healing"], back["ok"]) == (True, True)
    assert place.center("heal").found()["healing"] is True
    assert not (place.home("c") / STAGING).exists()
    with place.serving():
        heal(place, *STATIONS)
        after = place.register("v1")["case_id"]
        heal(place, *STATIONS)
        assert place.center("heal").found()["healing"] is False
        for name in ("t", "k"):
            synced(place, name)
    assert later | {after} <= set(cases(place, "v1")) | set(cases(place, "v2"))
    assert {state for _, state in cases(place, "v1").values()} == {"registered"}
    held = numbers(place)
    assert held["cases"] == before["cases"] + 1
    # The same code goes on being the one for its backups.
    assert place.center("backup", str(file)).found()["code"] == ""


def test_station_and_center_put_back_at_once_heal_each_other(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c", *STATIONS)
    center, station = tmp_path / "center.backup", tmp_path / "station.backup"
    with place.serving():
        place.register("v1")
        synced(place, "v1")
        code = place.center("backup", str(center)).found()["code"]
        place.station("v1", "backup", str(station)).found()
        both_lost = place.register("v1")
        synced(place, "v1")
        safe = place.register("v2")["case_id"]
        synced(place, "v2")
    place.home("c").rename(tmp_path / "dead")
    place.center("restore", str(center), "--code", code).found()
    place.station("v1", "restore", str(station), worker="").found()
    with place.serving():
        heal(place, *STATIONS)
        new = place.register("v1")["number"]
        heal(place, *STATIONS)
    checked = place.station("v1", "check").found()
    assert checked["ok"] is True
    assert checked["lost_numbers"] == [both_lost["number"]]
    assert new != both_lost["number"]
    assert safe in cases(place, "v2")
    # The ruling on what both have lost is nowhere any more: that is told, and is no damage.
    [gone] = place.center("check").found()["lost"]
    assert (gone["first"], gone["last"]) == (2, 2)
    assert "找不回来" in place.plain_center("check").out
    assert numbers(place)["cases"] == 3


def test_a_center_s_backup_tells_nothing_without_the_paper(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c")
    file = tmp_path / "center.backup"
    code = place.center("backup-code").found()["code"]
    assert place.center("backup-code").found()["code"] == ""
    place.center("backup", str(file)).found()
    content = file.read_bytes()
    opened = open_center(place.home("c"))
    seed = opened.key.seed
    opened.engine.dispose()
    assert [word for word in ("系统管理员", "示例一村", "SQLite format", VILLAGES[0]) if word.encode() in content] == []
    for secret in (seed, *((place.home("c") / name).read_bytes() for name in ("body.key", "vault.key"))):
        assert secret not in content
    # Nor does the machine that makes it have what opens it.
    held = b"".join(files(place.home("c")).values())
    assert code.replace("-", "").encode() not in held
    new = place.center("backup-code", "--new").found()["code"]
    place.home("c").rename(tmp_path / "dead")
    assert place.center("restore", str(file), "--code", new).refusal()["code"] == "backup-code-wrong"
    place.center("restore", str(file), "--code", code).found()


@pytest.mark.parametrize("fault", ["cut", "byte", "station", "no-code"])
def test_what_is_no_whole_backup_of_a_center_makes_none(template: Place, tmp_path: Path, fault: str) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    file = tmp_path / "center.backup"
    code = place.center("backup", str(file)).found()["code"]
    content = bytearray(file.read_bytes())
    wanted = "backup-damaged"
    if fault == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif fault == "byte":
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    elif fault == "station":
        place.station("v1", "backup", str(file)).found()
        wanted = "backup-of-other-kind"
    else:
        code, wanted = "", "code-malformed"
    refusal = place.center("restore", str(file), "--code", code, name="new").refusal()
    assert refusal["code"] == wanted
    assert files(place.home("new")) == {} if place.home("new").exists() else True
    assert place.center("status", name="new").refusal()["code"] == "center-not-initialised"


def test_a_folder_in_which_files_of_the_center_were_left_is_not_restored_into(template: Place, tmp_path: Path) -> None:
    """The files that were there stayed, and those of the backup lay beside them for ever."""
    place = template.copy(tmp_path / "place", "c")
    data = b"sealed"
    address = hashlib.sha256(data).hexdigest()
    Shelf(place.home("c")).put(address, data)
    file = tmp_path / "center.backup"
    code = place.center("backup", str(file)).found()["code"]
    home = place.home("c").rename(tmp_path / "dead")
    shutil.copytree(home / FOLDER, place.home("c") / FOLDER)
    assert place.center("restore", str(file), "--code", code).refusal()["code"] == "center-not-empty"
    assert [path.name for path in place.home("c").iterdir()] == [FOLDER]
    shutil.rmtree(place.home("c") / FOLDER)
    place.center("restore", str(file), "--code", code).found()
    assert Shelf(place.home("c")).read(address) == data


def test_a_restore_killed_anywhere_makes_a_whole_center_or_none(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c")
    file = tmp_path / "center.backup"
    code = place.center("backup", str(file)).found()["code"]
    run = "tests.reliability.dying_backups:restore_center_dying"
    new = place.home("new")
    steps = place.warm.run(run, str(new), str(file), code, 0, env=ENV).found()["steps"]
    made = 0
    # The last twelve put seven files in their place; before them each is like the one before.
    for step in [*range(1, steps - 12, 7), *range(steps - 12, steps + 1)]:
        shutil.rmtree(new)
        assert place.warm.run(run, str(new), str(file), code, step, env=ENV).status == KILLED
        ran = place.center("heal", name="new")
        if ran.status == 0:
            made += 1
            assert ran.found()["healing"] is True
        else:
            assert ran.refusal()["code"] == "center-not-initialised"
            assert not (new / "center.db").exists()
    assert 8 < made <= 13


def test_a_backup_is_made_every_day_and_the_last_one_is_told(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c")
    to = tmp_path / "disk"
    to.mkdir()
    options = ("--backup-to", str(to), "--backup-at", "00:00")
    assert place.center("serve", "--port", "0", *options).refusal()["code"] == "backup-code-missing"
    place.center("backup-code").found()
    assert place.center("serve", "--port", "0", "--backup-to", str(to)).refusal()["code"] == "backup-time-malformed"
    assert "还没有自动备份过" in place.plain_center("status").out
    # Missed, so at once.
    with place.serving("c", *options):
        for _ in range(600):
            if (place.home("c") / NOTE_FILE).exists():
                break
            place.center("status").found()
    told = place.center("status").found()["backup"]
    [made] = to.iterdir()
    assert (told["file"], told["code"]) == (str(made), "")
    assert str(made) in place.plain_center("status").out


def test_a_backup_that_fails_is_told_and_tried_again_in_an_hour(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c")
    place.center("backup-code").found()
    last = back_up_now(place.home("c"), tmp_path / "gone", NOW)
    assert (last.good_at, last.code) == ("", "backup-not-saved")
    assert "备份没有写成" in place.plain_center("status").out
    (tmp_path / "gone").mkdir()
    later = NOW + timedelta(hours=1)
    assert not is_due(later - timedelta(seconds=1), SCHEDULE, last_backup(place.home("c")))
    assert is_due(later, SCHEDULE, last_backup(place.home("c")))
    assert back_up_now(place.home("c"), tmp_path / "gone", later).code == ""
    assert not is_due(later + timedelta(hours=20), SCHEDULE, last_backup(place.home("c")))
    (place.home("c") / NOTE_FILE).write_text("half", "utf-8")
    assert last_backup(place.home("c")) == LastBackup()


@pytest.mark.parametrize(
    ("good_at", "now", "due"),
    [
        ("", NOW, True),
        ("2026-12-01T22:00:00+08:00", NOW, False),
        ("2026-12-01T21:59:59+08:00", NOW, True),
        ("2026-11-30T22:10:00+08:00", NOW.replace(hour=21), False),
        # The machine was off at the time.
        ("2026-11-29T22:10:00+08:00", NOW.replace(hour=8), True),
        # A clock that was ahead.
        ("2031-01-01T00:00:00+08:00", NOW, True),
    ],
)
def test_a_backup_is_due_once_the_time_has_come(good_at: str, now: datetime, due: bool) -> None:
    assert is_due(now, SCHEDULE, LastBackup(good_at)) is due


def test_fourteen_days_are_kept_and_only_own_backups_go(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c")
    place.center("backup-code").found()
    last = back_up_now(place.home("c"), tmp_path, NOW - timedelta(days=20))
    first = Path(last.file)
    assert first.exists()
    content = first.read_bytes()
    names = [first]
    for day in range(19, 0, -1):
        at = NOW - timedelta(days=day)
        names.append(first.with_name(first.name.replace("20261111", f"{at:%Y%m%d}")))
        names[-1].write_bytes(content)
    damaged = first.with_name(first.name.replace("20261111", "20200101"))
    foreign = first.with_name("center-backup-ffffffff-20200101-000000.backup")
    for other in (damaged, foreign, tmp_path / "notes.txt"):
        other.write_bytes(b"somebody else's")
    half = first.with_name(first.name.replace("20261111", "20261112") + ".new")
    half.write_bytes(content[:100])
    made = Path(back_up_now(place.home("c"), tmp_path, NOW).file)
    kept = {path for path in tmp_path.iterdir() if path.is_file()}
    assert kept == {*names[-13:], made, damaged, foreign, tmp_path / "notes.txt"}
    # One that a wrong clock dates back is kept all the same, the moment it is made.
    old = Path(back_up_now(place.home("c"), tmp_path, NOW.replace(year=2009)).file)
    assert old.exists()


def test_backups_that_go_are_logged(template: Place, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    place = template.copy(tmp_path / "place", "c")
    place.center("backup-code").found()
    first = Path(back_up_now(place.home("c"), tmp_path, NOW - timedelta(days=20)).file)
    caplog.clear()
    for day in range(14):
        back_up_now(place.home("c"), tmp_path, NOW + timedelta(days=day))
    [line] = [record.getMessage() for record in caplog.records]
    assert line == f"deleted 1: older backups of this machine ({first.name})"
    assert not first.exists()


def test_a_backup_of_every_day_makes_its_own_room(
    template: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = template.copy(tmp_path / "place", "c")
    place.center("backup-code").found()
    to = tmp_path / "disk"
    to.mkdir()
    olds = [Path(back_up_now(place.home("c"), to, NOW + timedelta(days=day)).file) for day in range(4)]
    fsync = os.fsync

    def full(descriptor: int) -> None:
        if olds[0].exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    last = back_up_now(place.home("c"), to, NOW + timedelta(days=4))
    assert last.code == ""
    assert set(to.iterdir()) == {*olds[2:], Path(last.file)}


def test_a_code_that_nobody_has_seen_is_not_kept(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c")
    assert place.center("backup", str(tmp_path / "gone" / "x")).refusal()["code"] == "backup-not-saved"
    assert len(place.center("backup", str(tmp_path / "x")).found()["code"]) == 29


def test_a_code_counts_once_it_has_been_told(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c")
    home, file = place.home("c"), tmp_path / "x"

    def die(*_told: object) -> None:
        raise KeyboardInterrupt

    opened = open_center(home)
    for work in (lambda: back_up_and_tell(opened, file, die), lambda: make_code(home, die)):
        with pytest.raises(KeyboardInterrupt):
            work()
        assert not (home / BACKUP_KEY_FILE).exists()
    opened.engine.dispose()
    # With the paper lost, the old code counts until the new one has been told.
    code = place.center("backup", str(file)).found()["code"]
    with pytest.raises(KeyboardInterrupt):
        make_code(home, die, anew=True)
    assert place.center("backup", str(file)).found()["code"] == ""
    assert place.center("restore", str(file), "--code", code, name="new").found()["ok"] is True


def test_two_first_backups_at_once_are_opened_by_one_code(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c")
    home, targets, codes = place.home("c"), [tmp_path / "one", tmp_path / "two"], list[str]()

    def second() -> None:
        opened = open_center(home)
        back_up_and_tell(opened, targets[1], lambda _made, code: codes.append(code))
        opened.engine.dispose()

    other = Thread(target=second)

    def tell(_made: Made, code: str) -> None:
        other.start()
        other.join(timeout=2.0)
        codes.append(code)

    opened = open_center(home)
    back_up_and_tell(opened, targets[0], tell)
    opened.engine.dispose()
    other.join()
    assert [bool(code) for code in codes] == [True, False]
    for file in targets:
        assert place.center("restore", str(file), "--code", codes[0], name=file.name).found()["ok"] is True


def test_seven_days_and_four_weeks_are_kept() -> None:
    made = [datetime(2026, 12, 1, hour) - timedelta(days=day) for day in range(60) for hour in (9, 18)]  # noqa: DTZ001
    kept = sorted(to_keep(made, Keeping(7, 4)), reverse=True)
    assert {at.hour for at in kept} == {18}
    days = [(datetime(2026, 12, 1, 18) - at).days for at in kept]  # noqa: DTZ001
    # Tuesday and the six days before; the Sundays of the weeks before.
    assert days == [0, 1, 2, 3, 4, 5, 6, 9, 16]
    assert Keeping(14, 0) == KEEPING
