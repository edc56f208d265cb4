"""Two working weeks of a county's offices, lived by network or by stick alone, with the same clock and the same chance.

The journals are real (SQLCipher), the center is its real service with its real database; only the wire is left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from station_app.bootstrap import joining, joining_by_file
from station_app.bootstrap.center import OpenCenter, open_center
from station_app.bootstrap.checking import check
from station_app.bootstrap.packages import export_package, import_package
from station_app.bootstrap.station import SignedIn, sign_in
from station_app.bootstrap.station_line import checks
from station_app.carriers.join_file import read_request, write_grant
from station_app.center.calls import Call
from station_app.center.granting import grant
from station_app.center.ports import CenterParts
from station_app.center.ruler import Ruler
from station_app.center.service import CenterService
from station_app.cli.views import case_detail
from station_app.domain.organisation_file import parse_organisations
from station_app.keys.key_files import exclusive
from station_app.protocol.requests import (
    ACTIVATE_PATH,
    CARRIED_PATH,
    DEVICE_HEADER,
    EXCHANGE_PATH,
    NONCE_HEADER,
    SIGNATURE_HEADER,
)
from station_app.sync.center_client import CenterClient, HttpAnswer
from station_app.sync.loop import LoopParts, SyncLoop
from station_app.usecases import look_up
from station_app.usecases.ports import Desk
from station_app.usecases.reference import reference_of
from station_app.usecases.run_center import (
    CALENDAR,
    DIRECTORY,
    ORGANISATIONS,
    organisations_of,
    publish,
    save_organisations,
)
from station_app.usecases.timeline import timeline
from station_app.usecases.unpacking import Taken
from tests.reliability.place import PIN, STATIONS, VILLAGES, Place

# The second PC of the first village.
SECOND_PC, SECOND_WORKER = "new", "新人"
PCS = (SECOND_PC, "v1", "v2", "t", "k")
OFFICE = {**{name: org for name, (org, _) in STATIONS.items()}, SECOND_PC: VILLAGES[0]}
WORKER = {**{name: next(iter(people)) for name, (_, people) in STATIONS.items()}, SECOND_PC: SECOND_WORKER}
# Everything that is left to do is done within so many exchanges.
EXCHANGES = 10


class Direct:
    """The way to a center without a network: its program is called, and signs its answers, as ever."""

    def __init__(self, parts: CenterParts) -> None:
        ruler = Ruler(parts)

        def rule() -> None:
            while ruler.rule_once():
                pass

        self.service = CenterService(parts, rule)
        self._handlers: Mapping[str, Callable[[Call], bytes]] = {
            EXCHANGE_PATH: self.service.exchange,
            CARRIED_PATH: self.service.carried,
            ACTIVATE_PATH: self.service.activate,
        }

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        signature = bytes.fromhex(headers[SIGNATURE_HEADER])
        call = Call(path, headers[DEVICE_HEADER], headers[NONCE_HEADER], signature, body)
        answer = self._handlers[path](call)
        return HttpAnswer(200, {SIGNATURE_HEADER: self.service.sign_reply(call, answer).hex()}, answer)

    def request(
        self, _method: str, _path: str, _body: bytes, _headers: Mapping[str, str], _record_bytes: int = 0
    ) -> HttpAnswer:
        raise AssertionError("no file is sent here")

    def __enter__(self) -> Direct:
        return self

    def __exit__(self, *_: object) -> None: ...


@dataclass
class Life:
    """The offices while they live; how what they write comes to the others is for those who derive from this.

    Args:
        now: the clock of all of them.
    """

    place: Place
    now: datetime
    center: OpenCenter = field(init=False)
    parts: CenterParts = field(init=False)
    line: Direct = field(init=False)
    _acts: dict[str, int] = field(default_factory=dict)
    _open: dict[tuple[str, str], SignedIn] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.center = open_center(self.place.home("c"))
        parts = self.center.parts()
        clerk = replace(parts.clerk, now=self._clock)
        self.parts = replace(parts, clerk=clerk, desk=replace(parts.desk, entropy=_drawn("the center's rulings")))
        self.line = Direct(self.parts)

    def _clock(self) -> datetime:
        return self.now

    def pass_days(self, days: int) -> None:
        self.now += timedelta(days=days)

    def at(self, pc: str, worker: str = "") -> Desk:
        """Return the desk of a worker for one act; what chance gives to it depends on which act of this PC it is."""
        number = self._acts[pc] = self._acts.get(pc, 0) + 1
        return replace(self.pc(pc, worker).desk, entropy=_drawn(f"{pc} {number}"))

    def pc(self, pc: str, worker: str = "") -> SignedIn:
        """Return a PC with a worker signed in."""
        key = pc, worker or WORKER[pc]
        if key not in self._open:
            found = sign_in(self.place.home(pc), key[1], PIN)
            self._open[key] = replace(found, desk=replace(found.desk, now=self._clock))
        return self._open[key]

    def publish(self, kind: str, content: dict[str, Any]) -> None:
        with self.center.write() as store:
            publish(store, self.parts.clerk, kind, content)

    def write_organisations(self, text: str) -> None:
        """Have the county import a list of its offices."""
        with self.center.write() as store:
            found, faults = parse_organisations(text, organisations_of(store))
            assert found is not None, faults
            save_organisations(store, self.parts.clerk, found)

    def settle(self) -> None:
        """Bring everything to everybody."""
        raise NotImplementedError

    def activate(self, pc: str, worker: str, code: str) -> None:
        """Let a worker sign in on a PC for the first time."""
        raise NotImplementedError

    def lose_a_stick(self, pc: str, to: str) -> None:
        """Write a package that nobody ever reads."""

    def read_once_more(self) -> None:
        """Read all packages of the last round once more."""

    def hold_back(self, pc: str, to: str) -> None:
        """Write a package that is read after the next ones."""

    def read_held_back(self) -> None:
        """Read what was held back."""

    def close(self) -> None:
        for signed_in in self._open.values():
            signed_in.close()
        self.center.engine.dispose()

    def exchange(self, pc: str) -> None:
        """Exchange until nothing is left to do."""
        loop = self.loop(pc)
        for _ in range(EXCHANGES):
            report = loop.exchange_once()
            assert not report.code, report
            if not report.pending:
                return
        raise AssertionError(f"{pc} still has something to exchange")

    def loop(self, pc: str) -> SyncLoop:
        """Return what exchanges on a PC."""
        signed_in = self.pc(pc)
        client = CenterClient(self.line, signed_in.device_key, self.center.key.public)
        return SyncLoop(
            LoopParts(
                client=client,
                open_book=signed_in.desk.open_book,
                read_book=signed_in.desk.read_book,
                checks=checks(self.center.key.public, signed_in.desk.read_book),
                now=self._clock,
                jitter=lambda: 0.0,
                rest=lambda _s: None,
                one_at_a_time=lambda: exclusive(signed_in.home.folder, "exchange"),
                applied=signed_in.keep_keys,
            ),
            1.0,
        )


class ByNetwork(Life):
    """Everybody has a line, and exchanges in the same order each time."""

    def settle(self) -> None:
        for _ in range(2):
            for pc in PCS:
                self.exchange(pc)

    def activate(self, pc: str, worker: str, code: str) -> None:
        known, joining.line_to = joining.line_to, lambda _url, _pem: self.line  # type: ignore[assignment, return-value]
        try:
            joining.activate(self.place.home(pc), worker, code, PIN)
        finally:
            joining.line_to = known


class ByStick(Life):
    """Only the PC in the county's own building has a line; to and from all others everything goes by hand."""

    _files = count(1)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.stick = self.place.folder / "stick"
        self.stick.mkdir()
        self.told: list[Taken] = []
        self.last_round: list[tuple[str, Path]] = []
        self._held: list[tuple[str, Path]] = []

    def settle(self) -> None:
        for _ in range(2):
            self.last_round = []
            for pc, by in ((SECOND_PC, "v1"), ("v1", "t"), ("v2", "t"), ("t", "k")):
                self._carry(pc, by)
            self.exchange("k")
            for by, pc in (("k", "t"), ("t", "v1"), ("t", "v2"), ("v1", SECOND_PC)):
                self._carry(by, pc)

    def activate(self, pc: str, worker: str, code: str) -> None:
        home = self.place.home(pc)
        asked = read_request(joining_by_file.request_activation(home, worker, code, self._file()))
        granted = write_grant(self._file(), grant(self.parts, self.line.service, asked, "").file)
        joining_by_file.take_activation(home, granted, PIN, worker)

    def lose_a_stick(self, pc: str, to: str) -> None:
        self.export(pc, to).unlink()

    def read_once_more(self) -> None:
        for pc, file in self.last_round:
            before = self.events(pc)
            taken = import_package(self.pc(pc), file)
            assert (taken.again, taken.codes, self.events(pc)) == (True, (), before)

    def hold_back(self, pc: str, to: str) -> None:
        self._held.append((to, self.export(pc, to)))

    def read_held_back(self) -> None:
        for pc, file in self._held:
            taken = self.take(pc, file)
            assert (taken.again, taken.pulled) == (False, 0)
        self._held = []

    def events(self, pc: str) -> set[bytes]:
        with self.pc(pc).desk.read_book() as book:
            return {event.header_bytes for event in book.all_events()}

    def _carry(self, sender: str, to: str) -> None:
        file = self.export(sender, to)
        self.take(to, file)
        self.last_round.append((to, file))

    def export(self, sender: str, to: str) -> Path:
        return export_package(self.pc(sender), OFFICE[to], self._file())[0][1]

    def take(self, pc: str, file: Path) -> Taken:
        taken = import_package(self.pc(pc), file)
        assert taken.codes == (), (pc, taken)
        self.told.append(taken)
        return taken

    def _file(self) -> Path:
        return self.stick / f"{next(self._files)}"


