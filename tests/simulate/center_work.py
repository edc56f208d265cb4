"""What a center's program does in one piece: in the world's own process, or in a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from station_app.center.calls import Call
from station_app.domain.people import Worker
from station_app.exchange.center import rule_pending
from station_app.exchange.overdue_offers import look_at_the_road
from station_app.exchange.ports import Link
from station_app.exchange.station import Load, Loaded
from station_app.protocol.exchange_records import ExchangeReply
from station_app.protocol.signed import Signed
from station_app.usecases.holding import is_revoked
from station_app.usecases.run_center import NewPc, certify, enrol
from station_app.usecases.times import stamp
from tests.simulate.machines import Machine

if TYPE_CHECKING:
    from tests.simulate.machines import Applied, Center

Work = Callable[..., Any]


def exchange(center: Center, call: Call) -> tuple[bytes, bytes]:
    """Answer an exchange: the body and the center's signature."""
    body = center.service.exchange(call)
    return body, center.service.sign_reply(call, body)


def rule(center: Center, limit: int) -> int:
    """Let the ruler look at what is on the road for long, and work once; return how many cases it ruled on."""
    now = stamp(center.clock())
    with center.store.write() as book:
        while look_at_the_road(book, center.parts.desk.org, now, _fail):
            pass
        return rule_pending(book, center.parts.desk, now, limit)


def _fail(error: Exception) -> None:
    raise error


def load(center: Center, wanted: Load) -> Loaded:
    """Read what the next request to the center above needs."""
    return Machine.load(center, wanted)


def apply_reply(center: Center, reply: ExchangeReply, at: str, returned: tuple[str, ...] = ()) -> Applied:
    """Take in what the center above has answered."""
    return Machine.apply(center, reply, at, returned)


def enrol_pc(center: Center, org: str, public_key: bytes, epoch: str) -> dict[str, Any]:
    """Join a PC to its office by a code, and certify a key for each of the people there, made from the seeds told."""
    with center.store.write() as book:
        code = center.clerk.entropy(8).hex()
        book.add_code(code, org)
        joined = enrol(book, center.clerk, code, NewPc(public_key, epoch))
        workers = [account.worker for account in book.accounts() if account.worker.org == org and not account.disabled]
        seeds = [center.clerk.entropy(32) for _ in workers]
        signed = [
            certify(book, center.clerk, worker, joined.station, center.scheme.key(seed).public)
            for worker, seed in zip(workers, seeds, strict=True)
        ]
        known = book.signed_credentials({joined.station.device, center.device}, ())
        link = Link(incarnation=book.setting("center")["incarnation"], nonce=joined.epoch.nonce)
    people = list(zip(workers, seeds, strict=True))
    return {"joined": joined, "people": people, "credentials": [*known, *signed], "link": link}


def certify_again(center: Center, worker: Worker, device: str, public_key: bytes) -> Signed | None:
    """Certify a new key of a worker, as after a forgotten PIN; None on a PC that is not here, or either has to stop."""
    with center.store.write() as book:
        station_there, account = book.station(device), book.account_named(worker.name)
        if station_there is None or is_revoked(book, device) or (account is not None and account.disabled):
            return None
        return certify(book, center.clerk, worker, station_there, public_key)
