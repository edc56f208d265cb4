"""The socket that a center answers at."""

from __future__ import annotations

import asyncio
import socket

import pytest

from station_app.bootstrap.center_server import listen
from station_app.domain.errors import StationError


def test_an_answer_in_two_pieces_leaves_at_once() -> None:
    # Each request took 40 ms longer: the second piece waited until the station had confirmed the first one.
    async def without_delay() -> int:
        connected: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def look(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            accepted = writer.get_extra_info("socket")
            connected.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listening = listen("127.0.0.1", 0)
        async with await asyncio.start_server(look, sock=listening):
            _, writer = await asyncio.open_connection(*listening.getsockname())
            writer.close()
            return await connected

    assert asyncio.run(without_delay()) == 1


def test_a_port_that_somebody_has_is_told_with_its_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(StationError) as refused:
        listen("127.0.0.1", other.getsockname()[1])
    assert refused.value.code == "address-taken"
