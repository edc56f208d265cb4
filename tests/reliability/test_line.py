"""Real programs over a bad line: cut at any byte, silent, slow, lossy, or with a login page in it."""

from __future__ import annotations

import json
import os
import random
import signal
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from station_app.bootstrap import station
from station_app.usecases import run_action
from tests.proxy import Break, How, Portal, Proxy, Weather, web_page
from tests.reliability.place import ENV, PIN, STATIONS, TOWNSHIP, VILLAGES, Place
from tests.reliability.test_center import wait_until
from tests.reliability.warm import STATION, Ran, Started
from tests.sync.web_server import NOW, OTHER_SEED

WORKER = next(iter(STATIONS["v1"][1]))
STALL_S = 2.0
NOTES = 150
# More than twenty notes, fewer than forty.
CUT_AT, MOST_TRIES = 90_000, 12
QUICK = {"STATION_STALL_S": str(STALL_S)}
# Where a connection breaks, in parts of what an undisturbed one carries; beside both ends and their neighbours.
PARTS = (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98)


@pytest.fixture(autouse=True)
def quick_pin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATION_TEST_QUICK_PIN", "1")


@contextmanager
def behind(place: Place, seed: int = 0) -> Iterator[Proxy]:
    """Run the place's center, with the stations' line to it through a proxy."""
    with place.serving() as url, Proxy(urlsplit(url).port or 0, seed) as proxy:
        place.moved_to(proxy.url)
        yield proxy


def cuts(proxy: Proxy, connections: int) -> list[Break]:
    """Return every interesting place to break the call that has just gone through undisturbed."""
    found: list[Break] = []
    kinds = (How.RESET, How.CLOSE)
    assert len(proxy.connections) == connections
    for number, passed in enumerate(proxy.connections):
        for up, total in ((True, passed.up), (False, passed.down)):
            places = {0, 1, total - 1, total, *(int(total * part) for part in PARTS)}
            found += [Break(up, at, kinds[at % 2], number) for at in sorted(places)]
    return found


def broken(proxy: Proxy, cut: Break, run: Callable[[], Ran]) -> Ran:
    """Run a command over a line that breaks once; it must have broken."""
    assert cut.connection is not None
    proxy.weather = Weather(broken=cut)
    ran = run()
    passed = proxy.connections[cut.connection]
    # What is sent is a few bytes longer or shorter each time: the last places may lie behind its end.
    assert passed.broken or cut.at > (passed.up if cut.up else passed.down), (cut, passed)
    proxy.weather = Weather()
    assert ran.status == 0 or ran.refusal()["code"] in ("no-network", "already-enrolled"), (cut, ran)
    return ran


