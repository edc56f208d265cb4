"""The papers of a decision on their way home: what they are, and which office has them (domain 1-S S5, 一口送达).

Each office that takes them signs for them, as it does for what goes up; where they are moves nobody's custody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from station_app.domain.cases import Case, CaseState, Remark

SENT: Final = "papers_sent"
RECEIVED: Final = "papers_received"
RETURNED: Final = "papers_returned"
_PLAIN_GRANT = "准予"
_PAPERS = {CaseState.GRANTED: "准予决定书", CaseState.REFUSED: "不予决定书"}


@dataclass(frozen=True, slots=True)
class PapersPlace:
    """Where the papers of a decision are.

    Args:
        org: the office that has them, or that sent them off last.
        to: the office to which they are on the road, "" where they are not.
        batch: the batch in which they are on the road or came here, "" where they have not moved yet.
        on: the day of that, ISO; the day of the decision where they have not moved yet.
    """

    org: str
    to: str = ""
    batch: str = ""
    on: str = ""


def decision_papers(case: Case) -> tuple[tuple[str, int], ...]:
    """Return name and count of the papers of a decision: the certificate that it names, or the written decision."""
    if case.decision is None:
        return ()
    result = str(case.fields.get("result") or _PLAIN_GRANT)
    named = case.decision is CaseState.GRANTED and result != _PLAIN_GRANT
    return ((result if named else _PAPERS[case.decision], 1),)


def papers_place(case: Case) -> PapersPlace | None:
    """Return where the papers of the decision are, None before it.

    Two PCs of an office may both send the same paper off; the first by (lamport, id) counts, and whoever has been sent
    it in either batch may take it.
    """
    if case.decision is None:
        return None
    place = PapersPlace(str(case.fields.get("deciding_org", "")), on=str(case.fields.get("decided_on", "")))
    for remark in case.remarks:
        place = _after(place, remark)
    return place


def was_sent_in(case: Case, batch_id: str) -> bool:
    """Tell whether it has come here that the papers were sent off in this batch."""
    return any(said.get("kind") == SENT and said.get("batch") == batch_id for said in _said(case))


def home_of(case: Case) -> str:
    """Return the office that hands the result to the applicant, "" where nobody has to any more."""
    return next((duty.holder for duty in case.obligations.values() if duty.kind == "deliver" and not duty.done), "")


def _said(case: Case) -> list[Mapping[str, Any]]:
    return [remark.content for remark in case.remarks]


def _after(place: PapersPlace, remark: Remark) -> PapersPlace:
    said = remark.content
    kind, batch, on = said.get("kind"), str(said.get("batch", "")), str(said.get("on", ""))
    if kind == SENT and not place.to and remark.org == place.org:
        return replace(place, to=str(said.get("to", "")), batch=batch, on=on)
    if kind == RECEIVED and remark.org == place.to:
        return PapersPlace(place.to, batch=batch, on=on)
    if kind == RETURNED and remark.org == place.to:
        return PapersPlace(place.org, batch=batch, on=on)
    return place
