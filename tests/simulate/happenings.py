"""What can happen in the world, each by chance: work, exchanges, faults of network and machines, bad programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from station_app.domain.action import Turn
from station_app.domain.batches import Batch
from station_app.domain.case_cards import CaseQuery
from station_app.domain.cases import Case, CaseState
from station_app.domain.effects import CustodyMove, CustodyOp, Effects, ObligationMove, ObligationOp
from station_app.domain.errors import StationError
from station_app.domain.lanes import SubjectKind
from station_app.exchange.station import Phase, Wake
from station_app.exchange.writing import Draft
from station_app.protocol.event import Event
from station_app.usecases.hand_over import Count, HandOver, offer_batch, receive_batch
from station_app.usecases.look_up import list_cases
from station_app.usecases.ports import Desk
from station_app.usecases.run_action import act_on_case, append, possible_actions, register_case
from station_app.usecases.times import stamp
from tests.fakes import PowerCutError
from tests.simulate.invariants import require
from tests.simulate.offices import COUNTY, ITEMS, PAPER, TOWNSHIP, Pc, form_of
from tests.simulate.world import Parcel, World

UPWARD = {TOWNSHIP: COUNTY}


def _work(world: World, pc: Pc, act: Callable[[Desk], object]) -> object | None:
    """Let one of the workers do something; the rules may refuse it, and the machine may go off before or after."""
    desk = world.rng.choice(pc.desks)
    try:
        return act(desk)
    except StationError as error:
        world.stats[f"not allowed: {error.code}"] += 1
    except PowerCutError:
        world.restart(pc)
    return None


def register(world: World) -> bool:
    pc = world.rng.choice([pc for pc in world.pcs if pc.org != COUNTY])
    form = {
        "item": world.rng.choice(list(ITEMS)),
        "applicant": {"name": "王五", "id_type": "none"},
        "materials": [{"name": PAPER, "originals": 1, "copies": world.rng.randint(0, 3)}],
    }
    case = _work(world, pc, lambda desk: register_case(desk, form))
    if isinstance(case, Case):
        require(case.number not in world.watch.numbers, "I2", f"{case.number} given twice")
        world.watch.numbers[case.number] = case.case_id
    return case is not None


def offer(world: World) -> bool:
    pc = world.rng.choice([pc for pc in world.pcs if pc.org != COUNTY])
    ready = (CaseState.REGISTERED, CaseState.RECEIVED)
    held = [c for c in pc.store.tables.cases.values() if c.custody.device == pc.device and not c.custody.offer]
    mine = [c.case_id for c in held if c.state in ready or world.rng.random() < 0.1]
    chosen = world.rng.sample(mine, min(len(mine), world.rng.randint(1, 6)))
    if not chosen:
        return False
    done = _work(world, pc, lambda desk: offer_batch(desk, UPWARD.get(pc.org, TOWNSHIP), chosen))
    if isinstance(done, HandOver):
        world.stats["hand-overs"] += sum(1 for outcome in done.outcomes if outcome.error is None)
    return done is not None


def receive(world: World) -> bool:
    pc = world.rng.choice([pc for pc in world.pcs if pc.org in (TOWNSHIP, COUNTY)])
    found: list[Batch] = [b for b in pc.store.tables.batches.values() if b.to_org == pc.org and b.open_lines]
    if not found:
        return False
    batch = world.rng.choice(found)
    lines = [line.case_id for line in batch.open_lines]
    rejected = {case: "材料不齐" for case in lines if world.rng.random() < 0.15}
    counted = [{"material": PAPER, "originals": 1, "copies": 0}]
    differences = {case: counted for case in lines if case not in rejected and world.rng.random() < 0.15}
    only = tuple(world.rng.sample(lines, 1)) if world.rng.random() < 0.2 else ()
    return (
        _work(world, pc, lambda desk: receive_batch(desk, batch.number, Count(rejected, differences, only))) is not None
    )


def act(world: World) -> bool:
    pc = world.rng.choice(world.pcs)
    cases = list(pc.store.tables.cases.values())
    desk = world.rng.choice(pc.desks)
    eager = world.rng.random() < 0.8
    for case in world.rng.sample(cases, min(len(cases), 8)):
        with pc.store.read() as book:
            possible = [action for action in possible_actions(desk, book, case) if not action.in_batch]
        # Custody moves are rarer on the menu than notes; without a push the world would be full of talk.
        if eager:
            possible = [action for action in possible if action.turn is not Turn.VIEWER]
        if possible:
            return _act_on(world, pc, desk, (case.case_id, world.rng.choice(possible).code))
    return False


def _act_on(world: World, pc: Pc, desk: Desk, what: tuple[str, str]) -> bool:
    case_id, code = what
    done = _work(world, pc, lambda _: act_on_case(desk, case_id, code, form_of(world.rng, code)))
    world.stats["actions"] += done is not None
    return done is not None


def look(world: World) -> bool:
    pc = world.rng.choice(world.pcs)
    with pc.store.read() as book:
        found = list(list_cases(book, CaseQuery()))
    require(len(found) == len(pc.store.tables.cases), "I4", "the list of cases is not whole")
    return True


# -- exchanges and the network -------------------------------------------------------------------------------------


def wake(world: World) -> bool:
    resting = [pc for pc in world.pcs if pc.state.phase is Phase.RESTING]
    if not resting:
        return False
    world.happen(world.rng.choice(resting), Wake())
    return True


def deliver(world: World) -> bool:
    if not world.parcels:
        return False
    parcel = world.parcels[0]
    if world.rng.random() < 0.4:
        parcel = world.rng.choice(world.parcels)
        world.faults["reordered"] += parcel is not world.parcels[0]
    world.faults["delayed"] += world.steps - parcel.sent_at > 8
    world.deliver(parcel)
    return True


def exchange(world: World) -> bool:
    pc = world.rng.choice(world.pcs)
    if pc.state.phase is not Phase.RESTING:
        return False
    world.exchange_now(pc)
    return True


def lose_request(world: World) -> bool:
    return _lose(world, "request lost", [parcel for parcel in world.parcels if parcel.is_request])


def lose_reply(world: World) -> bool:
    return _lose(world, "reply lost after commit", [parcel for parcel in world.parcels if parcel.answer])


def _lose(world: World, kind: str, found: list[Parcel]) -> bool:
    if not found:
        return False
    world.faults[kind] += 1
    world.lose(world.rng.choice(found))
    return True


def duplicate(world: World) -> bool:
    found = [parcel for parcel in world.parcels if parcel.is_request]
    if not found:
        return False
    world.faults["request doubled"] += 1
    parcel = world.rng.choice(found)
    world.parcels.append(replace(parcel, attempt=0))
    world.deliver(parcel)
    return True


def old_request(world: World) -> bool:
    if not world.old_calls:
        return False
    world.faults["old request again"] += 1
    # The last few may still be taken; the others must be refused by their nonce.
    pc, call = world.rng.choice(world.old_calls[-6:] if world.rng.random() < 0.7 else world.old_calls)
    world.deliver(Parcel(pc, 0, call, 0, world.steps))
    return True


def busy(world: World) -> bool:
    found = [parcel for parcel in world.parcels if parcel.is_request]
    if not found:
        return False
    world.faults["center busy"] += 1
    parcel = world.rng.choice(found)
    world.parcels.remove(parcel)
    world.parcels.append(replace(parcel, code="center-busy"))
    return True


def narrow(world: World) -> bool:
    world.way_limit = 0 if world.way_limit else world.rng.randint(1, 4)
    return True


# -- machines that go off ------------------------------------------------------------------------------------------


def cut_station(world: World) -> bool:
    pc = world.rng.choice(world.pcs)
    pc.store.cut = world.rng.choice(("before", "after"))
    world.faults[f"station off {pc.store.cut} commit"] += 1
    return True


def restart_station(world: World) -> bool:
    world.faults["station off in between"] += 1
    world.restart(world.rng.choice(world.pcs))
    return True


def cut_center(world: World) -> bool:
    if not any(parcel.is_request for parcel in world.parcels):
        return False
    world.center.cut = world.rng.choice(("before", "after"))
    world.faults[f"center off {world.center.cut} commit"] += 1
    world.deliver(next(parcel for parcel in world.parcels if parcel.is_request))
    return True


def cut_ruling(world: World) -> bool:
    if not world.center.tables.unruled:
        return False
    world.center.cut = world.rng.choice(("before", "after"))
    world.faults["center off between intake and ruling"] += 1
    world.rule()
    return True


def new_key(world: World) -> bool:
    pc = world.rng.choice(world.pcs)
    if world.center.cut or pc.store.cut:
        return False
    world.faults["new key of a worker"] += 1
    world.certify_again(pc)
    return True


def rule(world: World) -> bool:
    if not world.ruler_awake:
        return False
    world.rule(world.rng.choice((1, 2, 200)))
    return True


# -- programs with a bug -------------------------------------------------------------------------------------------


def smudge(world: World) -> bool:
    """The next event is signed wrongly."""
    world.faults["wrong signature"] += 1
    world.rng.choice(world.pcs).smudge = True
    return True


def rot(world: World) -> bool:
    """A note rots on the disk before it is sent: a byte of its header differs from what was signed."""
    pc = world.rng.choice(world.pcs)
    with pc.store.read() as book:
        fresh = [
            (link, event) for link, event in book.outbox(50) if link > pc.sent_to and link not in pc.store.tables.rot
        ]
    waiting = [(link, event) for link, event in fresh if event.header.type == "note"]
    if not waiting:
        return False
    link, event = world.rng.choice(waiting)
    data = bytearray(event.header_bytes)
    data[world.rng.randrange(len(data))] ^= 1 << world.rng.randrange(7)
    if data.isascii():
        pc.store.tables.rot[link] = Event(bytes(data), event.signature, event.person_signature, event.body)
        world.faults["rotten event"] += 1
    return True


def rogue_accept(world: World) -> bool:
    """A program takes a case that was offered to another office."""
    return _rogue(world, "accept without offer", _accept_of_others)


def _accept_of_others(world: World, pc: Pc) -> Draft | None:
    cases = [c for c in pc.store.tables.cases.values() if c.custody.offer and c.custody.offer.to != pc.org]
    if not cases:
        return None
    case = world.rng.choice(cases)
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
    case = world.rng.choice(cases)
    if case.state is CaseState.ACCEPTED:
        duty = ObligationMove(ObligationOp.CREATE, kind="deliver", holder=case.origin_org)
        effects = Effects(state=CaseState.REFUSED, custody=CustodyMove(CustodyOp.END), obligation=duty)
        draft = _bad_draft(pc, case, "refuse", effects, case.custody.grant)
        return replace(draft, actor=pc.desks[-1].worker.person_id)
    move = CustodyMove(CustodyOp.OFFER, to=UPWARD.get(pc.org, TOWNSHIP), arbiter=COUNTY)
    return _bad_draft(pc, case, "offer", Effects(custody=move), case.custody.grant)


def stranger(world: World) -> bool:
    """A program writes on a case that its office does not see."""
    return _rogue(world, "not a party", _note_on_strange_case)


def _note_on_strange_case(world: World, pc: Pc) -> Draft | None:
    viewers = world.center.tables.viewers
    cases = sorted(i for (kind, i), orgs in viewers.items() if kind == "case" and pc.org not in orgs)
    if not cases:
        return None
    return Draft(
        type="note",
        subject=(SubjectKind.CASE, world.rng.choice(cases)),
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
    pc = world.rng.choice(world.pcs)
    draft = make(world, pc)
    if draft is None:
        return False

    def write(_: Desk) -> bool:
        with pc.store.write() as book:
            append(next(d for d in pc.desks if d.worker.person_id == draft.actor), book, [draft])
        return True

    world.faults[kind] += 1
    return _work(world, pc, write) is not None


CHANCES: tuple[tuple[Callable[[World], bool], int], ...] = (
    (register, 9),
    (offer, 14),
    (receive, 18),
    (act, 40),
    (look, 1),
    (wake, 26),
    (deliver, 60),
    (exchange, 12),
    (rule, 16),
    (lose_request, 3),
    (lose_reply, 4),
    (duplicate, 3),
    (old_request, 3),
    (busy, 1),
    (narrow, 2),
    (cut_station, 3),
    (restart_station, 2),
    (cut_center, 3),
    (cut_ruling, 2),
    (new_key, 1),
    (smudge, 1),
    (rot, 4),
    (rogue_accept, 2),
    (rogue_base, 2),
    (stranger, 1),
)
