"""A PC that never sees a network joins its office, and its workers are activated, by files on a stick."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from station_app.bootstrap.station_home import StationHome
from station_app.bootstrap.window_station import StationOnDisk
from station_app.carriers.join_file import read_request, write_grant
from station_app.keys.sealing import seal_to
from station_app.keys.signing import REPLY, SigningKey
from station_app.protocol.joining_records import grant_aad, only_call
from station_app.protocol.package_records import CarriedReply, pack_replies
from station_app.protocol.requests import ENROL_PATH, answer_bytes, request_bytes
from station_app.protocol.wire import pack, unpack
from tests.e2e.joining_stick import NEW, WORKER, Stick
from tests.reliability.place import COUNTY, PIN, TOWNSHIP, VILLAGES, Place, make_center

pytestmark = pytest.mark.slow

SECOND = "老人"


@pytest.fixture
def stick(template: Place, tmp_path: Path) -> Stick:
    return Stick(template.copy(tmp_path / "place", "c"), tmp_path / "stick")


@pytest.fixture(scope="module")
def elsewhere(template: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = replace(template, folder=tmp_path_factory.mktemp("elsewhere"))
    make_center(place, "c")
    return place


def test_a_pc_joins_and_its_workers_come_in_by_file_and_it_works_fully_at_once(stick: Stick) -> None:
    code = stick.code()
    asked = stick.ask(code)
    assert asked.endswith("ask.streq")
    said = unpack(only_call(read_request(Path(asked)).contents).body)
    assert sorted(said) == ["box_key", "epoch", "proof", "public_key", "tag"]
    assert not any(word.replace("-", "") in json.dumps(said) for word in (code[:11], code[11:], VILLAGES[0]))
    granted = stick.grant(asked).found()
    assert (granted["kind"], granted["org"]) == ("enrol", VILLAGES[0])
    assert VILLAGES[0].encode() not in Path(granted["file"]).read_bytes()
    joined = stick.pc("enrol", "--grant", granted["file"]).found()
    assert (joined["org"], joined["level"], joined["device_id"]) == (VILLAGES[0], "village", granted["device_id"])
    activation = stick.account()
    asked_in = stick.ask_in(WORKER, activation)
    raw = Path(asked_in).read_bytes()
    assert not any(word.encode() in raw for word in (WORKER, activation, activation.replace("-", "")))
    let_in = stick.grant(asked_in, "in").found()
    assert (let_in["kind"], let_in["name"], let_in["org"]) == ("activate", WORKER, VILLAGES[0])
    assert stick.pc("activate", WORKER, "--grant", let_in["file"]).found() == {"name": WORKER, "roles": ["agent"]}
    # It has the directory, the offices above, its office's key, and the way back for a forgotten PIN.
    assert stick.pc("items", worker=WORKER).lines()
    case = stick.pc("case", "register", stick.place.form(), worker=WORKER).found()["case_id"]
    stick.pc("batch", "offer", "--to", TOWNSHIP, case, worker=WORKER).found()
    packed = stick.pc("package", "export", "--to", TOWNSHIP, stick.file("up"), worker=WORKER).found()
    assert packed["events"] == 3
    assert stick.pc("pin-reset", WORKER).found()["challenge"]
    assert stick.pc("check", worker=WORKER).found()["ok"]
    # Once there is a line, it goes on by it.
    with stick.place.serving():
        assert stick.pc("sync", worker=WORKER).found()["complete"]
    shown = stick.pc("case", "show", case, worker=WORKER).found()
    assert not shown["provisional"]


def test_the_second_worker_is_let_in_whenever_the_grants_come(stick: Stick) -> None:
    stick.join()
    asked = {name: stick.ask_in(name, stick.account(name)) for name in (WORKER, SECOND)}
    grants = {name: stick.grant(file, f"{name}-in").found()["file"] for name, file in asked.items()}
    assert stick.pc("activate", "--grant", grants[WORKER]).found()["name"] == WORKER
    # The first one has locked the PC meanwhile.
    assert stick.pc("activate", "--grant", grants[SECOND]).found()["name"] == SECOND
    third = stick.let_in("第三人")
    assert third["name"] == "第三人"
    for name in (WORKER, SECOND, "第三人"):
        assert stick.pc("case", "list", worker=name).lines() == []


def test_asking_and_granting_twice_give_the_same_station(stick: Stick) -> None:
    code = stick.code()
    first, second = stick.ask(code, "1"), stick.ask(code, "2")
    assert Path(first).read_bytes() == Path(second).read_bytes()
    one, two = (stick.grant(first, name).found() for name in ("g1", "g2"))
    assert one["device_id"] == two["device_id"]
    of_office = [s for s in stick.place.center("status").found()["stations"] if s["device"] == one["device_id"]]
    assert len(of_office) == 1
    stick.pc("enrol", "--grant", two["file"]).found()
    before = stick.files()
    assert stick.pc("enrol", "--grant", one["file"]).refusal()["code"] == "already-enrolled"
    assert stick.pc("enrol", "--request", stick.file("again"), code).refusal()["code"] == "already-enrolled"
    activation = stick.account()
    asked = stick.ask_in(WORKER, activation)
    grants = [stick.grant(asked, f"in{n}").found()["file"] for n in range(2)]
    stick.pc("activate", "--grant", grants[0]).found()
    replayed = stick.pc("activate", "--grant", grants[1]).refusal()
    assert replayed["code"] == "grant-not-asked"
    assert "用过了" in replayed["message"]
    assert set(stick.files()) == set(before)


def test_a_used_code_does_not_let_another_pc_in(stick: Stick) -> None:
    code = stick.code()
    stick.grant(stick.ask(code)).found()
    other = stick.ask(code, "other", "thief")
    before = len(stick.place.center("status").found()["stations"])
    assert stick.grant(other, "no").refusal()["code"] == "code-used"
    assert len(stick.place.center("status").found()["stations"]) == before
    assert not (stick.folder / "no.stgrant").exists()


def test_a_code_that_is_not_the_centers_and_a_revoked_pc_are_refused(stick: Stick, elsewhere: Place) -> None:
    foreign = elsewhere.center("enrol-code", "--org", COUNTY).found()["code"]
    told = stick.grant(stick.ask(foreign)).refusal()
    assert told["code"] == "request-code-wrong"
    assert "请核对加入码" in told["message"]
    device = stick.join()["device_id"]
    stick.place.center("revoke", device).found()
    asked = stick.ask_in(WORKER, stick.account())
    assert stick.grant(asked).refusal()["code"] == "device-revoked"


def test_another_center_in_between_is_told_by_the_code(stick: Stick, elsewhere: Place) -> None:
    """It knows no secret of the code, but even one that did could not give itself out as the center on the slip."""
    home = stick.place.folder
    theirs = elsewhere.center("enrol-code", "--org", COUNTY).found()["code"]
    ours = stick.code()
    forged = theirs[:11] + ours[11:]
    asked = stick.ask(forged)
    granted = elsewhere.center("enrol-grant", asked, stick.file("forged")).found()["file"]
    told = stick.pc("enrol", "--grant", granted).refusal()
    assert told["code"] == "grant-forged"
    assert not (home / NEW / "identity.json").exists()


def test_a_grant_that_somebody_else_made_is_refused(stick: Stick) -> None:
    """Who has seen the request knows the key to seal to, and anybody the certificate of the center."""
    asked = read_request(Path(stick.ask(stick.code())))
    call = only_call(asked.contents)
    authority = (stick.place.home("c") / "authority.pem").read_text("ascii")
    body = pack({"authority": authority, "center_url": "https://thief.example", "org": VILLAGES[0]})
    answers = hashlib.sha256(request_bytes(ENROL_PATH, call.body, "")).hexdigest()
    signature = SigningKey.generate().sign(REPLY, answer_bytes(answers, body))
    box_key = bytes.fromhex(unpack(call.body)["box_key"])
    replies = pack_replies([CarriedReply(answers, signature, body)])
    sealed = seal_to(box_key, replies, grant_aad("enrol", asked.device))
    path = write_grant(Path(stick.file("thief")), replace(asked, contents=sealed))
    before = stick.files()
    assert stick.pc("enrol", "--grant", str(path)).refusal()["code"] == "grant-forged"
    assert stick.files() == before


def test_what_is_no_good_file_is_told_and_nothing_is_written(stick: Stick) -> None:
    asked = stick.ask(stick.code())
    granted = stick.grant(asked).found()["file"]
    other = stick.grant(stick.ask(stick.code(VILLAGES[1]), "o", "o"), "og").found()["file"]
    before = stick.files()
    stations = stick.place.center("status").found()["stations"]
    bad = Path(stick.file("bad"))

    def taken(data: bytes) -> str:
        bad.write_bytes(data)
        return str(stick.pc("enrol", "--grant", str(bad)).refusal()["code"])

    def answered(data: bytes) -> str:
        bad.write_bytes(data)
        return str(stick.grant(str(bad), "none").refusal()["code"])

    grant, request = Path(granted).read_bytes(), Path(asked).read_bytes()
    assert taken(grant[:-1]) == taken(grant[:40]) == taken(grant + b"x") == "join-file-damaged"
    assert taken(grant[:200] + bytes([grant[200] ^ 1]) + grant[201:]) == "join-file-damaged"
    assert taken(request) == taken(b"") == taken(b"PK") == "grant-not-one"
    assert taken(Path(other).read_bytes()) == "grant-elsewhere"
    assert answered(request[:-1]) == answered(request[:60]) == "join-file-damaged"
    assert answered(grant) == answered(b"") == "request-not-one"
    assert stick.grant(stick.file("missing"), "none").refusal()["code"] == "package-unreadable"
    assert stick.pc("enrol", "--grant", granted, name="nobody").refusal()["code"] == "grant-not-asked"
    assert stick.pc("enrol", "--request", stick.file("x"), "ABC").refusal()["code"] == "code-malformed"
    assert (stick.files(), stick.place.center("status").found()["stations"]) == (before, stations)
    # A later request with another code: the grant of the first is not for it.
    again = stick.ask(stick.code())
    assert stick.pc("enrol", "--grant", granted).refusal()["code"] == "grant-not-asked"
    stick.pc("enrol", "--grant", stick.grant(again, "last").found()["file"]).found()
    in_first = stick.grant(stick.ask_in(WORKER, stick.account()), "in").found()["file"]
    assert stick.pc("activate", "--grant", granted).refusal()["code"] == "grant-kind"
    assert stick.pc("activate", "别人", "--grant", in_first).refusal()["code"] == "grant-of-other"
    simple = {"STATION_PIN": "111111"}
    assert stick.pc("activate", "--grant", in_first, env=simple).refusal()["code"] == "pin-too-simple"
    assert stick.pc("activate", "--grant", in_first).found()["name"] == WORKER


def test_a_request_of_another_center_and_a_wrong_activation_are_refused(stick: Stick, elsewhere: Place) -> None:
    stick.join()
    asked = stick.ask_in(WORKER, stick.account())
    assert elsewhere.center("enrol-grant", asked, stick.file("x")).refusal()["code"] == "request-elsewhere"
    wrong = stick.ask_in("无名", "00000-00000")
    assert stick.grant(wrong).refusal()["code"] == "worker-unknown"
    wrong = stick.ask_in(WORKER, "00000-00000")
    assert stick.grant(wrong).refusal()["code"] == "activation-code-wrong"
    stick.account("镇上人", TOWNSHIP)
    assert stick.grant(stick.ask_in("镇上人", "00000-00000")).refusal()["code"] == "worker-elsewhere"


def test_the_center_tells_where_it_was_served_last_or_what_it_is_told(stick: Stick) -> None:
    def address(name: str) -> str:
        return str(json.loads((stick.place.home(name) / "identity.json").read_text("utf-8"))["center_url"])

    stick.join()
    with stick.place.serving() as url:
        pass
    stick.join("served")
    assert address("served") == url
    asked = stick.ask(stick.code(), "told", "told")
    wrong = stick.place.center("enrol-grant", asked, stick.file("told"), "--address", "center.example").refusal()
    assert wrong["code"] == "address-malformed"
    told = stick.place.center("enrol-grant", asked, stick.file("told"), "--address", "https://c.example:8443").found()
    stick.pc("enrol", "--grant", told["file"], name="told").found()
    assert address("told") == "https://c.example:8443"


def test_a_pc_that_was_told_no_address_says_so_and_works_on(elsewhere: Place, tmp_path: Path) -> None:
    stick = Stick(elsewhere.copy(tmp_path / "place", "c"), tmp_path / "stick")
    stick.join()
    stick.let_in()
    told = stick.pc("sync", worker=WORKER).refusal()
    assert told["code"] == "center-address-missing"
    assert "请用包交换" in told["message"]
    assert stick.pc("case", "register", stick.place.form(), worker=WORKER).found()["state"] == "registered"


@pytest.mark.parametrize(
    "words",
    [("enrol",), ("enrol", "--request", "f"), ("enrol", "a", "b", "--request", "f"), ("activate", "x"), ("activate",)],
    ids=str,
)
def test_words_that_are_missing_are_wrong_usage(stick: Stick, words: tuple[str, ...]) -> None:
    assert stick.pc(*words).status == 2


def test_the_windows_join_and_let_in_by_the_same_files(stick: Stick, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATION_TEST_QUICK_PIN", "1")
    station = StationOnDisk(stick.place.home(NEW))
    asked = station.request_enrolment(stick.code(), stick.file("ask"))
    assert not station.card().enrolled
    card = station.take_enrolment(stick.grant(asked).found()["file"])
    assert (card.enrolled, card.workers) == (True, ())
    asked = station.request_activation(WORKER, stick.account(), stick.file("in"))
    assert station.take_activation(stick.grant(asked, "in").found()["file"], PIN) == WORKER
    session = station.sign_in(WORKER, PIN)
    assert (session.office.code, session.desk.worker.name) == (VILLAGES[0], WORKER)
    session.close()
    assert station.card().workers == (WORKER,)


def test_a_pc_that_joined_under_an_older_program_learns_where_to_seal_to_at_the_next_sign_in(stick: Stick) -> None:
    stick.join()
    stick.let_in()
    home = StationHome(stick.place.home(NEW))
    home.save_card(replace(home.card(), center_box=""))
    code = stick.account(SECOND)
    told = stick.pc("activate", SECOND, code, "--request", stick.file("in")).refusal()
    assert told["code"] == "package-center-older"
    assert stick.pc("case", "list", worker=WORKER).lines() == []
    granted = stick.grant(stick.ask_in(SECOND, code), "second").found()["file"]
    assert stick.pc("activate", "--grant", granted).found()["name"] == SECOND
