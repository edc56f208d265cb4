"""A line for tests between stations and a center: slow, late, broken at a byte, silent, or with a login page in it."""

from __future__ import annotations

import asyncio
import random
import socket
import ssl
import struct
import threading
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Self, TypeVar

LOOPBACK = "127.0.0.1"
PACKET_BYTES = 1400
# What a fast program may put into the line before it has to wait; the rest stays with the sender, as on a slow line.
_BUFFER_BYTES = 4096
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_WITHIN_S = 10.0

T = TypeVar("T")


class How(Enum):
    """How a connection ends before its time."""

    RESET = "reset"
    CLOSE = "close"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Break:
    """Where a connection breaks: behind byte `at` of one direction.

    Args:
        up: counted from the station to the center, otherwise from the center to the station.
        connection: the only one that it happens to, counted from 0 since the weather changed; None for every one.
    """

    up: bool
    at: int
    how: How = How.RESET
    connection: int | None = 0


@dataclass(frozen=True, slots=True)
class Portal:
    """A login page that answers in the center's place; `tls` is the certificate that it shows, None for plain HTTP."""

    page: bytes
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class Weather:
    """What the line does.

    Args:
        delay_s: each byte takes so long, one way.
        kbit_s: in each direction, None for as fast as it goes.
        loss: probability that a packet of 1,400 bytes resets the connection instead of arriving.
    """

    delay_s: float = 0.0
    kbit_s: float | None = None
    loss: float = 0.0
    broken: Break | None = None
    portal: Portal | None = None


def web_page(status: str, *headers: str) -> bytes:
    """Return an HTTP answer with a page that asks for a login."""
    body = "<html><body>欢迎使用免费上网，请登录</body></html>".encode()
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/html", f"Content-Length: {len(body)}", "Connection: close"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


@dataclass
class Passed:
    """Bytes that went through one connection, and whether the line broke it."""

    up: int = 0
    down: int = 0
    broken: bool = False


@dataclass
class _Ends:
    """The two ends of a connection on its way through the line."""

    station: asyncio.StreamWriter
    center: asyncio.StreamWriter
    passed: Passed
    number: int
    weather: Weather
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self, how: How) -> None:
        self.passed.broken = True
        if how is not How.SILENCE:
            for writer in (self.station, self.center):
                _close(writer, reset=how is How.RESET)
            self.over.set()


class Proxy:
    """Passes connections on to one port of this machine, in the weather of the moment."""

    def __init__(self, target_port: int, seed: int = 0) -> None:
        self._target_port = target_port
        self._rng = random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._serving: set[asyncio.Task[Any]] = set()
        self._weather = Weather()
        self.connections: list[Passed] = []
        self.port = 0

    @property
    def weather(self) -> Weather:
        """What connections meet that are made from now on; setting it counts them anew."""
        return self._weather

    @weather.setter
    def weather(self, weather: Weather) -> None:
        self._weather, self.connections = weather, []

    @property
    def url(self) -> str:
        """The address that stations are to be told."""
        return f"https://{LOOPBACK}:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._within(self._listen())
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._within(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _within(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_WITHIN_S)

    async def _listen(self) -> asyncio.Server:
        listener = socket.socket(proto=socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        listener.bind((LOOPBACK, 0))
        return await asyncio.start_server(self._serve, sock=listener, limit=_BUFFER_BYTES)

    async def _end(self) -> None:
        self._server.close()
        for task in tuple(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        number, passed, weather = len(self.connections), Passed(), self._weather
        self.connections.append(passed)
        try:
            # The test's end cancels what still hangs; asyncio would log that as an error of its own.
            with suppress(OSError, ssl.SSLError, asyncio.CancelledError):
                if weather.portal is not None:
                    await _show(weather.portal, reader, writer)
                else:
                    await self._pass_on(reader, writer, passed, number, weather)
        finally:
            _close(writer, reset=False)
            self._serving.discard(task)

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passed: Passed, number: int, weather: Weather
    ) -> None:
        there, back = await asyncio.open_connection(LOOPBACK, self._target_port, limit=_BUFFER_BYTES)
        ends = _Ends(writer, back, passed, number, weather)
        pumps = [
            asyncio.create_task(self._pump(reader, back, ends, up=True)),
            asyncio.create_task(self._pump(there, writer, ends, up=False)),
        ]
        try:
            await asyncio.wait([*pumps, asyncio.create_task(ends.over.wait())], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            ends.over.set()
            await asyncio.gather(*pumps, return_exceptions=True)
            _close(back, reset=False)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ends: _Ends, *, up: bool) -> None:
        weather, broken = ends.weather, ends.weather.broken
        if broken is None or broken.up != up or broken.connection not in (None, ends.number):
            broken = None
        due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        sending = asyncio.create_task(_send(due, writer))
        try:
            count = 0
            while not (broken and count >= broken.at):
                size = min(PACKET_BYTES, broken.at - count) if broken else PACKET_BYTES
                data = await reader.read(size)
                count += len(data)
                if data and weather.loss and self._rng.random() < weather.loss:
                    ends.end(How.RESET)
                    return
                if weather.kbit_s is not None:
                    await asyncio.sleep(len(data) * 8 / (weather.kbit_s * 1000))
                due.put_nowait((self._loop.time() + weather.delay_s, data))
                if up:
                    ends.passed.up += len(data)
                else:
                    ends.passed.down += len(data)
                if not data:
                    await sending
                    return
            assert broken is not None
            arrived = asyncio.create_task(due.join())
            await asyncio.wait([arrived, sending], return_when=asyncio.FIRST_COMPLETED)
            arrived.cancel()
            ends.end(broken.how)
            await ends.over.wait()
        finally:
            sending.cancel()


async def _send(due: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
    """Write what is due when it is due; an empty piece is the end."""
    while True:
        at, data = await due.get()
        await asyncio.sleep(max(0.0, at - asyncio.get_running_loop().time()))
        if not data:
            return
        writer.write(data)
        await writer.drain()
        due.task_done()


async def _show(portal: Portal, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if portal.tls is not None:
        await writer.start_tls(portal.tls)
    await reader.read(PACKET_BYTES)
    writer.write(portal.page)
    await writer.drain()


def _close(writer: asyncio.StreamWriter, *, reset: bool) -> None:
    if writer.is_closing():
        return
    if reset:
        with suppress(OSError):
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        writer.transport.abort()
    else:
        writer.close()
