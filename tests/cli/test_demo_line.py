"""The demonstration's line to the center: it passes bytes on, breaks when cut, and recovers."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from station_app.cli.demo.proxy import LOOPBACK, Line

WITHIN_S = 5.0


class Echo:
    """A server that answers every byte with the same byte."""

    def __init__(self) -> None:
        self._listening = socket.create_server((LOOPBACK, 0))
        self.port = int(self._listening.getsockname()[1])
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def close(self) -> None:
        # Closing alone does not wake a thread that waits for a connection on every system.
        with socket.create_connection((LOOPBACK, self.port)) as last:
            last.sendall(b"\0")
            self._thread.join(WITHIN_S)
        self._listening.close()

    def _accept(self) -> None:
        going = True
        while going:
            connection, _ = self._listening.accept()
            connection.settimeout(WITHIN_S)
            with connection:
                going = self._answer(connection)

    def _answer(self, connection: socket.socket) -> bool:
        try:
            while data := connection.recv(1 << 16):
                if data == b"\0":
                    return False
                connection.sendall(data)
        except ConnectionResetError:
            return True
        return True


@pytest.fixture
def echo() -> Iterator[Echo]:
    server = Echo()
    yield server
    server.close()


@pytest.fixture
def line(echo: Echo) -> Iterator[Line]:
    with Line(echo.port) as made:
        yield made


def connect(line: Line) -> socket.socket:
    return socket.create_connection((LOOPBACK, line.port), WITHIN_S)


def answer(connection: socket.socket, data: bytes) -> bytes:
    connection.sendall(data)
    found = bytearray()
    while len(found) < len(data) and (piece := connection.recv(1 << 16)):
        found += piece
    return bytes(found)


def breaks(connection: socket.socket) -> bool:
    """Tell whether the connection is reset, not closed politely."""
    try:
        connection.sendall(b"still there?")
        connection.recv(1)
    except (ConnectionResetError, BrokenPipeError, ConnectionAbortedError):
        return True
    return False


def nothing_gets_through(line: Line) -> bool:
    """Tell whether a new connection is reset; that can be as early as while it is made."""
    try:
        with connect(line) as connection:
            return breaks(connection)
    except (ConnectionResetError, ConnectionAbortedError):
        return True


def test_bytes_pass_unchanged_in_both_directions(line: Line) -> None:
    sent = os.urandom(300_000)
    with connect(line) as connection:
        pieces = [sent[at : at + 20_000] for at in range(0, len(sent), 20_000)]
        assert b"".join(answer(connection, piece) for piece in pieces) == sent


def test_cutting_breaks_what_is_open(line: Line) -> None:
    with connect(line) as connection:
        assert answer(connection, b"hello") == b"hello"
        line.cut()
        assert breaks(connection)


def test_nothing_gets_through_while_the_line_is_cut(line: Line) -> None:
    with line.offline():
        assert nothing_gets_through(line)


def test_a_restored_line_carries_again(line: Line) -> None:
    with line.offline():
        pass
    with connect(line) as connection:
        assert answer(connection, b"again") == b"again"


def test_the_line_is_restored_even_if_the_block_fails(line: Line) -> None:
    with pytest.raises(ZeroDivisionError), line.offline():
        _ = 1 / 0
    with connect(line) as connection:
        assert answer(connection, b"again") == b"again"


def test_a_try_that_is_still_waiting_goes_through_when_the_line_comes_back(echo: Echo) -> None:
    with Line(echo.port, patience_s=WITHIN_S) as line:
        line.cut()
        with connect(line) as connection:
            connection.sendall(b"anybody?")
            connection.settimeout(0.2)
            with pytest.raises(TimeoutError):
                connection.recv(1)
            connection.settimeout(WITHIN_S)
            line.restore()
            assert connection.recv(100) == b"anybody?"


def test_a_try_is_given_up_after_the_patience(echo: Echo) -> None:
    with Line(echo.port, patience_s=0.3) as line:
        line.cut()
        began = time.monotonic()
        with connect(line) as connection, pytest.raises(ConnectionResetError):
            connection.recv(1)
        assert 0.25 < time.monotonic() - began < WITHIN_S


def test_a_center_that_is_down_is_a_broken_line(echo: Echo) -> None:
    with socket.create_server((LOOPBACK, 0)) as gone:
        free = gone.getsockname()[1]
    with Line(free) as line:
        assert nothing_gets_through(line)


def test_closing_the_line_leaves_no_thread_behind(echo: Echo) -> None:
    before = threading.active_count()
    with Line(echo.port) as line, connect(line) as connection:
        assert answer(connection, b"hello") == b"hello"
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
