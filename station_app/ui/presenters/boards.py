"""The first page of a village and of a township, in words: what waits, what to do about it, where to do it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice

from station_app.domain.organisations import Level
from station_app.domain.people import Role
from station_app.ui.models.dates import Word, day_text, due_word, weekday_text
from station_app.ui.models.freshness import is_old, office_word, own_sync_word
from station_app.ui.models.page_names import DELIVER, HAND_OVER, REGISTER
from station_app.ui.presenters.registering import LAST_DRAFT
from station_app.ui.tokens import Tone
from station_app.usecases.case_pages import CaseLine, CaseQuery, Place, cases_after
from station_app.usecases.deciding import instant_cases
from station_app.usecases.home import (
    Board,
    ClockCount,
    DirectoryInForce,
    OfficeFreshness,
    VillageHome,
    township_board,
    village_home,
)
from station_app.usecases.ports import Book, Desk
from station_app.usecases.reference import reference_of
from station_app.usecases.times import local_day

MOST_IN_STRIP = 3
"""Lines above the numbers of a board; the next ones come when these are done."""
_COUNTER = frozenset({Role.AGENT, Role.CLERK})


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the workspace and what it is opened about."""

    key: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A big button: what is done there, how much waits, and one line about it."""

    title: str
    count: str
    line: str
    to: Link
    tone: Tone = Tone.PLAIN
    icon: str = ""
    plain: str = ""
    """What the page is called, where the title is a word of the trade."""


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing that waits: a word for its state, what it is, what to do about it, and where."""

    state: Word
    text: str
    advice: str
    to: Link


@dataclass(frozen=True, slots=True)
class HomeView:
    """A village agent's first page."""

    day: str
    day_kind: Word
    steps: tuple[Step, ...]
    todos: tuple[ToDo, ...]
    reference: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class ClockRow:
    """The time limits of one kind, and where they are kept: overdue, today, within two working days, later."""

    label: str
    cells: tuple[Word, ...]
    note: str
    to: Link


@dataclass(frozen=True, slots=True)
class BoardView:
    """A township clerk's first page."""

    day: str
    day_kind: Word
    own_sync: Word
    todos: tuple[ToDo, ...]
    steps: tuple[Step, ...]
    clocks: tuple[ClockRow, ...]
    offices: tuple[tuple[str, Word], ...]
    reference: tuple[Word, ...]


def read_home(desk: Desk, book: Book) -> HomeView:
    """Return a village agent's first page; a job."""
    now, worker = desk.now(), desk.worker
    today = local_day(now)
    found = village_home(book, worker.person_id, now)
    returned = cases_after(book, CaseQuery(place=Place.RETURNED), None, 1).lines if found.returned else ()
    return HomeView(
        day=weekday_text(today),
        day_kind=day_kind(book, today),
        steps=_home_steps(found, worker.roles),
        todos=tuple(_todos(found, returned, today, worker.roles)),
        reference=reference_words(found.reference, today),
    )


def read_board(desk: Desk, book: Book) -> BoardView:
    """Return a township clerk's first page; a job."""
    now, roles = desk.now(), desk.worker.roles
    today = local_day(now)
    found = township_board(book, now)
    return BoardView(
        day=weekday_text(today),
        day_kind=day_kind(book, today),
        own_sync=own_sync_word(found.own_sync_at, now),
        todos=tuple(islice(chain(set_aside_todos(found.set_aside), slip_todos(found.slip_doubts)), MOST_IN_STRIP)),
        steps=_board_steps(found, instant_cases(book).total, now, roles),
        clocks=tuple(_clock_row(count, roles) for count in found.clocks if count.kind != "handover"),
        offices=tuple(_offices(found.offices, found.own_sync_at, now)),
        reference=reference_words(found.reference, today),
    )


def set_aside_todos(lines: Sequence[CaseLine]) -> Iterator[ToDo]:
    """Yield what is to be looked at because it does not stand; each leads to its case."""
    for line in lines:
        text = f"{_named(line)}：本单位写的一步没有生效，请看两边的内容，决定怎么办"
        yield ToDo(Word("没有生效", Tone.BAD), text, "打开这件", Link("case", line.case_id))


