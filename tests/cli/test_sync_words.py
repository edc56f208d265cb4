"""What `station-app sync` says to people: whether all is done, and if not, why and what to do."""

from __future__ import annotations

from pathlib import Path

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
