"""What `python -m tests.bench` runs and says, and the status that it ends with."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from tests.bench import __main__ as command
from tests.bench.__main__ import QUICK, Run, main, run, sentence, table
from tests.bench.results import Figure

FOLDER = Path(command.__file__).parent
# The programs that others are compared with, and the command itself.
NO_BENCH = {"bare", "bare_files", "__main__"}
HOLDS = Figure("页", "1 ms", 2.0, "at most 3", held=True)
BROKEN = Figure("bytes", "9", None, "at most 8", held=False)


def _program(*figures: Figure, end: str = "") -> list[str]:
    told = f"from tests.bench.results import *; print('words'); finish([{', '.join(map(repr, figures))}]); {end}"
    return [sys.executable, "-c", told]


def _run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["bench", *words])
    return main()


def test_every_bench_that_there_is_can_be_run_short() -> None:
    sources = {file.stem: file.read_text(encoding="utf-8").splitlines() for file in FOLDER.glob("*.py")}
    assert {name for name, lines in sources.items() if 'if __name__ == "__main__":' in lines} - NO_BENCH == set(QUICK)


@pytest.mark.parametrize("name", QUICK)
def test_a_short_bench_names_options_that_the_bench_has(name: str) -> None:
    tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    added = [
        call.args[0] for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "add_argument"
    ]
    options = {ast.literal_eval(option) for option in added}
    assert set(QUICK[name][::2]) <= options


def test_the_list_says_what_each_measures_and_runs_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "run", None)
    assert _run(monkeypatch, "--list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(None, 1) for line in lines] == [[name, sentence(name)] for name in QUICK]
    assert all(sentence(name).endswith(".") for name in QUICK)


def test_a_name_that_is_no_bench_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        _run(monkeypatch, "line", "lines")
    assert "no such bench: lines" in capsys.readouterr().err


def test_words_are_shown_and_figures_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    found = run("a", _program(HOLDS, BROKEN))
    assert (found, found.holds) == (Run("a", (HOLDS, BROKEN), 0), False)
    assert capsys.readouterr().out == "  words\n"


def test_one_limit_that_is_not_held_ends_all_with_1_behind_a_table_of_everything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def made(name: str, words: list[str]) -> Run:
        asked.append((name, words[2:]))
        return Run(name, (BROKEN if name == "floor" else HOLDS,), 0)

    monkeypatch.setattr(command, "run", made)
    assert _run(monkeypatch, "line") == 0
    assert _run(monkeypatch, "--quick", "line", "floor") == 1
    assert asked == [
        ("line", ["tests.bench.line"]),
        ("line", ["tests.bench.line", *QUICK["line"]]),
        ("floor", ["tests.bench.floor", *QUICK["floor"]]),
    ]
    assert capsys.readouterr().out.split("\n\n")[-1].splitlines() == [
        "bench  figure  found  ratio   limit      held",
        "line   页      1 ms   2.00 x  at most 3  yes",
        "floor  bytes   9              at most 8  NO",
    ]


@pytest.mark.parametrize("end", ["raise SystemExit(3)", "import os; os._exit(3)"])
def test_a_bench_that_broke_off_holds_nothing(end: str) -> None:
    found = run("a", _program(HOLDS, end=end))
    assert not found.holds
    assert "its end  status 3" in table([found])
    silent = run("a", [sys.executable, "-c", "pass"])
    assert not silent.holds
    assert table([silent]).endswith("NO")


def test_a_real_bench_is_run_in_its_short_size(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(QUICK, "new_calendar", ("--cases", "60"))
    assert _run(monkeypatch, "--quick", "new_calendar") == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert last.split() == ["new_calendar", "transactions", "4", "at", "most", "4", "yes"]
