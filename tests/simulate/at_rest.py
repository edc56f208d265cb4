"""What must hold once the network is up and all have exchanged until nothing moved (docs/sync.md, invariants)."""

from __future__ import annotations

from typing import Any

from station_app.domain.organisations import Level
from station_app.exchange.asked_cases import FOUND
from station_app.exchange.limits import CLONED, DEVICE_REVOKED, HELD
from station_app.exchange.losses import lost_ranges
from station_app.exchange.projection import case_of
from station_app.exchange.removed import beside_to_empty, to_empty
from station_app.protocol.event import Event
from station_app.usecases.lost_numbers import lost_numbers
from station_app.usecases.run_center import organisations_of
from station_app.usecases.timeline import timeline
from tests.simulate.custody import words_of
from tests.simulate.documents_at_rest import check_documents
from tests.simulate.invariants import require
from tests.simulate.machines import Center, Machine, Pc, program_of
from tests.simulate.stores_at_rest import check_subject, is_put_away
from tests.simulate.tree import LEVELS
from tests.simulate.world import World


def check_at_rest(world: World) -> None:
    """Check all of it."""
    for machine in world.machines:
        _check_outbox(machine)
    _check_confirmed(world)
    for pc in world.pcs:
        _check_standing(world, pc)
    for center in world.centers.values():
        require(not center.store.tables.unruled, "I8", f"{center.name}: cases wait for a ruling at rest")
        require(not center.healing, "I10", f"{center.name} never heals")
    for pc in world.pcs:
        _check_visible(world, pc)
    for center in world.centers.values():
        _check_center(world, center)
        _check_sum_above(center)
    _check_numbers(world)
    for machine in [*world.pcs, *world.centers.values()]:
        _check_removed(machine)
    for pc in world.pcs:
        _check_asked(world, pc)
        _check_given_back(world, pc)
        check_documents(pc)


def _check_asked(world: World, pc: Pc) -> None:
    """Whoever asked for a case has been answered, and has it where it was found."""
    if pc.link().standing:
        return
    with pc.store.read() as book:
        asked, numbers = book.asked_cases(), {case.number for case in pc.store.tables.cases.values()}
    for number, answer in asked.items():
        require(answer, "I10", f"{pc.name} is not told whether there is {number}")
        # Of contents that were removed only the headers come.
        here = number in numbers or world.watch.numbers.get(number) in pc.store.tables.subjects
        require(here or answer != FOUND, "I4", f"{pc.name} lacks {number}, which was found")


def _check_given_back(world: World, pc: Pc) -> None:
    """I10: what somebody wanted judged anew was given back; what its center has taken in by that, its author counts."""
    link = pc.link()
    if link.standing:
        return
    require(not link.owes, "I10", f"{pc.name} has not given back {link.owes[:3]}")
    with pc.store.read() as book:
        retried, refused = book.retried(), book.refused_events()
    here = [event_id for event_id in retried if event_id in pc.boss.store.tables.events]
    untold = [event_id for event_id in here if event_id in refused]
    world.stats["taken in after all"] += len(here)
    require(not untold, "I8", f"{pc.name} is not told that {untold[:3]} were taken in after all")


def _check_removed(machine: Machine) -> None:
    """No store that has a `body_removed` for such a store holds a body that it names."""
    village = isinstance(machine, Pc) and LEVELS[machine.org] is Level.VILLAGE
    tables = machine.store.tables
    beside = [event for event, _ in tables.held.values()] if isinstance(machine, Pc) else []
    beside += [refusal.event for _, _, refusal in tables.refusals.values()] if isinstance(machine, Center) else []
    for subject_id, stream in tables.subjects.items():
        gone = to_empty(stream, village=village) | beside_to_empty(beside, stream, village=village)
        full = [e.header.type for e in (*stream, *beside) if e.event_id in gone and e.body is not None]
        require(not full, "I9", f"{machine.name} still has {full} of {subject_id}, removed there")


def _check_outbox(machine: Machine) -> None:
    tables = machine.store.tables
    waiting = [link for link, row in tables.outbox.items() if not row.status]
    require(not waiting, "I10", f"{machine.name} still has {waiting[:5]}, state {machine.state}, {machine.link()}")
    if isinstance(machine, Pc):
        sent = {row.event_id for row in tables.outbox.values()}
        require(sent.issubset(tables.events), "I7", f"{machine.name}: its outbox names what is not here")


def _check_standing(world: World, pc: Pc) -> None:
    """I10: only what was set back or cloned counts as a clone, and only what was revoked as stolen."""
    standing, may_be = pc.link().standing, pc.twins > 1 or pc.was_set_back(pc.identity())
    require(may_be or standing != CLONED, "I10", f"{pc.name} was taken for a clone")
    require(
        pc.device in world.watch.limits or standing != DEVICE_REVOKED, "I10", f"{pc.name} was taken for a stolen one"
    )


