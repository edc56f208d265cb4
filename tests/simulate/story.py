"""A simulated city in which only happens what a test says."""

from __future__ import annotations

from copy import deepcopy

from station_app.domain.cases import Case
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.reference import office_of
from station_app.usecases.run_action import act_on_case, register_case
from station_app.usecases.serials import Written
from tests.fakes import FAKE
from tests.simulate.at_rest import check_at_rest
from tests.simulate.chance import Chance
from tests.simulate.happenings import restores
from tests.simulate.machines import Center, Machine, Pc
from tests.simulate.tree import COUNTY, PAPER, TOWNSHIP, VILLAGE
from tests.simulate.world import World


class Story:
    """A world in which only happens what a test says."""

    def __init__(self, seed: int = 1) -> None:
        chance = Chance(seed)
        chance.begin(0)
        self.world = World(chance, FAKE)
        self.village, self.township = self.pc(VILLAGE), self.pc(TOWNSHIP)
        self.county = self.world.centers[COUNTY]

    def pc(self, org: str) -> Pc:
        return next(pc for pc in self.world.pcs if pc.org == org)

    def draw(self, *draws: int) -> None:
        """Say what the next draws are to be; all after them are the last one possible: nothing more goes wrong."""
        self.world.steps += 1
        self.world.chance.begin(self.world.steps, draws)

    def register(self, pc: Pc | None = None, item: str = "T-2") -> Case:
        self.draw()
        form = {
            "item": item,
            "applicant": {"name": "王五", "id_type": "none"},
            "materials": [{"name": PAPER, "originals": 1, "copies": 0}],
        }
        return register_case((pc or self.village).desks[0], form)

    def note(self, pc: Pc, case: Case) -> None:
        self.draw()
        act_on_case(pc.desks[0], case.case_id, "note", {"text": "备注"})

    def offer(self, *cases: Case, pc: Pc | None = None) -> str:
        self.draw()
        giver = pc or self.village
        with giver.store.read() as book:
            up = office_of(book).parent or ""
        return offer_batch(giver.desks[0], up, [case.case_id for case in cases]).batch.number

    def close(self, case: Case, number: str) -> None:
        """Let the township count, accept and grant, and the village deliver and close what was offered to it."""
        self.draw()
        receive_batch(self.township.desks[0], number, Count())
        act_on_case(self.township.desks[0], case.case_id, "accept_application", {})
        act_on_case(self.township.desks[1], case.case_id, "grant", {"result": "准予"})
        self.sync(self.township, self.village)
        signed = {"signed_by": "王五", "method": "in_person", "delivered_on": "2026-03-02"}
        act_on_case(self.village.desks[0], case.case_id, "deliver", signed)
        act_on_case(self.village.desks[0], case.case_id, "close", {})

    def sync(self, *machines: Machine) -> None:
        """Let these exchange one after the other, with their centers ruling behind each."""
        for machine in machines:
            self.draw()
            self.world.exchange_now(machine)
            while self.world.rule(machine.boss):
                pass

    def rest(self) -> None:
        self.draw()
        self.world.come_to_rest()
        check_at_rest(self.world)

    def backup(self, machine: Machine) -> restores.Backup:
        people = restores._people_of(machine)
        return restores.Backup(machine.store.take_copy(), beside(machine), *people)

    def restore(self, center: Center, kept: restores.Backup, *, told: bool = True) -> None:
        """Set a center back, as its operator does who says so, or as a disk image does that nobody speaks of."""
        restores._put(self.world, center, kept)
        center.restored += 1
        self.world.restart(center)
        if not told:
            return
        with center.store.write() as book:
            book.start_center_epoch(f"{center.restored:016x}")

    def shown(self, pc: Pc, case: Case) -> Case:
        return pc.store.tables.cases[case.case_id]  # type: ignore[no-any-return]


def beside(machine: Machine) -> Written:
    """Return a copy of what a PC has noted beside its journal; nothing at a center."""
    return deepcopy(machine.sidecar) if isinstance(machine, Pc) else Written("", 0, {})
