"""What there is to know and to do about who works on a case: a hand-over nobody answers, another PC, a taking back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from station_app.domain.effects import CustodyOp
from station_app.domain.organisations import Level
from station_app.domain.removals import removed_words
from station_app.messages import center_word
from station_app.ui.models.dates import Word, ago_text, handed_text, instant_text
from station_app.ui.tokens import Tone
from station_app.usecases.look_up import CasePageView
from station_app.usecases.on_the_road import RoadView
from station_app.usecases.times import read_stamp

_TAKE_OVER = CustodyOp.TAKE_OVER.value
_BY_SLIP = (
    "这件仅凭交接单：扫交接码单收进来的，它本身的记录还没有到。可以清点、接收、退回，也可以接着办；"
    "记录到了自动合上，不一样的地方会列出来请您核对。"
)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def custody_words(view: CasePageView, level: Level, now: datetime) -> tuple[Word, ...]:
    """Return in sentences what a worker of an office of this level should know, the most urgent first."""
    if view.case.removed is not None:
        return (Word(f"{removed_words(view.case.removed)}。登记号、事项、办理状态和日期还在。", Tone.INFO),)
    by_slip = (Word(_BY_SLIP, Tone.STALE),) if view.case.by_slip else ()
    if view.road is not None:
        return (*by_slip, *_road_words(view.road, center_word(level), now))
    return (*by_slip, *_pc_words(view, center_word(level)))


def remaining_words(left: timedelta) -> str:
    """Return how long it is until something may be done, in days and hours begun."""
    if left < _HOUR:
        return "不到 1 小时"
    days, hours = left // _DAY, left % _DAY // _HOUR
    return " ".join(part for part in (f"{days} 天" if days else "", f"{hours} 小时" if hours else "") if part)


def _road_words(road: RoadView, own_center: str, now: datetime) -> Iterator[Word]:
    if road.side == "taker":
        if road.asked_back:
            text = f"{road.giver_name}请求撤回这件。还没有办的，请到“接收批次”退回；已经在办的，请打电话说明。"
            yield Word(text, Tone.WARN)
        return
    arbiter = center_word(road.arbiter)
    silence = f"{ago_text(road.days)}交出，{road.to_name}还没有接收。"
    call = f"先打电话问一问：{road.to_phone}。" if road.to_phone else "先打电话问一问。"
    if road.side == "giver":
        yield Word(f"{silence}{call}" if road.days else silence, Tone.INFO)
        yield from _giver_words(road, own_center, arbiter, now)
    else:
        unasked = f"{handed_text(road.giver_name, road.days)}，{road.to_name}还没有接收。"
        yield Word(f"{f'{road.giver_name}请求撤回。{silence}' if road.asked_back else unasked}{call}", Tone.INFO)
        yield from _arbiter_words(road, arbiter, now)


def _giver_words(road: RoadView, own_center: str, arbiter: str, now: datetime) -> Iterator[Word]:
    if road.asked_back:
        yield Word(f"已经请求撤回：对方退回，或者由{arbiter}核实收回，就能接着办。", Tone.INFO)
    elif road.may:
        yield Word(f"要收回的，按“请求撤回”写明原因：对方可以退回，{arbiter}也看得到，可以核实收回。")
    else:
        yield Word("要收回的，请代办员或窗口人员在这里按“请求撤回”。")
    yield _lock_word(road, f"{arbiter}现在还不能收回", f"{arbiter}现在可以核实收回了", own_center, now)


def _arbiter_words(road: RoadView, arbiter: str, now: datetime) -> Iterator[Word]:
    ready = f"满三天了，可以收回。要连着{arbiter}办，办之前先问清材料在哪里"
    yield _lock_word(road, "现在还不能收回", ready, arbiter, now)
    if not road.may:
        yield Word("收回由监察人员或系统管理员办，您的账户没有这个权限。请告诉他们。", Tone.WARN)
        return
    others = [asked for asked in road.requests if not asked.mine]
    if others:
        first = others[0]
        when = instant_text(read_stamp(first.at), now)
        yield Word(f"{first.actor}已经提请收回（{when}）。双方已签字的，由您电话核实后收回。", Tone.INFO)
    elif road.requests:
        yield Word("您已经提请收回。双方已签字的，要另一人电话核实后收回；没有双方签字的，您自己可以收回。", Tone.INFO)
    else:
        yield Word("交接单双方已签字的，要两个人：一人先按“提请收回”，另一人再收回。没有双方签字的，一人收回。")


def _lock_word(road: RoadView, locked: str, ready: str, center: str, now: datetime) -> Word:
    """Return from when on the hand-over may be reclaimed, and how long that is from now."""
    if road.opens_at is None:
        return Word(f"{locked}：{center}还没有确认这次交接。请先联网同步；确认以后，满三天才能收回。", Tone.STALE)
    if road.is_open:
        return Word(f"{ready}。", Tone.WARN)
    when, left = instant_text(road.opens_at, now), remaining_words(road.opens_at - now)
    return Word(f"{locked}：交接要满三天（72 小时），到 {when}，还差 {left}。", Tone.STALE)


def _pc_words(view: CasePageView, own_center: str) -> Iterator[Word]:
    may_take_over = any(action.outcome.move is CustodyOp.TAKE_OVER for action in view.actions)
    if view.pc == "another":
        here = "按“接手”" if may_take_over else "请代办员、窗口人员或办理人员按“接手”"
        pc = "由本单位另一台电脑经办" if view.case.custody.device else "收回以后还没有哪台电脑经办"
        yield Word(f"这件{pc}。要在这台电脑上接着办，{here}。", Tone.INFO)
    if view.pc == "this" and any(step.type == _TAKE_OVER and not step.ruling for step in view.timeline):
        yield Word(f"这件由这台电脑接手，还没有确认：先办着，联网后由{own_center}确认。", Tone.STALE)
