"""The least that could take in a push: a program that unpacks a body and writes its events with one bulk insert."""

from __future__ import annotations

import socket
import sqlite3
import threading
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from station_app.bootstrap.center_processes import Stop, keep_running
from station_app.bootstrap.center_server import listen
from station_app.protocol.wire import unpack

Rows = Sequence[tuple[str, str, str, str]]
TABLE = "CREATE TABLE IF NOT EXISTS bare (h TEXT, s TEXT, p TEXT, b TEXT)"


def sqlite_writer(address: str) -> Callable[[Rows], None]:
    """Return what inserts into a SQLite file, as durably as a center does."""
    mine = threading.local()

    def insert(rows: Rows) -> None:
        if not hasattr(mine, "connection"):
            mine.connection = sqlite3.connect(address, timeout=60, isolation_level=None)
            for statement in ("PRAGMA journal_mode=wal", "PRAGMA synchronous=full", TABLE):
                mine.connection.execute(statement)
        mine.connection.execute("BEGIN IMMEDIATE")
        mine.connection.executemany("INSERT INTO bare VALUES (?, ?, ?, ?)", rows)
        mine.connection.execute("COMMIT")

    return insert


def postgres_writer(address: str) -> Callable[[Rows], None]:
    """Return what inserts into a PostgreSQL database."""
    mine = threading.local()

    def insert(rows: Rows) -> None:
        if not hasattr(mine, "connection"):
            mine.connection = psycopg.connect(address)
        with mine.connection.transaction(), mine.connection.cursor() as cursor:
            cursor.executemany("INSERT INTO bare VALUES (%s, %s, %s, %s)", rows)

    return insert


def answer(_stop: Stop, listening: socket.socket, address: str) -> None:
    """Answer requests at the socket."""
    insert = postgres_writer(address) if "host=" in address else sqlite_writer(address)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        body = await Request(scope, receive).body()

        def take_in() -> None:
            insert([(e["h"], e["s"], e["p"], e["b"]) for e in unpack(body)["events"]])

        await run_in_threadpool(take_in)
        await Response(b"ok")(scope, receive, send)

    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off", backlog=512)
    uvicorn.Server(config).run(sockets=[listening])


def main(address: str, processes: int) -> None:
    """Serve on a free port of this machine and print it."""
    listening = listen("127.0.0.1", 0)
    if "host=" in address:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(TABLE.encode())
    print(f"listening http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    if processes == 1:
        answer(lambda _end: None, listening, address)
    else:
        keep_running(answer, (listening, address), processes)


if __name__ == "__main__":
    import sys

    main(sys.argv[1], int(sys.argv[2]))
