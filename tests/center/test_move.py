"""A center in PostgreSQL from the beginning, and one that is moved there: nothing lost, one of the two in force."""

from __future__ import annotations

import signal
import stat
from pathlib import Path
from typing import Any

import pytest

from station_app.bootstrap.center import open_center
from station_app.bootstrap.center_home import ADDRESS_FILE, DATABASE_FILE, MOVED_FILE
from station_app.domain.errors import StationError
from tests.postgres import Server
from tests.reliability.dying import MOVE_DEATHS
from tests.reliability.place import COUNTY, VILLAGES, Place, listening

MOVE = "tests.reliability.dying:move"
OFFICE = ("--level", "county", "--org", COUNTY, "--name", "峨边彝族自治县")


@pytest.fixture
def place(template: Place, tmp_path: Path) -> Place:
    """A center in its file that has taken in and ruled on something, and has a draft of a directory."""
    place = template.copy(tmp_path / "place", "c", "v1")
    place.register("v1")
    with place.serving():
        assert place.station("v1", "sync").found()["complete"] is True
    assert add_draft(place) == 1
    return place


def add_draft(place: Place) -> int:
    """Submit a directory and return its number, which the database gives."""
    opened = open_center(place.home("c"))
    with opened.write() as store:
        number = store.add_draft({"items": []}, "p" * 32)
    opened.engine.dispose()
    return number


def held(place: Place) -> dict[str, Any]:
    """Return what the center holds, however it is kept."""
    checked = place.center("check").found()
    assert checked["ok"] is True
    opened = open_center(place.home("c"))
    with opened.read() as store:
        orgs = sorted({station.org for station in store.stations()})
        found = {
            "status": place.center("status").found(),
            "counts": store.counts(),
            "events": list(store.all_events()),
            "feeds": {org: list(store.feed(org, 0, 1000)) for org in orgs},
            "accounts": list(store.accounts()),
            "documents": {kind: store.document(kind) for kind in ("organisations", "directory", "calendar")},
            "chain": store.chain(),
        }
    opened.engine.dispose()
    return found


def in_file(place: Place) -> bool:
    """Tell whether the center is its file, as far as its home says."""
    return not (place.home("c") / ADDRESS_FILE).exists()


def test_a_moved_center_holds_the_same_and_goes_on(place: Place, postgres: Server) -> None:
    before = held(place)
    assert (before["counts"]["events"], before["counts"]["cases"]) == (2, 1)
    answer = place.center("move", "--database", postgres.database()).found()
    assert answer["rows"]["events"] == before["counts"]["events"]
    assert len(answer["events_digest"]) == 64
    home = place.home("c")
    assert (in_file(place), (home / DATABASE_FILE).exists()) == (False, False)
    assert stat.S_IMODE((home / MOVED_FILE).stat().st_mode) == 0o400
    assert stat.S_IMODE((home / ADDRESS_FILE).stat().st_mode) == 0o600
    assert held(place) == before
    case = place.register("v1")["case_id"]
    with place.serving():
        synced = place.station("v1", "sync").found()
        # The same incarnation: the station goes on where it was, and is given nothing twice.
        assert (synced["pushed"], synced["complete"]) == (1, True)
    assert place.station("v1", "case", "show", case).found()["events"][0]["ruling"] == "accepted"
    # What numbers itself goes on behind what was copied: the opening and its ruling.
    assert held(place)["counts"]["events"] == before["counts"]["events"] + 2
    assert add_draft(place) == 2


def test_a_center_is_moved_once(place: Place, postgres: Server) -> None:
    place.center("move", "--database", postgres.database()).found()
    assert place.center("move", "--database", postgres.database()).refusal()["code"] == "center-moved"
    assert place.center("check").found()["ok"] is True


def test_a_center_that_is_served_is_not_moved(place: Place, postgres: Server) -> None:
    with place.serving():
        refused = place.center("move", "--database", postgres.database()).refusal()
        assert (refused["code"], in_file(place)) == ("center-served", True)
        assert place.station("v1", "sync").found()["complete"] is True


