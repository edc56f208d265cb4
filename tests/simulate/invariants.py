"""What must be true (docs/sync.md, invariants), checked after each commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from station_app.domain.fold import Ruling
from station_app.exchange.authentic import ruling_of
from station_app.exchange.ports import Link
from station_app.exchange.rulings import PAPER_STANDS
from station_app.protocol.event import Event
from station_app.protocol.exchange_records import OWN, FeedRow
from station_app.protocol.signed import Signed, read_document
from station_app.usecases.run_center import organisations_of
from station_app.usecases.serials import NOTED_DAYS
from station_app.usecases.times import local_day
from tests.fakes import MISSING, Change
from tests.simulate.custody import judge_of, replay
from tests.simulate.lapses import Lapse, Limit, limited_in
from tests.simulate.machines import Center, Pc
from tests.simulate.parties import parties_of, told_of_removals
from tests.simulate.tree import LEVELS


class ViolationError(AssertionError):
    """An invariant does not hold."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"{name}: {what}")
        self.name = name


def require(good: object, name: str, what: object) -> None:
    """Raise a violation of the invariant unless it is good."""
    if not good:
        raise ViolationError(name, str(what))


@dataclass
class Watch:
    """Looks at each commit of each store.

    Args:
        confirmed: every event whose save was confirmed, with the PC that made it.
        numbers: printed numbers, 文号 among them, with their case.
        ruled: verdicts by event, the last that was given.
        handed: hand-overs that were taken: accepts and reclaims that a center let stand, and none has set aside since.
        rotten: events that rotted on their author's disk before they were sent.
        unseen: steps that a rogue program has written on cases of which its PC shows only that they were forgotten.
        was_above: under whom each office was that has moved.
        limits: how far each revoked PC counts, and each worker whose account was closed.
        admitted: events beyond such a limit that two administrators have taken in.
        let_in: those that a center has taken in which had forgotten the limit, or what stood in their place.
        destroyed: events of which an injected fault has destroyed a copy.
        lapses: what each center that was set back had forgotten then.
        givers: PCs that had an event which their office gave back to a center, by center, office and event; by name,
            since two of one disk image have one key.
        furthest: to where the clock of each center has ever stood.
        came: when a PC of each office had last come, by what each center has ever noted.
        noted: since which day a PC wrote beside its journal last what it had printed, by the epoch and number that it
            had come to then.
        written: all that was ever in a journal with what it says, by subject and id.
    """

    centers: Mapping[str, Center]
    pcs: list[Pc]
    confirmed: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    ruled: dict[str, str] = field(default_factory=dict)
    handed: set[str] = field(default_factory=set)
    destroyed: dict[str, Event] = field(default_factory=dict)
    written: dict[str, dict[str, Event]] = field(default_factory=dict)
    rotten: set[str] = field(default_factory=set)
    unseen: set[str] = field(default_factory=set)
    was_above: dict[str, set[str]] = field(default_factory=dict)
    limits: dict[str, Limit] = field(default_factory=dict)
    admitted: set[str] = field(default_factory=set)
    let_in: set[str] = field(default_factory=set)
    lapses: dict[str, Lapse] = field(default_factory=dict)
    givers: dict[tuple[str, str, str], set[str]] = field(default_factory=dict)
    furthest: dict[str, datetime] = field(default_factory=dict)
    came: dict[tuple[str, str], str] = field(default_factory=dict)
    noted: dict[tuple[str, str, int], str] = field(default_factory=dict)
    late: int = 0
    not_accepted: int = 0
    superseded: int = 0

    def lapse(self, center: Center) -> Lapse:
        """Return what a center has forgotten, whether or not it has come back since."""
        return self.lapses.setdefault(center.org, Lapse())

    # -- stations --------------------------------------------------------------------------------------------------

    def station_committed(self, pc: Pc, change: Change) -> None:
        """Check what one transaction of a station changed."""
        for name, invariant in (("events", "I1"), ("outbox", "I7"), ("held", "I8")):
            table = getattr(change.tables, name)
            # What was held aside is kept as a good event, once it turns out to be one.
            good = change.tables.events if name == "held" else {}
            gone = [key for key in change.before[name] if key not in table and key not in good]
            require(not gone, invariant, f"{pc.name} deleted from {name}")
        for event_id, event in change.added("events"):
            if event.header.origin == pc.device and event_id not in self.confirmed:
                self.confirmed[event_id] = pc.name
            self._note(event)
        for _, _, event in change.changed("events"):
            self._note(event)
            check_audience(pc, event)
            self._check_reader(pc, event)
        for _, (event, _) in change.added("held"):
            check_audience(pc, event)
        self._check_epoch(pc, change)
        self._settled(pc, change)
        self._pulled(pc, change)
        self._forgot(pc, change)
        pc.note_saved()
        since = local_day(pc.clock()) - timedelta(days=NOTED_DAYS)
        self.noted[pc.name, pc.sidecar.epoch, pc.sidecar.seq] = f"{since:%y%m%d}"

    def _note(self, event: Event) -> None:
        if event.body is not None:
            self.written.setdefault(event.header.subject_id, {})[event.event_id] = event

    def _check_reader(self, pc: Pc, event: Event) -> None:
        """I9: what others say of a case or a batch comes only to offices to which it has been shown by then.

        A center's word on what an office has written itself comes to it in any case; and that contents were removed, to
        whoever may have some: who wrote in the case, or was ever offered it.
        """
        if event.body is None or event.header.org == pc.org:
            return
        written = self.written[event.header.subject_id]
        word = ruling_of(event)
        judged = written.get(word.event_id) if word is not None else None
        if judged is not None and judged.header.org == pc.org:
            return
        parties = parties_of(written.values(), self.furthest)
        if event.header.type == "body_removed":
            parties |= told_of_removals(written.values())
        require(pc.org in parties, "I9", f"{pc.name} reads a {event.header.type}, which is for {parties}")

    def _check_epoch(self, pc: Pc, change: Change) -> None:
        """I10: a PC that nobody has set back or cloned goes on in its epoch, whatever the network does to it.

        But where its center was set back and does not know that, it may have forgotten what it gave the PC last.
        """
        was, now = change.was("settings", "identity"), change.tables.settings["identity"]
        if was is MISSING or now.epoch == was.epoch:
            return
        forgotten = change.tables.settings["link"].incarnation in self.lapse(pc.boss).incarnations
        require(pc.was_set_back(was) or pc.twins > 1 or forgotten, "I10", f"{pc.name} was taken for a copy of itself")

    def _settled(self, pc: Pc, change: Change) -> None:
        center = pc.boss.store.tables
        for link, _, row in change.changed("outbox"):
            require(row.event_id in change.tables.events, "I7", f"{pc.name} has no event for {link}")
            if not row.status or row.event_id in self.lapse(pc.boss).events:
                continue
            if row.status in ("stored", "exists"):
                require(row.event_id in center.events, "I1", f"{pc.name} was told that {link} is stored")
            elif link not in change.tables.rot:
                kept = row.event_id in center.refused or row.event_id in self.admitted
                require(kept, "I1", f"{pc.name} was told that {link} is kept as refused")

    def _forgot(self, pc: Pc, change: Change) -> None:
        """I8: what came of a PC's own work on a case is shown there, so the case is forgotten only after that."""
        for (_, subject_id), _, obeyed in change.changed("revoked"):
            own = [row for row in change.tables.outbox.values() if row.subject_id == subject_id]
            waiting = [row.event_id for row in own if row.status not in ("stored", "exists")]
            require(obeyed is not True or not waiting, "I8", f"{pc.name} forgot {subject_id} before {waiting} was sent")

    def _pulled(self, pc: Pc, change: Change) -> None:
        was, now = change.was("settings", "link"), change.tables.settings["link"]
        if was is MISSING or was.incarnation != now.incarnation or pc.boss.is_unaware:
            return
        if pc.boss.setting("center")["incarnation"] != now.incarnation:
            # It has begun another numbering since it answered, and leaves nothing out in this one any more.
            return
        numbers = range(was.cursor + 1, now.cursor + 1)
        self._check_rows(pc, change, [n for n in numbers if n >= now.floor or not _is_left_out(pc, n, now.floor)])

    def _check_rows(self, pc: Pc, change: Change, numbers: Iterable[int]) -> None:
        tables, center = change.tables, pc.boss.store.tables
        for n in numbers:
            row = center.feed[pc.org, n]
            if row.subject is not None:
                # Whether it still holds, only the rows behind it say; what is shown in the end is checked at rest.
                here = True
            elif row.hop is not None:
                here = (row.event_id, row.hop[0]) in tables.hops
            elif row.event_id:
                here = row.event_id in tables.events or row.event_id in tables.held
                here = here or _is_of_copy(pc, row.event_id) or self._was_given_by_others(pc, row)
            else:
                here = row.document is None or _has_document(pc, row.document)
            require(here, "I5", f"{pc.name} went past row {n} without it")

    def _was_given_by_others(self, pc: Pc, row: FeedRow) -> bool:
        """Tell whether another PC of the office gave an event back to a restored center, or this one and lost it then.

        The office is told that it has what was given back; who lacks it gets it by comparing.
        """
        givers = self.givers.get((pc.boss.org, pc.org, row.event_id), set())
        return row.kind == OWN and (pc.name not in givers or row.event_id in pc.lost)

    # -- centers ---------------------------------------------------------------------------------------------------

    def center_committed(self, center: Center, change: Change) -> None:
        """Check what one transaction of a center changed."""
        self.furthest[center.org] = max(center.clock(), self.furthest.get(center.org, center.clock()))
        for _, _, station in change.changed("stations"):
            last = self.came.get((center.org, station.org), "")
            self.came[center.org, station.org] = max(last, station.last_seen_at)
        for name in ("events", "refusals", "outbox"):
            table = getattr(change.tables, name)
            require(all(key in table for key in change.before[name]), "I1", f"{center.name} deleted from {name}")
        self._check_feed(center, change)
        self._check_uplink(center, change)
        self._check_limits(center, change)
        chain = (center.device, change.tables.settings["center"]["epoch"])
        for _, event in change.added("events"):
            self._note(event)
            ruling = ruling_of(event) if (event.header.origin, event.header.epoch) == chain else None
            if ruling is not None and chain in change.before["heads"]:
                self._ruled(center, event, ruling)

    def _check_feed(self, center: Center, change: Change) -> None:
        feed = change.tables.feed
        for (org, n), row in change.added("feed"):
            require(n == 1 or (org, n - 1) in feed, "I5", f"{center.name}: hole before {n} of {org}")
            if row.kind == OWN:
                holders = {pc.name for pc in self.pcs if pc.org == org and row.event_id in pc.store.tables.events}
                self.givers[center.org, org, row.event_id] = holders
            require(row.kind != "new" or (org, row.event_id) in change.before["in_feed"], "I2", f"row {n} of {org}")

    def _check_uplink(self, center: Center, change: Change) -> None:
        for link, _, row in change.changed("outbox"):
            kept = row.status not in ("stored", "exists") or row.event_id in center.boss.store.tables.events
            require(kept or center.boss.restored, "I1", f"{center.name} was told that {link} is stored")
        was, now = change.was("settings", "uplink_link"), change.tables.settings.get("uplink_link")
        if was is MISSING or now is None or center.boss.is_unaware:
            return
        before, after = Link(**was), Link(**now)
        if {before.incarnation, center.boss.setting("center")["incarnation"]} != {after.incarnation}:
            return
        for n in range(before.cursor + 1, after.cursor + 1):
            row = center.boss.store.tables.feed[center.org, n]
            # What it had brought itself comes back as an id alone; who has forgotten that gets it by comparing. So does
            # who did not know as it asked that it was set back, of what it had written itself.
            is_own = _is_by(center, row.event_id)
            forgotten = (row.kind == OWN or is_own) and row.event_id in self.lapse(center).events
            here = row.event_id in change.tables.events or row.event_id in change.tables.refused or forgotten
            require(here or not row.event_id or row.hop, "I5", f"{center.name} went past row {n} without it")

    def _check_limits(self, center: Center, change: Change) -> None:
        """I3: what a revoked PC or a disabled worker writes later is taken in nowhere, so that it moves no case."""
        limited = limited_in(change.tables)
        for event_id, event in change.added("events"):
            for who in (event.header.origin, event.header.actor or ""):
                if who not in self.limits or self.limits[who].has(event) or event_id in self.admitted | self.let_in:
                    continue
                # A center that has forgotten the limit takes it in and passes it on; then a ruling sets it aside. One
                # that has the limit back and not yet what stood in a place (§11) can't tell the two apart.
                forgotten = who not in limited or self.limits[who].is_only_number_known(change, event)
                forgotten = forgotten and who in self.lapse(center).limits
                require(forgotten, "I3", f"{center.name} took in {event_id}, beyond the limit of {who}")
                self.let_in.add(event_id)

    def _ruled(self, center: Center, event: Event, ruling: Ruling) -> None:
        case_id = event.header.subject_id
        require(not center.healing, "I3", f"{center.name} ruled on {case_id} while it heals")
        # One round may have ruled more than this.
        stream = tuple(one for one in center.store.tables.subjects[case_id] if not _later(one, ruling))
        before = [one for one in stream if one is not event]
        words = [found for one in before if (found := ruling_of(one)) is not None]
        again = [word for word in words if word.event_id == ruling.event_id]
        # What makes way for a paper that has left the house has been accepted before; what stood beside the chain too.
        anew = [word for word in again if PAPER_STANDS not in (word.reason, ruling.reason)]
        # So may what was set aside for its base, which has come in after all; that word counts for nothing then.
        base = center.store.tables.events[ruling.event_id].header.base
        anew = [word for word in anew if word.reason != "base-refused" or base not in {one.event_id for one in before}]
        left_out = any(ruling.event_id[:8] in fault for fault in replay(before)[1])
        require(left_out or not anew, "I2", f"{ruling.event_id} ruled twice")
        require(ruling.event_id in center.store.tables.events, "I3", "a ruling on nothing")
        self._count(center.store.tables.events[ruling.event_id], ruling.verdict.value)
        if ruling.reason == PAPER_STANDS:
            # Of steps behind each other that make way for a paper, the later hangs in the air until its own ruling.
            return
        self._check_judge(center, stream, ruling)
        # What another center let stand before the two had heard of each other is no fault of this ruling.
        faults = replay(stream)[1]
        faults = [fault for fault in faults if fault not in replay(before)[1]] if faults else []
        require(not faults, "I3", f"case {case_id}: {faults}")

    def _count(self, judged: Event, verdict: str) -> None:
        self.ruled[judged.event_id] = verdict
        self.not_accepted += verdict != "accepted"
        self.late += verdict == "late"
        self.superseded += verdict == "superseded"
        op = (judged.effects or {}).get("custody", {}).get("op")
        if verdict == "accepted" and op in ("accept", "reclaim"):
            self.handed.add(judged.event_id)
        else:
            self.handed.discard(judged.event_id)

    def _check_judge(self, center: Center, stream: tuple[Event, ...], ruling: Ruling) -> None:
        """Look whether this center had the say: on the case as it stood before this ruling."""
        before = [event for event in stream if event.event_id != ruling.ruling_id and not _later(event, ruling)]
        track, _ = replay(before)
        judged = next(event for event in stream if event.event_id == ruling.event_id)
        with center.store.read() as book:
            offices = organisations_of(book)

        def home(org: str) -> str:
            found = offices.center_of(org) if org in offices else None
            return found.code if found else center.org

        if ruling.reason == "base-refused":
            # Only the center that refused the base knows that it never comes.
            return
        if ruling.reason == "content-removed":
            # Nobody can judge it by its contents; who removed them says so.
            removers = {home(event.header.org) for event in before if event.header.type == "body_removed"}
            require(center.org in removers, "I3", f"{center.name} ruled in place of {removers}")
            return
        judge = judge_of(track, judged, home)
        require(judge in ("", center.org), "I3", f"{center.name} ruled in place of {judge} on {judged.header.type}")


