"""One case on its page: read in a job, acted on by the registry, its masked facts shown on request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from station_app.domain.actions import action_named
from station_app.messages import center_word
from station_app.ui.background import Lane
from station_app.ui.models.case_now import left_word, now_text, state_word
from station_app.ui.models.dates import Word
from station_app.ui.presenters.case_facts import Fact, Masked, facts_of, masked_of
from station_app.ui.presenters.case_steps import Note, SetAside, Step, notes_of, set_aside_of, steps_of
from station_app.ui.presenters.custody_words import custody_words
from station_app.ui.presenters.slip_pairs import slip_pairs
from station_app.ui.tokens import Tone
from station_app.ui.workplace import Workplace
from station_app.usecases.look_up import CasePageView, case_page
from station_app.usecases.on_the_road import act_on_mates_too
from station_app.usecases.ports import Book, Desk
from station_app.usecases.reference import office_of
from station_app.usecases.reveal import reveal
from station_app.usecases.run_action import act_on_case
from station_app.usecases.set_aside import disagreements, look_at
from station_app.usecases.slips import doubts_of, look_at_doubts
from station_app.usecases.times import local_day

SHOWN_S = 30


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that the page shows of a case, in words.

    Args:
        now: who has it and what it waits for.
        limits: each limit that runs, its name before it.
        trust: what has to be known before relying on this: set aside, counted otherwise, not confirmed.
        custody: what to know and to do about who works on it.
        slip: what came otherwise than the 交接码单 had it: label, by the slip, by the data.
    """

    view: CasePageView
    state: Word
    now: str
    limits: tuple[tuple[str, Word], ...]
    trust: tuple[Word, ...]
    custody: tuple[Word, ...]
    masked: tuple[Masked, ...]
    facts: tuple[Fact, ...]
    differences: tuple[str, ...]
    steps: tuple[Step, ...]
    set_aside: tuple[SetAside, ...]
    slip: tuple[tuple[str, str, str], ...]
    notes: tuple[Note, ...]


def read_sheet(desk: Desk, book: Book, about: str) -> Sheet:
    """Return the page of a case; a job."""
    view, now, org = case_page(desk, book, about), desk.now(), book.identity().org
    today, level = local_day(now), office_of(book).level
    return Sheet(
        view=view,
        state=state_word(view.case.state),
        now=now_text(view, org),
        limits=tuple((clock.label, left_word(clock, today)) for clock in view.clocks),
        trust=_trust(view),
        custody=custody_words(view, level, now),
        masked=masked_of(view.case),
        facts=facts_of(view.case),
        differences=_differences(view),
        steps=steps_of(view.timeline, center_word(level)),
        set_aside=set_aside_of(view, disagreements(book, view.case), center_word(level)),
        slip=slip_pairs(doubts_of(book, view.case.case_id)),
        notes=notes_of(view.remarks),
    )


def _trust(view: CasePageView) -> tuple[Word, ...]:
    found = []
    if view.late:
        found.append(Word(f"{len(view.late)} 步没有生效", Tone.BAD))
    if view.differences:
        found.append(Word(f"清点差异 {len(view.differences)} 处", Tone.WARN))
    if view.case.by_slip:
        found.append(Word("仅凭交接单", Tone.STALE))
    elif view.provisional:
        found.append(Word("等中心确认", Tone.STALE))
    return tuple(found)


def _differences(view: CasePageView) -> tuple[str, ...]:
    return tuple(
        f"{one.org_name}清点“{one.material}”：单上原件 {one.expected_originals}、复印件 {one.expected_copies}，"
        f"实收原件 {one.counted_originals}、复印件 {one.counted_copies}"
        for one in view.differences
    )


class CaseView(QObject):
    """Reads the case that the page is about, runs its actions, and unmasks what is asked for, for a while."""

    shown = Signal(object)
    """A `Sheet` other than the one before."""
    missing = Signal(object)
    """There is no such case: the StationError."""
    refused = Signal(str, object, object)
    """The action was not done: its code, the Case, the StationError."""
    done = Signal(object, object, int)
    """The CaseAction that was done, the Case, and on how many cases."""
    revealed = Signal(str, str)
    """A masked fact's name and its text; "" to mask it again."""

    def __init__(self, place: Workplace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self._about = ""
        self.sheet: Sheet | None = None
        self._hidden: dict[str, QTimer] = {}

    def open(self, about: str) -> None:
        """Read another case, by its id or number."""
        self.mask()
        self.sheet = None
        self._about = about
        self.read()

    def read(self) -> None:
        """Read the case again."""
        about, desk = self._about, self._place.session.desk
        if about:
            show = partial(self._show, about)
            self._place.read(
                lambda book: read_sheet(desk, book, about), owner=self, done=show, failed=self.missing.emit
            )

    def act(self, code: str, form: Mapping[str, Any], *, mates_too: bool = False) -> None:
        """Run an action with a form, on all cases of the batch that it is on the road with where that is wanted."""
        if self.sheet is None:
            return
        case = self.sheet.view.case

        def work(desk: Desk) -> int:
            if mates_too:
                return act_on_mates_too(desk, case.case_id, code, form)
            act_on_case(desk, case.case_id, code, form)
            return 1

        told = partial(self.done.emit, action_named(code), case)
        self._place.write(work, owner=self, done=told, failed=partial(self.refused.emit, code, case))

    def look_at(self) -> None:
        """Note that the worker has looked at what was set aside."""
        if self.sheet is not None:
            case_id = self.sheet.view.case.case_id
            self._place.write(lambda desk: look_at(desk, case_id), owner=self, done=lambda _: None)

    def look_at_slip(self) -> None:
        """Note that the worker has looked at what came otherwise than the slip had it."""
        if self.sheet is not None:
            case_id = self.sheet.view.case.case_id
            self._place.write(lambda desk: look_at_doubts(desk, case_id), owner=self, done=lambda _: None)

    def reveal(self, field: str) -> None:
        """Show a masked fact; the look is on record before it is shown."""
        if self.sheet is None:
            return
        case_id, desk = self.sheet.view.case.case_id, self._place.session.desk
        # Not a change that other pages would have to hear of.
        self._place.jobs.submit(
            Lane.DB, partial(reveal, desk, case_id, field), owner=self, done=partial(self._reveal, case_id, field)
        )

    def mask(self) -> None:
        """Mask again what is shown in full."""
        for field in list(self._hidden):
            self._mask(field)

    def _show(self, about: str, sheet: Sheet) -> None:
        if about == self._about and sheet != self.sheet:
            self.sheet = sheet
            self.shown.emit(sheet)

    def _reveal(self, case_id: str, field: str, text: str) -> None:
        if self.sheet is None or self.sheet.view.case.case_id != case_id:
            return
        timer = self._hidden.setdefault(field, QTimer(self))
        timer.setSingleShot(True)
        timer.timeout.connect(partial(self._mask, field))
        timer.start(SHOWN_S * 1000)
        self.revealed.emit(field, text or "（没有填）")

    def _mask(self, field: str) -> None:
        timer = self._hidden.pop(field, None)
        if timer is not None:
            timer.stop()
            timer.deleteLater()
            self.revealed.emit(field, "")
