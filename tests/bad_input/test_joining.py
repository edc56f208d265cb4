"""Joining a center with something wrong: the code, the address, the center, the PIN."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from station_app.keys.slot_file import decode_slots, encode_slots
from station_app.keys.transport_keys import make_server_certificate
from tests.bad_input.refusals import Desk, center_refused
from tests.reliability.load import free_port
from tests.reliability.place import TOWNSHIP, VILLAGES, Place

CODE = "ABCDE-FGHJK-ABCDE-FGHJK-ABCDE-FGHJK"


@pytest.fixture
def new(stocked: Place, tmp_path: Path) -> Iterator[Desk]:
    """A PC that has not joined; at the end it still has not, and nothing that was tried keeps it from joining."""
    place = stocked.copy(tmp_path / "new-place", "c")
    desk = Desk(place, "new")
    yield desk
    desk.refused("not-enrolled", "还没有登记", "case", "list", worker="李𬭎")
    with place.serving() as url:
        code = place.center("enrol-code", "--org", VILLAGES[0]).found()["code"]
        assert place.station("new", "enrol", url, code).found()["org"] == VILLAGES[0]


def test_nothing_works_before_joining(stocked: Place, tmp_path: Path) -> None:
    desk = Desk(Place(tmp_path / "place", stocked.warm), "none")
    (tmp_path / "place").mkdir()
    form = desk.place.form()
    for arguments in (("case", "list"), ("case", "register", form), ("sync",), ("outbox",), ("check",)):
        desk.refused("not-enrolled", "这台电脑还没有登记。请先用登记码登记。", *arguments, worker="李𬭎")
    desk.refused("not-enrolled", "还没有登记", "activate", "李𬭎", "ABCDE-FGHJK")
    assert not desk.place.home("none").exists()


def test_a_malformed_code_is_refused_before_anything_is_sent(new: Desk) -> None:
    url = f"https://127.0.0.1:{free_port()}"
    for code in ("ABCDE", "", "ABCDE-FGHJK-ABCDE-FGHJK-ABCDE-FGHJ!", "码"):
        new.refused("code-malformed", "应为 30 个字符", "enrol", url, code)


def test_an_address_that_is_none_is_refused(new: Desk) -> None:
    for address in ("center.example", "ftp://127.0.0.1", "https://", "https://a b"):
        new.refused("address-malformed", "写得不对", "enrol", address, CODE)
    new.refused("plain-http-refused", "不是加密地址", "enrol", "http://10.0.0.1:8443", CODE)


def test_a_center_that_is_not_there_is_no_network(new: Desk) -> None:
    url = f"https://127.0.0.1:{free_port()}"
    new.refused("no-network", "已保存的内容不受影响", "enrol", url, CODE)


def test_a_wrong_code_and_a_used_code_are_refused(new: Desk, stocked: Place) -> None:
    place = new.place
    with place.serving() as url:
        good = place.center("enrol-code", "--org", VILLAGES[0]).found()["code"]
        # Right key, wrong secret: the first ten characters are the secret.
        wrong = "00000-00000" + good[11:]
        new.refused("code-wrong", "登记码不对", "enrol", url, wrong)
        assert place.station("first", "enrol", url, good).found()["org"] == VILLAGES[0]
        new.refused("code-used", "已经登记过另一台电脑", "enrol", url, good)


def test_a_joined_station_is_not_joined_again(desk: Desk) -> None:
    desk.refused("already-enrolled", f"已经登记到单位 {VILLAGES[0]}", "enrol", "https://127.0.0.1:1", CODE)


def test_a_code_of_one_center_is_refused_at_another(new: Desk, other_center: Place) -> None:
    code = new.place.center("enrol-code", "--org", VILLAGES[0]).found()["code"]
    with other_center.serving() as url:
        new.refused("center-key-differs", "证书不是本县中心的", "enrol", url, code)
    assert other_center.center("status").found()["stations"] == []


def test_a_station_does_not_speak_to_another_center_at_its_address(desk: Desk, other_center: Place) -> None:
    with other_center.serving() as url:
        desk.place.moved_to(url)
        before = other_center.center("check").found()
        desk.refused("center-key-differs", "已停止发送", "sync")
        desk.refused("center-key-differs", "已停止发送", "activate", "新人", "ABCDE-FGHJK", worker="")
        assert other_center.center("check").found() == before
    waiting = desk.place.station("v1", "outbox").lines()
    assert [(entry["events"], entry["reason"]) for entry in waiting] == [(1, "center-key-differs")] * 2


def test_without_a_center_the_work_waits_and_says_why(desk: Desk) -> None:
    desk.place.moved_to(f"https://127.0.0.1:{free_port()}")
    desk.refused("no-network", "恢复后会自动再传", "sync")
    waiting = desk.place.station("v1", "outbox").lines()
    assert [entry["reason"] for entry in waiting] == ["no-network"] * 2
    assert all(entry["next_attempt"] for entry in waiting)


class _Page(BaseHTTPRequestHandler):
    """What a hotel's or an office's network answers to everything until somebody has signed in."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self._answer()

    def _answer(self) -> None:
        body = "<html><title>请登录</title></html>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def web_page(folder: Path, *, https: bool) -> Iterator[str]:
    """Answer everything with a web page."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    if https:
        made = make_server_certificate(b"p" * 32, ["127.0.0.1"], datetime.now(UTC))
        chain, key = folder / "chain.pem", folder / "key.pem"
        chain.write_text(made.chain_pem, "ascii")
        key.write_text(made.private_key_pem, "ascii")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"{'https' if https else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("https", [False, True])
def test_a_web_page_in_place_of_the_center_is_told_as_that(new: Desk, tmp_path: Path, https: bool) -> None:
    with web_page(tmp_path, https=https) as url:
        new.refused("login-page-in-between", "请先打开浏览器登录网络", "enrol", url, CODE)


def test_a_joined_station_tells_the_web_page_nothing(desk: Desk, tmp_path: Path) -> None:
    with web_page(tmp_path, https=True) as url:
        desk.place.moved_to(url)
        desk.refused("center-key-differs", "可能需要先登录网络", "sync")
    assert len(desk.place.station("v1", "outbox").lines()) == 2


def test_a_wrong_activation_code_is_refused_and_the_right_one_still_works(stocked: Place, tmp_path: Path) -> None:
    place = stocked.copy(tmp_path / "place", "c", "v1")
    desk = Desk(place)
    before = desk.state()
    with place.serving():
        added = place.center("user", "add", "--org", VILLAGES[0], "--name", "新人", "--roles", "agent").found()
        place.center("user", "add", "--org", TOWNSHIP, "--name", "镇上人", "--roles", "clerk").found()
        desk.refused("activation-code-wrong", "激活码不对或已经用过", "activate", "新人", "00000-00000", worker="")
        desk.refused("code-malformed", "应为 10 个字符", "activate", "新人", "0000", worker="")
        desk.refused("worker-unknown", "没有叫“无名”的账户", "activate", "无名", "00000-00000", worker="")
        desk.refused("worker-elsewhere", "属于别的单位", "activate", "镇上人", "00000-00000", worker="")
        right = added["activation_code"]
        desk.refused("pin-length", "6 至 12 位", "activate", "新人", right, worker="", env={"STATION_PIN": "12"})
        simple = {"STATION_PIN": "111111"}
        desk.refused("pin-too-simple", "太容易被猜到", "activate", "新人", right, worker="", env=simple)
        assert desk.state() == before
        assert place.station("v1", "activate", "新人", right, worker="").found()["name"] == "新人"
        again = place.station("v1", "activate", "别人", right, worker="")
        assert again.refusal()["code"] == "worker-unknown"


def test_a_disabled_worker_gets_in_no_more_after_the_next_exchange(stocked: Place, tmp_path: Path) -> None:
    place = stocked.copy(tmp_path / "place", "c", "v1")
    with place.serving():
        place.center("user", "disable", "李𬭎").found()
        place.station("v1", "sync").found()
    Desk(place).refused("worker-disabled", "“李𬭎”的账户已停用", "case", "list")


def test_wrong_pins_are_refused_and_then_waited_out(desk: Desk) -> None:
    wrong = {"STATION_PIN": "555888"}
    desk.refused("pin-wrong", "PIN 不对", "case", "list", env=wrong)
    ran = desk.place.station("v1", "case", "list", env=wrong)
    assert ran.refusal()["params"] == {"wait_s": 15}
    ran = desk.place.station("v1", "case", "list")
    refusal = ran.refusal()
    assert (refusal["code"], ran.out) == ("pin-wait", "")
    assert 0 < refusal["params"]["seconds"] <= 15
    assert "秒后再试" in refusal["message"]
    _let_time_pass(desk.place.home("v1") / "slots.json", 20)
    assert len(desk.place.station("v1", "case", "list").lines()) == 2


def _let_time_pass(file: Path, seconds: int) -> None:
    slots = decode_slots(file.read_bytes())
    earlier = {name: replace(slot, wrong_at_s=slot.wrong_at_s - seconds) for name, slot in slots.workers.items()}
    file.write_bytes(encode_slots(replace(slots, workers=earlier)))


def test_an_unknown_worker_and_an_unnamed_one_are_refused(desk: Desk) -> None:
    desk.refused("worker-unknown-here", "没有这个姓名的账户", "case", "list", worker="王五")
    desk.refused("worker-not-named", "没有写明由谁操作", "case", "list", worker="")


def test_the_center_refuses_unknown_offices_roles_and_names(stocked: Place, tmp_path: Path) -> None:
    place = stocked.copy(tmp_path / "place", "c")
    user = ("user", "add", "--name")
    center_refused(place, "organisation-unknown", "没有代码为 999 的单位", "enrol-code", "--org", "999")
    center_refused(place, "organisation-unknown", "999", *user, "某人", "--org", "999", "--roles", "clerk")
    center_refused(place, "role-unknown", "没有“king”这种角色", *user, "某人", "--org", TOWNSHIP, "--roles", "king")
    center_refused(place, "name-taken", "已经有叫“张䶮”的账户", *user, "张䶮", "--org", TOWNSHIP, "--roles", "clerk")
    center_refused(place, "worker-unknown", "没有叫“某人”的账户", "user", "disable", "某人")
    center_refused(place, "worker-not-named", "没有写明由谁操作", "directory", "approve", "1")
    center_refused(place, "file-not-found", "请核对路径和文件名", "org", "import", str(tmp_path / "none.csv"))
    office = ("--level", "county", "--org", "1", "--name", "某县")
    center_refused(place, "center-exists", "已经建好单位", "init", *office)


def test_a_folder_without_a_center_is_refused(stocked: Place, tmp_path: Path) -> None:
    place = Place(tmp_path, stocked.warm)
    for arguments in (("status",), ("check",), ("serve",), ("enrol-code", "--org", TOWNSHIP)):
        told = place.center(*arguments).refusal()
        assert told["code"] == "center-not-initialised"
        assert "请先初始化中心" in told["message"]
    assert list(place.home("c").glob("*")) == []


def test_an_address_that_is_taken_is_refused(stocked: Place, tmp_path: Path) -> None:
    place = stocked.copy(tmp_path / "place", "c")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        center_refused(place, "address-taken", f"127.0.0.1:{port} 已被别的程序占用", "serve", "--port", port)


def test_a_faulty_organisation_file_is_refused_line_by_line(stocked: Place, tmp_path: Path) -> None:
    place = stocked.copy(tmp_path / "place", "c")
    file = tmp_path / "orgs.csv"
    file.write_text("code,name,level,parent\n1,某镇,township,999\n", "utf-8")
    before = place.center("check").found()
    ran = place.center("org", "import", str(file))
    refusal = ran.refusal()
    assert (refusal["code"], ran.lines()) == ("organisations-faulty", [])
    found = [(line["code"], line["line"]) for line in refusal["params"]["faults"]]
    assert found == [("organisation-parent-missing", 2)]
    assert place.center("check").found() == before
