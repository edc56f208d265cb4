"""Files of attachments at a center: who may send and fetch which, at which byte, and what is never taken in."""

from __future__ import annotations

import http.client
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from station_app.bootstrap import station
from station_app.carriers.shelf import Shelf
from station_app.center.ruler import Ruler
from station_app.domain.attachments import SealedFile
from station_app.domain.errors import StationError
from station_app.keys.signing import REPLY, REQUEST, SigningKey, verify
from station_app.protocol.requests import (
    BODY_HEADER,
    DEVICE_HEADER,
    EXCHANGE_PATH,
    FILES,
    MOST_PART_BYTES,
    NONCE_HEADER,
    SIGNATURE_HEADER,
    body_hash,
    reply_bytes,
    request_of,
)
from station_app.protocol.signed import device_id
from station_app.protocol.wire import unpack
from station_app.usecases import run_action
from station_app.usecases.revoking import revoke
from station_app.usecases.taken import Taken
from tests.center.served import NOBODY, Answer, Served, served_at
from tests.reliability.place import FORM, PIN, Place

SIZE = 300_000


class Files:
    """A village PC with one sealed file, which its center has been told of, and calls on that file."""

    def __init__(self, served: Served, place: Place) -> None:
        self.served, self.place = served, place
        taken = Taken("户口簿.jpg", "image/jpeg", os.urandom(SIZE), "c3" * 32, 3_000_000)
        self.sealed: SealedFile = served.desk.files.seal(taken)
        form = {**FORM, "attachments": [{"file": self.sealed.to_json(), "grade": "C"}]}
        self.case = run_action.register_case(served.desk.desk, form).case_id
        served.exchange(served.nonce)
        self.data = served.desk.files.shelf.read(self.sealed.file)

    @property
    def shelf(self) -> object:
        return self.served.opened.parts().shelf

    def path(self, offset: int | str, file: str = "") -> str:
        return f"{FILES}{file or self.sealed.file}?offset={offset}"

    def headers(self, method: str, path: str, body: bytes, key: SigningKey | None = None) -> dict[str, str]:
        key = key or self.served.key
        signature = key.sign(REQUEST, request_of(method, path, body_hash(body), "n1")).hex()
        found = {DEVICE_HEADER: device_id(key.public), NONCE_HEADER: "n1", SIGNATURE_HEADER: signature}
        return {**found, BODY_HEADER: body_hash(body)} if method == "PUT" else found

    def put(self, offset: int | str, body: bytes, file: str = "", key: SigningKey | None = None) -> Answer:
        path = self.path(offset, file)
        return self.served.raw("PUT", path, body, self.headers("PUT", path, body, key))

    def sent(self, offset: int, body: bytes) -> int:
        """Send a part, and return the size that the center answers, its signature checked."""
        answer = self.put(offset, body)
        assert answer.status == 200, answer
        self._require_signature("PUT", self.path(offset), body, answer)
        return int(unpack(answer.body)["size"])

    def get(self, asked: str = "", key: SigningKey | None = None, file: str = "") -> Answer:
        path = f"{FILES}{file or self.sealed.file}"
        headers = self.headers("GET", path, b"", key)
        return self.served.raw("GET", path, headers={**headers, **({"Range": asked} if asked else {})})

    def fetched(self, asked: str) -> tuple[bytes, str]:
        answer = self.get(asked)
        assert answer.status == 206, answer
        self._require_signature("GET", f"{FILES}{self.sealed.file}", b"", answer)
        return answer.body, answer.headers["content-range"]

    def _require_signature(self, method: str, path: str, body: bytes, answer: Answer) -> None:
        signed = request_of(method, path, body_hash(body), "n1")
        signature = bytes.fromhex(answer.headers[SIGNATURE_HEADER.lower()])
        assert verify(self.served.opened.key.public, REPLY, reply_bytes(signed, answer.body), signature)

    def refused(self, answer: Answer) -> tuple[int, str]:
        status, code, _ = answer.refusal()
        return status, code


