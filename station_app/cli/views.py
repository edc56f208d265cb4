"""Cases, batches and reports as commands print them: the object for --json and the line for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from station_app.bootstrap.station import Report
from station_app.domain.actions import ALL
from station_app.domain.cases import STATE_LABELS, Case
from station_app.domain.masking import mask_name
from station_app.domain.removals import removed_words
from station_app.messages import text_of, verdict_text
from station_app.usecases.hand_over import HandOver
from station_app.usecases.look_up import CaseView
from station_app.usecases.timeline import TimelineStep

Answer = tuple[dict[str, Any], str]


def case_line(view: CaseView) -> Answer:
    """Return one line of a case list."""
    case = view.case
    first = view.clocks[0] if view.clocks else None
    found = {
        "case_id": case.case_id,
        "number": case.number,
        "item": case.item.get("name", ""),
        "applicant": case.applicant.get("name", ""),
        "state": case.state.value,
        "custodian": case.custody.holder,
        "on_the_road_to": case.custody.offer.to if case.custody.offer else None,
        "due_on": first.due_on.isoformat() if first else None,
        "due": first.kind if first else None,
        "due_provisional": first.provisional if first else False,
        "provisional": case.provisional,
        "by_slip": case.by_slip,
    }
    if case.removed is not None:
        found["removed"] = {"basis": case.removed.basis, "at": case.removed.at}
    name = removed_words(case.removed) if case.removed else mask_name(str(case.applicant.get("name", "")))
    due = f"  {first.label} {first.due_on.isoformat()}" if first else ""
    return found, f"{case.number}  {name}  {case.item.get('name', '')}  {state_text(view)}{due}"


def state_text(view: CaseView) -> str:
    """Return where a case stands, in words."""
    label = STATE_LABELS[view.case.state]
    if view.on_the_road_to:
        label += f"（在途，送往{view.on_the_road_to}）"
    if view.case.by_slip:
        return f"{label}（仅凭交接单）"
    return label + ("（待中心确认）" if view.case.provisional else "")


def case_detail(view: CaseView, steps: Sequence[TimelineStep]) -> Answer:
    """Return all that is known of one case."""
    line, text = case_line(view)
    case = view.case
    clocks = [
        {
            "kind": clock.kind,
            "label": clock.label,
            "starts_on": clock.starts_on.isoformat(),
            "due_on": clock.due_on.isoformat(),
            "provisional": clock.provisional,
            "basis": clock.basis,
        }
        for clock in view.clocks
    ]
    events = [_event(step) for step in steps]
    receipts = [
        {
            "event": step.event_id,
            "type": step.type,
            "saved": True,
            "county": step.at_center,
            "city": step.at_city,
            "other": step.taken_over,
        }
        for step in steps
    ]
    more = {
        "fields": dict(case.fields),
        "obligations": [_obligation(case, token) for token in case.obligations],
        "remarks": [{"org": remark.org, **remark.content} for remark in case.remarks],
        "not_standing": dict(case.not_standing),
        "clocks": clocks,
        "events": events,
        "receipts": receipts,
    }
    return {**line, **more}, "\n".join([text, *(_step_text(step) for step in steps)])


def _event(step: TimelineStep) -> dict[str, Any]:
    return {
        "event": step.event_id,
        "type": step.type,
        "org": step.org,
        "actor": step.actor,
        "claimed_at": step.claimed_at,
        "readable": step.readable,
        "ruling": step.ruling,
        "reason": step.reason,
        "code": step.code,
    }


def _obligation(case: Case, token: str) -> dict[str, Any]:
    duty = case.obligations[token]
    return {"kind": duty.kind, "holder": duty.holder, "done": duty.done}


def _step_text(step: TimelineStep) -> str:
    told = (("县已收", step.at_center), ("市已收", step.at_city), ("对方已接收", step.taken_over))
    marks = ["本机已存", *(mark for mark, so in told if so)]
    ruled = verdict_text(step.ruling, step.reason) if step.ruling not in ("", "accepted") else ""
    return f"  {step.claimed_at}  {step.org}  {step.actor}  {_label(step.type)}  {' / '.join(marks)}  {ruled}".rstrip()


def _label(event_type: str) -> str:
    return next((action.label for action in ALL if action.code == event_type), event_type)


def batch_json(handed: HandOver) -> Answer:
    """Return a batch after a step, with the outcome of each case."""
    batch = handed.batch
    cases = []
    for outcome in handed.outcomes:
        line: dict[str, Any] = {"case_id": outcome.case_id, "outcome": outcome.outcome}
        if outcome.error is not None:
            line |= {"code": outcome.error.code, "message": text_of(outcome.error)}
        cases.append(line)
    left = [f"{case['case_id']}：{case['message']}" for case in cases if "message" in case]
    text = "\n".join([f"批次 {batch.number}，{len(cases) - len(left)} 件。", *left])
    return {"batch_id": batch.batch_id, "number": batch.number, "cases": cases}, text


def report_json(report: Report) -> Answer:
    """Return one exchange of a station that runs by itself."""
    found: dict[str, Any] = {"pushed": report.pushed, "pulled": report.pulled, "code": report.code}
    return {**found, "pause_s": round(report.pause_s, 1)}, f"上传 {report.pushed}，收到 {report.pulled} {report.code}"