def _check_confirmed(world: World) -> None:
    """I1: what was saved is with its author and with the author's center, or every copy lay on what was destroyed."""
    pcs: dict[str, list[Pc]] = {}
    for pc in world.pcs:
        pcs.setdefault(pc.name, []).append(pc)
    rotten = world.watch.rotten
    for event_id, name in world.watch.confirmed.items():
        copies = [m.name for m in [*world.pcs, *world.centers.values()] if event_id in m.store.tables.events]
        if not copies:
            refused = any(event_id in center.store.tables.refused for center in world.centers.values())
            gone = refused or event_id in rotten or event_id in world.watch.destroyed
            require(gone, "I1", f"{name}: {event_id} is nowhere")
            _check_told(world, event_id, pcs.get(name, []))
            continue
        whole = any(_says_it(machine, event_id) for machine in [*world.pcs, *world.centers.values()])
        without = event_id in world.watch.destroyed or (not whole and _is_removed(world, event_id))
        require(whole or without, "I1", f"{name}: what {event_id} says is nowhere; it is with {copies}")
        for pc in pcs.get(name, []):
            tables, home = pc.store.tables, pc.boss.store.tables
            there = event_id in home.events or event_id in home.refused or event_id in rotten
            require(there, "I1", f"{pc.boss.name} lacks {event_id} of {name}; it is with {copies}")
            here = event_id in tables.events or pc.link().standing or _does_without(pc, home.events.get(event_id))
            lost_and_refused = event_id in world.watch.destroyed and event_id in home.refused
            require(here or lost_and_refused, "I1", f"{name} lost {event_id}; it is with {copies}")


def _says_it(machine: Machine, event_id: str) -> bool:
    event = machine.store.tables.events.get(event_id)
    return event is not None and event.body is not None


def _is_removed(world: World, event_id: str) -> bool:
    """Tell whether two administrators have had the contents of an event removed, also where no center took it in.

    What was removed at the villages alone, and refused, its center still has beside its journal.
    """
    machines = [*world.pcs, *world.centers.values()]
    event = next(m.store.tables.events[event_id] for m in machines if event_id in m.store.tables.events)
    for center in world.centers.values():
        tables = center.store.tables
        aside = [refusal.event for _, _, refusal in tables.refusals.values() if refusal.event.event_id == event_id]
        kept = event_id not in tables.events and any(one.body is not None for one in aside)
        if beside_to_empty([event], tables.subjects.get(event.header.subject_id, ()), village=kept):
            return True
    return False


def _does_without(pc: Pc, event: Event | None) -> bool:
    """Tell whether a PC does without an event: its subject was put away before the PC came, or it lost the event.

    Its own comes to it as an id alone, and sums do not count what is put away: it gets that once it is called back.
    """
    if event is None:
        return False
    lost = event.event_id in pc.lost and (pc.org, event.header.subject_id) in pc.boss.store.tables.away
    return lost or is_put_away(pc, event.header.subject_id)


def _check_told(world: World, event_id: str, pcs: list[Pc]) -> None:
    """The exception of I1: what is gone for good is told, where the file beside the journal survived."""
    event = world.watch.destroyed.get(event_id)
    for pc in pcs if event is not None else []:
        assert event is not None
        epoch, seq = event.header.epoch, event.header.seq
        with pc.store.read() as book:
            heads = book.written_before()
        if event.header.origin != pc.device or seq > heads.get(epoch, 0):
            continue
        own = [(e.header.epoch, e.header.seq) for e in pc.store.tables.events.values() if e.header.origin == pc.device]
        told = lost_ranges(heads, own)
        covered = any(lost.epoch == epoch and lost.first <= seq <= lost.last for lost in told)
        # The place may have been taken again by another event, where the copy went on in the same epoch.
        require(covered or (epoch, seq) in own, "I1", f"{pc.name}: nobody is told that {event_id} is lost")
        _check_number_told(world, pc, event)


def _check_number_told(world: World, pc: Pc, event: Event) -> None:
    """I1: the 代办登记号 of a case that is gone for good is told, if all that the PC was set back to named its day.

    One that is set back once more knows only what the epoch in between had noted: of what it lost more than a month
    before that, only the events.
    """
    number = (event.effects or {}).get("fields", {}).get("number")
    if event.header.type != "register" or not number:
        return
    with pc.store.read() as book:
        heads, told = book.written_before(), lost_numbers(book)
        given_again = book.case_numbered(number) is not None
    since = max(world.watch.noted.get((pc.name, *head), "999999") for head in heads.items())
    if since <= number[12:18] and not (given_again or pc.may_repeat):
        world.stats["lost numbers told"] += 1
        require(number in told, "I1", f"{pc.name}: nobody is told that {number} is lost")


