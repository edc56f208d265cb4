"""即办: what one press of F8 will do for this worker, and what it has done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from station_app.domain.actions import action_named
from station_app.domain.people import ROLE_LABELS, Worker
from station_app.messages import text_of
from station_app.ui.models.dates import Word
from station_app.ui.presenters.deciding import Judged
from station_app.ui.tokens import Tone
from station_app.usecases.deciding import Queue, Settled, instant_cases, steps_to_settle
from station_app.usecases.ports import Book, Desk
from station_app.usecases.times import local_day


@dataclass(frozen=True, slots=True)
class InstantQueue:
    """The 即办件 that wait, as of a day."""

    queue: Queue
    today: date


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done.

    Args:
        steps: the actions, in their order; none where this worker can do nothing.
        label: what stands on the button, such as 受理 + 准予.
        note: who has to do the rest, "" where nothing is left.
    """

    steps: tuple[str, ...]
    label: str
    note: str


def read_instant(desk: Desk, book: Book) -> InstantQueue:
    """Return the queue; a job."""
    return InstantQueue(instant_cases(book), local_day(desk.now()))


def plan(judged: Judged, worker: Worker, office: str, *, deliver: bool) -> Plan:
    """Return what F8 will do, and who has to do what this worker's roles do not allow."""
    if judged.main is None:
        return Plan((), "", judged.why_not)
    wanted = steps_to_settle(judged.view.case, office, deliver=deliver)
    steps = tuple(takewhile(lambda code: action_named(code).roles & worker.roles, wanted))
    label = " + ".join(action_named(code).label for code in steps)
    return Plan(steps, label, _left_over(wanted[len(steps) :]))


def settled_word(settled: Settled, center: str) -> Word:
    """Return what was done and what was not, and what to do about it.

    Args:
        center: what this office's center is called.
    """
    done = "、".join(settled.done)
    if settled.error is None:
        return Word(f"{done}：都已存本机", Tone.GOOD)
    reason = text_of(settled.error, center)
    if not done:
        return Word(f"“{settled.failed}”没有办成，什么都没有写入：{reason}", Tone.BAD)
    return Word(
        f"“{done}”已经办好，存在本机；“{settled.failed}”没有办成：{reason}办好的不用重办，只接着办没有办的。", Tone.BAD
    )


def _left_over(codes: tuple[str, ...]) -> str:
    if not codes:
        return ""
    action = action_named(codes[0])
    roles = "、".join(sorted(ROLE_LABELS[role] for role in action.roles))
    return f"“{action.label}”要由{roles}办，您的账户没有这个角色。这里办完前面的，再请对方接着办。"
