"""The ASGI application of a center."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from station_app.center.ports import CenterParts
from station_app.center.ruler import Ruler
from station_app.center.service import Call, CenterService
from station_app.domain.errors import StationError
from station_app.protocol.requests import (
    ACTIVATE_PATH,
    CENTER_PATH,
    DEVICE_HEADER,
    ENROL_PATH,
    EXCHANGE_PATH,
    MAX_REQUEST_BYTES,
    NONCE_HEADER,
    SIGNATURE_HEADER,
)

CONTENT_TYPE = "application/vnd.station"
STATUS = {
    "request-not-signed": 401,
    "device-unknown": 401,
    "nonce-unknown": 409,
    "code-wrong": 403,
    "code-used": 403,
    "device-revoked": 403,
    "activation-code-wrong": 403,
    "worker-disabled": 403,
    "worker-elsewhere": 403,
    "key-taken": 403,
    "worker-unknown": 404,
    "batch-too-large": 413,
    "disk-full": 503,
    "database-busy": 503,
}


def create_app(parts: CenterParts) -> FastAPI:
    """Return the application of a center made of these parts."""
    ruler = Ruler(parts)
    service = CenterService(parts, ruler.wake)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        ruler.start()
        yield
        await run_in_threadpool(ruler.stop)

    app = FastAPI(title="station-center", lifespan=lifespan, openapi_url=None)
    _add_routes(app, service)

    @app.exception_handler(StationError)
    async def refused(_request: Request, error: StationError) -> Response:
        return _refusal(error)

    @app.exception_handler(Exception)
    async def broken(_request: Request, error: Exception) -> Response:
        bug = secrets.token_hex(2).upper()
        parts.log_error(bug, error)
        return _json({"code": "center-error", "params": {"id": bug}}, 500)

    return app


def _add_routes(app: FastAPI, service: CenterService) -> None:
    @app.get(CENTER_PATH)
    async def center() -> Response:
        return _json(await run_in_threadpool(service.center), 200)

    @app.post(ENROL_PATH)
    async def enrol(request: Request) -> Response:
        return await _answer(service, request, service.enrol)

    @app.post(ACTIVATE_PATH)
    async def activate(request: Request) -> Response:
        return await _answer(service, request, service.activate)

    @app.post(EXCHANGE_PATH)
    async def exchange(request: Request) -> Response:
        return await _answer(service, request, service.exchange)


async def _answer(service: CenterService, request: Request, handle: Callable[[Call], bytes]) -> Response:
    call = await _read_call(request)
    body = await run_in_threadpool(handle, call)
    signature = service.sign_reply(call, body).hex()
    return Response(body, media_type=CONTENT_TYPE, headers={SIGNATURE_HEADER: signature})


async def _read_call(request: Request) -> Call:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_REQUEST_BYTES:
            raise StationError("batch-too-large")
    headers = request.headers
    try:
        signature = bytes.fromhex(headers.get(SIGNATURE_HEADER, ""))
    except ValueError:
        signature = b""
    return Call(
        path=request.url.path,
        device=headers.get(DEVICE_HEADER, ""),
        nonce=headers.get(NONCE_HEADER, ""),
        signature=signature,
        body=bytes(body),
    )


def _refusal(error: StationError) -> Response:
    status = STATUS.get(error.code, 400)
    response = _json({"code": error.code, "params": error.params}, status)
    if status == 503:
        response.headers["Retry-After"] = "30"
    return response


def _json(value: object, status: int) -> Response:
    return Response(json.dumps(value, ensure_ascii=False, default=str), status, media_type=CONTENT_TYPE)
