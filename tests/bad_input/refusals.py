"""Asking for what must be refused, in both forms of output."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.reliability.place import Place
from tests.reliability.warm import Ran

_CHINESE_SENTENCE = re.compile(r"[\u4e00-\u9fff].*。$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Desk:
    """A station and whoever sits there."""

    place: Place
    name: str = "v1"

    def state(self) -> dict[str, Any]:
        """Return what `check` finds: events, chain, projections, pages."""
        found = self.place.station(self.name, "check").found()
        assert found["ok"] is True
        return found

    def refused(self, code: str, says: str, *arguments: str, **who: Any) -> dict[str, Any]:
        """Run a command that must be refused, with --json and without; return the params."""
        told = self.place.station(self.name, *arguments, **who)
        return same_refusal(code, says, told, self.place.plain(self.name, *arguments, **who))


def same_refusal(code: str, says: str, told: Ran, plain: Ran) -> dict[str, Any]:
    """Assert that both answers refuse with this code and the same Chinese sentence, and return the params."""
    found = told.refusal()
    assert (found["code"], told.out) == (code, "")
    assert says in found["message"]
    assert _CHINESE_SENTENCE.search(found["message"]), found["message"]
    assert (plain.status, plain.out, plain.err) == (1, "", found["message"] + "\n")
    assert "Traceback" not in plain.err
    params: dict[str, Any] = found["params"]
    return params


def center_refused(place: Place, code: str, says: str, *arguments: str) -> dict[str, Any]:
    """Run a command of the center that must be refused; the center must be the same before and after."""
    before = place.center("check").found()
    params = same_refusal(code, says, place.center(*arguments), place.plain_center(*arguments))
    assert place.center("check").found() == before
    return params
