"""The calls of administrators over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from station_app.center.administration import MOST_BODY, Administration, Signer
from station_app.center.calls import Call
from station_app.center.file_routes import CONTENT_TYPE
from station_app.center.http_calls import call_of, from_hex, read_body
from station_app.protocol.requests import (
    ADMINISTRATOR_HEADERS,
    ENROLMENT_CODES_PATH,
    GRANTS_PATH,
    PIN_CODES_PATH,
    REVOCATIONS_PATH,
    SIGNATURE_HEADER,
    STATIONS_PATH,
)

Handle = Callable[[Call, Sequence[Signer]], bytes]


def add_administration_routes(app: FastAPI, administration: Administration, gate: AbstractContextManager[None]) -> None:
    """Serve what administrators ask for; `gate` counts the calls under way."""

    @app.get(STATIONS_PATH)
    async def stations(request: Request) -> Response:
        with gate:
            return await _answered(administration, request, b"", administration.fleet)

    acts = {
        ENROLMENT_CODES_PATH: administration.enrolment_code,
        GRANTS_PATH: administration.grant,
        REVOCATIONS_PATH: administration.revoke,
        PIN_CODES_PATH: administration.pin_code,
    }
    for path, handle in acts.items():
        _add_act(app, administration, gate, path, handle)


def _add_act(
    app: FastAPI, administration: Administration, gate: AbstractContextManager[None], path: str, handle: Handle
) -> None:
    @app.post(path)
    async def act(request: Request) -> Response:
        with gate:
            return await _answered(administration, request, await read_body(request, MOST_BODY), handle)


async def _answered(administration: Administration, request: Request, body: bytes, handle: Handle) -> Response:
    call = call_of(request, body)
    answer = await run_in_threadpool(handle, call, _signers(request))
    return Response(
        answer, media_type=CONTENT_TYPE, headers={SIGNATURE_HEADER: administration.sign_reply(call, answer)}
    )


def _signers(request: Request) -> list[Signer]:
    found = [[request.headers.get(name, "") for name in names] for names in ADMINISTRATOR_HEADERS]
    return [Signer(person, from_hex(signature)) for person, signature in found if person]
