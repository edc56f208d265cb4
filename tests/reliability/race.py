"""A village asks back what a township accepts and the county rules on: real programs in one process, step by step."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from station_app.bootstrap import station
from station_app.bootstrap.center import OpenCenter, open_center
from station_app.center.calls import Call
from station_app.center.ruler import Ruler
from station_app.center.service import CenterService
from station_app.domain.cases import Case
from station_app.domain.errors import StationError
from station_app.domain.fold import fold
from station_app.exchange.authentic import split
from station_app.protocol.requests import DEVICE_HEADER, NONCE_HEADER, SIGNATURE_HEADER
from station_app.storage.reserve import RESERVE_FILE
from station_app.sync.center_client import HttpAnswer
from station_app.sync.loop import SyncLoop
from station_app.ui.presenters.syncing import _state as band_of
from station_app.ui.tokens import Tone
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.look_up import waiting_summary
from station_app.usecases.run_action import act_on_case, register_case
from station_app.usecases.standing import left_to_do
from tests.reliability.place import FORM, PIN, STATIONS, TOWNSHIP, Place
from tests.reliability.side_effects import NOTICE, InjectedError, SideEffects

HOMES = ("c", "v1", "t")
REASON, NOTE = {"reason": "交错了"}, {"text": "先交后记"}
SAID = (REASON["reason"], NOTE["text"])
MOST_ROUNDS = 12


class _Wire:
    """Calls from a station to the center in the same process; what breaks there is told as its program tells it."""

    def __init__(self, service: CenterService) -> None:
        self._service = service

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        signature = bytes.fromhex(headers[SIGNATURE_HEADER])
        call = Call(path, headers[DEVICE_HEADER], headers[NONCE_HEADER], signature, body)
        try:
            answer = self._service.exchange(call)
            signed = self._service.sign_reply(call, answer)
        except (InjectedError, OSError) as error:
            raise StationError("center-error", id="") from error
        return HttpAnswer(200, {SIGNATURE_HEADER: signed.hex()}, answer)


@dataclass
class Race:
    """The three programs, opened.

    Args:
        effects: of all of them.
    """

    center: OpenCenter
    ruler: Ruler
    pcs: dict[str, station.SignedIn]
    loops: dict[str, SyncLoop]
    effects: SideEffects

    @property
    def case(self) -> Case:
        """Return the case as the village has it."""
        return self.case_at("v1")

    def case_at(self, name: str) -> Case:
        with self.pcs[name].desk.read_book() as book:
            [case_id] = {event.header.subject_id for event in book.all_events() if event.header.type == "register"}
            case = book.case(case_id)
        assert case is not None
        return case

    def case_at_center(self) -> Case:
        """Return the case as the center's journal has it."""
        case_id = self.case.case_id
        with self.center.read() as store:
            events = store.case_events([case_id])[case_id]
            known = store.credentials({event.header.origin for event in events})
        return fold(*split(events, "", known))

    def ask_back(self) -> None:
        """Ask the case back, unless that is saved already: who was told of an error looks first."""
        if not self.asked("v1"):
            act_on_case(self.pcs["v1"].desk, self.case.case_id, "request_withdrawal", REASON)

    def asked(self, name: str) -> int:
        return sum(remark.content.get("kind") == "withdraw_request" for remark in self.case_at(name).remarks)

    def accept(self) -> None:
        """Take the batch in, unless that is saved already."""
        with self.pcs["t"].desk.read_book() as book:
            [batch] = book.batches()
        if batch.open_lines:
            receive_batch(self.pcs["t"].desk, batch.number, Count())

    def rule(self) -> None:
        """Let the ruler work; it notes its failures and goes on."""
        while self.ruler.rule_once():
            pass

    @property
    def waits_for_ruling(self) -> bool:
        with self.center.read() as store:
            return bool(store.unruled(1))

    def exchange(self, name: str) -> None:
        """Let a station exchange once, and tell its window."""
        report = self.loops[name].exchange_once()
        self.effects.happen(NOTICE)
        self.look(name, report.code)

    def look(self, name: str, code: str = "") -> None:
        """See that a station says nothing of the center that is not so there."""
        with self.pcs[name].desk.read_book() as book:
            events = [event.event_id for event in book.all_events()]
            statuses, found, left = book.statuses_of(events), waiting_summary(book), left_to_do(book)
        with self.center.read() as store:
            there = {event.event_id for event in store.all_events()}
        assert {one for one, (status, _, _) in statuses.items() if status in ("stored", "exists")} <= there
        if band_of(found, code, "县中心", old=False, all_well=not left)[1] is Tone.GOOD:
            assert set(statuses) <= there
        case = self.case_at(name)
        if case.custody.holder == TOWNSHIP and not case.provisional:
            ruled = self.case_at_center()
            assert (ruled.custody.holder, ruled.provisional) == (TOWNSHIP, False)

    def come_to_rest(self) -> None:
        """Go on as the programs do by themselves, until nothing moves any more."""
        before: object = None
        for _ in range(MOST_ROUNDS):
            for name in self.pcs:
                self.exchange(name)
            self.rule()
            marks = [self.heads(name) for name in self.pcs]
            if marks == before:
                return
            before = marks
        raise AssertionError("it never comes to rest")

    def heads(self, name: str) -> tuple[int, frozenset[str]]:
        """Return how much waits at a station, and what it has of the case."""
        with self.pcs[name].desk.read_book() as book:
            waiting = book.outbox_totals().events
            events = frozenset(event.event_id for event in book.all_events())
        return waiting, events


def prepare(template: Place, folder: Path) -> Place:
    """Return a place where a village has handed a case over; what it noted then is still with it."""
    place = template.copy(folder, *HOMES)
    with opened(place, SideEffects()) as race:
        desk = race.pcs["v1"].desk
        case = register_case(desk, FORM)
        offer_batch(desk, TOWNSHIP, [case.case_id])
        race.exchange("v1")
        # Only what is ruled does the township see.
        race.rule()
        race.exchange("t")
        act_on_case(desk, case.case_id, "note", NOTE)
    return place


def copy(place: Place, folder: Path) -> Place:
    """Return a copy in a folder; the reserve, which is never written to, is the same file."""

    def linked(source: str, target: str) -> str:
        if source.endswith(RESERVE_FILE):
            os.link(source, target)
            return target
        return shutil.copy2(source, target)

    for name in HOMES:
        shutil.copytree(place.home(name), folder / name, copy_function=linked)
    return Place(folder, place.warm)


@contextmanager
def opened(place: Place, effects: SideEffects) -> Iterator[Race]:
    """Open the three programs of a place."""
    center = open_center(place.home("c"))
    parts = replace(center.parts(), log_error=lambda *_: None)
    service = CenterService(parts, effects.before(NOTICE, lambda: None))
    pcs = {name: station.sign_in(place.home(name), next(iter(STATIONS[name][1])), PIN) for name in HOMES[1:]}
    loops = {name: _loop(pc, service, effects) for name, pc in pcs.items()}
    try:
        yield Race(center, Ruler(parts), pcs, loops, effects)
    finally:
        for engine in (center.engine, *(pc.engine for pc in pcs.values())):
            engine.dispose()


def _loop(pc: station.SignedIn, service: CenterService, effects: SideEffects) -> SyncLoop:
    loop = pc.loop(1.0)
    parts: Any = loop._parts
    parts.client._transport = _Wire(service)
    applied: Callable[[], None] = effects.before(NOTICE, parts.applied)
    loop._parts = replace(parts, applied=applied)
    return loop
