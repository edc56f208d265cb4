"""What station and center say to each other in one exchange."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from station_app.domain.document_numbers import Block
from station_app.protocol.event import Event
from station_app.protocol.pc_note import PcNote
from station_app.protocol.signed import Signed

# Kinds of rows: with an event that came from whoever asks; with one of a case that an office sees now, or again.
OWN = "own"
BACKFILL = "backfill"
# Kinds of rows with a subject: one that the office sees no more; one that is done with and was silent for long.
REVOKE = "revoke"
PUT_AWAY = "put_away"


@dataclass(frozen=True, slots=True)
class LeaseAsk:
    """What a PC asks of its center about blocks of 文号.

    Args:
        wanted: series of which it has few numbers left.
        held: the blocks that it has in its epoch.
    """

    wanted: tuple[str, ...]
    held: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class LeaseGrant:
    """What the center says about blocks of 文号 to one epoch of a PC.

    Args:
        given: blocks that this epoch has and did not name.
        void: blocks that it named and that are another's: no number of them may be given any more.
    """

    epoch: str
    given: tuple[Block, ...] = ()
    void: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """What the center says of the case that a PC has asked for.

    Args:
        number: its 代办登记号.
        found: the asking office sees such a case; it comes by the feed.
    """

    number: str
    found: bool


@dataclass(frozen=True, slots=True)
class ExchangeRequest:
    """Hello, push and pull in one.

    Args:
        epoch: the epoch that the station writes in now.
        incarnation: the center's incarnation that `cursor` belongs to, "" before the first exchange.
        cursor: number of the last feed row that the station holds.
        first_link: outbox number of the first event; the others follow without a gap.
        events: at most a batch of the outbox, in order.
        pull_limit: at most so many feed rows in the reply.
        seq: the last event that the station wrote in its epoch; less than the center knows of means a restored backup.
        forked_from: the epoch that this one continues, "" for the first.
        tag: the two digits of this epoch, for a center that has lost its own record of it.
        buckets: bucket to (count, sum) of what the station has from its center, where the whole is not the same.
        wanted: ids of events that the center has for this office and the station lacks.
        returns: events that the center lacks, whoever made them.
        credentials: those behind `returns`, and behind `events` where a center relays what others made.
        documents: of a center, its own reference documents that the center above has not got yet; to a center that was
            restored, its own documents that it has lost.
        sum: (count, sum) of what the station has from its center and has given it.
        receipt: the center's word on more than it says to have: it has lost its memory.
        leases: about blocks of 文号; None where there is nothing to ask or to tell.
        floor: the floor by which the station reads the feed, 0 for none; None where it knows of none: then `sum` counts
            what was put away as well.
        fresh: nothing of the center's is here; the reply names the floor.
        case: 代办登记号 of a case that is asked for, "" for none.
        pc: what the PC tells of itself; None from a center, and from a program of before.
    """

    epoch: str
    incarnation: str
    cursor: int
    first_link: int
    events: tuple[Event, ...]
    pull_limit: int
    seq: int = 0
    forked_from: str = ""
    tag: int = 0
    buckets: Mapping[str, tuple[int, str]] | None = None
    wanted: tuple[str, ...] = ()
    returns: tuple[Event, ...] = ()
    credentials: tuple[Signed, ...] = ()
    documents: tuple[Signed, ...] = ()
    sum: tuple[int, str] = (0, "0")
    receipt: Signed | None = None
    leases: LeaseAsk | None = None
    floor: int | None = None
    fresh: bool = False
    case: str = ""
    pc: PcNote | None = None


@dataclass(frozen=True, slots=True)
class PushStatus:
    """What became of one pushed event: stored, exists, waiting, fork or refused; `code` says why."""

    link: int
    status: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One row of an office's feed.

    Args:
        n: position, without gaps in the incarnation.
        kind: new, backfill, ruling, own, document, receipt, revoke or put_away.
        event: for new, backfill, ruling; without its body where the office is not its audience.
        event_id: for own: the asking device made the event and holds it; for receipt: the event that went further.
        document: for document.
        subject: for revoke: (kind, id) of what the office sees no more; for put_away: of what is put away, None where
            that was in another incarnation.
        hop: for receipt: (office whose center has the event, UTC stamp).
    """

    n: int
    kind: str
    event: Event | None = None
    event_id: str = ""
    document: Signed | None = None
    subject: tuple[str, str] | None = None
    hop: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ExchangeReply:
    """The center's answer.

    Args:
        incarnation: of the center's feed numbering.
        nonce: to be named in the next request.
        center_time: the center's UTC clock, ISO 8601.
        link_head: last outbox number durably taken in, stored or refused.
        statuses: one for each event of the request.
        receipt: the center's signed word on `link_head` and `head`, absent when nothing was pushed and no row
            comes in the numbering that the request names.
        head: last row of this office's feed.
        rows: feed rows after the cursor, in order, contiguous.
        credentials: of every device and person who signed an event in `rows`.
        reset: the cursor belongs to another incarnation; ask again from 0.
        pending: events of this request still wait for their rulings; ask again soon.
        seen: (office, UTC stamp of its last exchange) of the offices below the asking one; empty where not asked for.
        again: nothing was taken in: the nonce was not the one expected. Ask again with the one given here.
        epoch_known: with `again`: the center knows the station's epoch; then this PC was restored or cloned.
        standing: why this PC gets no rows: `cloned`, `device-revoked`; "" as usual.
        healing: the center was restored and collects what it lost.
        tag: two digits of the epoch.
        sum: (count, sum) of what the center has for this office, where the rows reach `head`.
        differ: bucket to the ids that the center has in it, for buckets that are not the same.
        found: of the wanted events those that the center has.
        heard: to a center: number of its organisations document that this one has.
        numbers: while healing, and with `reset`: kind to number of the newest document that the center has.
        phone: (person, round, public key in hex) of the next code by telephone, for the workers of the asking PC.
        leases: about blocks of 文号; None where there is nothing to say.
        floor: to a fresh station: up to this row, those of what was put away are left out.
        case: about the case that is asked for; None where the center can't tell yet, or was not asked.
    """

    incarnation: str
    nonce: str
    center_time: str
    link_head: int
    statuses: tuple[PushStatus, ...]
    receipt: Signed | None
    head: int
    rows: tuple[FeedRow, ...]
    credentials: tuple[Signed, ...]
    reset: bool = False
    pending: bool = False
    seen: tuple[tuple[str, str], ...] = ()
    again: bool = False
    epoch_known: bool = False
    standing: str = ""
    healing: bool = False
    tag: int = 0
    sum: tuple[int, str] | None = None
    differ: Mapping[str, tuple[str, ...]] | None = None
    found: tuple[Event, ...] = ()
    heard: int = 0
    numbers: Mapping[str, int] = field(default_factory=dict)
    phone: tuple[tuple[str, int, str], ...] = ()
    leases: LeaseGrant | None = None
    floor: int | None = None
    case: CaseAnswer | None = None
