"""What the center puts off: the rest of the exchange goes on."""

from __future__ import annotations

from dataclasses import replace

from station_app.exchange.station import Answered, AppliedReply, Phase, Send, State, step
from station_app.protocol.exchange_records import PushStatus
from tests.exchange.test_station import EVENT, LOADED, REPLY


def test_what_the_center_puts_off_does_not_keep_its_rows_from_being_fetched() -> None:
    """The PC asked again at once, for ever, and for no rows, because more lay behind what it had sent (seed 1769)."""
    outbox = tuple((link, EVENT) for link in range(1, 6))
    state, pulled = State(30.0, Phase.LOADING, batch=2, whole=0), []
    for status in ("waiting", "waiting", "stored"):
        state, outputs = step(state, replace(LOADED, outbox=outbox))
        assert isinstance(outputs[0], Send)
        pulled.append(outputs[0].request.pull_limit)
        state, _ = step(state, Answered(replace(REPLY, statuses=(PushStatus(1, status), PushStatus(2, status)))))
        state, _ = step(state, AppliedReply(more=True))
    state, outputs = step(state, replace(LOADED, outbox=outbox))
    assert isinstance(outputs[0], Send)
    assert [*pulled, outputs[0].request.pull_limit] == [0, 2, 2, 0]
