"""The first page of a county: the wall with its day, and how old its news are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from station_app.domain.case_cards import Place
from station_app.ui.models.dates import Word, weekday_text
from station_app.ui.models.freshness import own_sync_word
from station_app.ui.presenters.boards import (
    MOST_IN_STRIP,
    Link,
    ToDo,
    day_kind,
    reference_words,
    set_aside_todos,
    slip_todos,
)
from station_app.ui.tokens import Tone
from station_app.usecases.home import Wall, county_wall
from station_app.usecases.ports import Book, Desk
from station_app.usecases.times import local_day


@dataclass(frozen=True, slots=True)
class WallView:
    """A county receiver's first page; `now` is when it was read."""

    day: str
    day_kind: Word
    own_sync: Word
    wall: Wall
    now: datetime
    todos: tuple[ToDo, ...]
    reference: tuple[Word, ...]


def read_wall(desk: Desk, book: Book) -> WallView:
    """Return a county receiver's first page; a job."""
    now = desk.now()
    today, wall = local_day(now), county_wall(book, now)
    return WallView(
        day=weekday_text(today),
        day_kind=day_kind(book, today),
        own_sync=own_sync_word(wall.own_sync_at, now),
        wall=wall,
        now=now,
        todos=tuple(islice(_todos(wall), MOST_IN_STRIP)),
        reference=reference_words(wall.reference, today),
    )


def _todos(wall: Wall) -> Iterator[ToDo]:
    if wall.asked_back:
        text = f"{wall.asked_back} 件交出以后一直没有人接收（满了三天，或者请求撤回）：电话核实，满三天可以收回"
        yield ToDo(Word("没有人接", Tone.WARN), text, "去核实", Link("cases", f"place:{Place.ASKED_BACK}"))
    yield from set_aside_todos(wall.set_aside)
    yield from slip_todos(wall.slip_doubts)
