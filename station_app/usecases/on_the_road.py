"""A case on the road: since when, who can do what about it, and what is done at once for all that travel with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from station_app.domain.actions import action_named
from station_app.domain.batches import is_offered_in
from station_app.domain.case_cards import CaseQuery, Place
from station_app.domain.cases import Case, Offer
from station_app.domain.errors import StationError
from station_app.domain.organisations import Level, Organisation, Organisations
from station_app.domain.reclaims import locked_until, reclaim_requests
from station_app.exchange.writing import Draft
from station_app.usecases.ports import Book, Desk, Slice
from station_app.usecases.reference import reference_of
from station_app.usecases.run_action import BatchStep, append, case_draft, find_case, require_center
from station_app.usecases.times import day_of_stamp, local_day

Side = Literal["giver", "taker", "arbiter"]
_STEP_OF: Mapping[Side, str] = {"giver": "request_withdrawal", "taker": "accept_handover", "arbiter": "reclaim"}
# Of all that is asked back at a county, more than its arbiter will ever have before it.
_MOST_MATES = 500


@dataclass(frozen=True, slots=True)
class ReclaimRequest:
    """Who at the arbiter has asked for the reclaim, and when (UTC stamp); `mine`: this worker has."""

    actor: str
    at: str
    mine: bool


@dataclass(frozen=True, slots=True)
class RoadView:
    """A hand-over that is open, as one of the offices on its way sees it.

    Args:
        side: which of them this office is; the taker where it is the arbiter as well.
        days: of the calendar since it was handed over.
        to_phone: of the office that is to take it, "" where the directory of offices has none.
        arbiter: of whose level the center is that may reclaim it.
        opens_at: when the arbiter may reclaim it; None while no center has let the hand-over stand.
        is_open: that time has come.
        requests: those of the arbiter that were made for this hand-over.
        may: this worker has the role for what this side can do about it.
        mates: so many other cases are on the road with the same batch, as far as they are seen here.
    """

    side: Side
    days: int
    giver_name: str
    to_name: str
    to_phone: str
    arbiter: Level
    asked_back: bool
    opens_at: datetime | None
    is_open: bool
    requests: tuple[ReclaimRequest, ...]
    may: bool
    mates: int


def road_of(desk: Desk, book: Book, case: Case, actors: Mapping[str, str]) -> RoadView | None:
    """Return what is known of an open hand-over; None without one, or to an office that has no part in it.

    Args:
        actors: event id to the name of who wrote it.
    """
    offer, offices = case.custody.offer, reference_of(book).organisations
    side = _side(case, book.identity().org)
    if offer is None or side is None:
        return None
    opens = locked_until(case)
    me, to = desk.worker, _office(offices, offer.to)
    return RoadView(
        side=side,
        days=max(0, (local_day(desk.now()) - _handed_on(case, offer)).days),
        giver_name=_office(offices, case.custody.holder).name,
        to_name=to.name,
        to_phone=to.phone,
        arbiter=_office(offices, offer.arbiter).level,
        asked_back=offer.asked_back,
        opens_at=opens,
        is_open=opens is not None and opens <= desk.now(),
        requests=tuple(
            ReclaimRequest(actors.get(asked.event_id, ""), asked.claimed_at, asked.actor == me.person_id)
            for asked in reclaim_requests(case)
        ),
        may=bool(action_named(_STEP_OF[side]).roles & me.roles),
        mates=len(road_mates(book, case)),
    )


def road_mates(book: Book, case: Case) -> list[Case]:
    """Return the other cases that are on the road with the same batch, as far as this office sees them.

    An arbiter is not shown the batch, but each of its cases that was asked back.
    """
    batch_id = case.custody.offer.batch if case.custody.offer else None
    if not batch_id:
        return []
    batch = book.batch(batch_id)
    asked_back = CaseQuery(place=Place.ASKED_BACK)
    ids = (
        [line.case_id for line in batch.open_lines]
        if batch is not None
        else [placed.card.case_id for placed in book.case_slice(asked_back, Slice(None, _MOST_MATES))]
    )
    found = (book.case(case_id) for case_id in ids if case_id != case.case_id)
    return [mate for mate in found if mate is not None and is_offered_in(mate, batch_id)]


def act_on_mates_too(desk: Desk, case_id: str, code: str, form: Mapping[str, Any]) -> int:
    """Run an action on a case and, in the same transaction, on all that are on the road with it; return on how many.

    A mate that refuses the action is left as it is.

    Raises:
        StationError: why the case itself refuses it; then nothing is written.
    """
    action = action_named(code)
    with desk.open_book() as book:
        case = find_case(book, case_id)
        if action.online:
            require_center(book, desk)
        step = BatchStep(action, form, "", reference_of(book))
        drafts = [case_draft(desk, book, case, step), *_drafts(desk, book, road_mates(book, case), step)]
        append(desk, book, drafts)
        return len(drafts)


def _drafts(desk: Desk, book: Book, cases: Sequence[Case], step: BatchStep) -> list[Draft]:
    found: list[Draft] = []
    for case in cases:
        try:
            found.append(case_draft(desk, book, case, step))
        except StationError:
            continue
    return found


def _side(case: Case, org: str) -> Side | None:
    offer = case.custody.offer
    if offer is None:
        return None
    if case.custody.holder == org:
        return "giver"
    if offer.to == org:
        return "taker"
    return "arbiter" if offer.arbiter == org else None


def _handed_on(case: Case, offer: Offer) -> date:
    try:
        return date.fromisoformat(str(case.fields.get(f"handed_on:{case.custody.holder}")))
    except ValueError:
        return day_of_stamp(offer.offered_at)


def _office(offices: Organisations, code: str) -> Organisation:
    # One that this PC has not been told of: named by its code, below some county's center.
    return offices.get(code) if code in offices else Organisation(code, code, Level.COUNTY)
