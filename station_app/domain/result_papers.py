"""The papers of a decision on their way home: what they are, and which office has them (domain 1-S S5, 一口送达).

Each office that takes them signs for them, as it does for what goes up; where they are moves nobody's custody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from station_app.domain.cases import Case, CaseState, Remark
from station_app.domain.organisations import Organisations

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
        returned: why they came back from where they were sent last, "" if they did not.
    """

    org: str
    to: str = ""
    batch: str = ""
    on: str = ""
    returned: str = ""


def decision_papers(case: Case) -> tuple[tuple[str, int], ...]:
    """Return name and count of the papers of a decision: the certificate that it names, or the written decision."""
    if case.decision is None:
        return ()
    result = str(case.fields.get("result") or _PLAIN_GRANT)
    named = case.decision is CaseState.GRANTED and result != _PLAIN_GRANT
    return ((result if named else _PAPERS[case.decision], 1),)


def decision_of(case: Case) -> str:
    """Return the id of the decision that stands, "" before one does; what was said of another's papers says nothing."""
    return next((duty.token for duty in case.obligations.values() if duty.kind == "deliver"), "")


def papers_place(case: Case) -> PapersPlace | None:
    """Return where the papers of the decision are, None before it.

    The office that has them may send them off once more, to the same office or another, while nobody has signed for
    them; so may a second PC of it that has not heard of the first. Whoever signs for them in a batch in which they were
    sent there has them.
    """
    if case.decision is None:
        return None
    place = PapersPlace(str(case.fields.get("deciding_org", "")), on=str(case.fields.get("decided_on", "")))
    sent: dict[str, str] = {}
    for remark in case.remarks:
        if remark.content.get("decision") == decision_of(case):
            place = _after(place, remark, sent)
    return place


def was_sent_in(case: Case, batch_id: str) -> bool:
    """Tell whether it has come here that papers of the case were sent off in this batch."""
    said = [remark.content for remark in case.remarks]
    return any(words.get("kind") == SENT and words.get("batch") == batch_id for words in said)


def home_of(case: Case) -> str:
    """Return the office that hands the result to the applicant, "" where nobody has to any more."""
    return next((duty.holder for duty in case.obligations.values() if duty.kind == "deliver" and not duty.done), "")


def way_home(case: Case, here: str, organisations: Organisations) -> tuple[str, ...]:
    """Return the offices to which the papers may go from here, the next one on their way first, none where they stay.

    On the way lie the office that hands them out, wherever it has moved, and those between that have had the case:
    another would never hear of it.
    """
    home = home_of(case)
    if home in ("", here) or not organisations.has_batches_between(here, home):
        return ()
    line = organisations.ancestors(home) if home in organisations else ()
    between = [office.code for office in line if organisations.is_below(office.code, here)]
    return (*(code for code in reversed(between) if code in case.viewers), home)


def _after(place: PapersPlace, remark: Remark, sent: dict[str, str]) -> PapersPlace:
    """Return where they are after a remark; `sent` notes to whom they went in which batch."""
    said = remark.content
    kind, batch, on = said.get("kind"), str(said.get("batch", "")), str(said.get("on", ""))
    if kind == SENT and remark.org == place.org:
        sent[batch] = str(said.get("to", ""))
        return PapersPlace(place.org, sent[batch], batch, on)
    if kind == RECEIVED and sent.get(batch) == remark.org:
        return PapersPlace(remark.org, batch=batch, on=on)
    if kind == RETURNED and batch == place.batch and remark.org == place.to:
        return PapersPlace(place.org, batch=batch, on=on, returned=str(said.get("reason", "")))
    return place
