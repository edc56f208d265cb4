"""The first screen of each level: what waits, what runs out, how fresh it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from station_app.domain.batches import Batch, BatchKind
from station_app.domain.calendar import Calendar
from station_app.domain.case_cards import CaseQuery, Place
from station_app.domain.cases import CaseState
from station_app.domain.clocks import HANDOVER_WORKDAYS, KINDS
from station_app.domain.deadlines import Unit, due_on
from station_app.domain.organisations import Level, Organisation
from station_app.usecases.arrivals import waiting_batches
from station_app.usecases.case_pages import CaseLine, count_cases, lines_of
from station_app.usecases.ports import Book, CaseTally, ClockTally
from station_app.usecases.ready_cases import count_to_hand_over
from station_app.usecases.reference import Reference, reference_of
from station_app.usecases.set_aside import cases_to_look_at
from station_app.usecases.slips import cases_with_doubts
from station_app.usecases.times import local_day, read_stamp

# Handed over so many calendar days ago and nobody has taken it: worth a telephone call.
SILENT_DAYS = 7
# An office whose station last exchanged longer ago is shown as unknown, not as green: a working day and a night.
STALE_HOURS = 24
SOON_WORKDAYS = 2
_DUE_SOON_WORKDAYS = 1
_MOST_LINES = 20
# The kind of drafts that grow into cases; other forms keep theirs with the case they are about.
_TAKING_IN = "register"
_DECIDED = (CaseState.GRANTED, CaseState.REFUSED)


@dataclass(frozen=True, slots=True)
class DirectoryInForce:
    """The item directory in force, and the last year whose holidays are known; `number` 0 before there is one."""

    number: int
    version: str
    sample: bool
    calendar_until: int


@dataclass(frozen=True, slots=True)
class VillageHome:
    """What a village agent sees first.

    Args:
        to_hand_over: cases that this worker took in and that can be handed over now; `_all`: of the whole office.
        silent: handed over at least `SILENT_DAYS` ago and not taken, the longest first.
        due_soon: with a clock of ours that ends within a working day or has ended, the first to end first.
        drafts: cases that this worker has half taken in.
        set_aside: a step of ours does not stand, and nobody here has looked at it.
        papers_to_come: decisions whose papers were sent to us and that nobody has counted here.
    """

    to_hand_over: int
    to_hand_over_all: int
    returned: int
    to_deliver: int
    on_the_road: int
    silent: tuple[CaseLine, ...]
    above: int
    due_soon: tuple[CaseLine, ...]
    drafts: int
    set_aside: tuple[CaseLine, ...]
    reference: DirectoryInForce
    papers_to_come: int


@dataclass(frozen=True, slots=True)
class ClockCount:
    """The clocks of one kind that this office has to keep; `soon` ends within two working days after today."""

    kind: str
    label: str
    overdue: int
    today: int
    soon: int
    later: int
    provisional: int


@dataclass(frozen=True, slots=True)
class OfficeFreshness:
    """When an office last exchanged with the center, as the center told us; None: never, or not known here."""

    org: str
    name: str
    level: Level
    last_seen_at: datetime | None
    stale: bool


@dataclass(frozen=True, slots=True)
class Board:
    """What a township clerk sees first.

    Args:
        clocks: one of each kind, in the order in which they come in a case's life.
        to_accept: received here, ours to decide, not accepted yet.
        to_decide: accepted here.
        to_forward: ours to send up.
        results_home: decided here or above and not delivered yet.
        offices: directly below.
        own_sync_at: end of our own last complete exchange.
        set_aside: as in `VillageHome`.
        slip_doubts: came otherwise than a printed slip had it, and nobody here has looked at it.
        cases_to_come: in these batches; so are the decisions that come down.
    """

    clocks: tuple[ClockCount, ...]
    batches_to_come: int
    cases_to_come: int
    here: int
    to_accept: int
    to_decide: int
    to_forward: int
    results_home: int
    offices: tuple[OfficeFreshness, ...]
    own_sync_at: datetime | None
    set_aside: tuple[CaseLine, ...]
    reference: DirectoryInForce
    slip_doubts: tuple[CaseLine, ...] = ()


@dataclass(frozen=True, slots=True)
class WallRow:
    """The cases that came through one office below, counted where we have them.

    Args:
        on_the_road: on the way to us.
        longest_days: for how many days of the calendar the oldest of these has been, None without any.
        handed_too_long: it has been for longer than a hand-over may take (`HANDOVER_WORKDAYS`).
        here: received, not accepted.
        in_hand: accepted, not decided.
        soon: with at most two working days left; `today` and `overdue` are apart from it.
        decided_undelivered: decided, not delivered yet.
    """

    office: OfficeFreshness
    on_the_road: int
    here: int
    in_hand: int
    soon: int
    today: int
    overdue: int
    decided_undelivered: int
    longest_days: int | None = None
    handed_too_long: bool = False


@dataclass(frozen=True, slots=True)
class Wall:
    """What a county receiver sees first: a row for each office below, then one for our own counter if it has cases.

    Args:
        totals: the sums of the rows; its office is our own.
        asked_back: cases on the road below us that their office wants back and we may reclaim.
        set_aside: as in `VillageHome`.
        slip_doubts: came otherwise than a printed slip had it, and nobody here has looked at it.
    """

    rows: tuple[WallRow, ...]
    totals: WallRow
    asked_back: int
    set_aside: tuple[CaseLine, ...]
    own_sync_at: datetime | None
    reference: DirectoryInForce
    slip_doubts: tuple[CaseLine, ...] = ()


def village_home(book: Book, person_id: str, now: datetime) -> VillageHome:
    """Return a village agent's first screen."""
    reference, today = reference_of(book), local_day(now)
    soon = _workdays_after(today, _DUE_SOON_WORKDAYS, reference.calendar)
    return VillageHome(
        to_hand_over=count_cases(book, CaseQuery(place=Place.HERE, state=CaseState.REGISTERED, taken_by=person_id)),
        to_hand_over_all=count_to_hand_over(book),
        returned=count_cases(book, CaseQuery(place=Place.RETURNED)),
        to_deliver=count_cases(book, CaseQuery(place=Place.TO_DELIVER)),
        on_the_road=count_cases(book, CaseQuery(place=Place.ON_THE_ROAD)),
        silent=lines_of(book, book.silent_since(today - timedelta(days=SILENT_DAYS), _MOST_LINES)),
        above=count_cases(book, CaseQuery(place=Place.ABOVE)),
        due_soon=lines_of(book, book.due_until(soon, _MOST_LINES)),
        drafts=sum(draft.kind == _TAKING_IN for draft in book.drafts(person_id)),
        set_aside=_set_aside(book),
        reference=_in_force(reference),
        papers_to_come=_papers_in(waiting_batches(book)),
    )


