"""A PC with a wrong clock: entry works, the way to the center works, the order is right, and people are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from station_app.usecases.times import read_stamp
from tests.reliability.clocks import Clocks, clocks
from tests.reliability.place import TOWNSHIP, VILLAGES, Place

__all__ = ["clocks"]

DEAD_BATTERY = "2009-01-01 08:00:00"
AHEAD = "+3d"
CLOCKS = pytest.mark.parametrize("clock", [DEAD_BATTERY, AHEAD], ids=["2009", "three days ahead"])
SAYS = {DEAD_BATTERY: "慢约", AHEAD: "快约 3 天"}


def shown_clock(warm: Place) -> datetime:
    ran = warm.warm.run("tests.reliability.work:tell_the_time")
    return read_stamp(ran.found()["now"])


def warnings(synced: dict[str, Any]) -> list[tuple[str, str]]:
    return [(warning["code"], warning["message"]) for warning in synced["warnings"] if warning["code"] == "clock-wrong"]


@CLOCKS
def test_entry_and_exchange_work_with_a_wrong_clock_which_is_told_with_its_offset(
    template: Place, clocks: Clocks, tmp_path: Path, clock: str
) -> None:
    place = template.copy(tmp_path / "place", "c", "v1")
    wrong = clocks.pc(place, clock)
    with place.serving():
        off_by = shown_clock(wrong) - datetime.now(UTC)
        assert abs(off_by) > timedelta(days=2)
        case = wrong.register("v1")
        # Pinned trust does not rest on dates.
        synced = wrong.station("v1", "sync").found()
        assert (synced["pushed"], synced["complete"]) == (1, True)
        [(_, message)] = warnings(synced)
        assert message.startswith(f"电脑时间不正确，比县中心{SAYS[clock]}")
        assert "请把日期和时间调准" in message
        assert message in wrong.plain("v1", "sync").out
        shown = wrong.station("v1", "case", "show", case["case_id"]).found()
        assert [event["ruling"] for event in shown["events"]] == ["accepted"]
        # As soon as the clock is right, the next exchange says nothing more.
        assert warnings(place.station("v1", "sync").found()) == []
    assert place.station("v1", "check").found()["ok"] is True


@CLOCKS
def test_the_order_of_steps_does_not_rest_on_clocks(
    template: Place, clocks: Clocks, tmp_path: Path, clock: str
) -> None:
    place = template.copy(tmp_path / "place", "c", "v1", "t")

    def note(there: Place, name: str, case: str, text: str) -> None:
        form = there.folder / "note.json"
        form.write_text(f'{{"text": "{text}"}}', "utf-8")
        there.station(name, "case", "act", case, "note", str(form)).found()

    wrong = clocks.pc(place, clock)
    with place.serving():
        case = place.register("v1")["case_id"]
        note(wrong, "v1", case, "第一句")
        note(place, "v1", case, "第二句")
        batch = wrong.station("v1", "batch", "offer", "--to", TOWNSHIP, case).found()["number"]
        wrong.station("v1", "sync").found()
        place.station("t", "sync").found()
        note(place, "t", case, "第三句")
        place.station("t", "batch", "accept", batch).found()
        place.station("t", "sync").found()
        wrong.station("v1", "sync").found()
        note(wrong, "v1", case, "第四句")
        wrong.station("v1", "sync").found()
        place.station("t", "sync").found()
        for there, name in ((wrong, "v1"), (place, "t")):
            shown = there.station(name, "case", "show", case).found()
            assert [event["type"] for event in shown["events"]] == [
                "register",
                "note",
                "note",
                "offer",
                "note",
                "accept_handover",
                "note",
            ]
            assert [remark["text"] for remark in shown["remarks"]] == ["第一句", "第二句", "第三句", "第四句"]
            assert (shown["state"], shown["custodian"]) == ("received", TOWNSHIP)


@CLOCKS
def test_a_new_pc_with_a_wrong_clock_can_join(template: Place, clocks: Clocks, tmp_path: Path, clock: str) -> None:
    place = template.copy(tmp_path / "place", "c")
    wrong = clocks.pc(place, clock)
    with place.serving() as url:
        code = place.center("enrol-code", "--org", VILLAGES[0]).found()["code"]
        wrong.station("new", "enrol", url, code).found()
        added = place.center("user", "add", "--org", VILLAGES[0], "--name", "新人", "--roles", "agent").found()
        wrong.station("new", "activate", "新人", added["activation_code"], worker="").found()
        wrong.station("new", "case", "register", place.form(), worker="新人").found()
        synced = wrong.station("new", "sync", worker="新人").found()
    assert (synced["pushed"], synced["complete"], len(warnings(synced))) == (1, True, 1)


def test_numbers_never_repeat_when_the_clock_falls_back_and_comes_again(
    template: Place, clocks: Clocks, tmp_path: Path
) -> None:
    place = template.copy(tmp_path / "place", "v1")
    numbers = [place.register("v1")["number"]]
    wrong = clocks.pc(place, DEAD_BATTERY)
    numbers += [wrong.register("v1")["number"], wrong.register("v1")["number"]]
    numbers.append(place.register("v1")["number"])
    assert len(set(numbers)) == 4
    assert [number[12:18] for number in numbers[1:3]] == ["090101"] * 2
