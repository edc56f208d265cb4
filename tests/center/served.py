"""A real center behind a real HTTP server in a thread, a station that calls it, and raw calls of any shape."""

from __future__ import annotations

import http.client
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from station_app.bootstrap import station
from station_app.bootstrap.center import OpenCenter, open_center
from station_app.bootstrap.center_server import listen
from station_app.center.app import create_app
from station_app.center.ports import CenterParts
from station_app.keys.signing import ACTIVATION, REPLY, REQUEST, SigningKey, verify
from station_app.protocol.exchange_records import ExchangeReply, ExchangeRequest
from station_app.protocol.requests import (
    DEVICE_HEADER,
    EXCHANGE_PATH,
    NONCE_HEADER,
    SIGNATURE_HEADER,
    activation_bytes,
    reply_bytes,
    request_bytes,
)
from station_app.protocol.signed import device_id
from station_app.protocol.wire import pack_request, unpack_reply
from station_app.usecases import run_action
from tests.reliability.place import FORM, PIN, Place

WORKER = "李𬭎"
NOBODY, OTHER_KEY = SigningKey.from_seed(b"n" * 32), SigningKey.from_seed(b"o" * 32)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers in lower case, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def refusal(self) -> tuple[int, str, dict[str, Any]]:
        """Return status, code and params of a refusal."""
        assert self.headers["content-type"] == "application/vnd.station"
        found = json.loads(self.body)
        assert set(found) == {"code", "params"}
        return self.status, found["code"], found["params"]


@dataclass
class Served:
    """A center that answers at `port`, and a station of it."""

    opened: OpenCenter
    port: int
    desk: station.SignedIn
    errors: list[tuple[str, BaseException]] = field(default_factory=list)

    def raw(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """Make one call, of whatever shape."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    @property
    def key(self) -> SigningKey:
        return self.desk.device_key

    def headers(self, path: str, body: bytes, nonce: str, key: SigningKey | None = None) -> dict[str, str]:
        """Return the headers of a call signed by this key (the station's own)."""
        key = key or self.key
        signature = key.sign(REQUEST, request_bytes(path, body, nonce)).hex()
        return {DEVICE_HEADER: device_id(key.public), NONCE_HEADER: nonce, SIGNATURE_HEADER: signature}

    def call(self, path: str, body: bytes, nonce: str = "", key: SigningKey | None = None) -> Answer:
        """Make one signed call."""
        return self.raw("POST", path, body, self.headers(path, body, nonce, key))

    @property
    def nonce(self) -> str:
        """Return the nonce that the station's next request names."""
        with self.desk.desk.read_book() as book:
            return book.link().nonce

    def request(self, **changes: Any) -> bytes:
        """Return the body of an exchange that pushes what the station has."""
        with self.desk.desk.read_book() as book:
            own, waiting = book.own_epoch(), book.outbox(100)
        events = tuple(event for _, event in waiting)
        first = waiting[0][0] if waiting else 1
        found = {"epoch": own.epoch, "seq": own.seq, "forked_from": own.forked_from, "tag": own.tag}
        found |= {"incarnation": "", "cursor": 0, "first_link": first, "events": events}
        return pack_request(ExchangeRequest(**{**found, "pull_limit": 100, **changes}))

    def exchange(self, nonce: str, **changes: Any) -> ExchangeReply:
        """Make one good exchange and return the reply, its signature checked."""
        body = self.request(**changes)
        answer = self.call(EXCHANGE_PATH, body, nonce)
        assert answer.status == 200, answer
        assert self.is_signed(answer, request_bytes(EXCHANGE_PATH, body, nonce))
        return unpack_reply(answer.body)

    def is_signed(self, answer: Answer, request: bytes) -> bool:
        """Tell whether the center signed this answer to this request."""
        signature = bytes.fromhex(answer.headers.get(SIGNATURE_HEADER.lower(), ""))
        return verify(self.opened.key.public, REPLY, reply_bytes(request, answer.body), signature)

    def register(self) -> str:
        """Register a case at the station and return its id."""
        return run_action.register_case(self.desk.desk, FORM).case_id

    def counts(self) -> dict[str, int]:
        """Return how many events, cases and tombstones the center has."""
        with self.opened.read() as store:
            found = store.counts()
        return {name: found[name] for name in ("events", "cases", "refused")}


def activation_of(served: Served, name: str, code: str = "ABCDEFGHJK", key: SigningKey = NOBODY) -> dict[str, Any]:
    """Return the request to certify this key of a worker on the station's PC."""
    proof = key.sign(ACTIVATION, activation_bytes(device_id(served.key.public), code))
    return {"name": name, "code": code, "public_key": key.public.hex(), "proof": proof.hex()}


@contextmanager
def serving(parts: CenterParts) -> Iterator[int]:
    """Serve a center made of these parts and give its port."""
    listening = listen("127.0.0.1", 0)
    config = uvicorn.Config(create_app(parts), log_level="critical", access_log=False, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


Change = Callable[[CenterParts], CenterParts]


@contextmanager
def served_at(place: Place, change: Change = lambda parts: parts) -> Iterator[Served]:
    """Serve the place's center, its parts changed as wanted."""
    os.environ["STATION_TEST_QUICK_PIN"] = "1"
    opened = open_center(place.home("c"))
    signed_in = station.sign_in(place.home("v1"), WORKER, PIN)
    with serving(change(opened.parts())) as port:
        yield Served(opened, port, signed_in)
    signed_in.engine.dispose()
    opened.engine.dispose()


@pytest.fixture
def served(template: Place, tmp_path: Path) -> Iterator[Served]:
    """A center and a village station that has exchanged nothing yet."""
    with served_at(template.copy(tmp_path / "place", "c", "v1")) as found:
        yield found
