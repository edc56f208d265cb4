"""The long list: which part is asked for, one request at a time, only the newest wish, and no jump on news."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from sqlalchemy import Engine

from station_app.domain.case_cards import CaseQuery, Place
from station_app.domain.cases import STATE_LABELS, CaseState
from station_app.ui.models import case_rows
from station_app.ui.models.case_cells import COLUMNS
from station_app.ui.models.case_rows import CELL_ROLE, ON_ITS_WAY, CaseRows
from station_app.ui.models.paging import PAGE, Cut, cut_for
from station_app.ui.presenters.case_search import CaseSearch, count_text, empty_text
from station_app.ui.tokens import Tone
from station_app.ui.workplace import Workplace
from station_app.usecases.case_pages import CaseLine
from tests.bench.case_list import workplace
from tests.bench.cases import fill, open_station

CASES = 730
LENGTH = 10_000


def line(position: int) -> CaseLine:
    """Return a line that is told apart by its position."""
    return CaseLine(
        position, "c", "5" * 25, "李𬭎", "临时救助", CaseState.RECEIVED, None, "o", "沙坪镇", "", None,
        date(2026, 11, 23), None, provisional=False, late=False,
    )  # fmt: skip


def page_of(number: int) -> list[CaseLine]:
    """Return a page of a list in which the row below has the position below."""
    return [line(LENGTH - row) for row in range(number * PAGE, (number + 1) * PAGE)]


def highest(page: int) -> int:
    """Return the position of a page's first row."""
    return page_of(page)[0].position


def lowest(page: int) -> int:
    """Return the position of a page's last row."""
    return page_of(page)[-1].position


