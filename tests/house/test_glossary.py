"""The glossary has a Chinese term for each action and each value of the public enums."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

import station_app.domain
import station_app.exchange
from station_app.domain.action import CaseAction
from station_app.domain.actions import ALL
from station_app.domain.cases import STATE_LABELS
from station_app.domain.people import ROLE_LABELS

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
ENUMS_AT_LEAST = 17


def _enums() -> Iterator[type[Enum]]:
    for package in (station_app.domain, station_app.exchange):
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            module = importlib.import_module(found.name)
            for value in vars(module).values():
                if isinstance(value, type) and issubclass(value, Enum) and value.__module__ == module.__name__:
                    yield value


ENUMS = sorted(_enums(), key=lambda enum: enum.__name__)


def _term(english: str) -> str:
    """Return the Chinese terms of all rows of an English word."""
    return "、".join(re.findall(rf"^\| `{re.escape(english)}`[^|]*\| ([^|]+) \|", TEXT, flags=re.MULTILINE))


def test_the_search_finds_the_enums() -> None:
    assert {"CaseState", "CustodyOp", "Verdict", "Role", "Phase", "Turn", "Level"} <= {enum.__name__ for enum in ENUMS}
    assert len(ENUMS) >= ENUMS_AT_LEAST


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.__name__)
def test_every_value_of_an_enum_is_explained(enum: type[Enum]) -> None:
    values = [str(member.value) for member in enum]
    if values[0].isascii():
        assert [value for value in values if not _term(value)] == []
    else:
        [row] = re.findall(rf"^\| `{enum.__name__}`[^|]*\| ([^|]+) \|", TEXT, flags=re.MULTILINE)
        assert row.split("、") == values


@pytest.mark.parametrize("enum", ENUMS, ids=lambda enum: enum.__name__)
def test_every_enum_is_named(enum: type[Enum]) -> None:
    assert re.search(rf"\b{enum.__name__}\b", TEXT)


@pytest.mark.parametrize("action", ALL, ids=lambda action: action.code)
def test_every_action_has_the_term_that_is_on_its_button(action: CaseAction) -> None:
    assert action.label in _term(action.code).split("、")


def test_states_and_roles_are_called_as_in_the_windows() -> None:
    for english, label in [*STATE_LABELS.items(), *ROLE_LABELS.items()]:
        assert label in _term(str(english)).split("、")


@pytest.mark.parametrize("word", ["station", "center", "journal", "outbox", "feed", "epoch", "base", "ruling", "point"])
def test_the_words_of_the_design_are_there(word: str) -> None:
    assert re.search(r"[一-鿿]", _term(word))
