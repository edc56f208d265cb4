"""What people do at their desks: register, hand over, receive, act; two PCs of an office; taking back from the road."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from station_app.domain.action import Turn
from station_app.domain.actions import action_named
from station_app.domain.batches import Batch
from station_app.domain.case_cards import CaseQuery
from station_app.domain.cases import Case, CaseState
from station_app.domain.errors import StationError
from station_app.domain.organisations import Level
from station_app.exchange.station import Phase
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.look_up import list_cases
from station_app.usecases.ports import Desk
from station_app.usecases.reference import office_of
from station_app.usecases.retrying import retry_refused
from station_app.usecases.run_action import act_on_case, possible_actions, register_case
from station_app.usecases.times import stamp
from tests.fakes import PowerCutError
from tests.simulate.invariants import require
from tests.simulate.machines import Pc, program_of
from tests.simulate.table import note_fault
from tests.simulate.tree import ITEMS, LEVELS, PAPER, form_of
from tests.simulate.world import World

NEW_ACTIONS = ("take_over", "reclaim", "request_reclaim")


def work(world: World, pc: Pc, act: Callable[[Desk], object]) -> object | None:
    """Let one of the workers do something; the rules may refuse it, and the machine may go off before or after."""
    if not pc.desks:
        return None
    desk = world.chance.choice(pc.desks)
    try:
        with program_of(pc):
            return act(desk)
    except StationError as error:
        world.stats[f"not allowed: {error.code}"] += 1
    except PowerCutError:
        world.restart(pc)
    return None


def _takes_in(pc: Pc) -> bool:
    return LEVELS[pc.org] in (Level.VILLAGE, Level.TOWNSHIP)


def register(world: World) -> bool:
    """One to six errands are taken in."""
    pc = world.chance.choice([pc for pc in world.pcs if _takes_in(pc)])
    # All of them, whatever became of the one before.
    saved = [_register(world, pc) for _ in range(world.chance.between(1, 6))]
    return any(saved)


def _register(world: World, pc: Pc) -> bool:
    form = {
        "item": world.chance.choice(list(ITEMS)),
        "materials": [{"name": PAPER, "originals": 1, "copies": world.chance.between(0, 3)}],
        **world.site.stores.who_comes(world.chance),
    }
    case = work(world, pc, lambda desk: register_case(desk, form))
    if isinstance(case, Case):
        before = world.watch.numbers.setdefault(case.number, case.case_id)
        may = pc.may_repeat or _has_forgotten(pc, world, before)
        require(before == case.case_id or may, "I2", f"{case.number} given twice, by {pc.name}")
    return case is not None


def _has_forgotten(pc: Pc, world: World, case_id: str) -> bool:
    """Tell whether the center of a PC, set back unnoticed, has forgotten the PC that took in a case, and its digits."""
    streams = [m.store.tables.subjects.get(case_id, ()) for m in [*world.pcs, *world.centers.values()]]
    takers = {event.header.origin for stream in streams for event in stream if event.header.type == "register"}
    return bool(pc.boss.unaware_in) and not takers.issubset(pc.boss.store.tables.stations)


def offer(world: World) -> bool:
    """A batch goes up to the next office."""
    pc = world.chance.choice([pc for pc in world.pcs if LEVELS[pc.org] is not Level.CITY])
    ready = (CaseState.REGISTERED, CaseState.RECEIVED)
    held = [c for c in pc.store.tables.cases.values() if c.custody.device == pc.device and not c.custody.offer]
    mine = [c.case_id for c in held if c.state in ready and c.custody.holder == pc.org]
    chosen = world.chance.sample(mine, world.chance.between(1, 8))
    if not chosen:
        return False
    with pc.store.read() as book:
        up = office_of(book).parent or ""
    return work(world, pc, lambda desk: offer_batch(desk, up, chosen)) is not None


def receive(world: World) -> bool:
    """A batch that has come is counted: accepted, accepted with a difference, or rejected, whole or in part."""
    pc = world.chance.choice([pc for pc in world.pcs if LEVELS[pc.org] is not Level.VILLAGE])
    found = _to_count(pc)
    if not found:
        return False
    batch = world.chance.choice(found)
    lines = [line.case_id for line in batch.open_lines]
    rejected = {case: "材料不齐" for case in lines if world.chance.happens(0.15)}
    counted = [{"material": PAPER, "originals": 1, "copies": 0}]
    differences = {case: counted for case in lines if case not in rejected and world.chance.happens(0.15)}
    only = tuple(world.chance.sample(lines, 1)) if world.chance.happens(0.2) else ()
    count = Count(rejected, differences, only)
    return work(world, pc, lambda desk: receive_batch(desk, batch.number, count)) is not None


def _to_count(pc: Pc) -> list[Batch]:
    return [batch for batch in pc.store.tables.batches.values() if batch.to_org == pc.org and batch.open_lines]


def receive_online(world: World) -> bool:
    """An office with a good line hears of what has come, takes all of it in, and its center rules on that."""
    may = action_named("accept_handover").roles
    found = {pc.name: [desk for desk in pc.desks if desk.worker.roles & may] for pc in world.pcs}
    pcs = [pc for pc in world.pcs if LEVELS[pc.org] is not Level.VILLAGE and found[pc.name]]
    if not pcs:
        return False
    pc = world.chance.choice(pcs)
    _exchange(world, pc)
    batches, desk = _to_count(pc), found[pc.name][0]
    for batch in batches:
        work(world, pc, lambda _, batch=batch: receive_batch(desk, batch.number, Count()))
    if batches:
        _exchange(world, pc)
        world.rule(pc.boss)
    return bool(batches)


def _exchange(world: World, pc: Pc) -> None:
    if pc.state.phase is Phase.RESTING:
        world.exchange_now(pc)


def act(world: World) -> bool:
    """Somebody does what the menu of a case offers."""
    pc = world.chance.choice([pc for pc in world.pcs if pc.desks])
    cases = list(pc.store.tables.cases.values())
    desk = world.chance.choice(pc.desks)
    eager = world.chance.happens(0.75)
    for case in world.chance.sample(cases, 4):
        with pc.store.read() as book, program_of(pc):
            possible = [action for action in possible_actions(desk, book, case) if not action.in_batch]
        if pc.old:
            possible = [action for action in possible if action.code not in NEW_ACTIONS]
        # Custody moves are rarer on the menu than notes; without a push the world would be full of talk.
        if eager:
            possible = [action for action in possible if action.turn is not Turn.VIEWER]
        if possible:
            return act_on(world, pc, desk, (case.case_id, world.chance.choice(possible).code))
    return False


def act_on(world: World, pc: Pc, desk: Desk, what: tuple[str, str]) -> bool:
    """Let somebody do one thing with one case; tell whether it was done."""
    case_id, code = what
    form = form_of(world.chance, code)
    done = work(world, pc, lambda _: act_on_case(desk, case_id, code, form))
    if isinstance(done, Case) and code == "accept_application":
        _check_number(world, pc, done)
    world.stats["actions"] += done is not None
    world.stats[f"did {code}"] += done is not None
    return done is not None


def _check_number(world: World, pc: Pc, case: Case) -> None:
    """I14: no 文号 is given to a second case, but by a PC that can't know yet that it was set back or copied."""
    number = case.fields.get("acceptance_document", "")
    world.stats["accepted with a number" if number else "accepted without a number"] += 1
    before = world.watch.numbers.setdefault(number, case.case_id) if number else case.case_id
    may = pc.may_repeat or not _is_known(world, before, number)
    require(before == case.case_id or may, "I14", f"{number} given twice, by {pc.name}")