def township_board(book: Book, now: datetime) -> Board:
    """Return a township clerk's first screen."""
    reference, today = reference_of(book), local_day(now)
    tally, coming = book.tally_cases(), waiting_batches(book)
    here = [entry for entry in tally if entry.place is Place.HERE]
    waiting = [entry for entry in here if entry.state in (CaseState.RECEIVED, CaseState.REGISTERED)]
    return Board(
        clocks=_clock_counts(book.tally_clocks(today, _workdays_after(today, SOON_WORKDAYS, reference.calendar))),
        batches_to_come=len(coming),
        cases_to_come=_sum(entry for entry in tally if entry.place is Place.INCOMING) + _papers_in(coming),
        here=_sum(here),
        to_accept=_sum(entry for entry in waiting if entry.decides),
        to_decide=_sum(entry for entry in here if entry.state is CaseState.ACCEPTED),
        to_forward=_sum(entry for entry in waiting if not entry.decides),
        results_home=_sum(entry for entry in tally if entry.state in _DECIDED),
        offices=_offices_below(book, reference, now),
        own_sync_at=_instant(book.sync_status().last_ok_at),
        set_aside=_set_aside(book),
        slip_doubts=_slip_doubts(book),
        reference=_in_force(reference),
    )


def county_wall(book: Book, now: datetime) -> Wall:
    """Return a county receiver's first screen."""
    reference, today = reference_of(book), local_day(now)
    tally = book.tally_cases()
    clocks = book.tally_clocks(today, _workdays_after(today, SOON_WORKDAYS, reference.calendar))
    own = _freshness(reference.organisations.get(book.identity().org), book.sync_status().last_ok_at, now)
    rows = [_wall_row(office, tally, clocks) for office in _offices_below(book, reference, now)]
    handed_on = book.longest_on_the_road()
    rows = [_with_road(row, handed_on.get(row.office.org, ""), today, reference.calendar) for row in rows]
    if any(not entry.branch for entry in tally):
        rows.append(_wall_row(own, [e for e in tally if not e.branch], [c for c in clocks if not c.branch], branch=""))
    asked_back = _sum(entry for entry in tally if entry.place is Place.ASKED_BACK)
    seen = (own.last_seen_at, _in_force(reference))
    return Wall(tuple(rows), _total(own, rows), asked_back, _set_aside(book), *seen, _slip_doubts(book))