def _check_visible(world: World, pc: Pc) -> None:
    """I8: whatever was refused or does not stand is shown to its author with a reason."""
    tables = pc.store.tables
    with pc.store.read() as book:
        in_outbox = {entry.subject_id: entry.code for entry in book.outbox_entries()}
        for row in tables.outbox.values():
            if row.status == "refused":
                require(row.code and in_outbox.get(row.subject_id), "I8", f"{pc.name}: refused without a reason")
            elif not pc.link().standing:
                _check_own(world, pc, book, tables.events[row.event_id])
    _check_seen(world, pc)
    held = [event_id for event_id in tables.held if event_id in pc.boss.store.tables.events]
    require(not held or pc.link().standing, "I4", f"{pc.name} holds good events aside: {held[:3]}")


def _check_own(world: World, pc: Pc, book: Any, event: Event) -> None:
    header = event.header
    if header.grant is None:
        return
    verdict = world.watch.ruled.get(event.event_id)
    if verdict is None:
        base_gone = header.base in world.watch.destroyed
        require(base_gone, "I8", f"{pc.name}: nobody ruled on {header.type} {event.event_id}")
        return
    case = pc.store.tables.cases.get(header.subject_id)
    if verdict == "accepted" or case is None or event.event_id in world.watch.unseen:
        return
    # Of a center that had forgotten its word, and gave another, the one that counts is told.
    words = words_of(pc.boss.store.tables.subjects[header.subject_id])
    if any(word.event_id == event.event_id and word.verdict == "accepted" for word in words):
        return
    require(case.not_standing.get(event.event_id), "I8", f"{pc.name}: not told about {header.type} {event.event_id}")
    with program_of(pc):
        steps = {step.event_id: step for step in timeline(book, case)}
    shown = steps[event.event_id]
    require(shown.ruling and shown.reason, "I8", f"{pc.name}: timeline")


def _check_seen(world: World, pc: Pc) -> None:
    """I9: an office is told of those below it and of nobody else, and never more than the center knows."""
    with pc.boss.store.read() as book:
        offices = organisations_of(book)
    with pc.store.read() as own:
        seen = own.seen_below()
    for org, at in seen.items():
        moved_away = pc.org in world.watch.was_above.get(org, ())
        was_below = org in offices and (moved_away or offices.is_below(org, pc.org))
        require(was_below, "I9", f"{pc.name} is told of {org}")
        latest = world.watch.came.get((pc.boss.org, org), "")
        require(at <= latest, "I9", f"{pc.name} is told that {org} came at {at}")


def _check_center(world: World, center: Center) -> None:
    with center.store.read() as book:
        offices = organisations_of(book)
        sums = {pc.org: (book.feed_sum(pc.org), book.kept_sum(pc.org)) for pc in world.pcs}
    for subject, viewers in center.store.tables.viewers.items():
        stream = center.store.tables.subjects.get(subject[1], ())
        check_subject(world, center, (subject, viewers, stream), offices)
    for pc in world.pcs:
        if pc.boss is center and not pc.link().standing:
            with pc.store.read() as own:
                # What a revoked PC wrote, both put it aside, and two administrators have still to decide on it. Of one
                # that had forgotten that PC's limit, and then forgot what it took in by that, only the PC counts it;
                # and what the PC took in before a center was set back, which holds it since.
                refused, here = center.store.tables.refused, center.store.tables.events
                both = [i for i in pc.store.tables.held if refused.get(i) in HELD]
                kept = [i for i in pc.store.tables.events if refused.get(i) in HELD and i not in here]
                wanted = sums[pc.org][own.link().heeds_from_now]
                same = own.id_sum() in (wanted, wanted.plus(both), wanted.plus(kept), wanted.plus([*both, *kept]))
            require(same, "I4", f"{pc.name} and {center.name} have different sums")


def _check_sum_above(center: Center) -> None:
    """I4: a county's center and the city's count the same: a difference would hide what is really lacking."""
    if not center.is_client or center.link().standing:
        return
    with center.book(write=False) as own, center.boss.store.read() as above:
        here, there = own.id_sum(), above.feed_sum(center.org)
        apart = set(own.shared_ids()).symmetric_difference(above.feed_ids(center.org))
    require(here == there and not apart, "I4", f"{center.name} and the one above it differ by {len(apart)}")


def _check_numbers(world: World) -> None:
    """I14: no 文号 stands in two cases: of two that were given one, a person has to look at the second."""
    holders: dict[str, set[str]] = {}
    for center in world.centers.values():
        for subject_id, stream in center.store.tables.subjects.items():
            case = case_of(stream, "")
            if case is not None and "acceptance_document" in case.fields:
                holders.setdefault(case.fields["acceptance_document"], set()).add(subject_id)
    require(not (twice := {n: c for n, c in holders.items() if len(c) > 1}), "I14", f"numbers of two cases: {twice}")
