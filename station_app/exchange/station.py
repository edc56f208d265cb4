"""The station's side of an exchange as a pure state machine: step(state, input) -> (state, outputs).

RESTING --Wake--> LOADING --Loaded--> ASKING --Answered--> APPLYING --Applied(more)--> LOADING
                                          \\--Failed--> RESTING (longer each time)   \\--Applied--> RESTING
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from station_app.exchange.id_sums import EMPTY, IdSum
from station_app.exchange.ports import NOTHING, Link, OwnEpoch, Repair
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import ExchangeReply, ExchangeRequest, LeaseAsk
from station_app.protocol.signed import Signed

BATCH = 1000
PULL_LIMIT = 1000
FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 300.0
RULING_PAUSE_S = 0.3
# How many events one request asks for, and gives back, to repair a difference.
REPAIR_AT_ONCE = 500
# A request may be too much for a slow line that breaks; one of so few events is not what it breaks by.
SMALL_BATCH = 20
_BY_THE_LINE = ("no-network", "stalled")
# So many batches must have come through whole, one behind the other, before a line that failed is given larger ones.
WHOLE_IN_A_ROW = 8
# A center that never takes the nonce it has just given is not one to go on with.
MOST_AGAINS = 3


class Phase(StrEnum):
    """Where the exchange stands."""

    RESTING = "resting"
    LOADING = "loading"
    ASKING = "asking"
    APPLYING = "applying"


@dataclass(frozen=True, slots=True)
class State:
    """The volatile part; the durable part is the `Link`, saved with each reply.

    Args:
        batch: how many events go into the next request, and rows into its reply; halved when that is too much for the
            way.
        whole: batches that have come through in a row since the line failed last, counted up to `WHOLE_IN_A_ROW`.
        failures: in a row.
        interval_s: pause between exchanges when all is well.
        sent: events in the request under way, or what it asks for by id, whichever is more.
        pulled: rows that it asks for.
        early: this try was made for new work, before its time; its failure makes no pause longer.
        compare: the next request brings the sums of the buckets.
        compared: they were compared since the last rest; a difference that nobody can mend is not looked at again.
        repair: what is still to be asked for and given back.
        returned: what the request under way gives back.
        agains: how often in a row the center has asked to ask again.
        present: the center does not know this PC any more, or not what it gave it last (one of the two was restored):
            the next request shows its credentials.
        put_off: the center has put off all that the last request brought of the outbox.
    """

    interval_s: float
    phase: Phase = Phase.RESTING
    batch: int = BATCH
    whole: int = WHOLE_IN_A_ROW
    failures: int = 0
    sent: int = 0
    pulled: int = 0
    early: bool = False
    compare: bool = False
    compared: bool = False
    repair: Repair = NOTHING
    returned: tuple[str, ...] = ()
    agains: int = 0
    present: bool = False
    put_off: bool = False


@dataclass(frozen=True, slots=True)
class Wake:
    """It is time; or there is new work, which is worth a try before its time but says nothing of the network."""

    new_work: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """The durable link, this epoch, the oldest part of the outbox, and what a comparison or a repair needs.

    Args:
        credentials: behind `returns`; a center that relays what others made sends those behind its outbox as well.
        documents: of a center: what the center above is to know of it.
        leases: of a PC: about its blocks of 文号.
        floor: by which the feed is read; None where this PC has not heeded all that was put away.
        fresh: nothing of the center's is here yet.
        case: number of the case that is asked for, "" for none.
    """

    link: Link
    own: OwnEpoch
    outbox: tuple[tuple[int, Event], ...]
    buckets: Mapping[str, IdSum] | None = None
    returns: tuple[Event, ...] = ()
    credentials: tuple[Signed, ...] = ()
    documents: tuple[Signed, ...] = ()
    sum: IdSum = EMPTY
    receipt: Signed | None = None
    leases: LeaseAsk | None = None
    floor: int | None = None
    fresh: bool = False
    case: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The center replied."""

    reply: ExchangeReply


