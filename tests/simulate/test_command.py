"""What `python -m tests.simulate` and its look-up of the broken programs say, and the status that they end with."""

from __future__ import annotations

import re
import sys
from dataclasses import replace

import pytest

from tests.simulate.__main__ import main
from tests.simulate.broken import BROKEN
from tests.simulate.broken.__main__ import main as look_up


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
    BROKEN["the cursor is saved before the rows"].patch(monkeypatch)
    assert _run(monkeypatch) == 1
    first, *_, line = capsys.readouterr().out.splitlines()
    assert first.startswith("seed 0, input ") and ": I5: " in first
    assert line.endswith("; 1 violations")


def test_a_broken_program_that_another_invariant_finds_first_ends_the_look_up_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "the cursor is saved before the rows"
    assert look_up([name]) == 0
    monkeypatch.setitem(BROKEN, name, replace(BROKEN[name], found_by="I4"))
    assert look_up([name]) == 1
    good, wrong = capsys.readouterr().out.splitlines()
    assert re.fullmatch(rf"  0 I5 +\d+\.\d s  {name}", good)
    assert re.match(rf"  0 I5 +\d+\.\d s  {name}  not I4: seed 0, input ", wrong)
