"""The least that could take in a file: a program that writes the body of a PUT to the disk, and then answers."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from starlette.requests import Request
from starlette.responses import Response

from station_app.bootstrap.center_server import listen
from station_app.keys.transport_keys import make_authority, make_server_certificate
from station_app.sync.transport import CONTENT_TYPE

_SEED = bytes(32)


def main(folder: Path) -> None:
    """Serve with TLS on a free port of this machine; print it, and put the authority into the folder."""
    now = datetime.now(UTC)
    made = make_server_certificate(_SEED, [], now)
    (folder / "authority.pem").write_text(make_authority(_SEED, now), "ascii")
    (folder / "chain.pem").write_text(made.chain_pem, "ascii")
    (folder / "key.pem").write_text(made.private_key_pem, "ascii")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        with (folder / "file").open("wb") as file:
            async for piece in request.stream():
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        await Response(b"ok", media_type=CONTENT_TYPE)(scope, receive, send)

    listening = listen("127.0.0.1", 0)
    print(f"listening https://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ssl_certfile=folder / "chain.pem",
        ssl_keyfile=folder / "key.pem",
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
