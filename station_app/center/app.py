"""The ASGI application of a center."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Protocol

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from station_app import __version__
from station_app.center.administration import Administration
from station_app.center.administration_routes import add_administration_routes
from station_app.center.calls import Call
from station_app.center.file_routes import CONTENT_TYPE, add_file_routes
from station_app.center.files import FileDesk
from station_app.center.http_calls import call_of, read_body
from station_app.center.ports import CenterParts
from station_app.center.ruler import Ruler
from station_app.center.service import CenterService
from station_app.center.turns import Turns, busy
from station_app.domain.errors import StationError
from station_app.protocol.requests import (
    ACTIVATE_PATH,
    CARRIED_PATH,
    CENTER_PATH,
    ENROL_PATH,
    EXCHANGE_PATH,
    MAX_REQUEST_BYTES,
    SIGNATURE_HEADER,
)

# So many calls are answered or wait their turn; who comes then is told when to come again (docs/sync.md §6).
MOST_AT_ONCE = 256
# Files have a gate of their own: however many come, and however slowly, events pass.
MOST_FILES_AT_ONCE = 64
# Few look at the PCs of a county at once, and each looks at all of them.
MOST_ADMINISTERING = 8
STATUS = {
    "request-not-signed": 401,
    "device-unknown": 401,
    "code-wrong": 403,
    "code-used": 403,
    "device-revoked": 403,
    "activation-code-wrong": 403,
    "worker-disabled": 403,
    "worker-elsewhere": 403,
    "key-taken": 403,
    "administration-elsewhere": 403,
    "role-missing": 403,
    "cloned": 403,
    "certificate-expired": 403,
    "two-administrators-needed": 403,
    "organisation-unknown": 404,
    "station-unknown": 404,
    "challenge-unknown": 404,
    "request-used": 409,
    "station-revoked-before": 409,
    "challenge-ambiguous": 409,
    "center-heals": 409,
    "worker-unknown": 404,
    "file-unknown": 404,
    "file-offset": 409,
    "file-differs": 409,
    "file-too-large": 413,
    "batch-too-large": 413,
    "center-busy": 429,
    "disk-full": 503,
    "database-busy": 503,
    "database-unreachable": 503,
}


class Background(Protocol):
    """What runs beside the answers, from the start to the end of the application."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


def create_app(
    parts: CenterParts, beside: Callable[[Callable[[], None]], Background | None] = lambda _wake: None
) -> FastAPI:
    """Return the application of a center made of these parts.

    Args:
        beside: makes what runs beside it, given what wakes the ruler; None for nothing.
    """
    ruler = Ruler(parts)
    uplink = beside(ruler.wake)
    service = CenterService(parts, ruler.wake)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        running = [part for part in (ruler, uplink) if part is not None]
        for part in running:
            part.start()
        yield
        for part in reversed(running):
            await run_in_threadpool(part.stop)

    app = FastAPI(title="station-center", lifespan=lifespan, openapi_url=None)
    _add_routes(app, service, Gate(MOST_AT_ONCE), Turns())
    add_file_routes(app, FileDesk(parts), Gate(MOST_FILES_AT_ONCE))
    add_administration_routes(app, Administration(parts, __version__), Gate(MOST_ADMINISTERING))

    @app.exception_handler(StationError)
    async def refused(_request: Request, error: StationError) -> Response:
        return _refusal(error)

    @app.exception_handler(Exception)
    async def broken(_request: Request, error: Exception) -> Response:
        bug = secrets.token_hex(2).upper()
        parts.log_error(bug, error)
        return _json({"code": "center-error", "params": {"id": bug}}, 500)

    return app


class Gate:
    """Counts the calls under way; one too many is sent away at once, before its body is read."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._inside = 0

    def __enter__(self) -> None:
        if self._inside >= self._most:
            raise busy()
        self._inside += 1

    def __exit__(self, *_error: object) -> None:
        self._inside -= 1


def _add_routes(app: FastAPI, service: CenterService, gate: Gate, turns: Turns) -> None:
    @app.get(CENTER_PATH)
    async def center() -> Response:
        return _json(await run_in_threadpool(service.center), 200)

    @app.post(ENROL_PATH)
    async def enrol(request: Request) -> Response:
        with gate:
            return await _answer(service, request, service.enrol)

    @app.post(ACTIVATE_PATH)
    async def activate(request: Request) -> Response:
        with gate:
            return await _answer(service, request, service.activate)

    @app.post(CARRIED_PATH)
    async def carried(request: Request) -> Response:
        with gate:
            return await _answer(service, request, service.carried)

    @app.post(EXCHANGE_PATH)
    async def exchange(request: Request) -> Response:
        with gate:
            call = await _read_call(request)
            async with turns.of(call.device):
                return await _answered(service, call, service.exchange)


async def _answer(service: CenterService, request: Request, handle: Callable[[Call], bytes]) -> Response:
    return await _answered(service, await _read_call(request), handle)


async def _answered(service: CenterService, call: Call, handle: Callable[[Call], bytes]) -> Response:
    body = await run_in_threadpool(handle, call)
    signature = service.sign_reply(call, body).hex()
    return Response(body, media_type=CONTENT_TYPE, headers={SIGNATURE_HEADER: signature})


async def _read_call(request: Request) -> Call:
    return call_of(request, await read_body(request, MAX_REQUEST_BYTES))


def _refusal(error: StationError) -> Response:
    status = STATUS.get(error.code, 400)
    response = _json({"code": error.code, "params": error.params}, status)
    if status in (429, 503):
        response.headers["Retry-After"] = str(error.params.get("retry_after_s", 30))
    return response


def _json(value: object, status: int) -> Response:
    return Response(json.dumps(value, ensure_ascii=False, default=str), status, media_type=CONTENT_TYPE)
