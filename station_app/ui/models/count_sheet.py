"""The count of one batch: what was found of each case beside what stands on the slip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from station_app.domain.batches import Arrival, BatchKind
from station_app.ui.tokens import Tone
from station_app.usecases.batch_pages import BatchCase, BatchLineView, PaperCount
from station_app.usecases.hand_over import Count


class Mark(StrEnum):
    """What the receiving clerk found: all there, some papers missing, or goes back; OPEN before the count."""

    OPEN = "open"
    COMPLETE = "complete"
    SHORT = "short"
    BACK = "back"


MARK_WORDS = {
    Mark.OPEN: ("没有点", Tone.PLAIN),
    Mark.COMPLETE: ("齐", Tone.GOOD),
    Mark.SHORT: ("少", Tone.WARN),
    Mark.BACK: ("退", Tone.BAD),
}


@dataclass(frozen=True, slots=True)
class CountRow:
    """One case of the batch under the clerk's hands.

    Args:
        counted: for SHORT, each paper as found, in the order of the slip.
        reason: for BACK.
    """

    case: BatchCase
    mark: Mark = Mark.OPEN
    counted: tuple[PaperCount, ...] = ()
    reason: str = ""

    @property
    def is_here(self) -> bool:
        """Tell whether all of the case has come; before, it can't be counted."""
        return self.case.arrival is Arrival.HERE

    @property
    def differences(self) -> tuple[tuple[PaperCount, PaperCount], ...]:
        """Return the papers counted otherwise than expected: (expected, found)."""
        return tuple(pair for pair in zip(self.case.papers, self.counted, strict=False) if pair[0] != pair[1])

    @property
    def is_taken(self) -> bool:
        """Tell whether it is taken in: a case also with papers missing, a decision only if it is there."""
        return self.mark is Mark.COMPLETE or (self.mark is Mark.SHORT and self.case.kind is BatchKind.CASES)

    @property
    def nothing_found(self) -> tuple[PaperCount, ...]:
        """Return its papers counted with nothing of any."""
        return tuple(replace(paper, originals=0, copies=0) for paper in self.case.papers)

    @property
    def words(self) -> str:
        """Return the finding in words."""
        word, _ = MARK_WORDS[self.mark]
        if not self.is_here:
            return "还在路上，到了再点"
        if self.mark is Mark.SHORT and self.case.kind is BatchKind.PAPERS:
            return f"{word}：没有收到"
        if self.mark is Mark.SHORT:
            return f"{word}：{'；'.join(_difference_words(*pair) for pair in self.differences)}"
        return f"{word}：{self.reason}" if self.mark is Mark.BACK else word


@dataclass(frozen=True, slots=True)
class HalfTyped:
    """What is being typed about one case and not yet noted: counts for SHORT, a reason for BACK."""

    case_id: str
    mark: Mark
    counted: tuple[PaperCount, ...] = ()
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it for a draft."""
        counted = [asdict(found) for found in self.counted]
        return {"case_id": self.case_id, "mark": self.mark.value, "counted": counted, "reason": self.reason}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> HalfTyped:
        """Return it from a draft."""
        counted = tuple(PaperCount(**entry) for entry in kept["counted"])
        return cls(kept["case_id"], Mark(kept["mark"]), counted, kept["reason"])


def _difference_words(expected: PaperCount, found: PaperCount) -> str:
    kinds = (("原件", expected.originals, found.originals), ("复印件", expected.copies, found.copies))
    return f"{expected.name} {'、'.join(f'{kind}应 {due} 实 {have}' for kind, due, have in kinds if due != have)}"


@dataclass(frozen=True, slots=True)
class CountSheet:
    """All open cases of a batch, each with what was found; a value: every mark gives a new sheet."""

    batch_id: str
    rows: tuple[CountRow, ...]

    @classmethod
    def of(cls, view: BatchLineView) -> CountSheet:
        """Return the empty sheet of a batch: the cases that wait to be counted."""
        return cls(view.batch.batch_id, tuple(CountRow(case) for case in view.waiting))

    def marked(self, case_id: str, mark: Mark, counted: Sequence[PaperCount] = (), reason: str = "") -> CountSheet:
        """Return the sheet with this finding; papers that are all there are COMPLETE, whatever the mark."""
        return replace(self, rows=tuple(_marked(r, case_id, mark, tuple(counted), reason) for r in self.rows))

    def row(self, case_id: str) -> CountRow | None:
        """Return the row of a case, None if it does not wait here."""
        return next((row for row in self.rows if row.case.case_id == case_id), None)

    def number_of(self, mark: Mark) -> int:
        """Return how many cases bear this mark."""
        return sum(row.mark is mark for row in self.rows)

    @property
    def coming_words(self) -> str:
        """Return how many cases are still on their way and what to do about it, "" where all are here."""
        coming = sum(not row.is_here for row in self.rows)
        if not coming:
            return ""
        return f"这 {len(self.rows)} 件里有 {coming} 件还在路上：材料还在上传，稍后自己会到，到了再点。先点已经到的。"

    @property
    def counted(self) -> tuple[CountRow, ...]:
        """Return the rows with a finding."""
        return tuple(row for row in self.rows if row.mark is not Mark.OPEN)

    def next_open(self, after: str) -> str:
        """Return the next case without a finding, from the top again at the end, "" when all have one."""
        ids = [row.case.case_id for row in self.rows]
        start = ids.index(after) + 1 if after in ids else 0
        order = (*self.rows[start:], *self.rows[:start])
        return next((row.case.case_id for row in order if row.mark is Mark.OPEN and row.is_here), "")

    @property
    def words(self) -> str:
        """Return how far the count is."""
        parts = " · ".join(
            f"{MARK_WORDS[mark][0]} {self.number_of(mark)}" for mark in (Mark.COMPLETE, Mark.SHORT, Mark.BACK)
        )
        return f"已点 {len(self.counted)} / {len(self.rows)}　{parts}"

    def as_count(self) -> Count:
        """Return what is to be saved: the cases with a finding, no others."""
        return Count(
            rejected={row.case.case_id: row.reason for row in self.rows if row.mark is Mark.BACK},
            differences={
                row.case.case_id: [_counted_json(found) for _, found in row.differences]
                for row in self.rows
                if row.mark is Mark.SHORT
            },
            only=tuple(row.case.case_id for row in self.counted),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the findings, to survive a crash."""
        return {
            row.case.case_id: {
                "mark": row.mark.value,
                "counted": [asdict(found) for found in row.counted],
                "reason": row.reason,
            }
            for row in self.counted
        }

    def with_json(self, found: Mapping[str, Any]) -> CountSheet:
        """Return the sheet with earlier findings put back, as far as these cases still wait."""
        sheet = self
        for case_id, kept in found.items():
            counted = [PaperCount(**entry) for entry in kept["counted"]]
            sheet = sheet.marked(case_id, Mark(kept["mark"]), counted, kept["reason"])
        return sheet


def _marked(row: CountRow, case_id: str, mark: Mark, counted: tuple[PaperCount, ...], reason: str) -> CountRow:
    if row.case.case_id != case_id or not row.is_here:
        return row
    if mark is Mark.SHORT and counted == row.case.papers:
        mark, counted = Mark.COMPLETE, ()
    return replace(row, mark=mark, counted=counted, reason=reason)


def _counted_json(found: PaperCount) -> dict[str, Any]:
    return {"material": found.name, "originals": found.originals, "copies": found.copies}
