"""A throwaway PostgreSQL server for the tests of a run: a socket in a folder of its own, durable as a real one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from installers.linux_packages import FOR_POSTGRESQL
from installers.system import SetupError
from tests.system_parts import install

ROOT = 0
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    folder: Path

    def database(self, name: str = "") -> str:
        """Make an empty database and return its address."""
        name = name or f"t{os.getpid()}_{next(_NUMBERS)}"
        self.run(f"CREATE DATABASE {name} STRATEGY wal_log")
        return self.address(name)

    def address(self, name: str) -> str:
        """Return the address of a database."""
        return f"postgresql+psycopg://app@/{name}?host={self.folder}"

    def plain_address(self, name: str) -> str:
        """Return the address of a database as the driver itself takes it."""
        return f"host={self.folder} user=app dbname={name}"

    def run(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement as the administrator, outside a transaction, and return what it found."""
        with psycopg.connect(self.plain_address(database), autocommit=True) as connection:
            found = connection.execute(statement.encode())
            return found.fetchall() if found.description else []

    def restart(self) -> None:
        """Stop the server and start it anew."""
        self.stop()
        self.start()

    def start(self) -> None:
        """Start the server."""
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c max_wal_size=256MB"
        _as_postgres(_tool("pg_ctl"), *self._data, "-w", "-s", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self, how: str = "fast") -> None:
        """Stop the server: `fast` ends all connections, `immediate` leaves the rest to the next start."""
        _as_postgres(_tool("pg_ctl"), *self._data, "-w", "-s", "-t", "240", "-m", how, "stop")

    @property
    def _data(self) -> tuple[str, str]:
        return "-D", str(self.folder / "data")


@contextmanager
def running() -> Iterator[Server]:
    """Start a server and end it with all that it holds. PostgreSQL is installed where it is missing."""
    _install()
    folder = Path(tempfile.mkdtemp(prefix="station-pg-"))
    if os.geteuid() == ROOT:
        shutil.chown(folder, "postgres")
    server = Server(folder)
    initdb = ("-U", "app", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
    _as_postgres(_tool("initdb"), *server._data, *initdb)
    server.start()
    try:
        yield server
    finally:
        server.stop("immediate")
        shutil.rmtree(folder)


def until(true: Callable[[], bool], within_s: float = 60.0) -> None:
    """Wait until something is true."""
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A server for all tests of this process."""
    with running() as server:
        yield server


def _install() -> None:
    try:
        install(FOR_POSTGRESQL)
    except SetupError as error:
        pytest.fail(str(error))


def _tool(name: str) -> str:
    """Return the newest one that is installed; Debian keeps the servers' programs out of the path."""
    found = list(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if not found:
        pytest.fail("这台电脑没有 PostgreSQL 服务器，也不能自动安装。请装上以后再运行测试。")
    return str(max(found, key=lambda path: int(path.parts[-3])))


def _as_postgres(*command: str) -> None:
    # The server refuses to run as root.
    user: dict[str, Any] = {"user": "postgres", "group": "postgres", "extra_groups": ()} if os.geteuid() == ROOT else {}
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **user)
    assert done.returncode == 0, f"{command}: {done.stderr}"
