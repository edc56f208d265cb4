"""Handing cases over in a batch, and taking a batch in: one transaction, an outcome for each case.

The papers of decisions go home in batches too; counted and signed for like cases, but nobody's custody moves by them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from station_app.domain.actions import action_named
from station_app.domain.batches import Arrival, Batch, BatchKind, BatchLine, batch_facts
from station_app.domain.cases import Case
from station_app.domain.effects import Effects
from station_app.domain.errors import StationError
from station_app.domain.intake import held_originals, paper_count
from station_app.domain.lanes import SubjectKind
from station_app.domain.numbers import batch_number, point_digits
from station_app.domain.result_papers import decision_papers
from station_app.exchange.writing import Draft
from station_app.usecases.arrivals import arrival
from station_app.usecases.ports import Book, Desk
from station_app.usecases.reference import reference_of
from station_app.usecases.run_action import BatchStep, append, case_draft, find_case
from station_app.usecases.serials import serial_name
from station_app.usecases.times import local_day, stamp

_SENDING = {BatchKind.CASES: "offer", BatchKind.PAPERS: "send_papers"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case of a batch; `error` is set where it was left out."""

    case_id: str
    outcome: str
    error: StationError | None = None


@dataclass(frozen=True, slots=True)
class HandOver:
    """A batch after a step, with the outcome of each case."""

    batch: Batch
    outcomes: tuple[Outcome, ...]


def offer_batch(desk: Desk, to: str, cases: Sequence[str]) -> HandOver:
    """Offer cases to the next office with one slip. A case that can't go is left out, with its reason; the others go.

    Raises:
        StationError: `batch-empty` when no case is left, with each one's reason; `organisation-unknown`. Then nothing
            is written.
    """
    return _send(desk, to, cases, BatchKind.CASES)


def send_papers(desk: Desk, to: str, cases: Sequence[str]) -> HandOver:
    """Send the papers of decisions down to an office on their way home with one slip, like `offer_batch`.

    Raises:
        StationError: as `offer_batch`.
    """
    return _send(desk, to, cases, BatchKind.PAPERS)


def _send(desk: Desk, to: str, cases: Sequence[str], kind: BatchKind) -> HandOver:
    with desk.open_book() as book:
        reference = reference_of(book)
        reference.organisations.get(to)
        batch_id = desk.entropy(16).hex()
        step = BatchStep(action_named(_SENDING[kind]), {"to": to}, batch_id, reference)
        drafts, sent, outcomes = _each(desk, book, dict.fromkeys(cases), lambda _: step)
        if not sent:
            raise StationError("batch-empty", reasons=_reasons(outcomes))
        batch = _new_batch(desk, book, batch_id, to, kind, [_line(case, kind) for case in sent])
        append(desk, book, [*drafts, _batch_draft(desk, book, batch_id, "batch_offer", batch_facts(batch))])
        return HandOver(_must(book.batch(batch_id)), tuple(outcomes))


@dataclass(frozen=True, slots=True)
class Count:
    """What the receiving office found.

    Args:
        rejected: case (id or number) to the reason it goes back.
        differences: case (id or number) to the rows counted otherwise than on the slip.
        only: count just these cases now; the rest of the batch stays open.

    Of a batch of decisions, what is counted otherwise has not come.
    """

    rejected: Mapping[str, str] = field(default_factory=dict)
    differences: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    only: tuple[str, ...] = ()


def receive_batch(desk: Desk, batch_text: str, count: Count) -> HandOver:
    """Take a batch in, case by case: accepted, accepted with a counted difference, or rejected with a reason.

    Raises:
        StationError: `batch-unknown`, `batch-not-for-us`, `batch-done`, `case-not-in-batch`, `batch-empty`,
            `batch-still-coming` while nothing of what is to be counted has come yet.
    """
    with desk.open_book() as book:
        batch = find_batch(book, batch_text)
        if batch.to_org != book.identity().org:
            raise StationError("batch-not-for-us", batch=batch.number)
        here, coming = _arrived(book, batch, _wanted(batch, count))
        reference = reference_of(book)

        def step_for(case: Case) -> BatchStep:
            code, form = _form_for(case, count, batch.kind)
            return BatchStep(action_named(code), form, batch.batch_id, reference)

        drafts, _, outcomes = _each(desk, book, here, step_for)
        outcomes += [Outcome(line.case_id, "left_out", _still_coming(line)) for line in coming]
        if not drafts:
            raise StationError("batch-empty", reasons=_reasons(outcomes))
        facts = {
            "outcomes": {o.case_id: o.outcome for o in outcomes if o.error is None},
            "received_on": local_day(desk.now()).isoformat(),
            "received_by": desk.worker.name,
        }
        append(desk, book, [*drafts, _batch_draft(desk, book, batch.batch_id, "batch_receive", facts)])
        return HandOver(_must(book.batch(batch.batch_id)), tuple(outcomes))


