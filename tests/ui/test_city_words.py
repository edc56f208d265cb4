"""At a city's PC every page opens, and what it says of its center is about the city's, not a county's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from station_app.domain.errors import StationError
from station_app.domain.organisations import Level
from station_app.ui.background import Jobs, Lane
from station_app.ui.ports import Exchanged, PcCard
from station_app.ui.presenters.entering import Face
from station_app.ui.widgets.gate import Gate
from station_app.ui.widgets.theme import Theme
from station_app.ui.widgets.workspace import Workspace
from station_app.ui.workplace import Workplace
from station_app.usecases.ports import SyncStatus
from tests.ui import seeded_city
from tests.ui.conftest import SetUp
from tests.ui.gate_hands import FakeStation

WORKERS = (seeded_city.CITY_CLERK, seeded_city.CITY_APPROVER)


def said(widget: QWidget) -> str:
    """Return all that stands in labels, seen or not, and in what comes up over them."""
    QApplication.processEvents()
    return "\n".join(f"{label.text()}\n{label.toolTip()}" for label in widget.findChildren(QLabel))


@pytest.mark.parametrize("worker", WORKERS)
def test_every_page_of_the_city_opens_and_speaks_of_the_citys_center(
    worker: str, sit_down: SetUp, theme: Theme, qtbot: QtBot, idle: Callable[[Workplace], None]
) -> None:
    place = sit_down("s", worker)
    place.session = replace(place.session, exchange=lambda _early: Exchanged(0, 0, 0, "device-revoked", 60.0))

    def revoke() -> None:
        with place.session.desk.open_book() as book:
            book.save_sync_status(SyncStatus("device-revoked", {}, "2026-11-23T04:00:00Z", "2026-11-23T03:00:00Z"))

    place.jobs.submit(Lane.DB, revoke, owner=place, done=lambda _: None)
    idle(place)
    workspace = Workspace(place, theme)
    qtbot.addWidget(workspace)
    workspace.show()
    with qtbot.waitSignal(workspace.syncing.shown):
        place.changed.emit()
    for key in workspace.page_keys:
        workspace.show_page(key, "")
        idle(place)
        place.jobs.refused.emit(StationError("role-missing", action="受理", roles="窗口人员"))
        told = said(workspace)
        assert "请市中心调整权限" in told
        assert "县中心" not in told, key
    assert "市中心已停用这台电脑" in said(workspace.notice)
    workspace.close_up()
    idle(place)


def test_the_gate_of_the_city_sends_nobody_to_a_county(jobs: Jobs, theme: Theme, qtbot: QtBot) -> None:
    gate = Gate(FakeStation(PcCard(enrolled=True, office_name="乐山市", level=Level.CITY)), jobs, theme)
    qtbot.addWidget(gate)
    gate.show()
    gate.start()
    qtbot.waitUntil(lambda: "激活码照市中心给的纸条填" in said(gate))
    gate.entering.show_face(Face.RESET, PcCard(enrolled=True, level=Level.CITY))
    assert "先打电话给市中心" in said(gate.reset)
    gate.reset.show_challenge("1234")
    assert gate.reset.challenge.text() == "念给市中心：1234"