@pytest.fixture
def files(template: Place, tmp_path: Path) -> Iterator[Files]:
    place = template.copy(tmp_path / "place", "c", "v1", "v2")
    with served_at(place) as served:
        yield Files(served, place)


def test_a_file_is_here_when_its_last_byte_is_and_comes_back_as_it_was(files: Files) -> None:
    assert files.sent(0, b"") == 0
    assert files.sent(0, files.data[:100_000]) == 100_000
    assert files.refused(files.get()) == (404, "file-unknown")
    assert files.sent(100_000, files.data[100_000:]) == len(files.data)
    assert files.fetched("") == (files.data, f"bytes 0-{len(files.data) - 1}/{len(files.data)}")
    assert files.fetched("bytes=10-19") == (files.data[10:20], f"bytes 10-19/{len(files.data)}")
    assert files.fetched("bytes=300000-")[0] == files.data[300_000:]
    assert files.sent(0, files.data[:50]) == len(files.data)
    assert files.refused(files.get(f"bytes={len(files.data)}-")) == (409, "file-offset")
    assert files.refused(files.get("lines=1-2")) == (400, "record-malformed")


@pytest.mark.parametrize("offset", [1, 99_999, 100_001, SIZE])
def test_a_sender_that_believes_another_size_is_told_the_true_one(files: Files, offset: int) -> None:
    files.sent(0, files.data[:100_000])
    status, code, params = files.put(offset, files.data[offset:]).refusal()
    assert (status, code, params) == (409, "file-offset", {"size": 100_000})
    assert files.sent(100_000, b"") == 100_000


def test_what_came_before_the_line_broke_is_kept_and_what_comes_next_goes_behind_it(files: Files) -> None:
    path = files.path(0)
    connection = http.client.HTTPConnection("127.0.0.1", files.served.port)
    headers = files.headers("PUT", path, files.data)
    connection.putrequest("PUT", path)
    for name, value in {**headers, "Content-Length": str(len(files.data))}.items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(files.data[:64_000])
    connection.close()
    status, code, params = files.put(7, b"").refusal()
    for _ in range(50):
        if params["size"] == 64_000:
            break
        # The server may still be writing what the line has brought.
        time.sleep(0.02)
        status, code, params = files.put(7, b"").refusal()
    assert (status, code, params) == (409, "file-offset", {"size": 64_000})
    assert files.sent(64_000, files.data[64_000:]) == len(files.data)


def test_another_file_of_the_same_length_is_thrown_away_and_the_right_one_taken_after_it(files: Files) -> None:
    assert files.refused(files.put(0, bytes(len(files.data)))) == (409, "file-differs")
    assert files.refused(files.get()) == (404, "file-unknown")
    assert files.sent(0, files.data) == len(files.data)


def test_no_byte_beyond_the_named_size_is_taken(files: Files) -> None:
    assert files.refused(files.put(0, files.data + b"more")) == (413, "file-too-large")
    assert files.refused(files.put(0, bytes(MOST_PART_BYTES + 1)))[0] == 413


def test_a_body_that_is_not_the_signed_one_leaves_nothing(files: Files) -> None:
    path, body = files.path(0), files.data[:1000]
    answer = files.served.raw("PUT", path, bytes(1000), files.headers("PUT", path, body))
    assert files.refused(answer) == (400, "record-malformed")
    assert files.sent(0, b"") == 0


@pytest.mark.parametrize("offset", ["", "-1", "x", "1e3", "9" * 13])
def test_an_offset_is_a_number(files: Files, offset: str) -> None:
    assert files.refused(files.put(offset, b"x")) == (400, "record-malformed")


def test_who_does_not_sign_or_is_not_enrolled_sends_and_fetches_nothing(files: Files) -> None:
    path = files.path(0)
    forged = files.headers("PUT", files.path(5), b"x")
    assert files.refused(files.served.raw("PUT", path, b"x", forged)) == (401, "request-not-signed")
    assert files.refused(files.put(0, b"x", key=NOBODY)) == (401, "device-unknown")
    assert files.refused(files.get(key=NOBODY)) == (401, "device-unknown")


