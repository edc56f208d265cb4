"""The HTTP transport against real sockets: every failure has its own code."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from station_app.keys.transport_keys import make_authority
from station_app.sync.transport import CONTENT_TYPE, HttpTransport
from tests.sync.web_server import (
    AUTHORITY,
    NOW,
    OTHER_SEED,
    PATIENCE_S,
    SEED,
    Handler,
    Serve,
    failure,
    ok,
    post,
)


def test_bytes_and_headers_arrive_as_they_were_sent_both_ways(serve: Serve) -> None:
    center = serve(ok)
    answer = post(center.url + "/", bytes(range(256)))
    assert (answer.status, answer.body, answer.headers["x-reply"]) == (200, b"answer", "yes")
    method, path, headers, body, _ = center.seen[0]
    assert (method, path, body) == ("POST", "/push", bytes(range(256)))
    assert (headers["Content-Type"], headers["X-Station"]) == (CONTENT_TYPE, "1")


def test_an_empty_body_arrives_empty(serve: Serve) -> None:
    center = serve(ok)
    assert post(center.url, b"").body == b"answer"
    assert center.seen[0][2]["Content-Length"] == "0"


def test_the_pinned_center_is_reached_by_an_address_that_its_certificate_does_not_name(
    serve: Serve, tls: Callable[..., ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    center = serve(ok, tls())
    resolve = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _host, *rest, **more: resolve("127.0.0.1", *rest, **more))
    assert post(f"https://center.example:{center.server_port}", authority=AUTHORITY).body == b"answer"


@pytest.mark.parametrize("secure", [False, True])
def test_many_calls_use_one_connection(serve: Serve, tls: Callable[..., ssl.SSLContext], secure: bool) -> None:
    center = serve(ok, tls() if secure else None)
    with HttpTransport(center.url, AUTHORITY) as line:
        for _ in range(3):
            assert line.post("/push", b"x", {}).status == 200
    assert len({port for *_, port in center.seen}) == 1
    assert len(center.seen) == 3


def test_a_connection_that_the_center_closed_meanwhile_is_opened_anew(serve: Serve) -> None:
    def reply_and_close(handler: Handler) -> None:
        ok(handler)
        handler.close_connection = True

    center = serve(reply_and_close)
    with HttpTransport(center.url, None) as line:
        for _ in range(2):
            assert line.post("/push", b"x", {}).body == b"answer"
            time.sleep(0.05)
    assert len({port for *_, port in center.seen}) == 2


def test_another_centers_key_is_refused(serve: Serve, tls: Callable[..., ssl.SSLContext]) -> None:
    center = serve(ok, tls(OTHER_SEED))
    error = failure(center.url, authority=AUTHORITY)
    assert (error.code, error.params) == ("center-key-differs", {"address": center.url + "/push"})
    assert center.seen == []


def test_no_other_authority_of_this_machine_is_trusted_beside_the_pinned_one(
    serve: Serve, tls: Callable[..., ssl.SSLContext], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    center = serve(ok, tls(OTHER_SEED))
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(make_authority(OTHER_SEED, NOW))
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(bundle))
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(bundle))
    assert failure(center.url, authority=AUTHORITY).code == "center-key-differs"
    assert post(center.url, authority=bundle.read_text()).body == b"answer"


def test_a_certificate_outside_this_clocks_time_is_not_called_a_false_center(
    serve: Serve, tls: Callable[..., ssl.SSLContext]
) -> None:
    center = serve(ok, tls(SEED, datetime(2090, 1, 1, tzinfo=UTC)))
    assert failure(center.url, authority=AUTHORITY).code == "certificate-date"


def test_a_place_without_tls_is_told_from_a_false_center(serve: Serve) -> None:
    center = serve(ok)
    assert failure(center.url.replace("http", "https"), authority=AUTHORITY).code == "tls-refused"


def test_a_line_that_breaks_off_in_the_handshake_is_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def hang_up() -> None:
            taken, _ = server.accept()
            taken.recv(1)
            taken.close()

        hanging_up = threading.Thread(target=hang_up)
        hanging_up.start()
        found = failure(f"https://127.0.0.1:{server.getsockname()[1]}", authority=AUTHORITY)
        hanging_up.join()
    assert found.code == "no-network"


def test_a_closed_port_is_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    error = failure(url)
    assert (error.code, error.params) == (
        "no-network",
        {"address": url + "/push", "detail": "ConnectionRefusedError"},
    )


def test_an_unknown_name_is_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: object, **_kwargs: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = failure("https://center.example", authority=AUTHORITY)
    assert (error.code, error.params["detail"]) == ("no-network", "gaierror")


@pytest.mark.parametrize("secure", [False, True])
def test_a_machine_that_never_takes_the_connection_is_no_network(secure: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_args: object, **_kwargs: object) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket.socket, "connect", silent)
    error = failure("https://127.0.0.1:9" if secure else "http://127.0.0.1:9", authority=AUTHORITY)
    assert error.code == "no-network"


def test_a_server_that_says_nothing_has_stalled(serve: Serve) -> None:
    center = serve(lambda _handler: time.sleep(2 * PATIENCE_S))
    error = failure(center.url)
    assert (error.code, error.params) == ("stalled", {"address": center.url + "/push", "seconds": PATIENCE_S})


def test_a_server_that_takes_the_connection_and_never_shakes_hands_has_stalled() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        error = failure(f"https://127.0.0.1:{silent.getsockname()[1]}", authority=AUTHORITY)
    assert error.code == "stalled"


@pytest.mark.parametrize("secure", [False, True])
def test_half_an_answer_and_then_silence_is_a_stall(
    serve: Serve, tls: Callable[..., ssl.SSLContext], secure: bool
) -> None:
    def half(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", CONTENT_TYPE)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"x" * 500)
        time.sleep(2 * PATIENCE_S)

    center = serve(half, tls() if secure else None)
    assert failure(center.url, authority=AUTHORITY).code == "stalled"


def test_half_an_answer_and_then_the_end_is_no_answer(serve: Serve) -> None:
    def cut(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", CONTENT_TYPE)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"x" * 500)
        handler.close_connection = True

    error = failure(serve(cut).url)
    assert (error.code, error.params["detail"]) == ("no-network", "IncompleteRead")


def test_a_slow_answer_that_keeps_coming_is_waited_for(serve: Serve) -> None:
    def drip(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", CONTENT_TYPE)
        handler.send_header("Content-Length", "8")
        handler.end_headers()
        for _ in range(8):
            handler.wfile.write(b"x")
            time.sleep(PATIENCE_S / 4)

    assert post(serve(drip).url).body == b"x" * 8


class Slow(Handler):
    """Takes the body in small sips, or not at all."""

    sip_bytes, sip_s = 1 << 16, PATIENCE_S / 8

    def setup(self) -> None:
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        super().setup()

    def answer(self) -> None:
        left = int(self.headers["Content-Length"])
        while left > 0:
            left -= len(self.rfile.read(min(left, self.sip_bytes)))
            time.sleep(self.sip_s)
        self.send(200, b"taken")

    do_POST = answer  # noqa: N815


class Deaf(Slow):
    """Reads nothing of the body."""

    def answer(self) -> None:
        time.sleep(4 * PATIENCE_S)

    do_POST = answer  # noqa: N815


def test_a_slow_upload_that_keeps_moving_is_no_stall(serve: Serve, tls: Callable[..., ssl.SSLContext]) -> None:
    center = serve(ok, tls(), Slow)
    started = time.perf_counter()
    assert post(center.url, bytes(1 << 20), AUTHORITY).body == b"taken"
    assert time.perf_counter() - started > 1.5 * PATIENCE_S


def test_an_upload_that_nobody_takes_is_a_stall(serve: Serve, tls: Callable[..., ssl.SSLContext]) -> None:
    center = serve(ok, tls(), Deaf)
    assert failure(center.url, bytes(1 << 20), AUTHORITY).code == "stalled"


def test_sending_may_pause_longer_than_connecting_may_take(serve: Serve, tls: Callable[..., ssl.SSLContext]) -> None:
    class Dozing(Slow):
        sip_bytes, sip_s = 1 << 20, 2 * PATIENCE_S

    center = serve(ok, tls(), Dozing)
    with HttpTransport(center.url, AUTHORITY, (PATIENCE_S, 5 * PATIENCE_S)) as line:
        assert line.post("/push", bytes(1 << 21), {}).body == b"taken"
