"""A signed request as it comes over HTTP: its bytes, and who says to send it."""

from __future__ import annotations

from fastapi import Request

from station_app.center.calls import Call
from station_app.domain.errors import StationError
from station_app.protocol.requests import DEVICE_HEADER, NONCE_HEADER, SIGNATURE_HEADER


async def read_body(request: Request, most_bytes: int) -> bytes:
    """Return the body of a request; `batch-too-large` as soon as it is longer."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most_bytes:
            raise StationError("batch-too-large")
    return bytes(body)


def call_of(request: Request, body: bytes, *, shown_hash: str = "") -> Call:
    """Return a request as the device has signed it, with its query where it has one.

    Args:
        shown_hash: of a body that is read later.
    """
    headers, query = request.headers, request.url.query
    return Call(
        path=request.url.path + (f"?{query}" if query else ""),
        device=headers.get(DEVICE_HEADER, ""),
        nonce=headers.get(NONCE_HEADER, ""),
        signature=from_hex(headers.get(SIGNATURE_HEADER, "")),
        body=body,
        method=request.method,
        shown_hash=shown_hash,
    )


def from_hex(text: str) -> bytes:
    """Return the bytes of hexadecimal digits, none where they are not: no signature is good that has none."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
