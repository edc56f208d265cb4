"""What a worker reads: a case with everything that is known of it, and what waits for the center."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from station_app.domain.action import CaseAction
from station_app.domain.case_cards import CaseQuery
from station_app.domain.cases import Case
from station_app.domain.clocks import Clock, running
from station_app.domain.items import Handling
from station_app.domain.organisations import Level, Organisations
from station_app.messages import center_word, verdict_text, waiting_text
from station_app.usecases.attachment_views import AttachmentView, attachment_views
from station_app.usecases.leased_numbers import Numbering, numbering_of
from station_app.usecases.on_the_road import RoadView, road_of
from station_app.usecases.ports import Book, Desk, Slice
from station_app.usecases.reference import Reference, office_of, reference_of
from station_app.usecases.run_action import find_case, possible_actions
from station_app.usecases.set_aside import steps_to_look_at
from station_app.usecases.timeline import TimelineStep, timeline
from station_app.usecases.times import local_day, stamp

WorkingPc = Literal["this", "another", "none"]
_AT_ONCE = 200
_DIFFERENCES = "differences:"


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with its clocks and the names of those who have it."""

    case: Case
    clocks: tuple[Clock, ...]
    custodian_name: str
    on_the_road_to: str


def list_cases(book: Book, query: CaseQuery) -> Iterator[CaseView]:
    """Yield every case that the query finds, whole and newest first; windows read pages of lines instead."""
    reference, position = reference_of(book), None
    while page := book.case_slice(query, Slice(position, _AT_ONCE)):
        for placed in page:
            case = book.case(placed.card.case_id)
            if case is not None:
                yield view_of(case, reference)
        position = page[-1].position


def view_of(case: Case, reference: Reference) -> CaseView:
    """Return a case with its clocks and the names of those who have it."""
    organisations = reference.organisations
    offer = case.custody.offer
    return CaseView(
        case,
        running(case, organisations, reference.calendar),
        _name(organisations, case.custody.holder),
        _name(organisations, offer.to) if offer else "",
    )


def _name(organisations: Organisations, code: str) -> str:
    return organisations.get(code).name if code in organisations else code


@dataclass(frozen=True, slots=True)
class PaperView:
    """A material taken in, and where it is now, in words.

    Args:
        counted: what was found otherwise when it was taken over last, None where everything was there.
    """

    name: str
    originals: int
    copies: int
    handling: str
    where: str
    counted: DifferenceView | None = None


@dataclass(frozen=True, slots=True)
class RemarkView:
    """An entry of the open lane: which office, who, what kind (note, opinion, withdraw_request), and the text."""

    org_name: str
    actor: str
    claimed_at: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """A material that an office counted otherwise than it stands on the slip."""

    org_name: str
    material: str
    expected_originals: int
    expected_copies: int
    counted_originals: int
    counted_copies: int


@dataclass(frozen=True, slots=True)
class LateStep:
    """A step that does not stand, with what to do about it in words.

    Args:
        ruled_by: of whose level the center is that ruled, None where the own one did not take it in.
        ruled_at: UTC stamp of that.
    """

    event_id: str
    label: str
    org_name: str
    actor: str
    claimed_at: str
    text: str
    ruled_by: Level | None
    ruled_at: str


@dataclass(frozen=True, slots=True)
class CasePageView:
    """Everything that the page of a case shows.

    Args:
        actions: what this worker can do with it now, but for what is done by the batch.
        batch_number: of the batch that it is on the road with, "" where it is not on the road.
        road: of the hand-over that is open, None where it is not on the road.
        to_look_at: a step of ours was set aside, and nobody here has looked at it.
        pc: which PC of this office works on it: this one, another one, or none where it is not in our hands.
        attachments: its scans, `may_attach`: this worker may add some.
        numbering: how the paper of one of the actions is numbered, None where by hand.
    """

    case: Case
    clocks: tuple[Clock, ...]
    holder_name: str
    on_the_road_to: str
    origin_name: str
    timeline: tuple[TimelineStep, ...]
    actions: tuple[CaseAction, ...]
    papers: tuple[PaperView, ...]
    remarks: tuple[RemarkView, ...]
    batch_number: str
    differences: tuple[DifferenceView, ...]
    late: tuple[LateStep, ...]
    provisional: bool
    road: RoadView | None = None
    pc: WorkingPc = "none"
    to_look_at: bool = False
    numbering: Numbering | None = None
    attachments: tuple[AttachmentView, ...] = ()
    may_attach: bool = False


def case_page(desk: Desk, book: Book, case_id_or_number: str) -> CasePageView:
    """Return everything that is known of a case; `case-unknown` where there is none."""
    case = find_case(book, case_id_or_number)
    reference = reference_of(book)
    view, steps = view_of(case, reference), timeline(book, case)
    differences = differences_of(case, reference.organisations)
    own_center = center_word(office_of(book).level)
    possible = possible_actions(desk, book, case)
    actions = tuple(action for action in possible if not (action.in_batch or action.takes_files))
    numbered = next((action for action in actions if action.numbers), None)
    return CasePageView(
        case=case,
        clocks=view.clocks,
        holder_name=view.custodian_name,
        on_the_road_to=view.on_the_road_to,
        origin_name=_name(reference.organisations, case.origin_org),
        timeline=tuple(steps),
        actions=actions,
        papers=_with_counts(papers_of(view), differences),
        remarks=_remarks(case, steps, reference.organisations),
        batch_number=_batch_number(book, case),
        differences=differences,
        late=tuple(_late(step, own_center) for step in steps if step.event_id in case.not_standing),
        provisional=case.provisional,
        road=road_of(desk, book, case, {step.event_id: step.actor for step in steps}),
        pc=_working_pc(book, case),
        to_look_at=bool(steps_to_look_at(book, case)),
        numbering=None if numbered is None else numbering_of(book, numbered, local_day(desk.now())),
        attachments=attachment_views(book, case),
        may_attach=any(action.takes_files for action in possible),
    )