def slip_todos(lines: Sequence[CaseLine]) -> Iterator[ToDo]:
    """Yield what came otherwise than its 交接码单 had it; each leads to its case."""
    for line in lines:
        text = f"{_named(line)}：后来的数据和交接码单上的不一样，请对照两边的内容"
        yield ToDo(Word("请核对", Tone.WARN), text, "打开这件", Link("case", line.case_id))


def reference_words(found: DirectoryInForce, today: date) -> tuple[Word, ...]:
    """Return what stands at the foot of a first page about directory and calendar."""
    if not found.number:
        directory = Word("还没有收到事项目录，不能收件。请先同步", Tone.BAD)
    elif found.sample:
        directory = Word(f"示例目录 {found.version}，只用于演示", Tone.WARN)
    else:
        directory = Word(f"事项目录 {found.version}")
    if found.calendar_until < today.year:
        return directory, Word(f"{today.year} 年放假安排未导入，期限都是暂定", Tone.WARN)
    unknown = found.calendar_until + 1
    return directory, Word(f"{unknown} 年放假安排未导入，之后的期限为暂定")


def at_counter(roles: Collection[Role], page: Link, otherwise: Link) -> Link:
    """Return the page where the work is done, for those who work at the counter; others get the list."""
    return page if _COUNTER & set(roles) else otherwise


def day_kind(book: Book, today: date) -> Word:
    calendar = reference_of(book).calendar
    note = "" if calendar.covers(today) else "（暂定）"
    return Word(f"{'工作日' if calendar.is_working_day(today) else '休息日'}{note}")


def _home_steps(found: VillageHome, roles: Collection[Role]) -> tuple[Step, ...]:
    others = found.to_hand_over_all - found.to_hand_over
    handing = "都交出去了" if not found.to_hand_over_all else "件等着交给镇里"
    if others:
        handing += f"，其中 {others} 件是同事收的"
    delivering = "个结果等着送到群众手里" if found.to_deliver else "没有结果等着送达"
    return (
        Step(
            "受理",
            "F7",
            "收一件新的",
            at_counter(roles, Link("register"), Link("cases")),
            plain=REGISTER,
            icon="register",
        ),
        Step(
            "承办",
            str(found.to_hand_over_all),
            handing,
            at_counter(roles, Link("hand_over"), Link("cases", "place:here")),
            icon="hand_over",
            plain=HAND_OVER[Level.VILLAGE],
        ),
        Step(
            "回复",
            str(found.to_deliver),
            delivering,
            at_counter(roles, Link("deliver"), Link("cases", "place:to_deliver")),
            icon="deliver",
            plain=DELIVER,
        ),
    )


def _todos(found: VillageHome, returned: Sequence[CaseLine], today: date, roles: Collection[Role]) -> Iterator[ToDo]:
    yield from set_aside_todos(found.set_aside)
    for line in found.due_soon:
        label = line.clock.label if line.clock else ""
        yield ToDo(due_word(line.clock, today), f"{_named(line)}：{label}", "打开这件", Link("case", line.case_id))
    if found.papers_to_come:
        to = at_counter(roles, Link("receive"), Link("cases", "place:to_deliver"))
        text = f"镇里交来 {found.papers_to_come} 件的决定书、证照，对着结果交接单清点"
        yield ToDo(Word("待签收", Tone.INFO), text, "去签收", to)
    if found.to_deliver:
        to = at_counter(roles, Link("deliver"), Link("cases", "place:to_deliver"))
        text = f"{found.to_deliver} 个结果已经作出，等着送到群众手里"
        yield ToDo(Word("待送达", Tone.INFO), text, "去送达", to)
    if returned:
        text = f"{found.returned} 件被退回：看退回原因，补齐后再交"
        to = Link("case", returned[0].case_id) if found.returned == 1 else Link("cases", "place:returned")
        yield ToDo(Word("已退回", Tone.WARN), text, "去补齐", to)
    if found.to_hand_over_all:
        to = at_counter(roles, Link("hand_over"), Link("cases", "place:here"))
        text = f"{found.to_hand_over_all} 件收好了，等着交到镇里"
        yield ToDo(Word("待交", Tone.INFO), text, "去交", to)
    for line in found.silent:
        since = f"已交出 {(today - line.offered_on).days} 天" if line.offered_on else "已交出多日"
        text = f"{_named(line)}：{since}，{line.on_the_road_to}还没有接收，打电话问一问"
        yield ToDo(Word("没有回音", Tone.WARN), text, "打开这件", Link("case", line.case_id))
    if found.drafts:
        to = at_counter(roles, Link("register", LAST_DRAFT), Link("cases"))
        yield ToDo(Word("没填完", Tone.INFO), f"{found.drafts} 张表填了一半，没有丢", "接着填", to)


