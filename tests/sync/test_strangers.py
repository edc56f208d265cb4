"""What other machines than the center answer, each told apart; what the center itself refuses."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest

from station_app.sync import transport
from station_app.sync.transport import CONTENT_TYPE, HttpTransport
from tests.sync.web_server import (
    Handler,
    Serve,
    failure,
    ok,
    post,
)


@pytest.mark.parametrize(
    ("status", "content_type"),
    [(200, "text/html; charset=gbk"), (200, ""), (200, "application/json"), (403, "text/html"), (511, "text/html")],
)
def test_a_web_page_instead_of_an_answer_is_a_login_page(serve: Serve, status: int, content_type: str) -> None:
    center = serve(lambda handler: handler.send(status, b"<html>", content_type))
    error = failure(center.url)
    assert (error.code, error.params["status"]) == ("login-page-in-between", status)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_and_no_byte_goes_there(serve: Serve, status: int) -> None:
    portal = serve(ok)
    center = serve(lambda handler: handler.send(status, b"", "text/html", Location=portal.url + "/login"))
    assert failure(center.url).code == "login-page-in-between"
    assert portal.seen == []


def test_the_cookie_of_a_login_page_is_not_carried_on(serve: Serve) -> None:
    center = serve(lambda handler: handler.send(200, b"", Set_Cookie="portal=1"))
    with HttpTransport(center.url, None) as line:
        line.post("/a", b"", {})
        line.post("/b", b"", {})
    assert "Cookie" not in center.seen[1][2]


@pytest.mark.parametrize(
    ("status", "retry_after", "seconds"),
    [(429, "7", 7), (503, "0", 0), (503, "", 60), (429, "Wed, 21 Oct 2026 07:28:00 GMT", 60), (429, "999999", 3600)],
)
@pytest.mark.parametrize("content_type", [CONTENT_TYPE, "text/html"])
def test_a_busy_center_says_when_to_come_again(
    serve: Serve, status: int, retry_after: str, seconds: int, content_type: str
) -> None:
    center = serve(lambda handler: handler.send(status, b"", content_type, Retry_After=retry_after))
    error = failure(center.url)
    assert (error.code, error.params) == ("center-busy", {"retry_after_s": seconds})


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        ({"code": "disk-full", "params": {}}, CONTENT_TYPE, "center-disk-full"),
        ({"code": "center-healing", "params": {}}, CONTENT_TYPE, "center-healing"),
        ({"code": "database-busy", "params": {}}, CONTENT_TYPE, "center-busy"),
        ({"code": ["disk-full"]}, CONTENT_TYPE, "center-busy"),
        (["disk-full"], CONTENT_TYPE, "center-busy"),
        # Somebody else's 503 says nothing of the center's disk.
        ({"code": "disk-full", "params": {}}, "application/json", "center-busy"),
    ],
)
def test_why_a_center_asks_to_be_called_later_is_told(serve: Serve, body: object, content_type: str, code: str) -> None:
    answer = json.dumps(body).encode()
    center = serve(lambda handler: handler.send(503, answer, content_type, Retry_After="30"))
    error = failure(center.url)
    assert (error.code, error.params) == (code, {"retry_after_s": 30})


@pytest.mark.parametrize(
    ("status", "content_type", "body", "code", "params"),
    [
        (409, CONTENT_TYPE, {"code": "fork", "params": {"seq": 4}}, "fork", {"seq": 4}),
        (403, CONTENT_TYPE + "+json; x=1", {"code": "of-next-year"}, "of-next-year", {}),
        (400, CONTENT_TYPE, {"code": "a", "params": {"code": 1, "self": 2, "b": "李"}}, "a", {"b": "李"}),
        (400, CONTENT_TYPE, {"code": "a", "params": [1]}, "a", {}),
        (413, CONTENT_TYPE, {"code": "batch-too-large"}, "batch-too-large", {}),
        (413, "text/html", "<html>", "batch-too-large", {}),
        (400, CONTENT_TYPE, {"code": "No Code"}, "center-answer-damaged", {"status": 400}),
        (400, CONTENT_TYPE, ["code"], "center-answer-damaged", {"status": 400}),
        (302, CONTENT_TYPE, "", "center-answer-damaged", {"status": 302}),
        (500, CONTENT_TYPE, {"code": "bug", "params": {"id": "7F3A"}}, "center-error", {"id": "7F3A"}),
        (500, CONTENT_TYPE, "", "center-error", {"id": ""}),
        (502, "text/html", "<html>", "center-error", {"id": ""}),
    ],
)
def test_an_error_of_the_center_keeps_its_code_and_parameters(
    serve: Serve, status: int, content_type: str, body: object, code: str, params: dict[str, object]
) -> None:
    center = serve(lambda handler: handler.send(status, json.dumps(body).encode(), content_type))
    error = failure(center.url)
    assert (error.code, error.params) == (code, params)


def test_an_unreadable_error_is_damage_and_no_traceback(serve: Serve) -> None:
    center = serve(lambda handler: handler.send(400, b"\xff" + b"[" * 100_000))
    assert failure(center.url).code == "center-answer-damaged"


def test_a_web_server_that_is_no_center_is_named(serve: Serve) -> None:
    center = serve(lambda handler: handler.send(404, b"<html>", "text/html"))
    error = failure(center.url)
    assert (error.code, error.params) == ("not-a-center", {"address": center.url + "/push", "status": 404})


def test_an_answer_over_the_limit_is_given_up(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    assert transport.MAX_ANSWER_BYTES == 64 * 1024 * 1024
    monkeypatch.setattr(transport, "MAX_ANSWER_BYTES", 1 << 20)
    fits, too_large = serve(lambda handler: handler.send(200, bytes(1 << 20))), serve(_endless)
    assert len(post(fits.url).body) == 1 << 20
    error = failure(too_large.url)
    assert (error.code, error.params) == ("answer-too-large", {"limit_mb": 1})


def _endless(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", CONTENT_TYPE)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    with suppress(OSError):
        while True:
            handler.wfile.write(b"10000\r\n" + bytes(1 << 16) + b"\r\n")
