"""Where a case is and what it waits for, in words that one can read out to a villager."""

from __future__ import annotations

from datetime import date

from station_app.domain.cases import STATE_LABELS, Case, CaseState
from station_app.domain.clocks import Clock
from station_app.ui.models.dates import Word, day_text, handed_text
from station_app.ui.models.printed import grouped, iso_day
from station_app.ui.tokens import Tone
from station_app.usecases.look_up import CasePageView

_SOON_DAYS = 2
# What it joins goes into the next line as one.
_GLUE = "\N{NO-BREAK SPACE}"
_TONES = {
    CaseState.REGISTERED: Tone.INFO,
    CaseState.RECEIVED: Tone.INFO,
    CaseState.RETURNED: Tone.WARN,
    CaseState.ACCEPTED: Tone.INFO,
    CaseState.GRANTED: Tone.GOOD,
    CaseState.REFUSED: Tone.BAD,
    CaseState.DELIVERED: Tone.GOOD,
    CaseState.CLOSED: Tone.PLAIN,
}
# What the holder has to do next: by the limit that runs, or where none runs by the state.
_DUTIES = {
    "handover": "交给上一级",
    "forward": "上报",
    "notice": "受理或者告知补正",
    "promised": "作出决定",
    "statutory": "作出决定",
    "delivery": "送达申请人",
    CaseState.REGISTERED: "交给上一级",
    CaseState.RECEIVED: "受理或者上报",
    CaseState.RETURNED: "补齐材料后再交",
    CaseState.ACCEPTED: "作出决定",
    CaseState.GRANTED: "送达申请人",
    CaseState.REFUSED: "送达申请人",
}


def state_word(state: CaseState) -> Word:
    """Return where a case stands."""
    return Word(STATE_LABELS[state], _TONES[state])


def left_word(clock: Clock | None, today: date) -> Word:
    """Return the day on which a limit ends and how far off it is, in days of the calendar; "" where none runs."""
    if clock is None:
        return Word("")
    left = (clock.due_on - today).days
    note = "（暂定）" if clock.provisional else ""
    day = day_text(clock.due_on)
    if left < 0:
        return Word(f"{day} 超{_GLUE}{-left}{_GLUE}天{note}", Tone.BAD)
    if left == 0:
        return Word(f"{day} 今天到期{note}", Tone.BAD)
    return Word(f"{day} 剩{_GLUE}{left}{_GLUE}天{note}", Tone.WARN if left <= _SOON_DAYS else Tone.PLAIN)


def now_text(view: CasePageView, org: str) -> str:
    """Return one or two sentences: who has the case now, and what it waits for until when."""
    case = view.case
    if case.state is CaseState.CLOSED:
        return f"已经办结归档：{_ending_text(case)}。"
    if case.state is CaseState.DELIVERED:
        return f"结果已经送达申请人，等{_named(view.origin_name, case.origin_org, org)}办结归档。"
    if case.custody.ended:
        return _decided_text(view, org)
    if case.custody.offer is not None:
        return _on_the_road_text(view, org)
    reason = case.fields.get("return_reason") if case.state is CaseState.RETURNED else ""
    holder = case.custody.holder
    pc = "的另一台电脑" if view.pc == "another" and case.custody.device else ""
    now = f"现在在{_named(view.holder_name, holder, org)}{pc}，{_waiting(view, ours=holder == org)}。"
    return f"{now}退回原因：{reason}" if reason else now


def _ending_text(case: Case) -> str:
    """Return how a case ended: the decision, and when it reached whom."""
    assert case.decision is not None
    day, signer = case.fields.get("delivered_on"), case.fields.get("signed_by")
    delivered = f"，{iso_day(str(day))}送达" if day else ""
    return f"{STATE_LABELS[case.decision]}{delivered}{f'，{signer}签收' if signer else ''}"


def _decided_text(view: CasePageView, org: str) -> str:
    case = view.case
    owed_by = next((duty.holder for duty in case.obligations.values() if not duty.done), case.origin_org)
    home = f"结果已回到{_named(view.origin_name, owed_by, org)}"
    return f"已经决定“{STATE_LABELS[case.state]}”，{home}，{_waiting(view, ours=owed_by == org)}。"


def _on_the_road_text(view: CasePageView, org: str) -> str:
    case = view.case
    offer = case.custody.offer
    assert offer is not None
    sender = _named(view.holder_name, case.custody.holder, org)
    slip = f"（交接单 {grouped(view.batch_number)}）" if view.batch_number else ""
    handed = handed_text(sender, view.road.days) if view.road else f"{sender}已经交出"
    taker = "本单位" if offer.to == org else view.on_the_road_to
    return f"{handed}{slip}，在路上，等{taker}清点接收。"


def _waiting(view: CasePageView, *, ours: bool) -> str:
    """Return what the office that has just been named has to do, and until when."""
    state, clock = view.case.state, view.clocks[0] if view.clocks else None
    kind = clock.kind if clock and state is not CaseState.RETURNED else state
    until = f"在 {day_text(clock.due_on)}前{'（暂定）' if clock.provisional else ''}" if clock else ""
    return f"{'要' if ours else '等它'}{until}{_DUTIES.get(kind, '办理')}"


def _named(name: str, code: str, org: str) -> str:
    return "本单位" if code == org else name
