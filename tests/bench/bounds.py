"""What no push and no pull can go below: the same bytes written, sent and read in bulk, and nothing judged."""

from __future__ import annotations

import http.server
import sqlite3
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from station_app.bootstrap.station import SignedIn
from station_app.exchange.authentic import DEVICE_CONTEXT, PERSON_CONTEXT
from station_app.keys.transport_keys import make_authority, make_server_certificate
from station_app.protocol.event import Event
from station_app.protocol.wire import pack, unpack
from station_app.storage.engine import open_encrypted, writing
from station_app.sync.transport import CONTENT_TYPE, HttpTransport

Texts = tuple[str, str, str, str]
A_BODY = 20_000
_TABLE = "CREATE TABLE e (h TEXT, s TEXT, p TEXT, b TEXT)"
_INSERT = "INSERT INTO e VALUES (?, ?, ?, ?)"
_SEED, _KEY = bytes(32), bytes(32)


def texts_of(event: Event) -> Texts:
    """Return an event as it travels."""
    body = event.body or b""
    return event.header_bytes.decode(), event.signature.hex(), event.person_signature.hex(), body.decode()


def push_bound(rows: Sequence[Texts], folder: Path) -> float:
    """Return the seconds of one bulk insert of the same bytes at the center, on the disk when it returns."""
    with _center_file(folder) as connection:
        start = time.perf_counter()
        _fill(connection, rows)
        return time.perf_counter() - start


def pull_bound(rows: Sequence[Texts], folder: Path) -> float:
    """Return the seconds of one bulk select at the center, TLS for the same bytes, and one bulk insert at the station.

    The bytes go compressed, in as few answers as hold them, over one connection; the station's file is encrypted.
    """
    with _center_file(folder) as connection:
        _fill(connection, rows)
    journal = open_encrypted(folder / "station.db", _KEY)
    with writing(journal) as station:
        station.exec_driver_sql(_TABLE)
    authority, port, server = _serve(folder)
    try:
        start = time.perf_counter()
        with HttpTransport(f"https://127.0.0.1:{port}", authority) as transport, writing(journal) as station:
            for first in range(0, len(rows), A_BODY):
                answer = transport.post(f"/{first}", b"", {})
                station.exec_driver_sql(_INSERT, [tuple(row) for row in unpack(answer.body)])
        seconds = time.perf_counter() - start
    finally:
        server.shutdown()
        server.server_close()
    with journal.connect() as station:
        assert station.exec_driver_sql("SELECT count(*) FROM e").scalar() == len(rows)
    journal.dispose()
    return seconds


@contextmanager
def _center_file(folder: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(folder / "center.db", isolation_level=None)
    try:
        for statement in ("PRAGMA journal_mode=wal", "PRAGMA synchronous=full", _TABLE):
            connection.execute(statement)
        yield connection
    finally:
        connection.close()


def _fill(connection: sqlite3.Connection, rows: Sequence[Texts]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(_INSERT, rows)
    connection.execute("COMMIT")


def _serve(folder: Path) -> tuple[str, int, http.server.HTTPServer]:
    """Serve a center's rows: `POST /N` is answered with those from row N on. Return whom to trust, and where it is."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            part = "SELECT h, s, p, b FROM e ORDER BY rowid LIMIT ? OFFSET ?"
            connection = sqlite3.connect(folder / "center.db")
            body = pack(connection.execute(part, (A_BODY, int(self.path[1:]))).fetchall())
            connection.close()
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    now = datetime.now(UTC)
    made = make_server_certificate(_SEED, [], now)
    (folder / "chain.pem").write_text(made.chain_pem, "ascii")
    (folder / "key.pem").write_text(made.private_key_pem, "ascii")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "chain.pem", folder / "key.pem")
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return make_authority(_SEED, now), server.server_port, server


def signature_jobs(village: SignedIn, events: Sequence[Event]) -> list[tuple[bytes, str, bytes, bytes]]:
    """Return the verifications that these events need, two each."""
    with village.desk.read_book() as book:
        known = book.credentials()
    device = next(iter(known.devices[e.header.origin] for e in events)).public_key
    person = next(iter(known.people.values()))[-1].public_key
    jobs = []
    for event in events:
        jobs.append((device, DEVICE_CONTEXT, event.header_bytes, event.signature))
        jobs.append((person, PERSON_CONTEXT, event.header_bytes, event.person_signature))
    return jobs
