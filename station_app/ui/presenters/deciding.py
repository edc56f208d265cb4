"""Accepting and deciding: the two queues, and what a worker weighs of one case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from station_app.domain.action import CaseAction
from station_app.domain.cases import STATE_LABELS, CaseState
from station_app.domain.items import Handling
from station_app.domain.lanes import Lane
from station_app.domain.masking import mask_id_number, mask_phone
from station_app.messages import center_word, text_of
from station_app.messages.remarks import REMARK_LABELS
from station_app.ui.models.dates import Word, day_text, due_word
from station_app.ui.presenters.action_entry import short_words
from station_app.ui.tokens import Tone
from station_app.usecases.deciding import BEFORE_ACCEPTANCE, Queue, obstacle, to_accept, to_decide
from station_app.usecases.look_up import CasePageView, PaperView, case_page
from station_app.usecases.ports import Book, Desk
from station_app.usecases.reference import office_of
from station_app.usecases.times import day_of_stamp, local_day

TO_ACCEPT, TO_DECIDE = "to_accept", "to_decide"
# What is done on the deciding page, of all that the registry has; the rest is on the case's own page.
_JUDGING = ("accept_application", "opinion", "grant", "refuse")


@dataclass(frozen=True, slots=True)
class Queues:
    """What waits to be accepted and what waits to be decided, as of a day."""

    queues: tuple[Queue, Queue]
    today: date


@dataclass(frozen=True, slots=True)
class Judged:
    """One case as it lies before who accepts or decides it.

    Args:
        facts: state, limits and warnings, each with its tone.
        applicant: masked.
        papers: a line each, with where the paper is; what was counted short stands out.
        remarks: notes and opinions with who wrote them, and what was counted otherwise.
        actions: what this worker can do with it here, the main one first where there is one.
        main: the action that takes the case on; None where `why_not` says why.
    """

    view: CasePageView
    facts: tuple[Word, ...]
    applicant: str
    papers: tuple[Word, ...]
    remarks: tuple[str, ...]
    actions: tuple[CaseAction, ...]
    main: CaseAction | None
    why_not: str


def read_queues(desk: Desk, book: Book) -> Queues:
    """Return both queues; a job."""
    return Queues((to_accept(book), to_decide(book)), local_day(desk.now()))


def read_judged(desk: Desk, case_id: str) -> Judged:
    """Return one case for who accepts or decides it; a job."""
    with desk.read_book() as book:
        view = case_page(desk, book, case_id)
        wanted = "accept_application" if view.case.state in BEFORE_ACCEPTANCE else "grant"
        error = obstacle(desk, book, view.case, wanted)
        center = center_word(office_of(book).level)
    actions = tuple(action for action in view.actions if action.code in _JUDGING)
    main = next((action for action in actions if action.lane is Lane.CUSTODY), None)
    return Judged(
        view=view,
        facts=tuple(_facts(view, local_day(desk.now()))),
        applicant=applicant_line(view),
        papers=tuple(_paper_word(paper) for paper in view.papers),
        remarks=tuple(_remarks(view)),
        actions=actions,
        main=main,
        why_not="" if error is None else text_of(error, center),
    )


def applicant_line(view: CasePageView) -> str:
    """Return paper and telephone of the applicant, masked."""
    applicant = view.case.applicant
    parts = []
    if applicant.get("id_number"):
        parts.append(f"证件 {mask_id_number(str(applicant['id_number']))}")
    if applicant.get("phone"):
        parts.append(f"电话 {mask_phone(str(applicant['phone']))}")
    return "　".join([*parts, f"收件：{view.origin_name}"])


def papers_to_check(view: CasePageView, office: str) -> Iterator[Word]:
    """Yield what lies on the table to be checked: an original that was shown and given back elsewhere does not."""
    for paper in view.papers:
        elsewhere = view.case.origin_org != office and paper.handling == Handling.VERIFY_RETURN.value
        if elsewhere and not paper.copies:
            continue
        words = _paper_counts(replace(paper, originals=0) if elsewhere else paper)
        returned = f"，原件{view.origin_name}已核对退还" if elsewhere and paper.originals else ""
        yield Word(f"{words.text}{returned}", words.tone)


def _paper_word(paper: PaperView) -> Word:
    counts = _paper_counts(paper)
    return Word(f"{counts.text}（{paper.where}）", counts.tone)


def _paper_counts(paper: PaperView) -> Word:
    counts = [f"原件 {paper.originals}"] if paper.originals else []
    counts += [f"复印件 {paper.copies}"] if paper.copies else []
    text = f"{paper.name}：{'、'.join(counts) or '没有收'}"
    short = short_words(paper)
    return Word(f"{text}；清点时{short}", Tone.BAD) if short else Word(text)


def _facts(view: CasePageView, today: date) -> Iterator[Word]:
    yield Word(STATE_LABELS[view.case.state], Tone.INFO)
    for clock in view.clocks:
        due = due_word(clock, today)
        yield Word(f"{clock.label} {due.text}", due.tone)
    if view.case.state is CaseState.ACCEPTED and view.case.fields.get("accepted_by_name"):
        yield Word(f"受理人 {view.case.fields['accepted_by_name']}")
    if view.provisional:
        yield Word("待中心确认", Tone.STALE)
    if view.late:
        yield Word("有一步没有算数，请看这件的经过", Tone.WARN)


def _remarks(view: CasePageView) -> Iterator[str]:
    for row in view.differences:
        yield (
            f"{row.org_name}清点有出入：{row.material}，"
            f"单上原件 {row.expected_originals}、复印件 {row.expected_copies}，"
            f"实收原件 {row.counted_originals}、复印件 {row.counted_copies}"
        )
    for remark in view.remarks:
        label = REMARK_LABELS.get(remark.kind, "备注")
        when = day_text(day_of_stamp(remark.claimed_at))
        yield f"{label}（{remark.org_name} {remark.actor} {when}）：{remark.text}"
