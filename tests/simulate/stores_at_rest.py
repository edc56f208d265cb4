"""What all stores have and show of a subject that a center has, once nothing moves (docs/sync.md, invariants)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from station_app.domain.case_cards import card_of
from station_app.domain.cases import Case
from station_app.domain.organisations import Level, Organisations
from station_app.exchange.limits import HELD
from station_app.exchange.projection import batch_of, case_of
from station_app.exchange.removed import shown_of
from station_app.protocol.event import Event
from station_app.usecases.reference import is_village, standpoint_of
from tests.simulate.cases_at_rest import check_bases, check_papers
from tests.simulate.custody import replay
from tests.simulate.invariants import require
from tests.simulate.machines import Center, Pc, program_of
from tests.simulate.old_programs import check_unread, unread_by_old
from tests.simulate.tree import LEVELS
from tests.simulate.world import World

Subject = tuple[str, str]


def check_subject(
    world: World, center: Center, what: tuple[Subject, tuple[str, ...], tuple[Event, ...]], offices: Organisations
) -> None:
    subject, viewers, stream = what
    expected: Any = batch_of(stream) if subject[0] == "batch" else case_of(stream, "")
    wanted = {event.event_id for event in stream}
    homes = {_home(offices, org) or center.org for org in viewers}
    # A center none of whose offices sees the subject any more has only what it has relayed, and ruled on before.
    is_seen = center.org in homes
    if expected is not None and subject[0] == "case":
        _check_custody(subject[1], stream, expected, is_seen=is_seen)
        if is_seen:
            check_bases(subject[1], stream)
        check_papers(subject[1], stream, world.watch.written[subject[1]])
    for home in (world.centers[code] for code in homes if code != center.org):
        _check_other_center(center, home, subject, wanted, whole=is_seen)
    for pc in world.pcs:
        if pc.boss is center and pc.org in viewers and not pc.link().standing:
            _check_store(world, pc, (subject, wanted), expected)


def _home(offices: Organisations, org: str) -> str:
    found = offices.center_of(org) if org in offices else None
    return found.code if found else ""


def _check_custody(case_id: str, stream: tuple[Event, ...], case: Case, *, is_seen: bool) -> None:
    """I3 and I13: the case is where the independent model says that its rulings have brought it."""
    track, beside = replay(stream)
    custody = case.custody
    seen = (custody.holder, custody.grant, custody.head, custody.offer.to if custody.offer else "", custody.ended)
    wanted = (track.holder, track.grant, track.head, track.offered, track.ended)
    require(seen == wanted, "I3", f"case {case_id}: {seen} is not {wanted}")
    owed = {token: (duty.holder, duty.head, duty.done) for token, duty in case.obligations.items()}
    due = {token: (duty.holder, duty.head, duty.done) for token, duty in track.duties.items()}
    require(owed == due, "I3", f"case {case_id}: {owed} is owed, not {due}")
    # What counts nowhere, though a center let it stand: who sees the case gets the word of the center that rules now.
    require(not (beside and is_seen), "I8", f"case {case_id}: nobody is told that {beside} do not stand")
    ends = [last for _, _, last in track.spans[:-1]]
    starts = [first for _, first, _ in track.spans[1:]]
    require(all(end is not None and end <= first for end, first in zip(ends, starts, strict=True)), "I3", "overlap")


def _check_other_center(center: Center, home: Center, subject: Subject, wanted: set[str], *, whole: bool) -> None:
    there = {event.event_id for event in home.store.tables.subjects.get(subject[1], ())}
    lacking, more = len(wanted - there), len(there - wanted)
    require(
        there == wanted if whole else there >= wanted,
        "I4",
        f"{subject}: {home.name} lacks {lacking} of {center.name}'s, and has {more} more",
    )


def _check_store(world: World, pc: Pc, center_has: tuple[Subject, set[str]], expected: Any) -> None:
    """I4 and I13, by the ids that the center has of the subject."""
    (kind, subject_id), wanted = center_has
    tables, forgotten = pc.store.tables, world.watch.lapse(pc.boss).events
    refused = {row.event_id for row in tables.outbox.values() if row.status == "refused"}
    here = {event.event_id for event in tables.subjects.get(subject_id, ())} - refused
    if not here and is_put_away(pc, subject_id):
        return
    is_away = (pc.org, subject_id) in pc.boss.store.tables.away
    if is_away and wanted - here <= pc.lost and here - wanted <= forgotten:
        # What was put away is compared no more: neither what came when the center was healed without it, nor what the
        # PC had written itself and lost.
        return
    # What a center had forgotten and now holds, because its author was revoked meanwhile, two administrators decide on.
    held = {i for i in here if pc.boss.store.tables.refused.get(i) in HELD}
    lacking, more = wanted - here, here - wanted - held
    require(not lacking | more, "I4", f"{pc.name} lacks {len(lacking)}, has {len(more)} more of {kind} {subject_id}")
    if kind == "batch":
        require(tables.batches.get(subject_id) == expected, "I13", f"{pc.name}: batch {subject_id}")
    elif expected is not None:
        _check_case(world, pc, refused, held, expected)


def _check_case(world: World, pc: Pc, refused: set[str], held: set[str], expected: Case) -> None:
    case_id, tables = expected.case_id, pc.store.tables
    seen = tables.cases.get(case_id)
    require(seen is not None, "I13", f"{pc.name} does not show case {case_id}")
    one, other = _shown(seen, refused, held, pc.org), _shown(expected, refused, held, pc.org)
    stream = tables.subjects[case_id]
    if seen.removed is not None:
        one, other = _left(one), _left(other)
    if pc.old and (unread := unread_by_old(stream, world.watch.written[case_id])):
        world.stats["cases that need a newer program at rest"] += 1
        check_unread(pc, (one, other), stream, unread, emptied=seen.removed is not None)
    elif seen.removed is None or not _shows_what_was_shown(world, pc, case_id):
        require(one == other, "I13", f"{pc.name}: case {case_id} differs in {_differences(one, other)}")
    with program_of(pc), pc.store.read() as book:
        refusals = book.refused_events()
        fresh = case_of(stream, pc.device, refusals)
        fresh = shown_of(fresh, seen, stream, refusals, village=is_village(book))
        require(fresh == seen, "I13", f"{pc.name}: the projection of {case_id} is not its fold")
        require(tables.cards[case_id] == card_of(seen, standpoint_of(book)), "I13", f"{pc.name}: card of {case_id}")


def _shows_what_was_shown(world: World, pc: Pc, case_id: str) -> bool:
    """Tell whether a center was set back to before it got what was removed here meanwhile: nobody has that any more.

    Where it was said by that how the case went on, the center goes without it, and this PC shows what it was shown. So
    does a PC with what an old program had shown of a case as its contents were removed.
    """
    stream = pc.boss.store.tables.subjects[case_id]
    destroyed = any(event.body is None and event.event_id in world.watch.destroyed for event in stream)
    return destroyed or (pc.was_old and bool(unread_by_old(stream, world.watch.written[case_id])))


def _differences(one: Case, other: Case) -> Mapping[str, tuple[Any, Any]]:
    names = one.__dataclass_fields__
    return {
        name: (getattr(one, name), getattr(other, name)) for name in names if getattr(one, name) != getattr(other, name)
    }


def _left(case: Case) -> Case:
    """Return what stays comparable where the one store has lost contents and the other has not."""
    return replace(case, fields={"number": case.number}, remarks=(), removed=None)


def _shown(case: Case, refused: set[str], held: set[str], org: str) -> Case:
    """Return a case as it is compared: without opinions at a village, and what two administrators decide on."""
    village = LEVELS[org] is Level.VILLAGE
    remarks = tuple(r for r in case.remarks if r.content.get("kind") != "opinion" or not village)
    remarks = tuple(remark for remark in remarks if remark.event_id not in held)
    standing = {key: value for key, value in case.not_standing.items() if key not in refused}
    return replace(case, remarks=remarks, not_standing=standing)


def is_put_away(pc: Pc, subject_id: str) -> bool:
    """Tell whether a PC does without a subject: it was put away before the PC came."""
    _, n = pc.boss.store.tables.away.get((pc.org, subject_id), ("", 0))
    return 0 < n <= pc.link().floor