@dataclass(frozen=True, slots=True)
class AppliedReply:
    """The reply is committed.

    Args:
        more: rows or queued events are left.
        pending: the center is about to rule on what was sent.
        again: nothing was taken in; the center expects another nonce, which is in the link now.
        differs: both sides do not have the same, though nothing is on its way.
        repair: what a comparison has found.
    """

    more: bool
    pending: bool = False
    again: bool = False
    differs: bool = False
    repair: Repair = NOTHING


@dataclass(frozen=True, slots=True)
class Failed:
    """The request did not come through, or its reply could not be applied.

    Args:
        code: of the StationError.
        retry_after_s: what the center asked for, if it did.
        jitter: 0.0 to 1.0, so that not all stations come back at once.
    """

    code: str
    retry_after_s: float | None = None
    jitter: float = 0.0


Input = Wake | Loaded | Answered | AppliedReply | Failed


@dataclass(frozen=True, slots=True)
class Load:
    """Read the link and at most `limit` events of the outbox: one more than a request takes, to know the last one.

    Args:
        buckets: the sums of the buckets are wanted too.
        owed: so are these events, with the credentials behind them.
        present: so are the credentials of this PC and its people.
    """

    limit: int
    buckets: bool = False
    owed: tuple[str, ...] = ()
    present: bool = False


@dataclass(frozen=True, slots=True)
class Send:
    """Send this to the center."""

    request: ExchangeRequest


