"""A batch that came before some of its cases: what is told of them, and that only those which have come are counted."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from station_app.domain.batches import Arrival, Batch, BatchLine
from station_app.ui.models.batch_rows import coming_table
from station_app.ui.models.count_sheet import CountSheet, Mark
from station_app.ui.models.hand_over_rows import batch_case_table
from station_app.ui.widgets.batch.count_view import CountView
from station_app.ui.widgets.theme import Theme
from station_app.usecases.batch_pages import BatchCase, BatchLineView, PaperCount
from tests.ui.painted import cut_texts

TODAY = date(2026, 11, 23)


def view_of(*arrivals: Arrival) -> BatchLineView:
    lines = tuple(BatchLine(f"case-{n}", f"{n:025d}", 1, ()) for n, _ in enumerate(arrivals))
    papers = (PaperCount("申请表", 0, 1),)
    cases = tuple(
        BatchCase(line.case_id, line.number, "李*", "临时救助", 1, papers, (), "", arrival)
        for line, arrival in zip(lines, arrivals, strict=True)
    )
    batch = Batch("batch-1", "5" * 26, "village", "township", "2026-11-23", "李𬭎", lines)
    return BatchLineView(batch, "示例一村", "沙坪镇", cases)


@pytest.fixture
def one_of_three_coming() -> BatchLineView:
    return view_of(Arrival.COMING, Arrival.HERE, Arrival.HERE)


def test_a_case_on_its_way_is_passed_over_and_takes_no_mark(one_of_three_coming: BatchLineView) -> None:
    sheet = CountSheet.of(one_of_three_coming)
    assert sheet.marked("case-0", Mark.COMPLETE) == sheet
    assert sheet.next_open("") == "case-1"
    assert "还在路上" in sheet.rows[0].words


def test_the_count_says_how_many_are_on_their_way_and_what_to_do(
    one_of_three_coming: BatchLineView, theme: Theme, qtbot: QtBot
) -> None:
    count = CountView(theme)
    qtbot.addWidget(count)
    count.resize(1100, 600)
    count.show()
    count.show_sheet(CountSheet.of(one_of_three_coming))
    said = "".join(label.text() for label in count.findChildren(QLabel) if label.isVisible())
    assert "这 3 件里有 1 件还在路上：材料还在上传，稍后自己会到，到了再点" in said
    count.go_to("case-0")
    assert not count.panel.complete.isEnabled()
    qtbot.waitUntil(lambda: not cut_texts(count))
    count.show_sheet(CountSheet.of(view_of(Arrival.HERE, Arrival.HERE, Arrival.HERE)))
    assert count.coming.isHidden()


def test_lists_tell_what_is_on_its_way_and_what_is_handed_over_no_more() -> None:
    coming, sent = coming_table(TODAY), batch_case_table()
    view = view_of(Arrival.COMING, Arrival.HERE, Arrival.GONE)
    coming.show_rows([view])
    sent.show_rows(view.cases)
    assert coming.index(0, 3).data() == "2 件\n1 件还没到"
    assert [sent.index(row, 3).data() for row in range(3)] == [
        "对方还没有清点",
        "对方还没有清点",
        "不再交接（收回或没有生效）",
    ]