def _working_pc(book: Book, case: Case) -> WorkingPc:
    custody, me = case.custody, book.identity()
    if custody.holder != me.org or custody.offer is not None or custody.ended:
        return "none"
    return "this" if custody.device == me.device else "another"


def papers_of(view: CaseView) -> tuple[PaperView, ...]:
    """Return the papers of a case, each with where it is."""
    return tuple(_paper(material, view) for material in view.case.materials)


def _paper(material: Mapping[str, Any], view: CaseView) -> PaperView:
    kept = f"在途（送往{view.on_the_road_to}）" if view.on_the_road_to else f"在{view.custodian_name}"
    originals, copies = _count(material, "originals"), _count(material, "copies")
    where = kept
    if originals and material.get("handling") == Handling.VERIFY_RETURN.value:
        where = "原件已当场退还申请人" + (f"；复印件{kept}" if copies else "")
    return PaperView(str(material.get("name", "")), originals, copies, str(material.get("handling", "")), where)


def _with_counts(papers: Sequence[PaperView], differences: Sequence[DifferenceView]) -> tuple[PaperView, ...]:
    """Return the papers with what is still counted otherwise: papers put right since then are no longer."""
    found = {one.material: one for one in differences}
    return tuple(
        replace(paper, counted=found[paper.name])
        if paper.name in found and found[paper.name].expected_copies == paper.copies
        else paper
        for paper in papers
    )


def _remarks(case: Case, steps: Sequence[TimelineStep], organisations: Organisations) -> tuple[RemarkView, ...]:
    actors = {step.event_id: step.actor for step in steps}
    return tuple(
        RemarkView(
            org_name=_name(organisations, remark.org),
            actor=actors.get(remark.event_id, ""),
            claimed_at=remark.claimed_at,
            kind=str(remark.content.get("kind", "")),
            text=str(remark.content.get("text", "")),
        )
        for remark in case.remarks
    )


def _batch_number(book: Book, case: Case) -> str:
    offer = case.custody.offer
    batch = book.batch(offer.batch) if offer is not None and offer.batch else None
    return batch.number if batch else ""


def differences_of(case: Case, organisations: Organisations) -> tuple[DifferenceView, ...]:
    """Return what each office counted otherwise than it stood on the slip."""
    return tuple(
        DifferenceView(
            org_name=_name(organisations, name.removeprefix(_DIFFERENCES)),
            material=str(row.get("material", "")),
            expected_originals=_count(row.get("expected"), "originals"),
            expected_copies=_count(row.get("expected"), "copies"),
            counted_originals=_count(row.get("counted"), "originals"),
            counted_copies=_count(row.get("counted"), "copies"),
        )
        for name, rows in case.fields.items()
        if name.startswith(_DIFFERENCES) and isinstance(rows, list)
        for row in rows
        if isinstance(row, Mapping)
    )


def _count(papers: Any, name: str) -> int:
    """Return a count of papers; 0 for what a faulty program wrote in its place, so that the page still opens."""
    found = papers.get(name) if isinstance(papers, Mapping) else None
    return found if isinstance(found, int) else 0


def _late(step: TimelineStep, own_center: str) -> LateStep:
    ruling = verdict_text(step.ruling, step.reason, center_word(step.ruled_by))
    text = waiting_text(step.code, own_center) if step.code else ruling
    return LateStep(
        step.event_id, step.label, step.org_name, step.actor, step.claimed_at, text, step.ruled_by, step.ruled_at
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits of one case or batch, why, and when it is tried next."""

    subject_id: str
    label: str
    events: int
    reason: str
    next_attempt: str


def outbox(book: Book, reason: str, next_attempt: datetime | None) -> list[Waiting]:
    """Return what is not yet at the center. `reason` is why the last exchange failed, "" if it did not."""
    found = []
    for entry in book.outbox_entries():
        case = book.case(entry.subject_id)
        batch = None if case else book.batch(entry.subject_id)
        label = case.number if case else batch.number if batch else ""
        when = stamp(next_attempt) if next_attempt and not entry.code else ""
        found.append(Waiting(entry.subject_id, label, entry.events, entry.code or reason, when))
    return found


@dataclass(frozen=True, slots=True)
class WaitingSummary:
    """What the status bar says of the exchange.

    Args:
        events: waiting for the center; `cases`: of how many cases and batches they are.
        refused: events that the center did not take in; they stay until somebody has seen to them.
        reason_code: why the last exchange did not come through, "" when it did.
        next_attempt: UTC stamp.
        last_ok_at: UTC stamp of the last exchange that came through, "" before the first.
        attachments_left: own files that the center does not have whole; `attachments_lost`: neither it nor this PC has.
    """

    events: int
    cases: int
    refused: int
    reason_code: str
    next_attempt: str
    last_ok_at: str
    attachments_left: int = 0
    attachments_lost: int = 0


def waiting_summary(book: Book) -> WaitingSummary:
    """Return what waits and how the last exchange ended; cheap enough to be asked every few seconds."""
    totals, status, files = book.outbox_totals(), book.sync_status(), book.files_left()
    return WaitingSummary(
        totals.events,
        totals.subjects,
        totals.refused,
        status.code,
        status.next_attempt,
        status.last_ok_at,
        attachments_left=files.files,
        attachments_lost=files.lost,
    )