@dataclass(frozen=True)
class Shown:
    """What a PC has in the end, without what may differ.

    These are the nonces and numbers of the link, the words by which the center acknowledges what it has taken in, the
    packages themselves and their receipts, and the signatures of a worker whose key was made in the course of the
    life: it is made by chance on the PC. What was done, by whom, after what and when is in the headers.
    """

    headers: frozenset[bytes]
    cases: Mapping[str, Mapping[str, Any]]
    batches: Mapping[str, Any]
    documents: Mapping[str, Any]


def shown_at(life: Life, pc: str) -> Shown:
    """Return what a PC shows, once nothing waits there any more and its own check finds it whole."""
    signed_in = life.pc(pc)
    assert check(signed_in)["ok"], pc
    with signed_in.desk.read_book() as book:
        assert not book.outbox(1), pc
        headers = frozenset(event.header_bytes for event in book.all_events())
        found = {event.header.subject for event in book.all_events()}
        ids = sorted(subject_id for kind, subject_id in found if kind == "case")
        cases = {case_id: _case(book, case_id) for case_id in ids}
        batches = {batch.batch_id: batch for batch in book.batches()}
        documents = {kind: book.document(kind) for kind in (ORGANISATIONS, DIRECTORY, CALENDAR)}
    return Shown(headers, cases, batches, documents)


def _case(book: Any, case_id: str) -> Mapping[str, Any]:
    case = book.case(case_id)
    return case_detail(look_up.view_of(case, reference_of(book)), timeline(book, case))[0]


def headers_at_center(life: Life) -> frozenset[bytes]:
    with life.center.read() as store:
        return frozenset(event.header_bytes for event in store.all_events())


def _drawn(seed: str) -> Callable[[int], bytes]:
    """Return what gives the same bytes in both lives."""
    numbers = count()
    return lambda size: hashlib.shake_256(f"{seed} {next(numbers)}".encode()).digest(size)
