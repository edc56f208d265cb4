"""Running one case action: the form in, one signed event and the projections out, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from station_app.domain.action import ActionContext, CaseAction, Turn, check_may, fence
from station_app.domain.actions import ALL, action_named
from station_app.domain.attachments import check_count
from station_app.domain.cases import Case
from station_app.domain.errors import StationError
from station_app.domain.forms import read_form
from station_app.domain.items import Item
from station_app.domain.lanes import SubjectKind
from station_app.domain.numbers import case_number, point_digits
from station_app.exchange.files_named import ATTACH
from station_app.exchange.writing import Draft, write_event
from station_app.protocol.event import SALT_BYTES, Event
from station_app.usecases.leased_numbers import take_number
from station_app.usecases.ports import Book, Desk
from station_app.usecases.reference import Reference, reference_of
from station_app.usecases.serials import serial_name
from station_app.usecases.times import local_day, read_stamp, stamp

JUST_ANSWERED = timedelta(minutes=10)


def register_case(desk: Desk, form: Mapping[str, Any], draft_id: str = "") -> Case:
    """Take an errand in: the case, its 代办登记号 and its place in the outbox are durable when this returns.

    The draft that the form grew from goes in the same transaction: it is never offered again for a case that is saved.
    So do the entries of its attachments, each a form of the action `attach` whose file is sealed and on the disk.

    Raises:
        StationError: of the form, the item, the applicant or the materials; then nothing is written.
    """
    action = action_named("register")
    with desk.open_book() as book:
        reference = reference_of(book)
        values = _checked(action, None, desk, form)
        item = reference.directory.find(values["item"])
        context = _opening(_context(desk, book, reference), book, reference, item)
        case_id = desk.entropy(16).hex()
        append(desk, book, [_draft(action, None, _Run(values, context, case_id), desk)])
        if values["attachments"]:
            _attach(desk, book, _must(book.case(case_id), case_id), values["attachments"])
        if draft_id:
            book.drop_draft(draft_id, desk.worker.person_id)
        return _must(book.case(case_id), case_id)


def act_on_case(desk: Desk, case_id: str, code: str, form: Mapping[str, Any]) -> Case:
    """Run an action of the registry on a case and return the case after it.

    Raises:
        StationError: `case-unknown`, `action-unknown`, `action-in-batch`, or why the action is refused.
    """
    action = action_named(code)
    if action.in_batch:
        raise StationError("action-in-batch", action=action.label)
    with desk.open_book() as book:
        case = find_case(book, case_id)
        if action.online:
            require_center(book, desk)
        values = _checked(action, case, desk, form)
        context = _numbered(_context(desk, book, reference_of(book)), book, action, values)
        append(desk, book, [_draft(action, case, _Run(values, context, case.case_id), desk)])
        return _must(book.case(case.case_id), case.case_id)


def attach_files(desk: Desk, case_id: str, forms: Sequence[Mapping[str, Any]]) -> Case:
    """Write several attachments into a case in one transaction, and return the case after it.

    Args:
        forms: of the action `attach`; each file is sealed and on the disk.

    Raises:
        StationError: `case-unknown`, or why the action is refused; then nothing is written.
    """
    with desk.open_book() as book:
        case = find_case(book, case_id)
        _attach(desk, book, case, forms)
        return _must(book.case(case.case_id), case.case_id)


def _attach(desk: Desk, book: Book, case: Case, forms: Sequence[Any]) -> None:
    action = action_named(ATTACH)
    context = _context(desk, book, reference_of(book))
    drafts: list[Draft] = []
    for form in forms:
        if not isinstance(form, Mapping):
            raise StationError("form-field-type", field="attachments", label="附件", expected="每份一组数据")
        drafts.append(_draft(action, case, _Run(_checked(action, case, desk, form), context, case.case_id), desk))
    check_count(case, (str(form["file"]["file"]) for form in forms))
    append(desk, book, drafts)


def _numbered(context: ActionContext, book: Book, action: CaseAction, values: Mapping[str, Any]) -> ActionContext:
    if not action.numbers:
        return context
    day = values["accepted_on"] or context.today
    return replace(context, document_number=take_number(book, action, values["document_number"] or "", day))


def case_draft(desk: Desk, book: Book, case: Case, step: BatchStep) -> Draft:
    """Return the event of one case in a batch, not written yet; refused like an action alone."""
    values = _checked(step.action, case, desk, step.form)
    context = _context(desk, book, step.reference, step.batch_id)
    return _draft(step.action, case, _Run(values, context, case.case_id), desk)


@dataclass(frozen=True, slots=True)
class BatchStep:
    """What is done to one case of a batch."""

    action: CaseAction
    form: Mapping[str, Any]
    batch_id: str
    reference: Reference


def append(desk: Desk, book: Book, drafts: Sequence[Draft]) -> list[Event]:
    """Sign and write events behind each other; they become visible together.

    Raises:
        StationError: `worker-disabled`: the account was closed since the worker signed in, and this PC has heard of it.
    """
    if desk.worker.person_id in book.limits().people:
        raise StationError("worker-disabled", name=desk.worker.name)
    chain = book.chain()
    written: list[Event] = []
    for draft in drafts:
        event, chain = write_event(draft, chain, desk.pen, desk.entropy(SALT_BYTES))
        written.append(event)
    book.append(written)
    return written


def possible_actions(desk: Desk, book: Book, case: Case) -> list[CaseAction]:
    """Return the actions that this worker can run on this case now, in menu order."""
    context = _context(desk, book, reference_of(book))
    return [action for action in ALL if action.turn is not Turn.OPENER and _may(action, case, context)]


def _may(action: CaseAction, case: Case, context: ActionContext) -> bool:
    try:
        check_may(action, case, context.worker)
        fence(action, case, context.office.code, context.device)
        action.guard(case, context.office, context.worker.person_id)
    except StationError:
        return False
    return action.is_time(case, context.now)


def find_case(book: Book, text: str) -> Case:
    """Return the case with this id or this 代办登记号; `case-unknown` otherwise."""
    case = book.case(text) or book.case_numbered("".join(text.split()))
    if case is None:
        raise StationError("case-unknown", case=text)
    return case


@dataclass(frozen=True, slots=True)
class _Run:
    values: Mapping[str, Any]
    context: ActionContext
    case_id: str


def _checked(action: CaseAction, case: Case | None, desk: Desk, form: Mapping[str, Any]) -> dict[str, Any]:
    check_may(action, case, desk.worker)
    return read_form(action.fields, form)


def _draft(action: CaseAction, case: Case | None, run: _Run, desk: Desk) -> Draft:
    context = run.context
    under = fence(action, case, context.office.code, context.device)
    if case is not None:
        action.guard(case, context.office, context.worker.person_id)
    return Draft(
        type=action.code,
        subject=(SubjectKind.CASE, run.case_id),
        org=context.office.code,
        actor=desk.worker.person_id,
        claimed_at=stamp(desk.now()),
        effects=action.apply(case, run.values, context),
        audience=action.audience,
        grant=under.grant,
        base=under.base,
    )


def _context(desk: Desk, book: Book, reference: Reference, batch_id: str | None = None) -> ActionContext:
    me = book.identity()
    return ActionContext(
        office=reference.organisations.get(me.org),
        worker=desk.worker,
        device=me.device,
        today=local_day(desk.now()),
        calendar=reference.calendar,
        organisations=reference.organisations,
        batch=batch_id,
        now=stamp(desk.now()),
    )


def _opening(context: ActionContext, book: Book, reference: Reference, item: Item) -> ActionContext:
    pin = reference.directory_pin()
    return replace(context, item=item, directory=pin, number=next_number(book, context.today))


def next_number(book: Book, today: date) -> str:
    """Return the next 代办登记号 under this PC's tag (docs/sync.md §10)."""
    me = book.identity()
    serial = book.next_serial(serial_name("case", me.tag, today))
    return case_number(point_digits(me.org), today, me.tag, serial)


def require_center(book: Book, desk: Desk) -> None:
    """Refuse with `needs-connection` what may only be done where the center has just answered."""
    status = book.sync_status()
    # An answer that lies ahead came while the clock of this PC was wrong.
    if status.code or not status.last_ok_at or abs(desk.now() - read_stamp(status.last_ok_at)) > JUST_ANSWERED:
        raise StationError("needs-connection")


def _must(case: Case | None, case_id: str) -> Case:
    if case is None:
        raise AssertionError(f"case {case_id} is not in its own book")
    return case