@pytest.mark.parametrize(
    ("page", "known", "cut"),
    [
        (0, [], Cut(True, None, 0, PAGE)),
        (3, [0], Cut(True, lowest(0), 2 * PAGE, PAGE)),
        (1, [0, 3], Cut(True, lowest(0), 0, PAGE)),
        (4, [5], Cut(False, highest(5), 0, PAGE)),
        (LENGTH // PAGE - 1, [0], Cut(False, None, 0, PAGE)),
        (60, [0, 58], Cut(True, lowest(58), PAGE, PAGE)),
    ],
)
def test_the_way_to_a_page_begins_at_the_nearest_row_that_is_known(page: int, known: list[int], cut: Cut) -> None:
    assert cut_for(page, {number: page_of(number) for number in known}, LENGTH, is_whole=True) == cut


def test_the_bottom_of_a_list_that_goes_on_is_no_place_to_start_from() -> None:
    assert cut_for(99, {0: page_of(0), 1: []}, LENGTH, is_whole=False) == Cut(True, lowest(0), 98 * PAGE, PAGE)


def test_the_last_page_is_as_long_as_what_is_left() -> None:
    assert cut_for(2, {}, 2 * PAGE + 30, is_whole=True) == Cut(False, None, 0, 30)


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A county's journal with some hundred cases."""
    engine = open_station(tmp_path_factory.mktemp("many"))
    fill(engine, CASES)
    yield engine
    engine.dispose()


@pytest.fixture
def many(journal: Engine, qtbot: QtBot) -> Iterator[Workplace]:
    """A place over these cases."""
    place = workplace(journal)
    yield place
    qtbot.waitUntil(lambda: place.jobs.idle)
    place.jobs.close()


@pytest.fixture
def rows(many: Workplace, qtbot: QtBot) -> CaseRows:
    """The list of all of them, its first page here."""
    found = CaseRows(many)
    found.seek(CaseQuery())
    qtbot.waitUntil(lambda: found.is_quiet)
    return found


def position(rows: CaseRows, row: int, qtbot: QtBot) -> int:
    """Return the position of the case in a row, once it is here."""
    rows.index(row, 0).data()
    qtbot.waitUntil(lambda: rows.line(row) is not None)
    found = rows.line(row)
    assert found is not None
    return found.position


def test_the_model_is_one(rows: CaseRows, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(rows)


def test_every_row_of_a_long_list_is_the_right_one(rows: CaseRows, qtbot: QtBot) -> None:
    assert rows.rowCount() == CASES
    wanted = (0, CASES - 1, 350, 99, 100, 420, 699, 610, 205)
    assert [position(rows, row, qtbot) for row in wanted] == [CASES - row for row in wanted]


def test_a_row_on_its_way_shows_a_placeholder_and_then_itself(rows: CaseRows, qtbot: QtBot) -> None:
    index = rows.index(500, 1)
    with qtbot.waitSignal(rows.dataChanged):
        assert index.data() == ON_ITS_WAY
    assert index.data() != ON_ITS_WAY


def test_only_the_newest_wishes_are_fetched(rows: CaseRows, qtbot: QtBot) -> None:
    for row in (150, 250, 350, 450, 550, 650):
        rows.index(row, 0).data()
    qtbot.waitUntil(lambda: rows.is_quiet)
    here = [row for row in (150, 250, 350, 450, 550, 650) if rows.line(row) is not None]
    # The first was asked for at once, and of those that came meanwhile the last two.
    assert here == [150, 550, 650]


def test_a_new_query_supersedes_the_one_before(rows: CaseRows, qtbot: QtBot) -> None:
    shown: list[CaseQuery] = []
    rows.found.connect(lambda: shown.append(rows.query))
    for text in ("王", "李", "王秀"):
        rows.seek(CaseQuery(text))
    qtbot.waitUntil(lambda: rows.is_quiet)
    assert shown == [CaseQuery("王秀")]
    assert all("王" in rows.index(row, 1).data() for row in range(rows.rowCount()))


def test_the_old_list_stays_until_the_new_one_is_here(rows: CaseRows, qtbot: QtBot) -> None:
    rows.seek(CaseQuery("王"))
    assert rows.rowCount() == CASES
    qtbot.waitUntil(lambda: rows.is_quiet)
    assert 0 < rows.rowCount() < CASES


def test_a_place_is_counted_behind_its_first_page(rows: CaseRows, qtbot: QtBot) -> None:
    counts: list[int] = []
    rows.found.connect(lambda: counts.append(rows.rowCount()))
    rows.counted.connect(lambda: counts.append(rows.rowCount()))
    rows.seek(CaseQuery(place=Place.DONE))
    qtbot.waitUntil(lambda: len(counts) == 2)
    assert PAGE == counts[0] < counts[1] < CASES


def test_news_come_on_top_and_nothing_blinks(rows: CaseRows, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    before = position(rows, 350, qtbot)
    # As if three cases had come: what the list knows are older ones then.
    monkeypatch.setattr(case_rows, "count_cases", lambda _book, _query: CASES + 3)
    rows.refresh()
    qtbot.waitUntil(lambda: rows.rowCount() == CASES + 3)
    found = rows.line(353)
    assert found is not None
    assert found.position == before
    assert rows.index(353, 1).data() == found.applicant


def test_a_refresh_while_the_first_page_is_on_its_way_loses_nothing(many: Workplace, qtbot: QtBot) -> None:
    found = CaseRows(many)
    found.seek(CaseQuery())
    found.refresh()
    qtbot.waitUntil(lambda: found.is_quiet and found.rowCount() > 0)
    assert found.line(0) is not None


def test_a_cell_is_read_aloud_whole(rows: CaseRows) -> None:
    number = next(section for section, column in enumerate(COLUMNS) if column.title == "登记号")
    index, first = rows.index(0, number), rows.line(0)
    assert first is not None
    assert index.data() == f"{first.number[12:18]} {first.number[18:]}"
    assert index.data(CELL_ROLE).is_strong
    assert index.data(3).replace(" ", "") == first.number
    assert index.data(11).startswith("登记号：")


def test_cells_say_state_road_and_year() -> None:
    today = date(2026, 11, 23)
    cells = {column.title: column.cell for column in COLUMNS}
    plain = line(1)
    assert cells["状态"](plain, today).tone is Tone.INFO
    assert cells["期限"](plain, today).text == "—"
    assert cells["收件"](plain, today).below == ""
    assert cells["收件"](plain, date(2027, 1, 1)).below == "2026年"


@pytest.mark.parametrize("state", [CaseState.DELIVERED, CaseState.CLOSED])
@pytest.mark.parametrize(
    ("decision", "word"), [(CaseState.GRANTED, ("准予", Tone.GOOD)), (CaseState.REFUSED, ("不予", Tone.BAD))]
)
def test_what_became_of_a_case_stands_below_its_state(
    state: CaseState, decision: CaseState, word: tuple[str, Tone]
) -> None:
    over = replace(line(1), state=state, decision=decision, provisional=True)
    cells = {column.title: column.cell(over, date(2026, 11, 23)) for column in COLUMNS}
    assert (cells["状态"].below, cells["状态"].below_tone) == word
    assert cells["状态"].spoken == f"{STATE_LABELS[state]}，{word[0]}"
    assert cells["现在在哪"].below == "等中心确认"


def test_a_decision_that_is_the_state_is_not_said_twice() -> None:
    decided = replace(line(1), state=CaseState.REFUSED, decision=CaseState.REFUSED, provisional=True)
    cell = COLUMNS[0].cell(decided, date(2026, 11, 23))
    assert (cell.text, cell.below) == ("不予", "等中心确认")


def test_the_search_takes_what_other_pages_ask_for() -> None:
    search = CaseSearch()
    asked: list[CaseQuery] = []
    search.changed.connect(asked.append)
    for about in ("", "place:to_deliver", "state:granted", "query:李", "place:nowhere"):
        search.open(about)
    assert asked == [
        CaseQuery(), CaseQuery(place=Place.TO_DELIVER), CaseQuery(state=CaseState.GRANTED), CaseQuery("李"),
        CaseQuery("place:nowhere"),
    ]  # fmt: skip


def test_typing_is_waited_out(qtbot: QtBot) -> None:
    search = CaseSearch()
    asked: list[str] = []
    search.changed.connect(lambda query: asked.append(query.text))
    for text in ("l", "lx", "lxy"):
        search.type(text)
    qtbot.waitUntil(lambda: search.is_settled)
    assert asked == ["lxy"]


@pytest.mark.parametrize("place", list(Place))
def test_an_empty_list_says_what_to_do(place: Place) -> None:
    assert empty_text(CaseQuery(place=place)).endswith("。")
    assert "在全部里找" in empty_text(CaseQuery("李", place=Place.DONE))
    assert "首字母" in empty_text(CaseQuery("李"))
    assert empty_text(CaseQuery(state=CaseState.CLOSED)) == "没有这个状态的件。"
    assert "换" in empty_text(CaseQuery(state=CaseState.CLOSED, place=Place.HERE))


def test_a_count_has_groups_of_digits_and_owns_up_to_its_bound() -> None:
    assert count_text(1_000_000, is_whole=True) == "共 1,000,000 件"
    assert count_text(10_000, is_whole=False).startswith("超过 10,000 件")
