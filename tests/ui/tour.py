"""All pages of the four editions, each with something on it: what the tests and the pictures go through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from station_app.domain.cases import CaseState
from station_app.domain.numbers import case_number
from station_app.usecases.case_pages import CaseQuery, Place, cases_after
from station_app.usecases.ports import Book
from tests.reliability.place import ADMINISTRATORS, VILLAGES
from tests.ui import seeded, seeded_city

About = Callable[[Book], str]
# Of a case that was put away before this PC came.
NOT_HERE = case_number(VILLAGES[0], date(2024, 1, 15), 3, 12)


def nothing(_book: Book) -> str:
    """Open the page about nothing in particular."""
    return ""


def case_in(state: CaseState, place: Place = Place.ALL) -> About:
    """Open the page about the newest case in this state."""

    def about(book: Book) -> str:
        return cases_after(book, CaseQuery(state=state, place=place), None, 1).lines[0].case_id

    return about


def first_batch(book: Book) -> str:
    """Open the page about a batch that came."""
    me = book.identity().org
    return next(batch.batch_id for batch in book.batches() if batch.to_org == me and batch.open_lines)


@dataclass(frozen=True, slots=True)
class Stop:
    """A page as somebody sees it; `name` is that of its picture."""

    name: str
    home: str
    worker: str
    key: str
    about: About = nothing


STOPS = (
    Stop("village_home", "v1", seeded.AGENT, "village_home"),
    Stop("register", "v1", seeded.AGENT, "register"),
    Stop("hand_over", "v1", seeded.AGENT, "hand_over"),
    Stop("receive_results", "v1", seeded.AGENT, "receive", first_batch),
    Stop("deliver", "v1", seeded.AGENT, "deliver"),
    Stop("cases", "v1", seeded.AGENT, "cases"),
    Stop("case_not_here", "v1", seeded.AGENT, "cases", lambda _: f"query:{NOT_HERE}"),
    Stop("case_returned", "v1", seeded.AGENT, "case", case_in(CaseState.RETURNED)),
    Stop("case_granted", "v1", seeded.AGENT, "case", case_in(CaseState.GRANTED)),
    Stop("outbox", "v1", seeded.AGENT, "outbox"),
    Stop("packages", "v1", seeded.AGENT, "packages"),
    Stop("settings", "v1", seeded.AGENT, "settings"),
    Stop("township_board", "t", seeded.CLERK, "township_board"),
    Stop("receive", "t", seeded.CLERK, "receive", first_batch),
    Stop("instant", "t", seeded.CLERK, "instant"),
    Stop("decide_clerk", "t", seeded.CLERK, "decide"),
    Stop("decide_approver", "t", seeded.APPROVER, "decide"),
    Stop("forward", "t", seeded.CLERK, "hand_over"),
    Stop("results", "t", seeded.CLERK, "results"),
    Stop("case_received", "t", seeded.CLERK, "case", case_in(CaseState.RECEIVED)),
    Stop("county_wall", "k", seeded.COUNTY_CLERK, "county_wall"),
    Stop("county_receive", "k", seeded.COUNTY_CLERK, "receive", first_batch),
    Stop("county_decide", "k", seeded.COUNTY_APPROVER, "decide"),
    Stop("county_results", "k", seeded.COUNTY_CLERK, "results"),
    Stop("case_refused", "k", seeded.COUNTY_CLERK, "case", case_in(CaseState.REFUSED)),
    Stop("case_asked_back", "k", seeded.COUNTY_CLERK, "case", case_in(CaseState.REGISTERED, Place.ASKED_BACK)),
    Stop("case_on_the_road", "v1", seeded.AGENT, "case", case_in(CaseState.REGISTERED, Place.ON_THE_ROAD)),
    Stop("county_cases", "k", seeded.COUNTY_CLERK, "cases"),
    Stop("county_forward", "k", seeded.COUNTY_CLERK, "hand_over"),
    Stop("city_wall", "s", seeded_city.CITY_CLERK, "county_wall"),
    Stop("city_receive", "s", seeded_city.CITY_CLERK, "receive", first_batch),
    Stop("city_decide", "s", seeded_city.CITY_APPROVER, "decide"),
    Stop("city_results", "s", seeded_city.CITY_CLERK, "results"),
    Stop("city_cases", "s", seeded_city.CITY_CLERK, "cases"),
    Stop("city_case", "s", seeded_city.CITY_CLERK, "case", case_in(CaseState.GRANTED)),
    Stop("city_outbox", "s", seeded_city.CITY_CLERK, "outbox"),
)

# What shows nothing but where its center runs: for the pictures, and tests/ui/test_fleet_page.py.
ADMINISTRATION = (Stop("fleet", "k", ADMINISTRATORS[0], "fleet"),)
