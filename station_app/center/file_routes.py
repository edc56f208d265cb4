"""The two calls on files: what comes is written as it comes, so that a line that breaks loses nothing that arrived."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.requests import ClientDisconnect

from station_app.center.calls import Call
from station_app.center.files import FileDesk
from station_app.center.http_calls import call_of
from station_app.domain.errors import StationError
from station_app.protocol.requests import (
    BODY_HEADER,
    FILES,
    MOST_PART_BYTES,
    SIGNATURE_HEADER,
)
from station_app.protocol.wire import pack

CONTENT_TYPE = "application/vnd.station"
# Pieces of up to 64 KB that wait to be written; behind them the sender waits.
MOST_WAITING = 16
# A line that brings no byte for so long is over, and must not keep a place.
SILENT_S = 60.0
_HASH = re.compile(r"[0-9a-f]{64}")
_RANGE = re.compile(r"bytes=([0-9]{1,12})-([0-9]{0,12})")
_OFFSET = re.compile(r"[0-9]{1,12}")


def add_file_routes(app: FastAPI, desk: FileDesk, gate: AbstractContextManager[None]) -> None:
    """Add sending up and fetching to a center's application.

    Args:
        gate: counts the calls under way.
    """

    @app.put(FILES + "{address}")
    async def put(address: str, request: Request) -> Response:
        with gate:
            return await _put(desk, address, request)

    @app.get(FILES + "{address}")
    async def get(address: str, request: Request) -> Response:
        with gate:
            return await _get(desk, address, request)


class Incoming:
    """A body, taken off the line from the beginning on: what the server still holds when the line breaks is lost."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue(MOST_WAITING)
        self._reading = asyncio.create_task(self._read())
        self.is_whole = False

    async def _read(self) -> None:
        try:
            async for piece in self._request.stream():
                await self._pieces.put(piece)
        except ClientDisconnect:
            await self._pieces.put(None)
        else:
            # An empty piece is the end, as it is in the stream.
            await self._pieces.put(b"")

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield what comes until the line breaks or falls silent; `batch-too-large` beyond what a part may have."""
        count, is_over = 0, False
        while not is_over:
            try:
                async with asyncio.timeout(SILENT_S):
                    found = [await self._pieces.get()]
            except TimeoutError:
                return
            # What has come meanwhile goes with it: a turn for each would take longer than the writing.
            while found[-1] and not self._pieces.empty():
                found.append(self._pieces.get_nowait())
            is_over, self.is_whole = not found[-1], found[-1] == b""
            whole = b"".join(filter(None, found))
            count += len(whole)
            if count > MOST_PART_BYTES:
                raise StationError("batch-too-large")
            if whole:
                yield whole

    async def read_away(self) -> None:
        """Read what nobody needs: an answer before the end would break the line, and not be heard."""
        async for _ in self.pieces():
            pass

    def end(self) -> None:
        """Read no more."""
        self._reading.cancel()


async def _put(desk: FileDesk, address: str, request: Request) -> Response:
    incoming = Incoming(request)
    try:
        return await _answer(desk, address, request, incoming)
    finally:
        incoming.end()


async def _answer(desk: FileDesk, address: str, request: Request, incoming: Incoming) -> Response:
    call = call_of(request, b"", shown_hash=request.headers.get(BODY_HEADER, ""))
    offset = request.query_params.get("offset", "")
    if not _OFFSET.fullmatch(offset) or not _HASH.fullmatch(call.shown_hash):
        raise StationError("record-malformed", reason="offset")
    sizes = await run_in_threadpool(desk.admit, call, address)
    here = await run_in_threadpool(desk.shelf.settle, address, *sizes)
    if not await run_in_threadpool(desk.shelf.has, address):
        if here != int(offset):
            await incoming.read_away()
            raise StationError("file-offset", size=here)
        await run_in_threadpool(desk.shelf.begin, address)
        await _take(desk, call, address, incoming, (here, sizes[-1]))
        here = await run_in_threadpool(desk.shelf.settle, address, *sizes)
    else:
        await incoming.read_away()
    body = pack({"size": here})
    return Response(body, media_type=CONTENT_TYPE, headers={SIGNATURE_HEADER: desk.sign_reply(call, body)})


async def _take(desk: FileDesk, call: Call, address: str, incoming: Incoming, part: tuple[int, int]) -> None:
    """Write the body of a request into a file, from the first number of `part` on and never beyond the second."""
    at, size = part
    digest = hashlib.sha256()
    async for piece in incoming.pieces():
        if at + len(piece) > size:
            raise StationError("file-too-large", limit_mb=max(1, size >> 20))
        if not await run_in_threadpool(desk.shelf.add, address, at, piece):
            raise StationError("file-offset", size=desk.shelf.come(address))
        digest.update(piece)
        at += len(piece)
    # Where the line broke nobody hears the answer: what has come is there, and the next call is told how much that is.
    if incoming.is_whole and digest.hexdigest() != call.shown_hash:
        await run_in_threadpool(desk.shelf.cut, address, part[0])
        raise StationError("record-malformed", reason="body")


async def _get(desk: FileDesk, address: str, request: Request) -> Response:
    call = call_of(request, b"")
    size = await run_in_threadpool(desk.find, call, address)
    start, end = _range(request.headers.get("Range", ""), size)
    body = await run_in_threadpool(desk.shelf.read, address, start, end - start)
    headers = {SIGNATURE_HEADER: desk.sign_reply(call, body), "Content-Range": f"bytes {start}-{end - 1}/{size}"}
    return Response(body, 206, media_type=CONTENT_TYPE, headers=headers)


def _range(text: str, size: int) -> tuple[int, int]:
    """Return first byte and end of what is asked for; `file-offset` where it is behind the end."""
    found = _RANGE.fullmatch(text)
    if text and not found:
        raise StationError("record-malformed", reason="Range")
    start = int(found[1]) if found else 0
    last = int(found[2]) if found and found[2] else size - 1
    end = min(last + 1, size, start + MOST_PART_BYTES)
    if start >= end:
        raise StationError("file-offset", size=size)
    return start, end
