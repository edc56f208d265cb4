"""Serving a center: HTTPS with a key of its own, the bound address as the first line of output."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from station_app.bootstrap.center import OpenCenter, now, open_center
from station_app.bootstrap.center_database import is_file
from station_app.bootstrap.center_home import SERVE_LOCK, CenterHome
from station_app.bootstrap.center_processes import STOP_WITHIN_S, Stop, keep_running
from station_app.bootstrap.center_schedule import BackupThread, Schedule
from station_app.bootstrap.uplink import UplinkThread
from station_app.center.app import Background, create_app
from station_app.center.granting import SERVED_AT
from station_app.domain.errors import StationError
from station_app.domain.organisations import Level
from station_app.keys.key_files import exclusive
from station_app.keys.transport_keys import make_server_certificate
from station_app.sync.addresses import is_loopback

BACKLOG = 512
_EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104


@dataclass(frozen=True, slots=True)
class Serving:
    """How a center is served.

    Args:
        plain: without TLS, on this machine's own addresses only.
        processes: how many share the address; more than one only where the database is a server's.
        interval_s: pause between exchanges with the center above, where this one has joined one.
        schedule: of a backup every day; None for none.
    """

    host: str
    port: int
    plain: bool = False
    processes: int = 1
    interval_s: float = 30.0
    schedule: Schedule | None = None


def serve_center(folder: Path, serving: Serving) -> None:
    """Run the center until it is ended by a signal; `port` 0 takes a free one, `processes` share it.

    Raises:
        StationError: `plain-http-refused` for --plain on another address than this machine's own,
            `address-taken` when the port is in use, `center-one-process` for several on SQLite, `busy-elsewhere` when
            this center is being served or moved, `backup-code-missing`, `processes-keep-ending`.
    """
    host, plain = serving.host, serving.plain
    if plain and not is_loopback(host):
        raise StationError("plain-http-refused", address=host)
    opened = open_center(folder)
    if serving.processes > 1 and is_file(opened.engine):
        raise StationError("center-one-process")
    # A key that is missing is told before anybody is told where to call.
    opened.parts()
    backups = BackupThread(folder, serving.schedule, now) if serving.schedule else None
    # One that was told to stop may still be finishing what it has begun.
    with exclusive(folder, SERVE_LOCK, patience_s=2 * STOP_WITHIN_S):
        listening = listen(host, serving.port)
        if backups is not None:
            backups.start()
        scheme = "http" if plain else "https"
        port = listening.getsockname()[1]
        _note_address(opened, f"{scheme}://{_shown(_reached_by(host))}:{port}")
        print(f"listening {scheme}://{_shown(host)}:{port}", flush=True)  # noqa: T201
        if serving.processes == 1:
            _answer(opened, listening, serving)
        else:
            opened.engine.dispose()
            keep_running(_one_of_many, (folder, listening, serving), serving.processes)


def _reached_by(host: str) -> str:
    """Return by what others reach a server that listens on this address."""
    return socket.gethostname() if host in _EVERY_ADDRESS else host


def _note_address(opened: OpenCenter, address: str) -> None:
    """Keep where this center is reached, for PCs that join by file (docs/sync.md §16)."""
    with opened.read() as store:
        noted = store.setting(SERVED_AT)
    if noted != address:
        with opened.write() as store:
            store.save_setting(SERVED_AT, address)


def _one_of_many(stop: Stop, folder: Path, listening: socket.socket, serving: Serving) -> None:
    _answer(open_center(folder), listening, serving, stop=stop)


def _answer(opened: OpenCenter, listening: socket.socket, serving: Serving, *, stop: Stop = lambda _end: None) -> None:
    config = uvicorn.Config(
        create_app(opened.parts(), lambda wake: _uplink(opened, serving.interval_s, wake)),
        log_level="warning",
        access_log=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=STOP_WITHIN_S,
    )
    if not serving.plain:
        _use_certificate(config, opened.home, serving.host)
    server = uvicorn.Server(config)
    stop(lambda: setattr(server, "should_exit", True))
    server.run(sockets=[listening])


def _uplink(opened: OpenCenter, interval_s: float, wake: Callable[[], None]) -> Background | None:
    with opened.read() as store:
        is_county = store.setting("center")["level"] == Level.COUNTY.value
    return UplinkThread(opened, interval_s, wake) if is_county else None


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that takes connections; port 0 takes a free one.

    Raises:
        StationError: `address-taken`.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP: only then asyncio has an answer of two pieces leave at once, without 40 ms between them.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise StationError("address-taken", address=f"{host}:{port}") from None
    listening.listen(BACKLOG)
    return listening


def _use_certificate(config: uvicorn.Config, home: CenterHome, host: str) -> None:
    """Give the server a certificate made for this start; stations trust its authority, the center's own key.

    OpenSSL reads keys from files only, so they lie in a private folder for as long as the loading takes.
    """
    made = make_server_certificate(home.identity().seed, [host, socket.gethostname()], now())
    with tempfile.TemporaryDirectory() as folder:
        chain, key = Path(folder, "chain.pem"), Path(folder, "key.pem")
        chain.write_text(made.chain_pem, "ascii")
        key.touch(mode=0o600)
        key.write_text(made.private_key_pem, "ascii")
        config.ssl_certfile, config.ssl_keyfile = str(chain), str(key)
        config.load()


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
