"""station-center numbers on a real center: the same register as text and as one JSON object a line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from station_app.bootstrap.center import open_center
from station_app.cli.center import main
from station_app.domain.document_numbers import Block, DocumentNumber
from station_app.exchange.number_book import Lease, UsedNumber

COUNTY, TOWNSHIP = "511132000000", "511132100000"


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """A county whose township has a short name, leased ten numbers of which it used the second."""
    offices = tmp_path / "offices.csv"
    offices.write_text(f"code,name,level,parent,short_name\n{TOWNSHIP},沙坪镇,township,{COUNTY},沙便\n", "utf-8")
    folder = str(tmp_path / "center")
    assert main(["--home", folder, "init", "--level", "county", "--org", COUNTY, "--name", "峨边县"]) == 0
    assert main(["--home", folder, "org", "import", str(offices)]) == 0
    with open_center(Path(folder)).write() as store:
        store.add_lease(Lease(Block("沙便受字", 2026, 1, 10), TOWNSHIP, "d" * 32, "e" * 16, "2026-03-01T00:00:00Z"))
        store.add_used_numbers([UsedNumber("1" * 64, DocumentNumber("沙便受字", 2026, 2), TOWNSHIP, "c" * 32)])
    capsys.readouterr()
    return folder


def test_the_register_is_told_to_people(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", home, "numbers", "--org", TOWNSHIP, "--year", "2026"]) == 0
    first, second, third = capsys.readouterr().out.splitlines()
    assert first.startswith("沙便受字〔2026〕第0001号  ")
    assert second == f"沙便受字〔2026〕第0002号  已用  {'c' * 32}"
    assert third.startswith("沙便受字〔2026〕第0003至第0010号（8 个）  ")


def test_the_register_is_told_to_programs(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", home, "--json", "numbers", "--org", TOWNSHIP, "--year", "2026"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["first"], line["last"]) for line in found] == [(1, 1), (2, 2), (3, 10)]
    used = {"series": "沙便受字", "year": 2026, "first": 2, "last": 2, "state": "used", "case": "c" * 32}
    assert found[1] == {**used, "device": "d" * 32, "reason": ""}


def test_a_year_without_numbers_says_so(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", home, "numbers", "--org", TOWNSHIP, "--year", "2025"]) == 0
    assert capsys.readouterr().out == "沙坪镇这一年没有文号。\n"


def test_an_office_that_is_not_known_is_refused(home: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", home, "numbers", "--org", "999", "--year", "2026"]) == 1
    assert "999" in capsys.readouterr().err