def _named(line: CaseLine) -> str:
    return f"{line.applicant}，{line.item_name}"


def _board_steps(found: Board, instant: int, now: datetime, roles: Collection[Role]) -> tuple[Step, ...]:
    """What others sent or are to get is unknown while our own exchange is old: grey, with the day it is of."""
    old = is_old(found.own_sync_at, now)
    tone = Tone.STALE if old else Tone.PLAIN
    since = f"，截至 {day_text(local_day(found.own_sync_at))}" if old and found.own_sync_at else ""
    waiting = f"批，共 {found.cases_to_come} 件{since}" if found.batches_to_come else f"没有批次等着{since}"
    receive = at_counter(roles, Link("receive"), Link("cases", "place:incoming"))
    forward = at_counter(roles, Link("hand_over"), Link("cases", "place:here"))
    return (
        Step("待接收", str(found.batches_to_come), waiting, receive, tone, "receive"),
        Step("即办", str(instant), "件可以一次办完", Link("instant"), icon="instant"),
        Step("待受理", str(found.to_accept), _to_accept_line(instant), Link("decide", "to_accept"), icon="case"),
        Step("待决定", str(found.to_decide), "件已受理，等决定", Link("decide", "to_decide"), icon="decide"),
        Step("待上报", str(found.to_forward), "件要交到县里", forward, icon="hand_over"),
        Step("结果待送达", str(found.results_home), f"个还没送到群众手里{since}", Link("results"), tone, "results"),
    )


def _to_accept_line(instant: int) -> str:
    return f"件由本镇受理，含即办 {instant} 件" if instant else "件，由本镇受理"


def _clock_row(count: ClockCount, roles: Collection[Role]) -> ClockRow:
    cells = (
        _cell(count.overdue, Tone.BAD),
        _cell(count.today, Tone.BAD),
        _cell(count.soon, Tone.WARN),
        _cell(count.later, Tone.PLAIN),
    )
    note = f"{count.provisional} 件暂定" if count.provisional else ""
    return ClockRow(count.label, cells, note, _kept_at(count.kind, roles))


def _kept_at(kind: str, roles: Collection[Role]) -> Link:
    """Return the page whose work stops the clock."""
    if kind == "notice":
        return Link("decide", "to_accept")
    if kind == "forward":
        return at_counter(roles, Link("hand_over"), Link("cases", "place:here"))
    if kind == "delivery":
        return at_counter(roles, Link("deliver"), Link("cases", "place:to_deliver"))
    return Link("decide", "to_decide")


def _cell(count: int, tone: Tone) -> Word:
    return Word(str(count), tone) if count else Word("0")


def _offices(
    offices: Collection[OfficeFreshness], own_sync_at: datetime | None, now: datetime
) -> Iterator[tuple[str, Word]]:
    """Yield the offices, those longest unheard of first."""
    for office in sorted(offices, key=lambda o: o.last_seen_at.timestamp() if o.last_seen_at else 0.0):
        yield office.name, office_word(office, own_sync_at, now)
