"""What is to be said of a PC in 站点总览: how long nothing was heard of it, what is wrong, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from station_app.messages.fleet import fault_text
from station_app.protocol.fleet_records import Fleet, FleetOffice, FleetPc, Way
from station_app.ui.models.dates import Word, day_text, instant_text
from station_app.ui.tokens import Tone
from station_app.usecases.backups import NEVER_AFTER, OLD_AFTER
from station_app.usecases.times import local_day, read_stamp

# Of a PC with a line nothing for so long is looked into; one that only carries comes when somebody travels.
SILENT_AFTER = {Way.NETWORK: timedelta(days=3), Way.PACKAGE: timedelta(days=10), Way.UNKNOWN: timedelta(days=3)}
# Up to here a PC counts as heard of; later, what it told is what it was then.
FRESH = timedelta(days=1)
ROAD_DAYS = 3
WAYS = {Way.NETWORK: "联网", Way.PACKAGE: "用包带", Way.UNKNOWN: "怎样来的不知道"}
_NO_PC = Word("还没有电脑加入。要用的，选中这一行，按“开通电脑”。", Tone.INFO)
_WORST = (Tone.BAD, Tone.WARN, Tone.STALE, Tone.INFO, Tone.GOOD, Tone.PLAIN)


@dataclass(frozen=True, slots=True)
class FleetRow:
    """A PC with its words, or an office that has none.

    Args:
        is_silent: nothing was heard of it for so long that somebody should ask.
        road_on: local date of the oldest hand-over that nobody has taken, "" for none.
        road: the same in words; what a PC told long ago is what it knew then.
        todo: what to do next; its tone is the worst of all that there is to say.
    """

    office: FleetOffice
    pc: FleetPc | None
    is_silent: bool
    road_on: str
    heard: Word
    road: Word
    program: Word
    todo: Word

    @property
    def key(self) -> str:
        """Return by what the row is known: its PC, or its office."""
        return self.pc.device if self.pc is not None else self.office.org

    @property
    def wants_somebody(self) -> bool:
        """Tell whether somebody should do something about it."""
        return self.todo.tone in (Tone.BAD, Tone.WARN)


def rows_of(fleet: Fleet) -> tuple[FleetRow, ...]:
    """Return the rows of what a center has told."""
    offices = {office.org: office for office in fleet.offices}
    with_pc = {pc.org for pc in fleet.pcs}
    pcs = [_row(offices.get(pc.org, FleetOffice(pc.org, pc.org, "")), pc, fleet) for pc in fleet.pcs]
    empty = [_empty_row(office) for office in fleet.offices if office.org not in with_pc]
    return (*pcs, *empty)


def _empty_row(office: FleetOffice) -> FleetRow:
    nothing = Word("—")
    return FleetRow(office, None, False, "", Word("没有电脑"), nothing, nothing, _NO_PC)


def _row(office: FleetOffice, pc: FleetPc, fleet: Fleet) -> FleetRow:
    now = read_stamp(fleet.at)
    # A center whose clock was set back hears nobody in the future.
    since = max(timedelta(0), now - read_stamp(pc.last_seen_at or pc.enrolled_at))
    is_silent = not pc.revoked and since >= SILENT_AFTER[pc.way]
    said = sorted(_todos(pc, fleet.program, now, since), key=lambda word: _WORST.index(word.tone))
    return FleetRow(
        office=office,
        pc=pc,
        is_silent=is_silent,
        road_on=pc.note.road if pc.note is not None else "",
        heard=_heard(pc, since, now, is_silent=is_silent),
        road=_road(pc, now),
        program=_program(pc, now),
        todo=Word("".join(word.text for word in said), said[0].tone),
    )


def _heard(pc: FleetPc, since: timedelta, now: datetime, *, is_silent: bool) -> Word:
    if not pc.last_seen_at:
        return Word("从来没有", Tone.WARN if is_silent else Tone.STALE)
    at, way = instant_text(read_stamp(pc.last_seen_at), now), WAYS[pc.way]
    text = f"{since.days} 天没有，{way}\n{at}" if since.days else f"{at}\n{way}"
    if pc.revoked:
        return Word(text)
    return Word(text, Tone.WARN if is_silent else Tone.GOOD if since < FRESH else Tone.STALE)


def _road(pc: FleetPc, now: datetime) -> Word:
    if pc.note is None:
        return Word("不知道", Tone.STALE)
    days = _road_days(pc.note.road, now)
    if days is None:
        return Word("没有")
    since = day_text(date.fromisoformat(pc.note.road))
    if not days:
        return Word("今天交的")
    return Word(f"{days} 天\n{since}起", Tone.WARN if days >= ROAD_DAYS else Tone.PLAIN)


def _road_days(road: str, now: datetime) -> int | None:
    """Return for how many days of the calendar the oldest hand-over is open; None without one that is a day."""
    try:
        return max(0, (local_day(now) - date.fromisoformat(road)).days)
    except ValueError:
        return None


def _program(pc: FleetPc, now: datetime) -> Word:
    if pc.note is None:
        return Word("不知道", Tone.STALE)
    days = _backup_days(pc.note.backup, now)
    backup = "没有备份" if days is None else "今天备份" if days == 0 else f"备份 {days} 天前"
    return Word(f"{pc.note.program or '版本不知道'}\n{backup}")


def _backup_days(at: str, now: datetime) -> int | None:
    try:
        return max(0, (now - read_stamp(at)).days)
    except ValueError:
        return None


def _todos(pc: FleetPc, program: str, now: datetime, since: timedelta) -> Iterator[Word]:
    if pc.revoked:
        held = f"停用以后又传来 {pc.held} 条，扣住了：请两位管理员在中心的机器上核对。" if pc.held else "不用做什么。"
        yield Word(f"已停用。{held}", Tone.BAD if pc.held else Tone.PLAIN)
        return
    troubles = list(_troubles(pc, program, now, since))
    yield from troubles
    yield from _silence(pc, since, well=not troubles)


def _troubles(pc: FleetPc, program: str, now: datetime, since: timedelta) -> Iterator[Word]:
    if pc.cloned:
        yield Word("同一份数据在两台电脑上用，已停止下发。请打电话叫停一台，给它重新开通。", Tone.BAD)
    if pc.refused:
        yield Word(f"有 {pc.refused} 条中心没有收。请打电话，让对方看“待上传”里写的办法。", Tone.WARN)
    note = pc.note
    if note is None:
        if pc.last_seen_at and not pc.is_center:
            yield Word("软件是旧版，不说自己的情况，请升级。", Tone.INFO)
        return
    yield from (Word(fault_text(code), Tone.WARN) for code in note.faults)
    days = _road_days(note.road, now)
    if days is not None and days >= ROAD_DAYS:
        then = "（上次联系时说的）" if since >= FRESH else ""
        yield Word(f"最早的一次交接 {days} 天没有人接{then}，请打电话催接收的单位。", Tone.WARN)
    if note.program and _parts(note.program) < _parts(program):
        yield Word(f"软件是旧版 {note.program}，请升级到 {program}。", Tone.INFO)
    yield from _backup(pc, note.backup, now)


def _backup(pc: FleetPc, at: str, now: datetime) -> Iterator[Word]:
    days = _backup_days(at, now)
    if days is None:
        if now - read_stamp(pc.enrolled_at) > NEVER_AFTER:
            yield Word("没有备份过，请让对方在“设置”里选备份的文件夹。", Tone.WARN)
    elif days >= OLD_AFTER.days:
        yield Word(f"备份是 {days} 天前的，请让对方看“设置”里的备份。", Tone.WARN)


def _silence(pc: FleetPc, since: timedelta, *, well: bool) -> Iterator[Word]:
    days = since.days
    if since >= SILENT_AFTER[pc.way]:
        if not pc.last_seen_at:
            yield Word(f"加入 {days} 天了，还没有联系过。请打电话问一问：装好没有，中心地址对不对。", Tone.WARN)
        elif pc.way is Way.PACKAGE:
            yield Word(f"{days} 天没有包来。请打电话催一催，写一个包带来。", Tone.WARN)
        else:
            ask = "请打电话问一问：电脑开着没有，网络通不通；急的，先用优盘带包来。"
            yield Word(f"{days} 天没有联系。{ask}", Tone.WARN)
    elif not pc.last_seen_at:
        yield Word("刚加入，还没有联系过。先等一等。", Tone.STALE)
    elif pc.way is Way.PACKAGE and pc.behind:
        yield Word(f"有 {pc.behind} 条它还没有确认收到，请看回复的包带回去没有。", Tone.INFO)
    elif pc.way is not Way.PACKAGE and since >= FRESH:
        yield Word("一天没有联系，现在怎样不知道。先等一等。", Tone.STALE)
    elif well:
        yield Word("正常，不用做什么。", Tone.GOOD)


def _parts(version: str) -> tuple[int, ...]:
    """Return a version by its numbers, as far as it has any."""
    numbers = []
    for part in version.split("."):
        if not part.isdigit():
            break
        numbers.append(int(part))
    return tuple(numbers)
