"""What must be true (docs/sync.md, invariants): after each commit, and at rest."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from station_app.domain.case_cards import card_of
from station_app.domain.cases import Case
from station_app.exchange.authentic import ruling_of
from station_app.exchange.projection import batch_of, case_of
from station_app.protocol.event import Event
from station_app.usecases.reference import organisations_of, standpoint_of
from station_app.usecases.timeline import timeline
from tests.fakes import CenterTables, MemoryBook, StationTables
from tests.simulate.custody import Track, follow, undo
from tests.simulate.offices import LEVELS, Pc


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
        center: returns the center's tables as they are now.
        confirmed: every event whose save was confirmed, with the PC that made it.
    """

    center: Any
    confirmed: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    placed: set[tuple[str, str]] = field(default_factory=set)
    tracks: dict[str, Track] = field(default_factory=lambda: defaultdict(Track))
    ruled: dict[str, str] = field(default_factory=dict)
    last_ruling: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    late: int = 0
    not_accepted: int = 0

    # -- stations --------------------------------------------------------------------------------------------------

    def station_committed(self, pc: Pc, before: StationTables, after: StationTables) -> None:
        """Check what one transaction of a station changed."""
        require(len(after.events) >= len(before.events), "I1", f"{pc.name} lost events")
        require(len(after.outbox) >= len(before.outbox), "I7", f"{pc.name} deleted from its outbox")
        for event in islice(after.events.values(), len(before.events), None):
            if event.header.origin == pc.device:
                self.confirmed[event.event_id] = pc.name
            else:
                check_audience(pc, event)
        for event, _ in islice(after.held.values(), len(before.held), None):
            check_audience(pc, event)
        self._settled(pc, before, after)
        self._pulled(pc, before, after)

    def _settled(self, pc: Pc, before: StationTables, after: StationTables) -> None:
        center: CenterTables = self.center()
        for link, row in after.outbox.items():
            if not row.status or before.outbox.get(link) == row:
                continue
            if row.status in ("stored", "exists"):
                require(row.event_id in center.events, "I1", f"{pc.name} was told that {link} is stored")
            elif link not in after.rot:
                require(row.event_id in center.refused, "I1", f"{pc.name} was told that {link} is kept as refused")
            require(row.event_id in after.events, "I7", f"{pc.name} has no event for {link}")

    def _pulled(self, pc: Pc, before: StationTables, after: StationTables) -> None:
        was, now = before.settings["link"], after.settings["link"]
        if was.incarnation != now.incarnation:
            was = replace(was, cursor=0)
        for n in range(was.cursor + 1, now.cursor + 1):
            row = self.center().feed[pc.org, n]
            if row.subject is not None:
                here = True
            elif row.event_id:
                here = row.event_id in after.events or row.event_id in after.held
            else:
                here = row.document.payload in {d.signed.payload for d in after.documents.values()}
            require(here, "I5", f"{pc.name} went past row {n} without it")

    # -- the center ------------------------------------------------------------------------------------------------

    def center_committed(self, before: CenterTables, after: CenterTables) -> None:
        """Check what one transaction of the center changed."""
        require(len(after.events) >= len(before.events), "I1", "the center lost events")
        for (org, n), row in islice(after.feed.items(), len(before.feed), None):
            require(n == before.feed_heads.get(org, 0) + 1 or (org, n - 1) in after.feed, "I5", f"hole before {n}")
            if row.subject is not None:
                # Who has to forget a case gets all of it again when it comes to see it again.
                self.placed -= {(org, event.event_id) for event in after.subjects[row.subject[1]]}
            if row.event_id:
                require((org, row.event_id) not in self.placed, "I2", f"row {n} of {org} came before")
                self.placed.add((org, row.event_id))
        for event in islice(after.events.values(), len(before.events), None):
            ruling = ruling_of(event)
            if ruling is not None:
                self._ruled(event, ruling, after)

    def _ruled(self, event: Event, ruling: Any, after: CenterTables) -> None:
        case_id = event.header.subject_id
        number, previous = self.last_ruling.get(case_id, (0, None))
        require(ruling.number == number + 1 and ruling.previous == previous, "I3", f"rulings of {case_id} in disorder")
        makes_way = ruling.reason == "paper-stands" and self.ruled.get(ruling.event_id) == "accepted"
        require(makes_way or ruling.event_id not in self.ruled, "I2", f"{ruling.event_id} ruled twice")
        self.last_ruling[case_id] = (ruling.number, event.event_id)
        self.ruled[ruling.event_id] = ruling.verdict.value
        if ruling.verdict.value != "accepted":
            self.not_accepted += 1
            self.late += ruling.verdict.value == "late"
            fault = undo(self.tracks[case_id], after.events[ruling.event_id]) if makes_way else ""
            require(not fault, "I3", f"case {case_id}: {fault}")
            return
        fault = follow(self.tracks[case_id], after.events[ruling.event_id], ruling.number)
        require(not fault, "I3", f"case {case_id}: {fault}")


def check_audience(pc: Pc, event: Event) -> None:
    """I9: no office holds a body that is not for it."""
    header = event.header
    if event.body is None or header.org == pc.org or header.audience == "parties":
        return
    allowed = {"handling": ("township", "county", "city"), "supervision": ("county", "city")}.get(header.audience, ())
    require(LEVELS[pc.org] in allowed, "I9", f"{pc.name} holds the body of a {header.type} of {header.org}")


