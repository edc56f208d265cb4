"""Programs with a bug, or worse, and disks that rot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from station_app.domain.cases import Case, CaseState
from station_app.domain.effects import CustodyMove, CustodyOp, Effects, ObligationMove, ObligationOp
from station_app.domain.lanes import SubjectKind
from station_app.exchange.writing import Draft
from station_app.protocol.event import Event
from station_app.usecases.ports import Desk
from station_app.usecases.reference import office_of
from station_app.usecases.run_action import append
from station_app.usecases.times import stamp
from tests.simulate.happenings.work import work
from tests.simulate.machines import Pc
from tests.simulate.table import note_fault
from tests.simulate.world import World


def smudge(world: World) -> bool:
    """The next event is signed wrongly."""
    pc = world.chance.choice(world.pcs)
    note_fault(world, "wrong signature", pc)
    pc.smudge = True
    return True


def rot(world: World) -> bool:
    """A note rots on the disk before it is sent: a byte of its header differs from what was signed."""
    pc = world.chance.choice(world.pcs)
    rotten = pc.store.tables.rot
    with pc.store.read() as book:
        fresh = [(link, event) for link, event in book.outbox(50) if link > pc.sent_to and link not in rotten]
    waiting = [(link, event) for link, event in fresh if event.header.type == "note"]
    if not waiting:
        return False
    link, event = world.chance.choice(waiting)
    data = bytearray(event.header_bytes)
    data[world.chance.below(len(data))] ^= 1 << world.chance.below(7)
    if data.isascii():
        rotten[link] = Event(bytes(data), event.signature, event.person_signature, event.body)
        world.watch.rotten.add(event.event_id)
        note_fault(world, "rotten event", pc)
    return True


def rogue_accept(world: World) -> bool:
    """A program takes a case that was offered to another office."""
    return _rogue(world, "accept without offer", _accept_of_others)


def _accept_of_others(world: World, pc: Pc) -> Draft | None:
    cases = [c for c in pc.store.tables.cases.values() if c.custody.offer and c.custody.offer.to != pc.org]
    if not cases:
        return None
    case = world.chance.choice(cases)
    effects = Effects(state=CaseState.RECEIVED, custody=CustodyMove(CustodyOp.ACCEPT))
    return _bad_draft(pc, case, "accept_handover", effects, case.custody.head)


def rogue_base(world: World) -> bool:
    """A program builds on an event that another has followed already."""
    return _rogue(world, "stale base", _stale)


def _stale(world: World, pc: Pc) -> Draft | None:
    cases = [c for c in pc.store.tables.cases.values() if c.custody.holder == pc.org]
    cases = [c for c in cases if c.custody.head != c.custody.grant and not c.custody.offer]
    if not cases:
        return None
    case = world.chance.choice(cases)
    if case.state is CaseState.ACCEPTED:
        duty = ObligationMove(ObligationOp.CREATE, kind="deliver", holder=case.origin_org)
        move = CustodyMove(CustodyOp.END)
        effects = Effects(state=CaseState.REFUSED, custody=move, obligation=duty, outward=world.chance.happens(0.5))
        draft = _bad_draft(pc, case, "refuse", effects, case.custody.grant)
        return replace(draft, actor=pc.desks[-1].worker.person_id)
    with pc.store.read() as book:
        up = office_of(book).parent or ""
    move = CustodyMove(CustodyOp.OFFER, to=up, arbiter=pc.boss.org)
    return _bad_draft(pc, case, "offer", Effects(custody=move), case.custody.grant)


def rogue_duty(world: World) -> bool:
    """A program closes a duty of another office, or one that is done."""
    return _rogue(world, "duty of others", _duty_of_others)


def _duty_of_others(world: World, pc: Pc) -> Draft | None:
    cases = [c for c in pc.store.tables.cases.values() if c.obligations]
    if not cases:
        return None
    case = world.chance.choice(cases)
    duty = world.chance.choice(list(case.obligations.values()))
    effects = Effects(state=CaseState.CLOSED, obligation=ObligationMove(ObligationOp.FINISH))
    return replace(_bad_draft(pc, case, "close", effects, duty.head), grant=duty.token)


def stranger(world: World) -> bool:
    """A program writes on a case that its office does not see."""
    return _rogue(world, "not a party", _note_on_strange_case)


def _note_on_strange_case(world: World, pc: Pc) -> Draft | None:
    viewers = pc.boss.store.tables.viewers
    cases = sorted(i for (kind, i), orgs in viewers.items() if kind == "case" and pc.org not in orgs)
    if not cases:
        return None
    return Draft(
        type="note",
        subject=(SubjectKind.CASE, world.chance.choice(cases)),
        org=pc.org,
        actor=pc.desks[0].worker.person_id,
        claimed_at=stamp(pc.clock()),
        effects=Effects(remark={"kind": "note", "text": "看不到"}),
    )


def _bad_draft(pc: Pc, case: Case, code: str, effects: Effects, base: str) -> Draft:
    return Draft(
        type=code,
        subject=(SubjectKind.CASE, case.case_id),
        org=pc.org,
        actor=pc.desks[0].worker.person_id,
        claimed_at=stamp(pc.clock()),
        effects=effects,
        grant=case.custody.grant,
        base=base,
    )


def _rogue(world: World, kind: str, make: Callable[[World, Pc], Draft | None]) -> bool:
    pc = world.chance.choice([pc for pc in world.pcs if pc.desks])
    draft = make(world, pc)
    if draft is None:
        return False

    def write(_: Desk) -> bool:
        with pc.store.write() as book:
            [event] = append(next(d for d in pc.desks if d.worker.person_id == draft.actor), book, [draft])
            if book.forgotten([event.header.subject_id]):
                # No window of ours goes on with it; nor is anybody told there how that went.
                world.watch.unseen.add(event.event_id)
        return True

    note_fault(world, kind, pc)
    return work(world, pc, write) is not None
