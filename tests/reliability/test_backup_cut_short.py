"""A backup or a restore that is cut short anywhere: all of it or nothing, and nothing that was there is gone."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path

from station_app.bootstrap.restored_mark import MARK_FILE
from station_app.bootstrap.restoring import STAGING, finish_restore
from station_app.bootstrap.station_home import StationHome
from station_app.bootstrap.station_restore import challenges
from station_app.bootstrap.window_station import StationOnDisk
from station_app.carriers.backup_file import STATION, open_backup
from station_app.carriers.backup_writing import watch_nothing
from station_app.carriers.shelf import Shelf
from station_app.domain.errors import StationError
from station_app.storage.reserve import RESERVE_FILE
from station_app.storage.schema import VERSION
from tests.reliability.place import ENV, Place
from tests.reliability.test_backup import AGENT, cases, epoch, files

KILLED = -9
ASIDE = "before-restore-"
DATA = b"a scan"
ADDRESS = hashlib.sha256(DATA).hexdigest()
# So many steps from the end all of the backup is there; they put the old aside and the new in its place.
SWITCH = 39


def test_a_backup_killed_anywhere_is_not_there_and_the_next_one_is_whole(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "v1")
    place.register("v1")
    file = tmp_path / "one.backup"
    file.write_bytes(b"the one of before")
    before = files(place.home("v1"))
    for step in count(1):
        order = (str(place.home("v1")), AGENT, str(file), step)
        ran = place.warm.run("tests.reliability.dying_backups:back_up_dying", *order, env=ENV)
        if ran.status == 0:
            break
        assert ran.status == KILLED, ran.err
        now = {name: data for name, data in files(place.home("v1")).items() if not name.startswith("backup.new/")}
        assert {name: data for name, data in now.items() if "journal" not in name} == {
            name: data for name, data in before.items() if "journal" not in name
        }
        # Renamed and not yet told: then it is whole.
        if file.read_bytes() != b"the one of before":
            assert open_backup(file, STATION, VERSION).contents.seq == 1
            file.write_bytes(b"the one of before")
    assert step > 5
    assert open_backup(file, STATION, VERSION).contents.seq == 1
    assert not (place.home("v1") / "backup.new").exists()
    assert place.station("v1", "check").found()["ok"] is True


def test_a_restore_killed_anywhere_is_done_to_its_end_or_not_at_all(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "v1")
    place.register("v1")
    file = tmp_path / "one.backup"
    home, kept = place.home("v1"), tmp_path / "kept"
    Shelf(home).put(ADDRESS, DATA)
    place.station("v1", "backup", str(file)).found()
    shutil.rmtree(home / "attachments")
    place.register("v1")
    (home / RESERVE_FILE).unlink()
    shutil.copytree(home, kept)
    before = files(home)
    journal = b"".join((found := open_backup(file, STATION, VERSION)).read(found.part("journal.db")))
    run = partial(place.warm.run, "tests.reliability.dying_backups:restore_dying", str(home), str(file), env=ENV)
    steps = run(0).found()["steps"]
    done = 0
    # Before all of it is there nothing in use is touched, file by file; from then on each step is another state.
    tried = [*range(1, steps - SWITCH, 10), *range(steps - SWITCH, steps + 1)]
    for step in tried:
        shutil.rmtree(home)
        shutil.copytree(kept, home)
        assert run(step).status == KILLED
        finish_restore(home)
        now = files(home)
        if (home / MARK_FILE).exists():
            done += 1
            [aside] = home.glob(f"{ASIDE}*")
            assert (home / "journal.db").read_bytes() == journal
            assert files(aside) == before
            assert Shelf(home).read(ADDRESS) == DATA
            assert not any(name.startswith(STAGING) for name in now)
        else:
            assert {name: data for name, data in now.items() if not name.startswith(STAGING)} == before
    assert SWITCH - 10 < done < SWITCH


def test_whatever_the_window_does_first_finishes_a_restore_that_was_cut_short(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "v1")
    file, stick = tmp_path / "one.backup", tmp_path / "ask"
    place.station("v1", "backup", str(file)).found()
    home, cut = place.home("v1"), tmp_path / "cut"
    run = partial(place.warm.run, "tests.reliability.dying_backups:restore_dying", str(home), str(file), env=ENV)
    shutil.copytree(home, tmp_path / "kept")
    steps = run(0).found()["steps"]
    shutil.rmtree(home)
    (tmp_path / "kept").rename(home)
    # What was here is put aside, and hardly anything new is in its place.
    assert run(steps - 13).status == KILLED
    assert (home / STAGING).exists()
    assert not StationHome(home).enrolled
    home.rename(cut)
    station = StationOnDisk(home)
    firsts: list[Callable[[], object]] = [
        lambda: station.card().enrolled,
        lambda: station.enrol("https://localhost:1", ""),
        lambda: station.activate(AGENT, "", ""),
        lambda: station.request_enrolment("", str(stick)),
        lambda: station.take_enrolment(str(stick)),
        lambda: station.request_activation(AGENT, "", str(stick)),
        lambda: station.take_activation(str(stick), ""),
        lambda: challenges(home, file),
        lambda: station.restore(str(stick), "", watch_nothing),
    ]
    for first in firsts:
        shutil.copytree(cut, home)
        with suppress(StationError):
            assert first() in (True, ())
        assert StationHome(home).enrolled
        assert not (home / STAGING).exists()
        shutil.rmtree(home)


def test_a_sign_in_after_a_restore_begins_one_epoch_wherever_it_is_killed(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "v1")
    place.register("v1")
    file = tmp_path / "one.backup"
    place.station("v1", "backup", str(file)).found()
    before = epoch(place, "v1")
    place.station("v1", "restore", str(file), worker="").found()
    # As where the note beside the journal is lost: then the mark alone tells of the restore.
    for name in ("written.json", "written.before.json"):
        (place.home("v1") / name).unlink(missing_ok=True)
    seen = set()
    for step in count(1):
        ran = place.warm.run(
            "tests.reliability.dying_backups:sign_in_dying", str(place.home("v1")), AGENT, step, env=ENV
        )
        if (place.home("v1") / "written.json").exists():
            seen.add(epoch(place, "v1"))
        if ran.status == 0:
            break
        assert ran.status == KILLED, ran.err
    assert len(seen) == 1
    assert before not in seen
    assert len(cases(place, "v1")) == 1
    assert place.station("v1", "check").found()["ok"] is True