def _is_by(center: Center, event_id: str) -> bool:
    """Tell whether a county's center has written an event itself, as the one above it knows."""
    event = center.boss.store.tables.events.get(event_id)
    return event is not None and event.header.origin == center.device


def _is_left_out(pc: Pc, n: int, floor: int) -> bool:
    """Tell whether a row below the floor is left out, or was until what it brings was called back: that comes again."""
    tables = pc.boss.store.tables
    if 0 < tables.left_out.get((pc.org, n), 0) <= floor:
        return True
    event_id, head = tables.feed[pc.org, n].event_id, tables.feed_heads[pc.org]
    return any(tables.feed[pc.org, m].event_id == event_id for m in range(floor + 1, head + 1)) if event_id else False


def _has_document(pc: Pc, signed: Signed) -> bool:
    """Tell whether a PC has a document, or another of its number that a healed center publishes above, or has.

    What a center publishes before it knows that it was set back may have a number that was used before.
    """
    document, boss = read_document(signed), pc.boss.store.tables
    here = pc.store.tables.documents.get((document.kind, document.number))
    overtaken = any(kind == document.kind and number > document.number for kind, number in boss.documents)
    return here is not None and (here.signed.payload == signed.payload or pc.boss.healing or overtaken)


def _is_of_copy(pc: Pc, event_id: str) -> bool:
    """Tell whether a copy of this PC wrote an event: its twin, or itself before it was set back with its sidecar.

    Until the two are told apart it is told that it has what the other has written in their epoch (`own`); comparing
    brings it.
    """
    header, here = pc.boss.store.tables.events[event_id].header, pc.identity()
    return pc.may_repeat and (header.origin, header.epoch) == (pc.device, here.epoch)


def _later(event: Event, ruling: Ruling) -> bool:
    other = ruling_of(event)
    return other is not None and other.place > ruling.place


def check_audience(pc: Pc, event: Event) -> None:
    """I9: no office holds a body that is not for it."""
    header = event.header
    if event.body is None or header.org == pc.org or header.audience == "parties":
        return
    allowed = {"handling": ("township", "county", "city"), "supervision": ("county", "city")}.get(header.audience, ())
    require(LEVELS[pc.org] in allowed, "I9", f"{pc.name} holds the body of a {header.type} of {header.org}")