def _is_known(world: World, case_id: str, number: str) -> bool:
    """Tell whether any machine still has what gave a case this number; otherwise restores have destroyed all of it."""
    streams = [m.store.tables.subjects.get(case_id, ()) for m in [*world.pcs, *world.centers.values()]]
    told = [event.effects or {} for stream in streams for event in stream if event.body is not None]
    return any(effects.get("fields", {}).get("acceptance_document") == number for effects in told)


def take_over(world: World) -> bool:
    """Two PCs of one office: one goes on with what the other works on, whether either is online or not."""
    offices = [pc.org for pc in world.pcs]
    pairs = [pc for pc in world.pcs if offices.count(pc.org) > 1 and not pc.old]
    if not pairs:
        return False
    pc = world.chance.choice(pairs)
    others = [
        c
        for c in pc.store.tables.cases.values()
        if c.custody.holder == pc.org and c.custody.device != pc.device and not c.custody.offer and not c.custody.ended
    ]
    if not others:
        return False
    case = world.chance.choice(others)
    done = work(world, pc, lambda desk: act_on_case(desk, case.case_id, "take_over", {}))
    if done is not None:
        note_fault(world, "taken over by another PC", pc)
    return done is not None


def ask_back(world: World) -> bool:
    """The giver asks for a case back while the taker may be accepting it."""
    pc = world.chance.choice(world.pcs)
    given = [c for c in pc.store.tables.cases.values() if c.custody.offer and c.custody.holder == pc.org]
    if not given:
        return False
    case = world.chance.choice(given)
    form = form_of(world.chance, "request_withdrawal")
    done = work(world, pc, lambda desk: act_on_case(desk, case.case_id, "request_withdrawal", form))
    if done is not None:
        note_fault(world, "asked back", pc)
    return done is not None