def _wall_row(
    office: OfficeFreshness, tally: Sequence[CaseTally], clocks: Sequence[ClockTally], branch: str | None = None
) -> WallRow:
    through = office.org if branch is None else branch
    cases = [entry for entry in tally if entry.branch == through]
    here = [entry for entry in cases if entry.place is Place.HERE]
    ticking = [clock for clock in clocks if clock.branch == through]
    return WallRow(
        office=office,
        on_the_road=_sum(entry for entry in cases if entry.place is Place.INCOMING),
        here=_sum(entry for entry in here if entry.state in (CaseState.RECEIVED, CaseState.REGISTERED)),
        in_hand=_sum(entry for entry in here if entry.state is CaseState.ACCEPTED),
        soon=sum(clock.soon for clock in ticking),
        today=sum(clock.today for clock in ticking),
        overdue=sum(clock.overdue for clock in ticking),
        decided_undelivered=_sum(entry for entry in cases if entry.state in _DECIDED),
    )


def _with_road(row: WallRow, handed_on: str, today: date, calendar: Calendar) -> WallRow:
    try:
        day = date.fromisoformat(handed_on)
    except ValueError:
        # None is on the road, or what a faulty program wrote is no day.
        return row
    late = due_on(day, HANDOVER_WORKDAYS, Unit.WORKDAY, calendar).on < today
    return replace(row, longest_days=max(0, (today - day).days), handed_too_long=late)


def _total(own: OfficeFreshness, rows: Sequence[WallRow]) -> WallRow:
    return WallRow(
        office=own,
        on_the_road=sum(row.on_the_road for row in rows),
        here=sum(row.here for row in rows),
        in_hand=sum(row.in_hand for row in rows),
        soon=sum(row.soon for row in rows),
        today=sum(row.today for row in rows),
        overdue=sum(row.overdue for row in rows),
        decided_undelivered=sum(row.decided_undelivered for row in rows),
        longest_days=max((row.longest_days for row in rows if row.longest_days is not None), default=None),
        handed_too_long=any(row.handed_too_long for row in rows),
    )


def _clock_counts(tally: Sequence[ClockTally]) -> tuple[ClockCount, ...]:
    return tuple(
        ClockCount(
            kind=kind,
            label=label,
            overdue=sum(entry.overdue for entry in tally if entry.kind == kind),
            today=sum(entry.today for entry in tally if entry.kind == kind),
            soon=sum(entry.soon for entry in tally if entry.kind == kind),
            later=sum(entry.later for entry in tally if entry.kind == kind),
            provisional=sum(entry.provisional for entry in tally if entry.kind == kind),
        )
        for kind, (label, _) in KINDS.items()
    )


def _offices_below(book: Book, reference: Reference, now: datetime) -> tuple[OfficeFreshness, ...]:
    seen = book.seen_below()
    below = reference.organisations.children(book.identity().org)
    return tuple(_freshness(office, seen.get(office.code, ""), now) for office in below)


def _freshness(office: Organisation, seen_at: str, now: datetime) -> OfficeFreshness:
    last = _instant(seen_at)
    stale = last is None or now - last > timedelta(hours=STALE_HOURS)
    return OfficeFreshness(office.code, office.name, office.level, last, stale)


def _set_aside(book: Book) -> tuple[CaseLine, ...]:
    return lines_of(book, cases_to_look_at(book, _MOST_LINES))


def _slip_doubts(book: Book) -> tuple[CaseLine, ...]:
    return lines_of(book, cases_with_doubts(book, _MOST_LINES))


def _instant(text: str) -> datetime | None:
    return read_stamp(text) if text else None


def _in_force(reference: Reference) -> DirectoryInForce:
    document = reference.directory_document
    meta = document.content.get("meta", {}) if document else {}
    return DirectoryInForce(
        number=document.number if document else 0,
        version=str(meta.get("version", "")),
        sample=bool(meta.get("sample", False)),
        calendar_until=max(reference.calendar.years, default=0),
    )


def _papers_in(batches: Iterable[Batch]) -> int:
    return sum(len(batch.open_lines) for batch in batches if batch.kind is BatchKind.PAPERS)


def _workdays_after(today: date, count: int, calendar: Calendar) -> date:
    return due_on(today, count, Unit.WORKDAY, calendar).on


def _sum(entries: Iterable[CaseTally]) -> int:
    return sum(entry.count for entry in entries)