@dataclass(frozen=True, slots=True)
class Apply:
    """Write this reply into the journal and commit.

    Args:
        returned: what the request has given back.
    """

    reply: ExchangeReply
    returned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing to do for so long, unless new work comes; `code` says why, "" when all is well."""

    seconds: float
    code: str = ""


Output = Load | Send | Apply | Rest


def step(state: State, happened: Input) -> tuple[State, tuple[Output, ...]]:
    """Return the next state and what to do. An input that does not fit the phase (a reply after a crash) is ignored."""
    if isinstance(happened, Failed):
        return _failed(state, happened)
    if isinstance(happened, Wake) and state.phase is Phase.RESTING:
        return _load(replace(state, early=happened.new_work))
    if isinstance(happened, Loaded) and state.phase is Phase.LOADING:
        return _ask(state, happened)
    if isinstance(happened, Answered) and state.phase is Phase.ASKING:
        statuses = happened.reply.statuses
        put_off = bool(statuses) and all(status.status == "waiting" for status in statuses)
        return replace(state, phase=Phase.APPLYING, put_off=put_off), (Apply(happened.reply, state.returned),)
    if isinstance(happened, AppliedReply) and state.phase is Phase.APPLYING:
        return _applied(state, happened)
    return state, ()


def _load(state: State) -> tuple[State, tuple[Output, ...]]:
    load = Load(state.batch + 1, state.compare, state.repair.owed[: _repaired_at_once(state)], state.present)
    return replace(state, phase=Phase.LOADING), (load,)


def _ask(state: State, loaded: Loaded) -> tuple[State, tuple[Output, ...]]:
    later = loaded.outbox[state.batch :]
    # What lies only here goes up first, and fetching waits until the last batch of the outbox, unless that is put off.
    pull_limit = 0 if later and not state.put_off else min(PULL_LIMIT, state.batch)
    now = replace(loaded, outbox=loaded.outbox[: state.batch])
    request = request_of(now, pull_limit, state.repair.wanted[: _repaired_at_once(state)])
    returned = tuple(event.event_id for event in loaded.returns)
    sent = max(len(request.events), len(request.returns), len(request.wanted))
    asking = replace(state, phase=Phase.ASKING, sent=sent, pulled=request.pull_limit, returned=returned)
    return asking, (Send(request),)


def request_of(loaded: Loaded, pull_limit: int, wanted: tuple[str, ...]) -> ExchangeRequest:
    """Return the request that brings all that was loaded, and asks for so many rows and for these events."""
    link, now = loaded.link, loaded.outbox
    return ExchangeRequest(
        epoch=loaded.own.epoch,
        incarnation=link.incarnation,
        cursor=link.cursor,
        first_link=now[0][0] if now else link.acked + 1,
        events=tuple(event for _, event in now),
        pull_limit=pull_limit,
        seq=loaded.own.seq,
        forked_from=loaded.own.forked_from,
        tag=loaded.own.tag,
        buckets=None if loaded.buckets is None else {b: (s.count, s.total) for b, s in loaded.buckets.items()},
        wanted=wanted,
        returns=loaded.returns,
        credentials=loaded.credentials,
        documents=loaded.documents,
        sum=(loaded.sum.count, loaded.sum.total),
        receipt=loaded.receipt,
        leases=loaded.leases,
        floor=loaded.floor,
        fresh=loaded.fresh,
        case=loaded.case,
    )


def _repaired_at_once(state: State) -> int:
    return min(REPAIR_AT_ONCE, state.batch)


def _applied(state: State, applied: AppliedReply) -> tuple[State, tuple[Output, ...]]:
    if applied.again:
        return _asked_again(state)
    calm = replace(_grown(_repaired(state, applied), applied), failures=0, agains=0, present=False)
    if applied.more or calm.compare or calm.repair != NOTHING:
        return _load(calm)
    pause = min(RULING_PAUSE_S, state.interval_s) if applied.pending else state.interval_s
    rested = replace(calm, phase=Phase.RESTING, compared=False)
    return rested, (Rest(pause, "ruling-pending" if applied.pending else ""),)


def _grown(state: State, applied: AppliedReply) -> State:
    """Return the state with a larger batch, where the line has shown that it may bear one."""
    # A request that brought nothing, and was told nothing, says nothing of what a batch would meet.
    whole = min(WHOLE_IN_A_ROW, state.whole + (1 if state.sent or applied.more else 0))
    batch = min(BATCH, state.batch * 2) if whole == WHOLE_IN_A_ROW else state.batch
    return replace(state, whole=whole, batch=batch)


def _asked_again(state: State) -> tuple[State, tuple[Output, ...]]:
    if state.agains >= MOST_AGAINS:
        return _failed(replace(state, agains=0), Failed("nonce-unknown"))
    # A center that was restored may have lost what it certified since.
    return _load(replace(state, agains=state.agains + 1, present=True))


def _repaired(state: State, applied: AppliedReply) -> State:
    """Return the state with what the last request repaired taken off, and what a comparison has found put on."""
    if state.compare:
        return replace(state, compare=False, compared=True, repair=applied.repair)
    done = _repaired_at_once(state)
    left = Repair(state.repair.wanted[done:], state.repair.owed[done:])
    return replace(state, compare=applied.differs and not state.compared, repair=left)


def _failed(state: State, failed: Failed) -> tuple[State, tuple[Output, ...]]:
    if failed.code == "batch-too-large" and state.sent > 1:
        return _load(_halved(state, state.sent))
    if failed.code == "device-unknown" and not state.present:
        return _load(replace(state, present=True))
    failures = max(1, state.failures + (0 if state.early else 1))
    doubled = 2.0 ** min(failures - 1, 10)
    # With a short interval (a demo, a test, a lively county) the first pauses are short as well.
    pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * doubled, state.interval_s * doubled)
    pause = max(pause, failed.retry_after_s or 0.0)
    resting = replace(state, phase=Phase.RESTING, failures=failures, compare=False, compared=False, repair=NOTHING)
    resting = replace(resting, present=False)
    if failed.code in _BY_THE_LINE:
        resting = replace(resting, whole=0)
        # What the line did not bear may have been the way back as well as the way there.
        most = max(state.sent, state.pulled)
        if failures > 1 and most > SMALL_BATCH:
            resting = _halved(resting, most)
    return resting, (Rest(pause * (1.0 + failed.jitter / 2), failed.code),)


def _halved(state: State, most: int) -> State:
    return replace(state, batch=max(1, most // 2))
