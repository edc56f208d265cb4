"""Telling the trip: one JSON object a step for programs, one line a step for people."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from station_app.cli.demo.centers import Office
from station_app.cli.demo.children import Answer
from station_app.cli.output import Output
from station_app.domain.cases import STATE_LABELS, CaseState

SAVED, AT_COUNTY, AT_CITY, TAKEN_OVER = "本机已存", "县已收", "市已收", "对方已接收"


class Teller:
    """Tells each step at once and remembers the last one, for when something goes wrong."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._one_at_a_time = threading.Lock()
        self._told_end = False
        self.step = "set-up"

    def tell(
        self, step: str, office: Office | None, text: str, case: Mapping[str, Any] | None = None, **more: Any
    ) -> None:
        """Tell one step.

        Args:
            step: its name, the same in every run.
            office: where it happens; None for the network between the offices.
            text: what people read.
            case: a case as the commands give it; its number, state, custodian and due date are told.
            more: what else belongs to this step.
        """
        self.step = step
        about = case or {}
        found = {
            "step": step,
            "org": office.code if office else None,
            "case": about.get("number"),
            "state": about.get("state"),
            "custodian": about.get("custodian"),
            **({"due_on": about["due_on"]} if "due_on" in about else {}),
            **more,
        }
        line = " ".join(filter(None, [office.name if office else "", text, _about(about, more)]))
        with self._one_at_a_time:
            if not self._told_end:
                self._output.answer(found, line)

    def last(self, found: Mapping[str, Any], text: str) -> None:
        """Tell how it ended; nothing is told after it, whatever still runs beside."""
        with self._one_at_a_time:
            self._told_end = True
            self._output.answer(found, text)


def mark_of(detail: Answer) -> str:
    """Return how far the case's last hand-over (or what there is) has come, in the words of the timeline."""
    receipts = detail["receipts"]
    offers = [receipt for receipt in receipts if receipt["type"] == "offer"]
    if offers and offers[-1]["other"]:
        return TAKEN_OVER
    return AT_COUNTY if all(receipt["county"] for receipt in receipts) else SAVED


def _about(case: Mapping[str, Any], more: Mapping[str, Any]) -> str:
    if "number" not in case:
        return ""
    words = [str(case["number"])]
    if "state" in case:
        words.append(STATE_LABELS[CaseState(case["state"])])
    if "mark" in more:
        words.append(str(more["mark"]))
    if case.get("due_on"):
        words.append(f"期限 {case['due_on']}")
    return "（" + "，".join(words) + "）"
