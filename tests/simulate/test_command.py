"""What `python -m tests.simulate` says, and the status that it ends with."""

from __future__ import annotations

import re
import sys

import pytest

from tests.simulate.__main__ import main
from tests.simulate.broken import BROKEN


def _run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["simulate", "--seeds", "1", "--jobs", "1", *words])
    return main()


def test_a_seed_that_holds_ends_with_0_and_a_line_of_what_was_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, "--table") == 0
    *_, cells, line = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"\d+ x \d+ cells; empty: .*", cells)
    assert re.match(r"1 seeds, \d+ inputs, \d+ events, \d+ hand-overs, .*; faults: .*; 0 violations$", line)


def test_a_violation_ends_with_1_and_names_the_seed_and_the_invariant(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # The processes that run seeds are forks of this one: they have the broken program as well.
    BROKEN["the cursor is saved without the rows"].patch(monkeypatch)
    assert _run(monkeypatch) == 1
    first, *_, line = capsys.readouterr().out.splitlines()
    assert first.startswith("seed 0, input ") and ": I5: " in first
    assert line.endswith("; 1 violations")
