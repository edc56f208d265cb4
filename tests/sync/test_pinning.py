"""Addresses, proxies and first contact: what may be asked, and whom a station trusts."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
import requests

from station_app.domain.errors import StationError
from station_app.keys.codes import EnrolmentCode
from station_app.keys.signing import SigningKey
from station_app.keys.transport_keys import make_authority
from station_app.sync.addresses import check_address
from station_app.sync.pinning import FirstContactAdapter
from station_app.sync.transport import HttpTransport, fetch_first_contact
from tests.sync.web_server import (
    AUTHORITY,
    NOW,
    OTHER_SEED,
    SEED,
    Handler,
    Reply,
    Serve,
    failure,
    ok,
    post,
)


@pytest.mark.parametrize(
    "url",
    [
        "http://10.1.2.3:8000",
        "http://center.example",
        "http://127.0.0.1.example",
        "http://localhost.example",
        "http://0.0.0.0",
        "http://[fd00::1]",
    ],
)
def test_plain_http_to_another_machine_is_refused(url: str) -> None:
    with pytest.raises(StationError, match="plain-http-refused"):
        HttpTransport(url, None)
    with pytest.raises(StationError, match="plain-http-refused"):
        fetch_first_contact(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:80", "http://127.9.8.7", "http://[::1]:1", "http://LocalHost/x"])
def test_plain_http_to_this_machine_is_fine(url: str) -> None:
    assert check_address(url).scheme == "http"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "center.example",
        "ftp://127.0.0.1",
        "https://",
        "https://[::1",
        "https://a:99999",
        "http://evil.example\\@127.0.0.1",
        "http://127.0.0.1@evil.example",
        "https://user:word@center.example",
        "http://127.0.0.1\n.example",
        "https://a b",
        "https://a/?q",
    ],
)
def test_an_address_that_could_be_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(StationError, match="address-malformed"):
        check_address(url)


def test_https_without_a_pinned_authority_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="pinned"):
        HttpTransport("https://center.example", None)


@pytest.mark.parametrize("pem", ["", "nonsense", AUTHORITY * 2, AUTHORITY[:-60]])
def test_a_damaged_pinned_certificate_is_named_and_never_widens_the_trust(pem: str) -> None:
    with pytest.raises(StationError, match="center-certificate-damaged"):
        HttpTransport("https://center.example", pem)


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert post(serve(ok).url).body == b"answer"


class Proxy(Handler):
    """An office's proxy: joins whoever asks to the one center of the test."""

    target: tuple[str, int]

    def do_CONNECT(self) -> None:
        self.server.seen.append((self.command, self.path, {}, b"", 0))
        with socket.create_connection(self.target) as inner:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=_copy, args=(inner, self.connection))
            back.start()
            _copy(self.connection, inner)
            back.join()
        self.close_connection = True


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def test_a_proxy_on_the_way_to_another_machine_is_used_and_the_key_is_still_pinned(
    serve: Serve, tls: Callable[..., ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    center = serve(ok, tls())
    proxy = serve(ok, None, Proxy)
    monkeypatch.setattr(Proxy, "target", center.server_address, raising=False)
    for name in ("no_proxy", "NO_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", proxy.url)
    assert post("https://center.example", authority=AUTHORITY).body == b"answer"
    assert proxy.seen[0][:2] == ("CONNECT", "center.example:443")
    assert failure("https://center.example", authority=make_authority(OTHER_SEED, NOW)).code == "center-key-differs"


def introduce(authority_pem: object) -> Reply:
    return lambda handler: handler.send(200, json.dumps({"authority": authority_pem, "name": "某县"}).encode())


def test_first_contact_gives_the_key_to_compare_and_then_the_pinned_line_works(
    serve: Serve, tls: Callable[..., ssl.SSLContext]
) -> None:
    code = EnrolmentCode.new(SigningKey.from_seed(SEED).public)
    center = serve(introduce(AUTHORITY), tls())
    first = fetch_first_contact(center.url)
    assert center.seen[0][:2] == ("GET", "/center")
    assert code.matches(first.public_key)
    assert json.loads(first.body)["name"] == "某县"
    assert post(center.url, authority=first.authority_pem).status == 200


def test_first_contact_with_another_center_does_not_match_the_code(
    serve: Serve, tls: Callable[..., ssl.SSLContext]
) -> None:
    code = EnrolmentCode.new(SigningKey.from_seed(SEED).public)
    impostor = serve(introduce(make_authority(OTHER_SEED, NOW)), tls(OTHER_SEED))
    assert not code.matches(fetch_first_contact(impostor.url).public_key)


def test_who_shows_the_true_certificate_without_its_key_gets_nothing_after_it(
    serve: Serve, tls: Callable[..., ssl.SSLContext]
) -> None:
    impostor = serve(introduce(AUTHORITY), tls(OTHER_SEED))
    first = fetch_first_contact(impostor.url)
    assert failure(impostor.url, authority=first.authority_pem).code == "center-key-differs"
    assert [method for method, *_ in impostor.seen] == ["GET"]


@pytest.mark.parametrize(
    ("authority", "code"), [(None, "center-answer-damaged"), ("nonsense", "center-certificate-damaged")]
)
def test_a_center_without_a_readable_certificate_is_refused(serve: Serve, authority: object, code: str) -> None:
    with pytest.raises(StationError, match=code):
        fetch_first_contact(serve(introduce(authority)).url)


def test_first_contact_fails_like_any_call(serve: Serve) -> None:
    with pytest.raises(StationError, match="login-page-in-between"):
        fetch_first_contact(serve(lambda handler: handler.send(200, b"<html>", "text/html")).url)


@pytest.mark.parametrize(("method", "path"), [("POST", "/center"), ("GET", "/push")])
def test_nothing_but_get_center_goes_out_without_trust(method: str, path: str) -> None:
    with requests.Session() as session:
        session.mount("https://", FirstContactAdapter((1, 1)))
        with pytest.raises(ValueError, match="GET /center"):
            session.request(method, "https://127.0.0.1:9" + path)
