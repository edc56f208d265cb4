"""Servers on loopback, plain and with TLS."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from station_app.keys.transport_keys import make_server_certificate
from tests.sync.web_server import (
    NOW,
    SEED,
    Center,
    Handler,
    Reply,
    Serve,
)


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[tuple[Center, threading.Thread]] = []

    def start(
        reply: Reply, context: ssl.SSLContext | None = None, handler: type[Handler] = Handler, reads_body: bool = True
    ) -> Center:
        center = Center(reply, context, handler)
        center.reads_body = reads_body
        thread = threading.Thread(target=center.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((center, thread))
        return center

    yield start
    for center, thread in running:
        center.shutdown()
        center.server_close()
        thread.join()


@pytest.fixture
def tls(tmp_path: Path) -> Callable[..., ssl.SSLContext]:
    def context(seed: bytes = SEED, now: datetime = NOW) -> ssl.SSLContext:
        certificate = make_server_certificate(seed, [], now)
        (tmp_path / "chain.pem").write_text(certificate.chain_pem)
        (tmp_path / "key.pem").write_text(certificate.private_key_pem)
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(tmp_path / "chain.pem", tmp_path / "key.pem")
        return made

    return context