def test_a_database_that_holds_something_is_left_alone(place: Place, template: Place, postgres: Server) -> None:
    address = postgres.database()
    other = template.copy(place.folder / "other", "c")
    other.center("move", "--database", address).found()
    theirs, ours = held(other), held(place)
    refused = place.center("move", "--database", address).refusal()
    assert (refused["code"], in_file(place)) == ("database-not-empty", True)
    assert (held(place), held(other)) == (ours, theirs)


@pytest.mark.parametrize("address", ["sqlite:///x.db", "postgresql+psycopg://app:hush-hush@/none?host=/nowhere"])
def test_an_address_where_nothing_is_leaves_the_center_where_it_was(place: Place, address: str) -> None:
    ran = place.center("move", "--database", address)
    assert ran.refusal()["code"] in ("database-address-wrong", "database-unreachable")
    assert "hush-hush" not in ran.out + ran.err
    assert in_file(place)
    assert place.center("check").found()["ok"] is True


@pytest.mark.parametrize("death", list(MOVE_DEATHS))
def test_a_move_that_is_cut_short_leaves_one_center_whole(place: Place, postgres: Server, death: str) -> None:
    before, address = held(place), postgres.database()
    ran = place.warm.wait(place.warm.start(MOVE, str(place.home("c")), address, death))
    assert (ran.status, ran.err) == (-signal.SIGKILL, "")
    assert in_file(place) is (death != "in force, file not put away")
    assert held(place) == before
    with place.serving():
        assert place.station("v1", "sync").found()["complete"] is True
    if in_file(place):
        again = address if death == "copied, not committed" else postgres.database()
        place.center("move", "--database", again).found()
    assert held(place)["events"] == before["events"]


def test_what_waited_for_a_move_to_end_is_not_written_into_the_old_file(place: Place, postgres: Server) -> None:
    waited = open_center(place.home("c"))
    place.center("move", "--database", postgres.database()).found()
    with pytest.raises(StationError) as caught, waited.write() as store:
        store.add_code("c" * 64, VILLAGES[0])
    waited.engine.dispose()
    assert caught.value.code == "center-moved"
    assert place.center("enrol-code", "--org", VILLAGES[0]).found()["code"]


def test_a_center_made_in_postgresql_works_and_its_home_has_no_database(
    template: Place, tmp_path: Path, postgres: Server
) -> None:
    place = Place(tmp_path, template.warm)
    address = postgres.database()
    made = place.center("init", *OFFICE, "--sample", "--database", address).found()
    assert made["activation_code"]
    assert not (place.home("c") / DATABASE_FILE).exists()
    assert stat.S_IMODE((place.home("c") / ADDRESS_FILE).stat().st_mode) == 0o600
    checked = place.center("check").found()
    assert checked["pragmas"]["synchronous_commit"] == "on"
    assert checked["ok"] is True
    for home in ("c", "elsewhere"):
        refused = place.center("init", *OFFICE, "--database", address, name=home).refusal()
        assert refused["code"] == "center-exists"
    assert not (place.home("elsewhere") / ADDRESS_FILE).exists()
    assert place.center("init", *OFFICE).refusal()["code"] == "center-exists"
    assert place.center("enrol-code", "--org", COUNTY).found()["code"]


def test_an_address_with_a_password_is_told_to_nobody(template: Place, tmp_path: Path, postgres: Server) -> None:
    place = Place(tmp_path, template.warm)
    address = postgres.database().replace("app@", "app:hush-hush@")
    runs = [
        place.center("init", *OFFICE, "--database", address),
        place.center("status"),
        place.center("check"),
        place.plain_center("status"),
    ]
    with place.started() as served:
        listening(served)
    assert [ran.status for ran in runs] == [0] * len(runs)
    told = "".join(ran.out + ran.err for ran in runs) + served.out.read_text() + served.err.read_text()
    assert "hush-hush" not in told
    assert "hush-hush" in (place.home("c") / ADDRESS_FILE).read_text()
