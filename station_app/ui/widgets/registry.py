"""The registry of pages, in menu order. A new page is one file, one line here, one help text."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from station_app.domain.organisations import Level
from station_app.domain.people import Role
from station_app.ui.models.page_names import DECIDE, DELIVER, FLEET, HAND_OVER, PACKAGES, RECEIVE, REGISTER, RESULTS
from station_app.ui.widgets.page import ABOVE_VILLAGE, EVERYWHERE, PageSpec
from station_app.ui.widgets.pages.case_page import CasePage
from station_app.ui.widgets.pages.cases_page import CasesPage
from station_app.ui.widgets.pages.county_wall import CountyWallPage
from station_app.ui.widgets.pages.decide_page import DecidePage
from station_app.ui.widgets.pages.deliver_page import DeliverPage
from station_app.ui.widgets.pages.fleet_page import FleetPage
from station_app.ui.widgets.pages.hand_over_page import HandOverPage
from station_app.ui.widgets.pages.instant_page import InstantPage
from station_app.ui.widgets.pages.outbox_page import OutboxPage
from station_app.ui.widgets.pages.packages_page import PackagesPage
from station_app.ui.widgets.pages.receive_page import ReceivePage
from station_app.ui.widgets.pages.register_page import RegisterPage
from station_app.ui.widgets.pages.results_page import ResultsPage
from station_app.ui.widgets.pages.settings_page import SettingsPage
from station_app.ui.widgets.pages.township_board import TownshipBoardPage
from station_app.ui.widgets.pages.village_home import VillageHomePage

_VILLAGE = frozenset({Level.VILLAGE})
_TOWNSHIP = frozenset({Level.TOWNSHIP})
_COUNTY = frozenset({Level.COUNTY})
_COUNTY_UP = frozenset({Level.COUNTY, Level.CITY})
_ADMINISTRATORS = frozenset({Role.ADMIN})
_COUNTER = frozenset({Role.AGENT, Role.CLERK})

ALL: tuple[PageSpec, ...] = (
    PageSpec("village_home", "首页", "home", _VILLAGE, VillageHomePage),
    PageSpec("township_board", "看板", "board", _TOWNSHIP, TownshipBoardPage),
    PageSpec("county_wall", "总览", "board", _COUNTY_UP, CountyWallPage),
    PageSpec("register", REGISTER, "register", EVERYWHERE, RegisterPage, roles=_COUNTER, shortcut="F7"),
    PageSpec("receive", RECEIVE[Level.TOWNSHIP], "receive", ABOVE_VILLAGE, ReceivePage, roles=_COUNTER),
    PageSpec("instant", "即办", "instant", ABOVE_VILLAGE, InstantPage),
    PageSpec("decide", DECIDE, "decide", ABOVE_VILLAGE, DecidePage),
    PageSpec("hand_over", HAND_OVER[Level.VILLAGE], "hand_over", _VILLAGE, HandOverPage, roles=_COUNTER),
    PageSpec("hand_over", HAND_OVER[Level.TOWNSHIP], "hand_over", _TOWNSHIP, HandOverPage, roles=_COUNTER),
    PageSpec("hand_over", HAND_OVER[Level.COUNTY], "hand_over", _COUNTY, HandOverPage, roles=_COUNTER),
    PageSpec("receive", RECEIVE[Level.VILLAGE], "receive", _VILLAGE, ReceivePage, roles=_COUNTER),
    PageSpec("deliver", DELIVER, "deliver", EVERYWHERE, DeliverPage, roles=_COUNTER),
    PageSpec("results", RESULTS, "results", ABOVE_VILLAGE, ResultsPage),
    PageSpec("cases", "查件", "search", EVERYWHERE, CasesPage, shortcut="F9"),
    PageSpec("case", "一件", "case", EVERYWHERE, CasePage, in_menu=False),
    PageSpec("outbox", "待上传", "outbox", EVERYWHERE, OutboxPage),
    PageSpec("packages", PACKAGES, "packages", EVERYWHERE, PackagesPage),
    PageSpec("fleet", FLEET, "fleet", _COUNTY_UP, FleetPage, roles=_ADMINISTRATORS),
    PageSpec("settings", "设置", "settings", EVERYWHERE, SettingsPage),
)

RECEIVE_PAGE = "receive"
"""Where a code of a 交接码单 belongs."""

SCAN_PAGES = {"case": ("case",), "batch": ("receive", "hand_over")}
"""Where a scanned number belongs when the open page has no use for it: the first of these that the edition has."""


INSTEAD = {"hand_over": "results"}
"""Where somebody looks who has not got a page: batches that go down are on another one."""


def specs_for(level: Level, roles: Collection[Role]) -> Sequence[PageSpec]:
    """Return the pages of an edition that a worker with these roles sees, in menu order."""
    return [spec for spec in ALL if level in spec.levels and (not spec.roles or spec.roles & set(roles))]
