"""Backups onto sticks and disks with a fault: the sentence says what to do, and nothing is left half done."""

from __future__ import annotations

from pathlib import Path

from tests.bad_input.disks import fill, free, run_there, small_disk, stick
from tests.bad_input.refusals import Desk
from tests.reliability.place import ENV, STATIONS, Place

AGENT = next(iter(STATIONS["v1"][1]))


def test_a_stick_that_is_full_is_told_and_the_backup_of_before_stays(stocked: Place, tmp_path: Path) -> None:
    place = stocked.copy(tmp_path / "place", "v1")
    file = f"{place.folder}/stick/one.backup"
    with stick(place, "1m") as there:
        run_there(there, f"echo before > {file}")
        run_there(there, f"dd if=/dev/zero of={place.folder}/stick/other bs=1k count=800 2>/dev/null")
        Desk(there).refused("backup-disk-full", "放备份的地方满了", "backup", file)
        run_there(there, f"grep -q before {file} && test ! -e {file}.new && rm {place.folder}/stick/other")
        assert there.station("v1", "backup", file).found()["seq"] == 2
        assert Desk(there).state()["events"] == 2


def test_a_stick_that_is_pulled_out_too_early_is_told(stocked: Place, tmp_path: Path) -> None:
    place = stocked.copy(tmp_path / "place", "v1")
    file = f"{place.folder}/stick/one.backup"
    with stick(place, "8m") as there:
        order = ("tests.reliability.dying_backups:back_up_pulled", str(place.home("v1")), AGENT, file)
        assert there.warm.run(*order, env=ENV).found()["code"] == "backup-not-saved"
        run_there(there, f"test ! -e {file}")
        # Nor is it there with no stick at all, where the folder is gone too.
        run_there(there, f"rmdir {place.folder}/stick")
        Desk(there).refused("backup-not-saved", "U 盘被拔出", "backup", file)
        assert Desk(there).state()["events"] == 2


def test_a_pc_with_a_full_disk_says_so_and_is_backed_up_when_it_has_room(stocked: Place, tmp_path: Path) -> None:
    place = stocked.copy(tmp_path / "place", "v1")
    file = tmp_path / "one.backup"
    with small_disk(place, "3m", "v1") as small:
        desk = Desk(small)
        before = desk.state()
        fill(small)
        desk.refused("disk-full", "磁盘满了", "backup", str(file))
        free(small)
        assert desk.state() == before
        assert small.station("v1", "backup", str(file)).found()["seq"] == 2
        # Nor is anything put back that does not fit, and what is there stays.
        fill(small)
        refused = small.station("v1", "restore", str(file), worker="").refusal()
        assert refused["code"] == "disk-full"
        free(small)
        assert desk.state() == before


def test_a_backup_does_not_lie_in_the_folder_that_it_is_of(stocked: Place, tmp_path: Path) -> None:
    place = stocked.copy(tmp_path / "place", "v1")
    Desk(place).refused("backup-into-home", "另一块硬盘", "backup", str(place.home("v1") / "journal.db"))
    assert Desk(place).state()["events"] == 2
