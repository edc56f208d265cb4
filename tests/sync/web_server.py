"""A web server that answers as a test says, and calls to it."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from station_app.domain.errors import StationError
from station_app.keys.transport_keys import make_authority
from station_app.sync.center_client import HttpAnswer
from station_app.sync.transport import CONTENT_TYPE, HttpTransport

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
SEED, OTHER_SEED = b"\x11" * 32, b"\x22" * 32
AUTHORITY = make_authority(SEED, NOW)
PATIENCE_S = 0.4

Reply = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Reads a request, notes it, and answers as the test says."""

    protocol_version = "HTTP/1.1"
    server: Center

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))) if self.server.reads_body else b""
        self.server.seen.append((self.command, self.path, dict(self.headers), body, self.client_address[1]))
        self.server.reply(self)

    do_GET = do_POST = answer  # noqa: N815

    def log_message(self, *_args: object) -> None:
        pass

    def send(self, status: int, body: bytes, content_type: str = CONTENT_TYPE, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


class Center(ThreadingHTTPServer):
    """A center on a free port of 127.0.0.1, with TLS if a context is given."""

    def __init__(self, reply: Reply, context: ssl.SSLContext | None = None, handler: type[Handler] = Handler) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.reply, self.reads_body = reply, True
        self.seen: list[tuple[str, str, dict[str, str], bytes, int]] = []
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.server_port}"
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, *_args: object) -> None:
        """Say nothing: clients that hang up are the point of several tests."""


Serve = Callable[..., Center]


def post(url: str, body: bytes = b"question", authority: str | None = None) -> HttpAnswer:
    with HttpTransport(url, authority, (PATIENCE_S, PATIENCE_S)) as line:
        return line.post("/push", body, {"X-Station": "1"})


def failure(url: str, body: bytes = b"question", authority: str | None = None) -> StationError:
    with pytest.raises(StationError) as caught:
        post(url, body, authority)
    return caught.value


def ok(handler: Handler) -> None:
    handler.send(200, b"answer", X_Reply="yes")
