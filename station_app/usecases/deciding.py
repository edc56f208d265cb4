"""What waits for a decision at this office, and settling a 即办件 in one go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from station_app.domain.action import check_may, fence
from station_app.domain.actions import action_named
from station_app.domain.case_cards import CaseQuery, Place
from station_app.domain.cases import Case, CaseState
from station_app.domain.errors import StationError
from station_app.domain.item_terms import Kind
from station_app.usecases.case_pages import CaseLine, lines_of
from station_app.usecases.ports import Book, Desk, Placed, Slice
from station_app.usecases.reference import office_of
from station_app.usecases.run_action import act_on_case

# Cards are read so many at a time; all of a queue are looked at, since the oldest may be the first to end.
_AT_ONCE = 500
# Whether a case is a 即办件 stands in the case itself. It is due at once, so it is among the first to end.
_MOST_READ = 500
# What a worker goes through in a day; what is left out ends later than what is shown.
MOST_SHOWN = 200
BEFORE_ACCEPTANCE = (CaseState.RECEIVED, CaseState.REGISTERED)


@dataclass(frozen=True, slots=True)
class Queue:
    """Cases that wait for one thing, the first to end first; `total` counts also those that are not in `lines`."""

    lines: tuple[CaseLine, ...]
    total: int


def to_accept(book: Book) -> Queue:
    """Return what this office holds, decides, and has not accepted."""
    return _queue(book, _in_hand(book, BEFORE_ACCEPTANCE))


def to_decide(book: Book) -> Queue:
    """Return what this office has accepted and not decided."""
    return _queue(book, _in_hand(book, (CaseState.ACCEPTED,)))


def instant_cases(book: Book) -> Queue:
    """Return the 即办件 that this office can settle now, whether accepted already or not."""
    placed = sorted(_in_hand(book, (*BEFORE_ACCEPTANCE, CaseState.ACCEPTED)), key=_first_to_end)
    looked_at = placed[:_MOST_READ]
    return _queue(book, [entry for entry in looked_at if _is_instant(book.case(entry.card.case_id))])


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a 即办件 is to be settled.

    Args:
        result: name and number of what is granted, "" for none.
        signed_by: who takes the result at once; "" leaves the delivery for later.
        method: how it is delivered (choices of the action).
    """

    result: str = ""
    signed_by: str = ""
    method: str = "in_person"


@dataclass(frozen=True, slots=True)
class Settled:
    """What was done, by the actions' labels; `failed` and why, where a step was refused.

    What was done before the refusal is saved and stands.
    """

    case: Case | None
    done: tuple[str, ...]
    failed: str = ""
    error: StationError | None = None


def steps_to_settle(case: Case, office: str, *, deliver: bool) -> tuple[str, ...]:
    """Return the actions that settle the case, one after the other; delivery is for the office that took it in."""
    accept = ("accept_application",) if case.state in BEFORE_ACCEPTANCE else ()
    at_once = ("deliver", "close") if deliver and case.origin_org == office else ()
    return (*accept, "grant", *at_once)


def settle(desk: Desk, case_id: str, steps: Sequence[str], how: Settlement) -> Settled:
    """Run the steps, each saved by itself; the first refusal ends it and is returned with what was done before."""
    forms: dict[str, dict[str, str]] = {
        "grant": {"result": how.result},
        "deliver": {"signed_by": how.signed_by, "method": how.method},
    }
    case: Case | None = None
    done: list[str] = []
    for code in steps:
        label = action_named(code).label
        try:
            case = act_on_case(desk, case_id, code, forms.get(code, {}))
        except StationError as error:
            return Settled(case, tuple(done), label, error)
        done.append(label)
    return Settled(case, tuple(done))


def _in_hand(book: Book, states: Iterable[CaseState]) -> list[Placed]:
    return [placed for state in states for placed in _all_here(book, state) if placed.card.decides]


def _all_here(book: Book, state: CaseState) -> Iterator[Placed]:
    query, position = CaseQuery(place=Place.HERE, state=state), None
    while page := book.case_slice(query, Slice(position, _AT_ONCE)):
        yield from page
        position = page[-1].position


def _queue(book: Book, placed: Sequence[Placed]) -> Queue:
    ordered = sorted(placed, key=_first_to_end)
    return Queue(lines_of(book, ordered[:MOST_SHOWN]), len(ordered))


def _first_to_end(placed: Placed) -> tuple[date, int]:
    clocks = placed.card.clocks
    return (clocks[0].due_on if clocks else date.max), placed.position


def _is_instant(case: Case | None) -> bool:
    return case is not None and case.item.get("kind") == Kind.INSTANT.value


def obstacle(desk: Desk, book: Book, case: Case, code: str) -> StationError | None:
    """Return why this worker can't run an action on a case now, None where nothing stands against it."""
    action, me = action_named(code), book.identity()
    try:
        check_may(action, case, desk.worker)
        fence(action, case, me.org, me.device)
        action.guard(case, office_of(book), desk.worker.person_id)
    except StationError as error:
        return error
    return None