def reclaim(world: World) -> bool:
    """The arbiter takes a case back from the road, having just spoken with its center."""
    pc = world.chance.choice([pc for pc in world.pcs if LEVELS[pc.org] in (Level.COUNTY, Level.CITY)])
    roads = [c for c in pc.store.tables.cases.values() if c.custody.offer and c.custody.offer.arbiter == pc.org]
    if not roads or pc.old:
        return False
    case = world.chance.choice(roads)
    work(world, pc, lambda _: _note_exchange(pc))
    if world.chance.happens(0.3):
        asked = form_of(world.chance, "request_reclaim")
        work(world, pc, lambda desk: act_on_case(desk, case.case_id, "request_reclaim", asked))
    form = form_of(world.chance, "reclaim")
    done = work(world, pc, lambda desk: act_on_case(desk, case.case_id, "reclaim", form))
    if done is not None:
        note_fault(world, "reclaimed", pc)
    return done is not None


def _note_exchange(pc: Pc) -> None:
    with pc.store.write() as book:
        book.save_sync_status(replace(book.sync_status(), code="", last_ok_at=stamp(pc.clock())))


def retry(world: World) -> bool:
    """Somebody wants judged anew what the center has refused: of one case or batch, or all that there is."""
    refused = {pc.name: _refused(pc) for pc in world.pcs}
    pcs = [pc for pc in world.pcs if refused[pc.name] and pc.desks]
    if not pcs:
        return False
    pc = world.chance.choice(pcs)
    subject_id = world.chance.choice(["", *dict.fromkeys(row.subject_id for row in refused[pc.name])])
    given = work(world, pc, lambda desk: retry_refused(desk, subject_id))
    if given:
        note_fault(world, "refused event given back", pc)
    return bool(given)


def _refused(pc: Pc) -> list[Any]:
    return [row for row in pc.store.tables.outbox.values() if row.status == "refused"]


def look(world: World) -> bool:
    """Somebody looks at the list."""
    pc = world.chance.choice(world.pcs)
    with pc.store.read() as book:
        found = list(list_cases(book, CaseQuery()))
    require(len(found) == len(pc.store.tables.cases), "I4", "the list of cases is not whole")
    return True
