"""What an office is told by hand of cases that it sees, and taking what another tells of them (docs/sync.md §16)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from station_app.domain.case_cards import CaseQuery
from station_app.domain.cases import CaseState
from station_app.domain.lanes import SubjectKind
from station_app.domain.organisations import Organisation
from station_app.exchange.authentic import faults, readable
from station_app.exchange.files_named import sealed_in
from station_app.exchange.inbox import CREDENTIAL_CONTEXT, Checks
from station_app.exchange.ports import Subject
from station_app.exchange.serving import Asker, may_read
from station_app.protocol.event import Event
from station_app.protocol.signed import Signed
from station_app.usecases.ports import Book, Slice

# Of each state, the newest; what is older waits until these have been confirmed.
MOST_CASES = 2000
# Whether or not there is anything left to do here: what was decided or given back is news where it goes.
_OPEN = tuple(state for state in CaseState if state is not CaseState.CLOSED)


@dataclass(frozen=True, slots=True)
class ToTell:
    """What an office is to be told.

    Args:
        files: addresses and sizes of what others than this office have attached to these cases, told or not.
    """

    events: Sequence[Event]
    files: Mapping[str, int]


def to_tell(book: Book, office: Organisation) -> ToTell:
    """Return what an office is to be told: of all open cases and batches that it sees, and of what the center has not.

    Without what it has confirmed, what it wrote itself, what the center refused; each body only where it may read it.
    """
    me, told, refused = book.identity(), book.told_to(office.code), book.refused_events()
    reader = Asker("", "", office.code, office.level.value)
    found: list[Event] = []
    files: dict[str, int] = {}
    for _, subject_id in dict.fromkeys(_seen_by(book, office.code)):
        for event in book.subject_events(subject_id):
            its_own = event.header.org == office.code != me.org
            if its_own or event.event_id in refused:
                continue
            may = may_read(event.header.audience, event.header.org, reader)
            if may and (sealed := sealed_in(event)) is not None:
                files[sealed.file] = sealed.size
            if event.event_id not in told:
                found.append(event if may else _closed(event))
    return ToTell(found, files)


def _closed(event: Event) -> Event:
    return replace(event, body=None)


def _seen_by(book: Book, org: str) -> Iterator[Subject]:
    for case_id in dict.fromkeys([*_waiting(book), *_open_cases(book)]):
        case = book.case(case_id)
        if case is not None and org in case.seen_by:
            yield SubjectKind.CASE, case_id
    batches = [*book.batches_open_for(org), *book.batches_open_for(book.identity().org)]
    for batch in [*batches, *filter(None, map(book.batch, _waiting(book)))]:
        if org in (batch.to_org, batch.from_org):
            yield SubjectKind.BATCH, batch.batch_id


def _waiting(book: Book) -> list[str]:
    return [entry.subject_id for entry in book.outbox_entries()]


def _open_cases(book: Book) -> Iterator[str]:
    for state in _OPEN:
        for placed in book.case_slice(CaseQuery(state=state), Slice(None, MOST_CASES)):
            yield placed.card.case_id


def take_told(book: Book, events: Sequence[Event], credentials: Iterable[Signed], checks: Checks) -> int:
    """Add what another office tells of cases; return how many events are new here.

    What no center vouches for, or what is held by a limit, is left out: the center tells what became of it.
    """
    book.save_credentials([signed for signed in credentials if checks.by_center(CREDENTIAL_CONTEXT, signed)])
    # What this office was told to forget it does not see any more, whoever still tells of it.
    gone = book.forgotten({event.header.subject_id for event in events if readable(event)})
    events = [event for event in events if readable(event) and event.header.subject_id not in gone]
    known = book.known_ids([event.event_id for event in events])
    filled = [event for event in events if event.event_id in known and event.body is not None and event.body_matches()]
    book.fill_bodies(filled)
    fresh = list({event.event_id: event for event in events if event.event_id not in known}.values())
    limits = book.limits()
    found = faults(fresh, book.credentials(), checks.verify_many)
    good = [event for event, fault in zip(fresh, found, strict=True) if not (fault or limits.against(event))]
    book.add_brought(good)
    book.refold(list(dict.fromkeys(event.header.subject for event in [*filled, *good])))
    return len(good)