def find_batch(book: Book, text: str) -> Batch:
    """Return the batch with this id or number; `batch-unknown` otherwise."""
    batch = book.batch_numbered("".join(text.split())) or book.batch(text)
    if batch is None:
        raise StationError("batch-unknown", batch=text)
    return batch


def _wanted(batch: Batch, count: Count) -> list[BatchLine]:
    lines = {line.case_id: line for line in batch.open_lines}
    if not lines:
        raise StationError("batch-done", batch=batch.number)
    numbers = {line.number: line.case_id for line in batch.lines}
    for text in (*count.rejected, *count.differences, *count.only):
        if numbers.get(text, text) not in lines:
            raise StationError("case-not-in-batch", case=text, batch=batch.number)
    return [lines[numbers.get(text, text)] for text in count.only] or list(lines.values())


def _arrived(book: Book, batch: Batch, wanted: Sequence[BatchLine]) -> tuple[list[str], list[BatchLine]]:
    """Return the cases that can be counted, or whose refusal says why not, and the lines that are still coming."""
    coming = [line for line in wanted if arrival(book, batch, line, book.case(line.case_id)) is Arrival.COMING]
    if len(coming) == len(wanted):
        raise StationError("batch-still-coming", batch=batch.number, coming=len(coming), cases=len(batch.open_lines))
    return [line.case_id for line in wanted if line not in coming], coming


def _still_coming(line: BatchLine) -> StationError:
    return StationError("case-still-coming", case=line.number)


def _form_for(case: Case, count: Count, kind: BatchKind) -> tuple[str, Mapping[str, Any]]:
    reason = count.rejected.get(case.case_id) or count.rejected.get(case.number)
    found = count.differences.get(case.case_id) or count.differences.get(case.number)
    if kind is BatchKind.PAPERS:
        # There is one paper to each: who counts less of it has not got it.
        missing = f"没有收到{'、'.join(name for name, _ in decision_papers(case))}" if found else None
        return "receive_papers", {"reason": reason or missing}
    if reason is not None:
        return "reject_handover", {"reason": reason}
    return "accept_handover", {"differences": list(found)} if found else {}


def _each(
    desk: Desk, book: Book, cases: Iterable[str], step_for: Callable[[Case], BatchStep]
) -> tuple[list[Draft], list[Case], list[Outcome]]:
    drafts: list[Draft] = []
    done: list[Case] = []
    outcomes: list[Outcome] = []
    for text in cases:
        try:
            case = find_case(book, text)
            if any(other.case_id == case.case_id for other in done):
                continue  # Named twice, by its id and by its number.
            step = step_for(case)
            drafts.append(case_draft(desk, book, case, step))
        except StationError as error:
            outcomes.append(Outcome(text, "left_out", error))
            continue
        done.append(case)
        outcomes.append(Outcome(case.case_id, _word(step)))
    return drafts, done, outcomes


def _reasons(outcomes: Sequence[Outcome]) -> list[dict[str, object]]:
    return [{"code": o.error.code, "params": o.error.params} for o in outcomes if o.error is not None]


def _word(step: BatchStep) -> str:
    if step.action.code in _SENDING.values():
        return "offered"
    if step.form.get("reason"):
        return "rejected"
    return "accepted_with_difference" if step.form.get("differences") else "accepted"


def _line(case: Case, kind: BatchKind) -> BatchLine:
    if kind is BatchKind.PAPERS:
        papers = decision_papers(case)
        return BatchLine(case.case_id, case.number, sum(count for _, count in papers), papers)
    return BatchLine(case.case_id, case.number, paper_count(case.materials), held_originals(case.materials))


def _new_batch(desk: Desk, book: Book, batch_id: str, to: str, kind: BatchKind, lines: Sequence[BatchLine]) -> Batch:
    me, today = book.identity(), local_day(desk.now())
    serial = book.next_serial(serial_name("batch", me.tag, today))
    return Batch(
        batch_id=batch_id,
        number=batch_number(point_digits(me.org), today, me.tag, serial),
        from_org=me.org,
        to_org=to,
        offered_on=today.isoformat(),
        offered_by=desk.worker.name,
        lines=tuple(lines),
        kind=kind,
    )


def _batch_draft(desk: Desk, book: Book, batch_id: str, event_type: str, facts: Mapping[str, Any]) -> Draft:
    return Draft(
        type=event_type,
        subject=(SubjectKind.BATCH, batch_id),
        org=book.identity().org,
        actor=desk.worker.person_id,
        claimed_at=stamp(desk.now()),
        effects=Effects(batch=facts),
    )


def _must(batch: Batch | None) -> Batch:
    if batch is None:
        raise AssertionError("a batch is not in its own book")
    return batch
