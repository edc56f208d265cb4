"""What is on the way between machines: requests and replies, and what the way does to them."""

from __future__ import annotations

from dataclasses import dataclass

from station_app.center.calls import Call
from tests.simulate.machines import Center, Machine


@dataclass(frozen=True, slots=True, eq=False)
class Parcel:
    """Something on the way: a request, or the answer to one (bytes with the center's signature, or an error code).

    Args:
        client: who asks; `to` is the center that is asked.
        attempt: which request of the client it belongs to; 0 when nobody waits for the answer.
        pushes: events in the request.
        sent_at: step at which it was sent.
    """

    client: Machine
    to: Center
    attempt: int
    call: Call
    pushes: int
    sent_at: int
    answer: tuple[bytes, bytes] | None = None
    code: str = ""

    @property
    def is_request(self) -> bool:
        """Tell whether it is on its way to the center."""
        return self.answer is None and not self.code