@pytest.mark.parametrize("change", [-1000, 1000])
def test_another_size_that_somebody_gives_a_file_keeps_it_from_nobody(files: Files, change: int) -> None:
    """The address says which of the sizes is right; an entry on the same file may be anybody's who sees the case."""
    with files.served.opened.write() as store:
        [named] = store.files_named(files.sealed.file)
        store.add_files([replace(named, event_id="e" * 64, size=named.size + change)])
    cut = len(files.data) + min(0, change)
    assert files.sent(0, files.data[:cut]) == cut
    assert files.refused(files.get()) == (404, "file-unknown") if change < 0 else files.get().status == 206
    assert files.sent(cut, files.data[cut:]) == len(files.data)
    assert files.fetched("") == (files.data, f"bytes 0-{len(files.data) - 1}/{len(files.data)}")


@pytest.mark.parametrize("file", ["f" * 64, "F" * 64, "a", "%2e%2e%2fcenter.db", "..%2f..%2fidentity.key"])
def test_a_file_that_no_event_names_is_no_file(files: Files, file: str) -> None:
    assert files.put(0, b"x", file).status == 404
    assert files.get(file=file).status == 404


def test_an_office_that_does_not_see_the_case_neither_sends_nor_fetches(files: Files) -> None:
    """And it is told what it would be told if there were no such file."""
    other = station.sign_in(files.place.home("v2"), "阿苏子", PIN)
    files.sent(0, files.data)
    assert files.refused(files.put(0, files.data, key=other.device_key)) == (404, "file-unknown")
    assert files.refused(files.get(key=other.device_key)) == (404, "file-unknown")
    other.engine.dispose()


def test_a_revoked_pc_may_bring_what_it_wrote_and_fetches_nothing(files: Files) -> None:
    files.sent(0, files.data[:1000])
    with files.served.opened.write() as store:
        revoke(store, files.served.opened.clerk, device_id(files.served.key.public), "丢失", "王县")
    assert files.sent(1000, files.data[1000:]) == len(files.data)
    assert files.refused(files.get()) == (404, "file-unknown")


def test_the_file_goes_with_the_body_that_named_it(files: Files) -> None:
    files.sent(0, files.data)
    parts = files.served.opened.parts()
    with files.served.opened.write() as store:
        named = store.files_named(files.sealed.file)
        store.erase_bodies([file.event_id for file in named])
    assert files.refused(files.get()) == (404, "file-unknown")
    ruler = Ruler(parts)
    assert (ruler.drop_files_once(), ruler.drop_files_once()) == (1, 0)
    assert not parts.shelf.has(files.sealed.file)


def test_files_pass_their_own_gate_and_keep_no_exchange_waiting(files: Files) -> None:
    slow = []
    for _ in range(70):
        connection = http.client.HTTPConnection("127.0.0.1", files.served.port)
        path = files.path(0)
        connection.putrequest("PUT", path)
        for name, value in {**files.headers("PUT", path, files.data), "Content-Length": "300"}.items():
            connection.putheader(name, value)
        connection.endheaders()
        slow.append(connection)
    files.served.exchange(files.served.nonce)
    assert files.served.call(EXCHANGE_PATH, b"", "").status == 400
    for connection in slow:
        connection.close()


class FullShelf(Shelf):
    """A disk that is full for a while."""

    is_full = True

    def add(self, address: str, at: int, data: bytes) -> bool:
        if self.is_full and at + len(data) > 65_536:
            super().add(address, at, data[: 65_536 - at])
            raise StationError("disk-full")
        return super().add(address, at, data)


def test_a_full_disk_of_the_center_is_told_and_it_goes_on_behind_what_came(template: Place, tmp_path: Path) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    shelf = FullShelf(place.home("c"))
    with served_at(place, lambda parts: replace(parts, shelf=shelf)) as served:
        files = Files(served, place)
        status, code, _ = files.put(0, files.data).refusal()
        assert (status, code) == (503, "disk-full")
        shelf.is_full = False
        come = shelf.come(files.sealed.file)
        assert 0 < come < len(files.data)
        assert files.sent(come, files.data[come:]) == len(files.data)
