"""A line to the center that can be cut and restored: TCP on loopback, passed on byte by byte and never read."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self, TypeVar

LOOPBACK = "127.0.0.1"
PIECE_BYTES = 1 << 16
ANSWER_WITHIN_S = 10.0
# SO_LINGER with a time of zero: closing sends a reset, as a line does that breaks. Windows has shorter fields.
_RESET_ON_CLOSE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)

T = TypeVar("T")


class Line:
    """Passes connections on to one address of this machine, while it is up.

    Cutting resets what is open. A connection that is tried meanwhile gets no answer for `patience_s` seconds and is
    reset then; one that is still waiting when the line is restored goes through, as on a real line.
    """

    def __init__(self, target_port: int, *, patience_s: float = 0.0) -> None:
        self._target_port = target_port
        self._patience_s = patience_s
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="line", daemon=True)
        self._up = asyncio.Event()
        self._open: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[Any]] = set()
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._within(self._listen())
        self.port = self._server.sockets[0].getsockname()[1]
        self.restore()
        return self

    def __exit__(self, *_: object) -> None:
        self._within(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def cut(self) -> None:
        """Break every connection and let no new one through; when this returns, nothing passes any more."""
        self._within(self._cut())

    def restore(self) -> None:
        """Let connections through again."""
        self._within(self._restore())

    @contextmanager
    def offline(self) -> Iterator[None]:
        """Keep the line cut for the length of a block."""
        self.cut()
        try:
            yield
        finally:
            self.restore()

    def _within(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(ANSWER_WITHIN_S)

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._serve, LOOPBACK, 0)

    async def _restore(self) -> None:
        self._up.set()

    async def _cut(self) -> None:
        self._up.clear()
        for writer in tuple(self._open):
            _reset(writer)

    async def _end(self) -> None:
        self._server.close()
        await self._cut()
        for task in tuple(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            await self._pass_on(reader, writer)
        finally:
            _reset(writer)
            self._serving.discard(task)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A broken or refused connection is what this line is for: it ends here, and so does its other half.
        with suppress(OSError, TimeoutError):
            if not self._up.is_set():
                await asyncio.wait_for(self._up.wait(), self._patience_s)
            there, back = await asyncio.open_connection(LOOPBACK, self._target_port)
            self._open |= {writer, back}
            try:
                await asyncio.gather(_pump(reader, back), _pump(there, writer))
            finally:
                self._open -= {writer, back}
                _reset(back)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(PIECE_BYTES):
            writer.write(data)
            await writer.drain()
    finally:
        # Both programs close after the last byte, never halfway: one end gone means that the other may go as well.
        writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    if writer.is_closing():
        return
    with suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    writer.transport.abort()
