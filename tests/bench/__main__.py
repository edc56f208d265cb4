"""All benches or the named ones, one after the other, each in a process of its own; at the end one table.

    python -m tests.bench [--list] [--quick] [NAME ...]

`--quick` runs each in the smallest size in which its figure still means something. The status is 1 where a limit is
not held, and where a bench did not come to its end. What one takes besides is said by `python -m tests.bench.NAME -h`.
"""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import east_asian_width

from tests.bench.results import Figure, figure_in

QUICK = {
    "exchange": ("--events", "600"),
    "line": ("--rounds", "20"),
    "floor": ("--events", "600"),
    "storm": ("--stations", "20", "--events", "10", "--at-once", "10"),
    "windows": ("--cases", "1000", "--runs", "3"),
    "stalls": ("--runs", "1"),
    "cases": ("--cases", "10000", "--rounds", "20"),
    "case_list": ("--cases", "10000", "--keys", "50"),
    "new_calendar": ("--cases", "1000"),
    "uploads": ("--mb", "8", "--rounds", "2"),
    "scans": ("--rounds", "3"),
    "packages": ("--cases", "20", "--mb", "20"),
}
"""Each bench, with what makes it short."""
HEAD = ("bench", "figure", "found", "ratio", "limit", "held")


@dataclass(frozen=True, slots=True)
class Run:
    """What a bench has found, and the status it ended with."""

    name: str
    figures: tuple[Figure, ...]
    status: int

    @property
    def holds(self) -> bool:
        """Tell whether it came to its end and every limit is held."""
        return self.status == 0 and bool(self.figures) and all(figure.held for figure in self.figures)


def sentence(name: str) -> str:
    """Return the first line of a bench, which says what it measures."""
    source = Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def run(name: str, command: Sequence[str]) -> Run:
    """Run a bench by this command, show its words as they come, and return its figures."""
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "PYTHONUNBUFFERED": "1"}
    figures = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", env=environment) as bench:
        assert bench.stdout is not None
        for line in bench.stdout:
            figure = figure_in(line)
            if figure is None:
                print(f"  {line}", end="", flush=True)
            else:
                figures.append(figure)
    return Run(name, tuple(figures), bench.returncode)


def table(runs: Sequence[Run]) -> str:
    """Return all figures in lines of equal columns."""
    rows = [HEAD, *(row for found in runs for row in _rows(found))]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join("  ".join(map(_filled, row, widths)).rstrip() for row in rows)


def _rows(found: Run) -> list[tuple[str, ...]]:
    rows = [
        (
            found.name,
            figure.name,
            figure.found,
            "" if figure.ratio is None else f"{figure.ratio:.2f} x",
            figure.limit,
            ("yes" if figure.held else "NO") if figure.limit else "",
        )
        for figure in found.figures
    ]
    if not found.holds and all(figure.held for figure in found.figures):
        rows.append((found.name, "its end", f"status {found.status}", "", "reached, with figures", "NO"))
    return rows


def _width(text: str) -> int:
    """Return the columns that a text takes in a terminal."""
    return sum(2 if east_asian_width(character) in "FW" else 1 for character in text)


def _filled(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def main() -> int:
    """Run what is asked for and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(QUICK))
    parser.add_argument("--list", action="store_true", help="say what there is, and run nothing")
    parser.add_argument("--quick", action="store_true", help="the smallest size of each")
    options = parser.parse_args()
    if unknown := set(options.names) - set(QUICK):
        parser.error(f"no such bench: {', '.join(sorted(unknown))}")
    runs = []
    for name in options.names or QUICK:
        print(f"{name:14}{sentence(name)}", flush=True)
        if not options.list:
            more = QUICK[name] if options.quick else ()
            runs.append(run(name, [sys.executable, "-m", f"tests.bench.{name}", *more]))
    if runs:
        print("\n" + table(runs))
    return int(not all(found.holds for found in runs))


if __name__ == "__main__":
    raise SystemExit(main())
