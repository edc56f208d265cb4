"""Blocks of 文号 in requests and replies: read back as they were, absent where not used, refused where malformed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import zstandard

from station_app.domain.document_numbers import Block
from station_app.domain.errors import StationError
from station_app.protocol.exchange_records import ExchangeReply, ExchangeRequest, LeaseAsk, LeaseGrant
from station_app.protocol.wire import pack_reply, pack_request, unpack, unpack_reply, unpack_request

EPOCH, BLOCK = "e" * 16, Block("海便受字", 2026, 21, 40)
REQUEST = ExchangeRequest(EPOCH, "i", 0, 1, (), 0)
REPLY = ExchangeReply("i", "n", "2026-11-23T04:00:00Z", 0, (), None, 0, (), ())


@pytest.mark.parametrize("ask", [None, LeaseAsk(("海便受字",), ()), LeaseAsk((), (BLOCK,))])
def test_what_is_asked_is_read_back(ask: LeaseAsk | None) -> None:
    assert unpack_request(pack_request(replace(REQUEST, leases=ask))).leases == ask


@pytest.mark.parametrize("grant", [None, LeaseGrant(EPOCH, (BLOCK,)), LeaseGrant(EPOCH, (), (BLOCK,))])
def test_what_is_leased_is_read_back(grant: LeaseGrant | None) -> None:
    assert unpack_reply(pack_reply(replace(REPLY, leases=grant))).leases == grant


def test_who_does_not_ask_sends_and_gets_nothing_new() -> None:
    assert "leases" not in unpack(pack_request(REQUEST))
    assert "leases" not in unpack(pack_reply(REPLY))


@pytest.mark.parametrize(
    "leases",
    [
        [],
        {"wanted": []},
        {"wanted": [1], "held": []},
        {"wanted": [""], "held": []},
        {"wanted": ["字" * 65], "held": []},
        {"wanted": ["\ud800"], "held": []},
        {"wanted": [], "held": [["海便受字", 2026, 1]]},
        {"wanted": [], "held": [["海便受字", 2026, 0, 20]]},
        {"wanted": [], "held": [["海便受字", 2026, 1, True]]},
        {"wanted": [], "held": [["海便受字", 20260, 1, 20]]},
        {"wanted": [], "held": [["海便受字", 2026, 1, 10**10]]},
    ],
)
def test_what_is_no_question_is_refused(leases: Any) -> None:
    found = {**unpack(pack_request(REQUEST)), "leases": leases}
    with pytest.raises(StationError, match="record-malformed"):
        unpack_request(zstandard.compress(json.dumps(found).encode()))
