"""No file of a station or a center tells who came and why; the program can read it all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from station_app.bootstrap import station
from station_app.bootstrap.center import open_center
from station_app.usecases.ports import Draft
from tests.readable import ENCODINGS, Readable
from tests.reliability.load import read_center, read_journal
from tests.reliability.place import FORM, PIN, TOWNSHIP, Place

WORKER = "李𬭎"
APPLICANT = {
    "name": "吉克阿牛𠅤",
    "id_type": "111",
    "id_number": "510525199003077210",
    "phone": "13987654321",
    "address": "沙坪镇幸福路三巷七号",
}
NOTE = "家里老人卧床，请电话联系"
SECRETS = (*(APPLICANT[name] for name in ("name", "id_number", "phone", "address")), NOTE, "卧床", "吉克阿牛")


def traces(folder: Path, texts: tuple[str, ...]) -> set[tuple[str, str]]:
    """Return (file, text) for each text that stands readable in a file of the folder."""
    readable = Readable(texts)
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {(file.name, text) for file in files for text in readable.found_in(file.read_bytes())}


@pytest.fixture
def place(template: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setenv("STATION_TEST_QUICK_PIN", "1")
    place = template.copy(tmp_path / "place", "c", "v1", "t")
    case = place.register("v1", applicant=APPLICANT, note=NOTE)["case_id"]
    place.station("v1", "case", "act", case, "note", note_form(place)).found()
    place.station("v1", "batch", "offer", "--to", TOWNSHIP, case).found()
    (place.folder / "form.json").unlink()
    return place


def note_form(place: Place) -> str:
    path = place.folder / "form.json"
    path.write_text(f'{{"text": "{NOTE}"}}', "utf-8")
    return str(path)


@pytest.fixture
def exchanged(place: Place) -> Place:
    with place.serving():
        for name in ("v1", "t", "v1"):
            place.station(name, "sync").found()
    return place


def readable(found: Any) -> bool:
    return APPLICANT["name"] in str(found) and APPLICANT["id_number"] in str(found)


def test_the_search_finds_what_it_is_for(tmp_path: Path) -> None:
    name = APPLICANT["name"]
    forms = {encoding: name.encode(encoding) for encoding in ENCODINGS}
    digits = name.encode().hex()
    forms |= {"json": json.dumps({"name": name}).encode(), "hex": digits.encode(), "HEX": digits.upper().encode()}
    for form, written in forms.items():
        (tmp_path / form).write_bytes(b"\0\1" + written + b"\xff")
    assert traces(tmp_path, SECRETS) >= {(form, name) for form in forms}


def test_a_station_s_files_tell_nothing_while_it_is_open_nor_after(place: Place) -> None:
    home = place.home("v1")
    signed_in = station.sign_in(home, WORKER, PIN)
    with signed_in.desk.open_book() as book:
        book.save_draft(Draft("d", "p", "register", NOTE, {"applicant": APPLICANT, "note": NOTE}, ""))
    # The write-ahead log holds the newest pages as long as the program runs.
    assert (home / "journal.db-wal").stat().st_size > 0
    assert traces(home, SECRETS) == set()
    assert traces(home, (WORKER,)) == set()
    signed_in.engine.dispose()
    assert traces(home, (*SECRETS, WORKER, FORM["item"])) == set()
    names = {path.name for path in home.iterdir()}
    assert {"journal.db", "slots.json", "identity.json", "device.key", "device.secret"} <= names


def test_the_station_reads_what_its_files_do_not_tell(place: Place) -> None:
    [case] = place.station("v1", "case", "list").lines()
    assert readable(place.station("v1", "case", "show", case["case_id"]).found()["fields"])


def test_an_exchange_leaves_no_trace_in_any_file_of_center_or_stations(exchanged: Place) -> None:
    # The outer folder: what a command may have left beside the homes counts as well.
    assert traces(exchanged.folder, SECRETS) == set()
    # The same search finds what a center may know in the open: whose turn it is.
    assert ("center.db", TOWNSHIP) in traces(exchanged.home("c"), (TOWNSHIP,))


def test_a_served_center_s_log_tells_nothing_either(place: Place) -> None:
    with place.serving():
        place.station("v1", "sync").found()
        assert (place.home("c") / "center.db-wal").stat().st_size > 0
        assert traces(place.home("c"), SECRETS) == set()


def test_center_and_township_read_what_was_handed_over(exchanged: Place) -> None:
    bodies = [event.effects for event in read_center(exchanged) if event.header.type == "register"]
    assert len(bodies) == 1
    assert readable(bodies[0])
    registered = [event.effects for event in read_journal(exchanged, "t") if event.header.type == "register"]
    assert registered == bodies


def test_a_center_s_bodies_open_with_the_key_beside_the_database_only(exchanged: Place) -> None:
    key = exchanged.home("c") / "body.key"
    key.write_bytes(bytes(32))
    opened = open_center(exchanged.home("c"))
    with opened.read() as store, pytest.raises(Exception, match="sealed-data-damaged"):
        list(store.all_events())
    opened.engine.dispose()


def test_keys_and_folders_are_for_the_owner_alone(exchanged: Place) -> None:
    assert list(_open_to_others(exchanged)) == []


def _open_to_others(place: Place) -> Iterator[tuple[str, str]]:
    secret = ("*.key", "*.secret", "slots.json", "identity.json")
    for name in ("c", "v1", "t"):
        home = place.home(name)
        if home.stat().st_mode & 0o077:
            yield name, "the folder"
        for pattern in secret:
            yield from ((name, path.name) for path in home.glob(pattern) if path.stat().st_mode & 0o077)


def test_the_registered_words_appear_in_no_answer_to_somebody_without_the_pin(place: Place) -> None:
    ran = place.station("v1", "case", "list", env={"STATION_PIN": "777123"})
    assert ran.refusal()["code"] == "pin-wrong"
    assert not any(secret in ran.out + ran.err for secret in SECRETS)