def check_at_rest(watch: Watch, center: CenterTables, pcs: list[Pc]) -> None:
    """Check everything that must hold once the network is up and all have exchanged until nothing moved."""
    for pc in pcs:
        _check_outbox(pc)
    _check_confirmed(watch, center, pcs)
    require(not center.unruled, "I8", "cases wait for a ruling at rest")
    for pc in pcs:
        _check_visible(pc, watch, center)
    _check_subjects(center, pcs)
    for track in watch.tracks.values():
        ends = [last for _, _, last in track.spans[:-1]]
        starts = [first for _, first, _ in track.spans[1:]]
        require(all(a < b for a, b in zip(ends, starts, strict=True)), "I3", "custody overlaps")


def _check_confirmed(watch: Watch, center: CenterTables, pcs: list[Pc]) -> None:
    stores = {pc.name: pc.store.tables for pc in pcs}
    for event_id, name in watch.confirmed.items():
        tables = stores[name]
        require(event_id in tables.events, "I1", f"{name} lost {event_id}")
        lost = {tables.outbox[link].event_id for link in tables.rot}
        require(
            event_id in center.events or event_id in center.refused or event_id in lost, "I1", f"center: {event_id}"
        )


def _check_outbox(pc: Pc) -> None:
    waiting = [link for link, row in pc.store.tables.outbox.items() if not row.status]
    require(not waiting, "I10", f"{pc.name} still has {waiting[:5]}, state {pc.state}")
    own = [e for e in pc.store.tables.events.values() if e.header.origin == pc.device]
    require(len(own) == len(pc.store.tables.outbox), "I7", f"{pc.name}: outbox and own events differ")


def _check_visible(pc: Pc, watch: Watch, center: CenterTables) -> None:
    tables = pc.store.tables
    book = MemoryBook(tables)
    in_outbox = {entry.subject_id: entry.code for entry in book.outbox_entries()}
    for row in tables.outbox.values():
        if row.status == "refused":
            require(row.code and in_outbox.get(row.subject_id), "I8", f"{pc.name}: refused without a reason")
            continue
        event = tables.events[row.event_id]
        case = tables.cases.get(row.subject_id)
        if event.header.grant is not None:
            require(row.event_id in watch.ruled, "I8", f"{pc.name}: nobody ruled on {event.header.type}")
        if watch.ruled.get(row.event_id, "accepted") != "accepted":
            assert case is not None
            require(case.not_standing.get(row.event_id), "I8", f"{pc.name}: not told about {event.header.type}")
            steps = {step.event_id: step for step in timeline(book, case)}
            require(steps[row.event_id].ruling and steps[row.event_id].reason, "I8", f"{pc.name}: timeline")
    _check_seen(pc, book, center)
    for event, code in tables.held.values():
        require(event.event_id not in center.events, "I4", f"{pc.name} holds a good event as {code}")


def _check_seen(pc: Pc, book: MemoryBook, center: CenterTables) -> None:
    """I9: an office is told of those below it and of nobody else, and never more than the center knows."""
    offices = organisations_of(book)  # type: ignore[arg-type]
    for org, at in book.seen_below().items():
        require(offices.is_below(org, pc.org), "I9", f"{pc.name} is told of {org}")
        latest = max(station.last_seen_at for station in center.stations.values() if station.org == org)
        require(at <= latest, "I9", f"{pc.name} is told that {org} came at {at}")


def _check_subjects(center: CenterTables, pcs: list[Pc]) -> None:
    for (kind, subject_id), viewers in center.viewers.items():
        stream = center.subjects[subject_id]
        wanted = {event.event_id for event in stream}
        expected: Any = batch_of(stream) if kind == "batch" else case_of(stream, "")
        for pc in (pc for pc in pcs if pc.org in viewers):
            tables = pc.store.tables
            refused = {row.event_id for row in tables.outbox.values() if row.status == "refused"}
            here = {event.event_id for event in tables.subjects.get(subject_id, ())} - refused
            require(here == wanted, "I4", f"{pc.name} and the center differ on {kind} {subject_id}")
            if kind == "batch":
                require(tables.batches.get(subject_id) == expected, "I13", f"{pc.name}: batch {subject_id}")
            elif expected is not None:
                seen = tables.cases.get(subject_id)
                same = seen is not None and _shown(seen, refused, pc.org) == _shown(expected, set(), pc.org)
                require(same, "I13", f"{pc.name}: case {subject_id}\n{seen}\n{expected}")
                assert seen is not None
                fresh = case_of(tables.subjects[subject_id], pc.device, MemoryBook(tables).refused_events())
                require(fresh == seen, "I13", f"{pc.name}: the projection of {subject_id} is not its fold")
                card = card_of(seen, standpoint_of(MemoryBook(tables)))  # type: ignore[arg-type]
                require(tables.cards[subject_id] == card, "I13", f"{pc.name}: the card of {subject_id} is not its own")


def _shown(case: Case, refused: set[str], org: str) -> Case:
    remarks = tuple(r for r in case.remarks if r.content.get("kind") != "opinion" or LEVELS[org] != "village")
    standing = {key: value for key, value in case.not_standing.items() if key not in refused}
    return replace(case, remarks=remarks, not_standing=standing)
