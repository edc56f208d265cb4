"""A center on PostgreSQL, asked over HTTP: the same answers, and a server that goes away is told as that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from station_app.protocol.requests import EXCHANGE_PATH
from station_app.protocol.wire import pack, unpack
from tests.center.served import Served, served_at
from tests.postgres import Server
from tests.reliability.place import Place


@pytest.fixture
def on_postgres(template: Place, tmp_path: Path, postgres: Server) -> Iterator[Served]:
    place = template.copy(tmp_path / "place", "c", "v1")
    place.center("move", "--database", postgres.database()).found()
    with served_at(place) as found:
        yield found


def test_what_is_pushed_while_the_database_is_away_is_taken_in_when_it_is_back(
    on_postgres: Served, postgres: Server
) -> None:
    on_postgres.register()
    nonce, body = on_postgres.nonce, on_postgres.request()
    postgres.stop()
    try:
        for _ in range(2):
            answer = on_postgres.call(EXCHANGE_PATH, body, nonce)
            assert (answer.refusal()[:2], answer.headers["retry-after"]) == ((503, "database-unreachable"), "30")
    finally:
        postgres.start()
    reply = on_postgres.exchange(nonce)
    assert [status.status for status in reply.statuses] == ["stored"]
    assert on_postgres.counts()["events"] >= 1


def test_what_a_column_can_not_hold_is_no_program_error(on_postgres: Served) -> None:
    body = unpack(on_postgres.request())
    for name, value, status in (("epoch", "\0" * 16, 400), ("epoch", "e" * 500, 400), ("cursor", 2**53 - 1, 200)):
        answer = on_postgres.call(EXCHANGE_PATH, pack({**body, name: value}), on_postgres.nonce)
        assert answer.status == status, (name, answer)


def test_a_device_that_is_none_is_unknown(on_postgres: Served) -> None:
    body = on_postgres.request()
    for device in ("x" * 300, "0" * 32, "\xff\xfe"):
        headers = {**on_postgres.headers(EXCHANGE_PATH, body, on_postgres.nonce), "Station-Device": device}
        assert on_postgres.raw("POST", EXCHANGE_PATH, body, headers).refusal()[:2] == (401, "device-unknown")
