"""What `station-app sync` says to people: whether all is done, and if not, why and what to do."""

from __future__ import annotations

from pathlib import Path

from station_app.domain.calendar import SHANGHAI
from station_app.usecases.times import read_stamp
from tests.reliability.place import Place
from tests.reliability.shared import template

__all__ = ["template"]


def test_sync_says_in_sentences_why_it_is_not_complete(template: Place, tmp_path: Path) -> None:
    """It gave counts alone, and who had none waiting believed that all was well while the center healed."""
    place = template.copy(tmp_path / "place", "c", "v1")
    place.register("v1")
    with place.serving():
        whole = place.plain("v1", "sync").out
        assert "都已传到县中心，两边核对一样。" in whole
        place.center("restored").found()
        healing = place.plain("v1", "sync").out
        found = place.station("v1", "sync").found()
    assert "没有全部办完：\n县中心正在从备份恢复" in healing
    assert "核对一样" not in healing
    assert (found["complete"], found["incomplete_because"]) == (False, ["healing-goes-on"])


def test_status_and_outbox_say_why_and_when_by_the_clock_on_the_wall(template: Place, tmp_path: Path) -> None:
    """The next try was given in UTC, eight hours off; and status did not say why the last one had failed."""
    place = template.copy(tmp_path / "place", "c", "v1")
    with place.serving():
        place.station("v1", "sync").found()
    number = place.register("v1")["number"]
    assert place.station("v1", "sync").refusal()["code"] == "no-network"
    found = place.station("v1", "status").found()
    status, waiting = place.plain("v1", "status").out, place.plain("v1", "outbox").out
    at = read_stamp(found["next_attempt"]).astimezone(SHANGHAI)
    assert "上次没有同步成：连不上县中心，网络恢复后自动再传。" in status
    assert "还有 1 条没有传到县中心，都在本机。" in status
    assert f"下次 {at:%Y-%m-%d %H:%M}。" in status
    assert waiting.startswith(f"{number}  1 条  连不上县中心")
    assert f"下次自动上传：{at:%Y-%m-%d %H:%M}" in waiting
