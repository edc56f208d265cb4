"""The steps of a case as a worker reads them: who did what when, how far each has come, and what was set aside.

The newest step is first: it says why the case is where it is, and a villager asks for that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from station_app.domain.actions import ALL
from station_app.domain.calendar import SHANGHAI
from station_app.domain.effects import CustodyOp
from station_app.messages import center_word, verdict_text, waiting_text
from station_app.messages.remarks import REMARK_LABELS
from station_app.ui.models.dates import Word
from station_app.ui.presenters.case_facts import FACT_LABELS, fact_text
from station_app.ui.tokens import Tone
from station_app.usecases.look_up import CasePageView, LateStep, RemarkView
from station_app.usecases.set_aside import Disagreement
from station_app.usecases.timeline import TimelineStep
from station_app.usecases.times import read_stamp

_HAND_OVERS = {action.code for action in ALL if action.outcome.move is CustodyOp.OFFER}
_STANDS = ("", "accepted")
_DECIDES = "state"


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `marks` say where it has arrived, hop by hop."""

    title: str
    who: str
    when: str
    marks: tuple[Word, ...]
    remark: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """A step that does not stand: why, and each fact as it was written beside the one that stands.

    Args:
        who: wrote it, and when; `by`: which center set it aside, and when.
    """

    title: str
    who: str
    by: str
    reason: str
    pairs: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """An entry of the open lane."""

    kind: str
    who: str
    text: str


def steps_of(steps: Sequence[TimelineStep], own_center: str) -> tuple[Step, ...]:
    """Return the steps, the newest first.

    Args:
        own_center: what the center of this office is called.
    """
    return tuple(_step(step, own_center) for step in reversed(steps))


def set_aside_of(view: CasePageView, found: Iterable[Disagreement], own_center: str) -> tuple[SetAside, ...]:
    """Return the steps that do not stand.

    Args:
        own_center: what the center of this office is called.
    """
    known = list(found)
    return tuple(
        _set_aside(late, [one for one in known if one.event_id == late.event_id], own_center) for late in view.late
    )


def notes_of(remarks: Sequence[RemarkView]) -> tuple[Note, ...]:
    """Return notes, opinions and requests, the newest first."""
    return tuple(
        Note(REMARK_LABELS.get(remark.kind, "备注"), _by(remark.org_name, remark.actor, remark.claimed_at), remark.text)
        for remark in reversed(remarks)
    )


def local_time(stamp: str) -> str:
    """Return a UTC stamp as the clock on the wall had it: 2026-11-23 12:05; as it is where it is none."""
    try:
        return read_stamp(stamp).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return stamp


def _step(step: TimelineStep, own_center: str) -> Step:
    unreadable = "内容已按规定删除。" if step.removed else "本单位看不到这一步的内容，或要升级软件才能显示。"
    remark = "" if step.readable else unreadable
    if step.code:
        remark = waiting_text(step.code, own_center)
    elif step.ruling not in _STANDS:
        remark = verdict_text(step.ruling, step.reason, center_word(step.ruled_by))
    who = "，".join(part for part in (step.org_name, step.actor) if part)
    return Step(step.label, who, local_time(step.claimed_at), _marks(step), remark)


def _marks(step: TimelineStep) -> tuple[Word, ...]:
    saved = Word("本机已存", Tone.GOOD)
    if step.code:
        return saved, Word("中心没有收", Tone.BAD)
    if not (step.at_center or step.at_city):
        return saved, Word("还没传到中心", Tone.STALE)
    hops = (("县已收", step.at_center), ("市已收", step.at_city))
    arrived = (saved, *(Word(hop, Tone.GOOD) for hop, so in hops if so))
    if step.ruling not in _STANDS:
        return *arrived, Word("没有生效", Tone.BAD)
    if step.type not in _HAND_OVERS:
        return arrived
    taken = Word("对方已接收", Tone.GOOD) if step.taken_over else Word("对方没有接收", Tone.STALE)
    return *arrived, taken


def _set_aside(late: LateStep, found: Sequence[Disagreement], own_center: str) -> SetAside:
    by = f"{center_word(late.ruled_by)}裁定" if late.ruled_by else f"{own_center}没有收下"
    when = f"（{local_time(late.ruled_at)}）" if late.ruled_at else ""
    pairs = [(_fact_label(one.fact), *_both(one)) for one in found if _fact_label(one.fact)]
    who = _by(late.org_name, late.actor, late.claimed_at)
    return SetAside(late.label, who, f"{by}{when}", late.text, tuple(pairs))


def _fact_label(fact: str) -> str:
    return "办理状态" if fact == _DECIDES else FACT_LABELS.get(fact, "")


def _both(one: Disagreement) -> tuple[str, str]:
    return fact_text(one.fact, one.written), fact_text(one.fact, one.stands) or "（没有）"


def _by(org_name: str, actor: str, claimed_at: str) -> str:
    return "，".join(part for part in (org_name, actor, local_time(claimed_at)) if part)
