"""What lists and boards need of a case without unfolding it: where it is for one office, its item, its clocks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from station_app.domain.authority import deciding_level
from station_app.domain.calendar import Calendar
from station_app.domain.cases import Case, CaseState
from station_app.domain.clocks import Clock, running
from station_app.domain.organisations import Organisations
from station_app.domain.reclaims import is_unlocked
from station_app.domain.removals import removed_words


class Place(StrEnum):
    """Where a case is, seen from one office; `ALL` holds every case, the others exclude each other but `RETURNED`.

    Lists and counts of `ASKED_BACK` leave out what is there too early (`is_asked_too_early`); counts have it at `ALL`.
    """

    ALL = "all"
    HERE = "here"
    ON_THE_ROAD = "on_the_road"
    INCOMING = "incoming"
    ASKED_BACK = "asked_back"
    ABOVE = "above"
    TO_DELIVER = "to_deliver"
    RETURNED = "returned"
    DONE = "done"


PLACE_LABELS = {
    Place.ALL: "全部",
    Place.HERE: "在手",
    Place.ON_THE_ROAD: "在途",
    Place.INCOMING: "待接收",
    Place.ASKED_BACK: "待核实",
    Place.ABOVE: "上级在办",
    Place.TO_DELIVER: "待送达",
    Place.RETURNED: "已退回",
    Place.DONE: "已办结",
}
# A clock that runs while a case is there is for this office to keep.
OURS_TO_KEEP = (Place.HERE, Place.TO_DELIVER)


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """Which cases a list shows.

    Args:
        text: as typed into the search box (domain/case_words.py says what it finds).
        taken_by: person id of who registered the case, "" for anybody.
        branch: the office directly below ours that the cases came through, "" for those taken in here, None for all.
    """

    text: str = ""
    state: CaseState | None = None
    place: Place = Place.ALL
    taken_by: str = ""
    branch: str | None = None


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Whose list it is, and what the office knows of organisations and working days; `calendar` None before both."""

    org: str
    organisations: Organisations
    calendar: Calendar | None


@dataclass(frozen=True, slots=True)
class CaseCard:
    """One case as a list shows it.

    Args:
        applicant: the name; of a case whose contents were removed, that and on what basis.
        place: the narrowest place, `ALL` where none fits; a returned case in our hands is `HERE`.
        decision: GRANTED or REFUSED as it was decided, delivered or not; None before.
        decides: this office's level decides the item.
        branch: the office directly below ours that the case came through, "" for one taken in here.
        offered_to: the office that is to take the case, "" where no offer is open.
        offered_on: local date of that offer, ISO, "" where none is open.
        taken_by: person id of who registered it.
        late: something was set aside by a ruling or refused by the center.
        clocks: what runs, the first to end first.
    """

    case_id: str
    number: str
    applicant: str
    item_code: str
    item_name: str
    state: CaseState
    decision: CaseState | None
    place: Place
    decides: bool
    branch: str
    holder: str
    offered_to: str
    offered_on: str
    opened_at: str
    taken_by: str
    provisional: bool
    late: bool
    clocks: tuple[Clock, ...]


def card_of(case: Case, seen_from: Standpoint) -> CaseCard:
    """Return the card of a case as one office sees it."""
    offer = case.custody.offer
    handed_on = case.fields.get(f"handed_on:{case.custody.holder}", "")
    return CaseCard(
        case_id=case.case_id,
        number=case.number,
        applicant=removed_words(case.removed) if case.removed else str(case.applicant.get("name", "")),
        item_code=str(case.item.get("code", "")),
        item_name=str(case.item.get("name", "")),
        state=case.state,
        decision=case.decision,
        place=place_of(case, seen_from),
        decides=_decides(case, seen_from),
        branch=_branch(case.origin_org, seen_from),
        holder=case.custody.holder,
        offered_to=offer.to if offer else "",
        offered_on=str(handed_on) if offer else "",
        opened_at=case.opened_at,
        taken_by=case.opened_by,
        provisional=case.provisional,
        late=bool(case.not_standing),
        clocks=running(case, seen_from.organisations, seen_from.calendar) if seen_from.calendar else (),
    )


def place_of(case: Case, seen_from: Standpoint) -> Place:
    """Return where the case is for this office."""
    if case.state is CaseState.CLOSED:
        return Place.DONE
    custody, org = case.custody, seen_from.org
    if custody.ended:
        owed = case.state in (CaseState.GRANTED, CaseState.REFUSED) and case.open_obligation("deliver", org)
        return Place.TO_DELIVER if owed else Place.ALL
    if custody.holder == org:
        return Place.HERE if custody.offer is None else Place.ON_THE_ROAD
    if custody.offer is not None and custody.offer.to == org:
        return Place.INCOMING
    if case.waits_for(org):
        return Place.ASKED_BACK
    return Place.ALL if _branch(custody.holder, seen_from) else Place.ABOVE


def is_asked_too_early(case: Case, org: str, now: str) -> bool:
    """Tell whether a case at `ASKED_BACK` is not to be listed there yet: nobody has asked, and its lock is not over.

    Who does not see it for good was asked, or shown it by its center when nobody had answered for too long.

    Args:
        now: UTC stamp, "" where it is not known.
    """
    offer = case.custody.offer
    if offer is None or offer.asked_back or org not in case.viewers:
        return False
    return not now or not is_unlocked(case, now)


def _branch(org: str, seen_from: Standpoint) -> str:
    if org not in seen_from.organisations:
        return ""
    line = [org, *(above.code for above in seen_from.organisations.ancestors(org))]
    return line[line.index(seen_from.org) - 1] if seen_from.org in line[1:] else ""


def _decides(case: Case, seen_from: Standpoint) -> bool:
    if seen_from.org not in seen_from.organisations:
        return False
    try:
        return deciding_level(case.item) is seen_from.organisations.get(seen_from.org).level
    except (KeyError, ValueError):
        # The item of a faulty or newer program: the case is listed all the same.
        return False