def test_an_exchange_cut_at_any_byte_is_made_again_and_everything_arrives_once(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")

    def sync() -> Ran:
        return place.station("v1", "sync")

    with behind(place) as proxy:
        sync().found()
        place.register("v1")
        proxy.weather = Weather()
        sync().found()
        told, failed = 1, 0
        places = cuts(proxy, 1)
        for cut in places:
            place.register("v1")
            told += 1
            failed += broken(proxy, cut, sync).status
            synced = sync().found()
            assert (synced["outbox"], synced["complete"]) == (0, True), cut
        held = place.center("check").found()
    print(f"{len(places)} places, {failed} exchanges broken off")
    assert failed > len(places) // 2
    assert (held["cases"], held["events"], held["refused"], held["unruled"]) == (told, 2 * told, 0, 0)
    assert place.station("v1", "check").found()["ok"] is True
    assert len(place.station("v1", "case", "list").lines()) == told


def test_an_enrolment_cut_at_any_byte_succeeds_with_the_same_code(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c")

    def new_code() -> str:
        return str(place.center("enrol-code", "--org", VILLAGES[1]).found()["code"])

    with behind(place) as proxy:
        place.station("first", "enrol", proxy.url, new_code()).found()
        places, failed = cuts(proxy, 2), 0
        for number, cut in enumerate(places):
            home, code = f"pc{number}", new_code()
            ran = broken(proxy, cut, lambda home=home, code=code: place.station(home, "enrol", proxy.url, code))
            failed += ran.status
            if ran.status:
                again = place.station(home, "enrol", proxy.url, code)
                assert again.found()["org"] == VILLAGES[1], cut
        stations = place.center("status").found()["stations"]
    print(f"{len(places)} places, {failed} enrolments broken off")
    assert failed > len(places) // 2
    # The template's, the first one, and one PC for each code, however often it asked.
    assert len(stations) == len(STATIONS) + 1 + len(places)


def test_an_activation_cut_at_any_byte_succeeds_with_the_same_code(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")

    def activate(name: str, code: str) -> Ran:
        return place.station("v1", "activate", name, code, worker="")

    def new_worker(name: str) -> str:
        added = place.center("user", "add", "--org", VILLAGES[0], "--name", name, "--roles", "agent")
        return str(added.found()["activation_code"])

    with behind(place) as proxy:
        activate("新人", new_worker("新人")).found()
        places, failed = cuts(proxy, 1), 0
        for number, cut in enumerate(places):
            name = f"新人{chr(0x4E00 + number)}"
            code = new_worker(name)
            ran = broken(proxy, cut, lambda name=name, code=code: activate(name, code))
            failed += ran.status
            if ran.status:
                assert activate(name, code).found()["name"] == name, cut
        # Whoever was activated last works here, and so does who locked the PC.
        place.station("v1", "case", "register", place.form(), worker=name).found()
        place.register("v1")
        assert place.station("v1", "sync", worker=name).found()["complete"] is True
    print(f"{len(places)} places, {failed} activations broken off")
    assert failed > len(places) // 2


@pytest.mark.parametrize("up", [True, False], ids=["up", "down"])
def test_a_line_that_falls_silent_is_given_up_after_the_stall_limit_and_tried_again(
    template: Place, tmp_path: Path, up: bool
) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    with behind(place) as proxy:
        place.station("v1", "sync").found()
        place.register("v1")
        proxy.weather = Weather()
        place.station("v1", "sync").found()
        [passed] = proxy.connections
        place.register("v1")
        proxy.weather = Weather(broken=Break(up, int(0.7 * (passed.up if up else passed.down)), How.SILENCE))
        begun = time.monotonic()
        refusal = place.station("v1", "sync", env=QUICK).refusal()
        took_s = time.monotonic() - begun
        assert (refusal["code"], refusal["params"]["seconds"]) == ("stalled", STALL_S)
        assert "自动再传" in refusal["message"]
        assert STALL_S <= took_s < 4 * STALL_S
        proxy.weather = Weather()
        assert place.station("v1", "sync").found()["outbox"] == 0
    assert place.center("check").found()["cases"] == 2


def test_a_slow_transfer_that_keeps_flowing_is_never_ended_by_the_clock(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c", "v1", "t")
    rng = random.Random(1)
    cases = [place.register("v1")["case_id"]]
    signed_in = station.sign_in(place.home("v1"), WORKER, PIN)
    for _ in range(NOTES):
        text = "".join(chr(rng.randrange(0x4E00, 0x9FA5)) for _ in range(990))
        run_action.act_on_case(signed_in.desk, cases[0], "note", {"text": text})
    signed_in.engine.dispose()
    place.station("v1", "batch", "offer", "--to", TOWNSHIP, *cases).found()
    with behind(place) as proxy:
        for name in ("v1", "t"):
            proxy.weather = Weather(kbit_s=400)
            begun = time.monotonic()
            assert place.station(name, "sync", env=QUICK).found()["complete"] is True
            took_s = time.monotonic() - begun
            carried = sum(passed.up + passed.down for passed in proxy.connections)
            print(f"{name}: {carried} bytes in {took_s:.1f} s with a stall limit of {STALL_S} s")
            assert took_s > 2 * STALL_S, "the transfer was too short to say anything"
    assert len(place.station("t", "case", "show", cases[0]).found()["remarks"]) == NOTES


def test_a_line_that_cuts_each_connection_at_a_byte_is_kept_to_batches_that_it_bears(
    template: Place, tmp_path: Path
) -> None:
    """After every whole reply the batch doubled, and was cut twice more before it was halved again."""
    place = template.copy(tmp_path / "place", "c", "v1")
    rng = random.Random(1)
    case = place.register("v1")["case_id"]
    with behind(place) as proxy:
        assert place.station("v1", "sync").found()["complete"] is True
        signed_in = station.sign_in(place.home("v1"), WORKER, PIN)
        for _ in range(NOTES):
            text = "".join(chr(rng.randrange(0x4E00, 0x9FA5)) for _ in range(990))
            run_action.act_on_case(signed_in.desk, case, "note", {"text": text})
        loop = signed_in.loop(0.05)
        proxy.weather = Weather(broken=Break(up=True, at=CUT_AT, connection=None))
        codes = []
        for _ in range(60):
            codes.append(loop.exchange_once().code)
            if not codes[-1]:
                break
        signed_in.engine.dispose()
        assert codes[-1] == ""
        # Found on the way down to a batch that passes; once more where eight have passed.
        assert len(codes) <= MOST_TRIES, codes
    assert place.station("v1", "outbox").lines() == []


def test_twenty_cases_drain_over_23_kbit_with_600_ms_and_resets(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    for _ in range(20):
        place.register("v1")
    with behind(place, seed=3) as proxy:
        proxy.weather = Weather(delay_s=0.3, kbit_s=23, loss=0.05)
        begun = time.monotonic()
        arguments = ("--home", str(place.home("v1")), "--as", WORKER, "--json", "run", "--headless", "--every", "0.5")
        running = place.warm.start(STATION, *arguments, env=ENV)
        wait_until(lambda: not place.station("v1", "outbox").lines(), 240)
        took_s = time.monotonic() - begun
        os.kill(running.pid, signal.SIGTERM)
        reports = place.warm.wait(running).lines()
        lost = sum(passed.broken for passed in proxy.connections)
        print(f"drained in {took_s:.0f} s over {len(proxy.connections)} connections, {lost} of them reset")
        assert place.station("v1", "outbox").lines() == []
        assert lost > 0
        assert any(report["code"] == "no-network" for report in reports)
    held = place.center("check").found()
    assert (held["cases"], held["refused"], held["ok"]) == (20, 0, True)


def printed(started: Started) -> str:
    return started.out.read_text("utf-8") if started.out.exists() else ""


def other_certificate(folder: Path) -> ssl.SSLContext:
    from station_app.keys.transport_keys import make_server_certificate

    made = make_server_certificate(OTHER_SEED, ["login.example"], NOW)
    (folder / "chain.pem").write_text(made.chain_pem)
    (folder / "key.pem").write_text(made.private_key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "chain.pem", folder / "key.pem")
    return context


@pytest.mark.parametrize(
    ("page", "tls", "code"),
    [
        (web_page("200 OK"), False, "tls-refused"),
        (web_page("302 Found", "Location: http://login.example/"), False, "tls-refused"),
        (web_page("200 OK"), True, "center-key-differs"),
    ],
    ids=["a page", "a redirect", "a page under another certificate"],
)
def test_a_login_page_in_the_line_is_told_by_its_own_code_and_nothing_is_sent_or_lost(
    template: Place, tmp_path: Path, page: bytes, tls: bool, code: str
) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    place.register("v1")
    with behind(place) as proxy:
        proxy.weather = Weather(portal=Portal(page, other_certificate(tmp_path) if tls else None))
        refusal = place.station("v1", "sync").refusal()
        assert refusal["code"] == code
        assert "登录网络" in refusal["message"]
        assert [entry["reason"] for entry in place.station("v1", "outbox").lines()] == [code]
        proxy.weather = Weather()
        assert place.station("v1", "sync").found()["outbox"] == 0


@pytest.mark.parametrize("page", [web_page("200 OK"), web_page("302 Found", "Location: http://login.example/")])
def test_a_login_page_on_a_plain_line_is_called_a_login_page(template: Place, tmp_path: Path, page: bytes) -> None:
    place = template.copy(tmp_path / "place", "v1")
    place.register("v1")
    with Proxy(9) as proxy:
        place.moved_to(proxy.url.replace("https", "http"))
        proxy.weather = Weather(portal=Portal(page))
        refusal = place.station("v1", "sync").refusal()
    assert refusal["code"] == "login-page-in-between"
    assert "打开浏览器登录网络" in refusal["message"]


def test_a_station_that_runs_by_itself_sends_once_the_login_page_is_gone(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    place.register("v1")
    with behind(place) as proxy:
        proxy.weather = Weather(portal=Portal(web_page("200 OK")))
        arguments = ("--home", str(place.home("v1")), "--as", WORKER, "--json", "run", "--headless", "--every", "0.2")
        running = place.warm.start(STATION, *arguments, env=ENV)
        wait_until(lambda: '"code": "tls-refused"' in printed(running))
        proxy.weather = Weather()
        wait_until(lambda: '"pushed": 1' in printed(running))
        os.kill(running.pid, signal.SIGTERM)
        assert place.warm.wait(running).status == 0
    assert json.loads(printed(running).splitlines()[0])["code"] == "tls-refused"
