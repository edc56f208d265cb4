"""What a center holds that matters to a push, who pushes, and the plan of what to write and to answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from station_app.domain.organisations import Organisations
from station_app.exchange.authentic import Credentials
from station_app.exchange.limits import Limits
from station_app.exchange.ports import Head, Placement, Refusal, Subject
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import PushStatus


@dataclass(frozen=True, slots=True)
class IntakeView:
    """What the center holds that matters to one push.

    Args:
        link_head: last outbox number taken in under the epoch that asks.
        heads: the chains that the events belong to.
        chains: those of the pusher that are known, without an event here as well.
        seqs: number in its chain of each event held, as far as the push names them or builds on them.
        refused: events refused before, the heads of the chains among them, with the reason, by id.
        viewers: of the subjects that exist.
        lamport: the highest that the center has seen.
        organisations: the offices in force.
        known: credentials of the signers.
        limits: how far the events of revoked PCs and disabled workers count.
        healing: the center collects what it has lost; what an event goes on with may come after it.
        restored: the center was restored once; of what it lost something may still come.
        taken: places in which an event is here, of the PCs of pushed events that a limit concerns.
        brought: places behind the head of the chain that asks, in which an event is here that others gave back.
        tombstones: numbers of the pusher's outbox at which something was refused, where an event may come behind that.
        bodiless: events held without their body: who gave them back was not the audience of it. Not those whose body
            was removed.
        streams: what is held of subjects that an event seems to begin once more, or whose author does not see them.
    """

    link_head: int
    heads: Mapping[tuple[str, str], Head]
    seqs: Mapping[str, int]
    refused: Mapping[str, str]
    viewers: Mapping[Subject, tuple[str, ...]]
    lamport: int
    organisations: Organisations
    known: Credentials
    limits: Limits = field(default_factory=Limits)
    bodiless: Collection[str] = ()
    chains: Collection[tuple[str, str]] = ()
    healing: bool = False
    restored: bool = False
    taken: Collection[tuple[str, str, int]] = ()
    brought: Collection[tuple[str, str, int]] = ()
    tombstones: Collection[int] = ()
    streams: Mapping[str, Sequence[Event]] = field(default_factory=dict)

    def held(self, plan: IntakePlan, event: Event) -> list[Event]:
        """Return what is held, or is about to be, of the subject of such an event."""
        about = (*self.streams.get(event.header.subject_id, ()), *plan.stored)
        return [other for other in about if other.header.subject == event.header.subject]


@dataclass
class IntakePlan:
    """What to write, in one transaction, and what to answer.

    Args:
        known: what is held or was refused, by id: "" or the code.
        forked: a place of the chain under which it comes was found to have two events: this PC was restored or cloned.
        reviews: events on which a person has to look, with the reason.
        widened: subjects of which others know from now on too: their opening came after what goes on with it.
        filled: events held whose body has come now.
        released: events taken in now that had been refused.
        damaged: the numbers of the outbox at which damaged bytes came, or something was refused before.
    """

    statuses: list[PushStatus] = field(default_factory=list)
    stored: list[Event] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    heads: dict[tuple[str, str], Head] = field(default_factory=dict)
    seqs: dict[str, int] = field(default_factory=dict)
    viewers: dict[Subject, tuple[str, ...]] = field(default_factory=dict)
    placements: list[Placement] = field(default_factory=list)
    unruled: list[str] = field(default_factory=list)
    link_head: int = 0
    known: dict[str, str] = field(default_factory=dict)
    forked: bool = False
    reviews: dict[str, str] = field(default_factory=dict)
    filled: list[Event] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    widened: dict[Subject, tuple[str, ...]] = field(default_factory=dict)
    damaged: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Pusher:
    """Who pushes: a PC under its present epoch; `review` is why a person has to look at its custody events."""

    device: str
    epoch: str
    review: str = ""
