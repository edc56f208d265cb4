"""The form of any action of the registry: what was typed becomes values, faults become words beside their field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from station_app.domain.action import CaseAction
from station_app.domain.cases import STATE_LABELS, CaseState
from station_app.domain.effects import CustodyOp, ObligationOp
from station_app.domain.errors import StationError
from station_app.domain.forms import Field, read_form
from station_app.domain.lanes import Audience
from station_app.domain.organisations import Level
from station_app.messages import center_word, text_of
from station_app.ui.models.dates import Word, weekday_text
from station_app.ui.models.page_names import HAND_OVER
from station_app.ui.presenters.typed_date import read_day
from station_app.ui.tokens import Tone
from station_app.usecases.leased_numbers import Numbering
from station_app.usecases.look_up import PaperView

# Which kind of field a refusal is about where it names none: its code says so.
_KIND_OF_CODE = {"date-": "date", "name-": "text", "material-": "list", "id-card-": "list"}
_NOTHING: tuple[Any, ...] = ("", None, [])


def label_of(field: Field) -> str:
    """Return a field's label, with what leaving it empty means."""
    if field.required:
        return field.label
    return f"{field.label}（不填就是今天）" if field.kind == "date" else f"{field.label}（可不填）"


def value_of(field: Field, typed: Any, today: date) -> Any:
    """Return a form value of what stands in an editor; what can't be read stays as it is, to be refused by name."""
    if not isinstance(typed, str):
        return typed
    text = typed.strip()
    if field.kind == "date" and text:
        day = read_day(text, today)
        return day.isoformat() if day else text
    if field.kind == "integer" and text.isascii() and text.isdigit():
        return int(text)
    return text


def remark_on(field: Field, typed: Any, today: date) -> Word:
    """Return what to say of a field that was left: its fault, the day of a date, or nothing.

    An empty field is not remarked on until the whole form is handed in.
    """
    value = value_of(field, typed, today)
    if value in _NOTHING:
        return Word("")
    fault = fault_of(field, value)
    if fault:
        return Word(fault, Tone.BAD)
    return Word(weekday_text(date.fromisoformat(value)), Tone.INFO) if field.kind == "date" else Word("")


def numbering_word(numbering: Numbering) -> Word:
    """Return what to say of a number that is given with the save, or of numbers that have run out."""
    if numbering.ahead is not None:
        return Word(f"文号自己编，不用填；这台电脑还有 {numbering.left} 个。", Tone.INFO)
    return Word("这台电脑领来的文号用完了。请照文号登记簿手填；和中心同步以后，又会自己编。", Tone.WARN)


def fault_of(field: Field, value: Any) -> str:
    """Return why a form value would be refused, "" where it would not."""
    try:
        read_form((field,), {field.name: value})
    except StationError as error:
        return text_of(error)
    return ""


def form_of(action: CaseAction, typed: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return the form as the action takes it."""
    return {field.name: value_of(field, typed[field.name], today) for field in action.fields}


def field_about(action: CaseAction, error: StationError) -> str:
    """Return the name of the field that a refusal is about, "" where it is about the case as a whole."""
    named = error.params.get("field")
    if any(field.name == named for field in action.fields):
        return str(named)
    kind = next((kind for start, kind in _KIND_OF_CODE.items() if error.code.startswith(start)), "")
    return next((field.name for field in action.fields if field.kind == kind), "")


def warning_of(action: CaseAction, papers: Sequence[PaperView]) -> str:
    """Return what to look at before a case goes on with papers missing, "" where none is; it keeps nobody from it."""
    short = [f"{paper.name}{words}" for paper in papers if (words := short_words(paper))]
    if not short or action.outcome.state not in (CaseState.ACCEPTED, CaseState.GRANTED):
        return ""
    return f"材料不齐：接收清点时，{'；'.join(short)}。请先叫申请人补来，或者核对现在已经补齐，再按“{action.label}”。"


def short_words(paper: PaperView) -> str:
    """Return how much of a paper was missing when it was counted, "" where nothing was."""
    counted = paper.counted
    if counted is None:
        return ""
    pairs = (
        ("原件", counted.expected_originals, counted.counted_originals),
        ("复印件", counted.expected_copies, counted.counted_copies),
    )
    return "、".join(f"{label}应 {due} 实 {have}" for label, due, have in pairs if have < due)


def next_step_of(action: CaseAction, level: Level) -> str:
    """Return how a case goes on that was taken over, or put right after it had come back; "" after any other action."""
    if action.outcome.move is CustodyOp.TAKE_OVER:
        return f"现在可以在这台电脑上办；联网后由{center_word(level)}确认。"
    page = HAND_OVER.get(level)
    if page is None or action.from_states != {CaseState.RETURNED}:
        return ""
    return f"下一步：到“{page}”，和别的件一起再交一次。"


def consequence_of(action: CaseAction, origin_name: str = "") -> str:
    """Return in one line what follows from doing the action, told by what it does and not by its name."""
    outcome = action.outcome
    if outcome.duty is ObligationOp.CREATE and outcome.state is not None:
        home = origin_name or "收件的单位"
        return f"按下去以后：决定为“{STATE_LABELS[outcome.state]}”，不能再改；结果自动回到{home}，由它送达申请人。"
    if outcome.duty is ObligationOp.FINISH:
        return "按下去以后：这件办结归档，不再有时限。"
    if outcome.move is CustodyOp.TAKE_OVER:
        return "按下去以后：这件由这台电脑办，那一台不能再办。那一台先办了一步、先传到的，以那一步为准，这里会写明。"
    if outcome.move is CustodyOp.RECLAIM:
        return "按下去以后：这件不再在途，归选定的单位经办；对方以后再接收的不算数，会提示对方。"
    if outcome.state is not None:
        return f"按下去以后：这件变为“{STATE_LABELS[CaseState(outcome.state)]}”。"
    if action.audience is Audience.HANDLING:
        return "写下的只有镇、县办理机关看得到；写了就不能删。"
    return "经办这件的单位都看得到；写了就不能删。"
