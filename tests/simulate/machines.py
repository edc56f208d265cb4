"""The machines of the world: a station's PC, and a center, which is itself a client of the one above."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from station_app.bootstrap.center import keyed_hash
from station_app.center.ports import CenterParts
from station_app.center.service import CenterService
from station_app.domain.errors import StationError
from station_app.exchange import inbox, station
from station_app.exchange.authentic import DEVICE_CONTEXT
from station_app.exchange.center import CenterDesk
from station_app.exchange.inbox import CREDENTIAL_CONTEXT, Checks
from station_app.exchange.loading import loaded
from station_app.exchange.ports import Link
from station_app.exchange.station import Load, Loaded
from station_app.exchange.uplink import Uplink
from station_app.exchange.writing import Pen
from station_app.keys.signing import EVENT_DEVICE
from station_app.protocol import event as event_module
from station_app.protocol.exchange_records import ExchangeReply
from station_app.protocol.signed import CENTERS, Signed, keys_of_centers
from station_app.usecases.center_ports import CenterClerk
from station_app.usecases.other_centers import hear_from_above
from station_app.usecases.ports import Desk, Identity
from station_app.usecases.serials import Written, is_behind, resume, written
from station_app.usecases.times import local_day
from tests.fake_files import MemoryShelf
from tests.fake_vault import FakeVault
from tests.fakes import Scheme, Store
from tests.simulate.chance import Chance


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of a reply; `more`: there is more to exchange."""

    result: inbox.Applied
    more: bool


@dataclass
class Machine:
    """A client of a center.

    Args:
        store: what survives a crash.
        boss: the center that it exchanges with.
        state: what does not: where the exchange stands.
        attempt: number of the request that is waited for; answers to older ones find nobody.
    """

    name: str
    org: str
    device: str
    key: Any
    store: Store
    boss: Center
    state: station.State = field(default_factory=lambda: station.State(interval_s=30.0), kw_only=True)
    attempt: int = field(default=0, kw_only=True)

    @contextmanager
    def book(self, *, write: bool) -> Iterator[Any]:
        """Open the journal as the exchange sees it."""
        with self.store.write() if write else self.store.read() as book:
            yield book

    def load(self, wanted: Load) -> Loaded:
        """Read what the next request needs."""
        with self.book(write=False) as book:
            return loaded(book, wanted)

    def apply(self, reply: ExchangeReply, at: str, returned: tuple[str, ...] = ()) -> Applied:
        """Take in a reply that came at a moment of its own clock."""
        with self.book(write=True) as book:
            applied = inbox.apply_reply(book, reply, self.checks(), at, returned)
            settled = any(status.status != "waiting" for status in reply.statuses)
            return Applied(applied, applied.more or bool(settled and book.outbox(1)))

    def link(self) -> Link:
        """Return how far it is with its center."""
        with self.book(write=False) as book:
            found: Link = book.link()
        return found

    def checks(self) -> Checks:
        """Return how it checks what its center says."""
        raise NotImplementedError

    def clock(self) -> datetime:
        """Return its own time."""
        raise NotImplementedError


@dataclass
class Pc(Machine):
    """A station's PC.

    Args:
        world_clock: the true time; `slow` is how far this PC's clock is from it.
        twins: PCs with the same key: two of one disk image.
        sent_to: outbox number of the last event ever sent.
        smudge: the next event is signed wrongly.
        old: its program does not know the newest words; `was_old`: nor did one that it had before, or has.
        sidecar: what survives where only its tables are set back.
        people: the keys of those who sit at the desks.
        may_repeat: it was set back together with its sidecar, or is one of two: it may print a number again until its
            center has given it others.
        set_back_in: the epochs of the copies to which its tables were ever put back.
        lost: the events that it had had then, and not afterwards.
    """

    scheme: Scheme
    chance: Chance
    world_clock: Callable[[], datetime]
    slow: timedelta = timedelta()
    twins: int = 1
    sent_to: int = 0
    smudge: bool = False
    old: bool = False
    was_old: bool = False
    sidecar: Written = field(default_factory=lambda: Written("", 0, {}))
    desks: list[Desk] = field(default_factory=list)
    people: list[Any] = field(default_factory=list)
    may_repeat: bool = False
    set_back_in: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)

    def clock(self) -> datetime:
        return self.world_clock() + self.slow

    def was_set_back(self, me: Identity) -> bool:
        """Tell whether it writes in the epoch of a copy to which it was put back."""
        return me.epoch in self.set_back_in

    def identity(self) -> Identity:
        """Return who it is now."""
        with self.store.read() as book:
            found: Identity = book.identity()
        return found

    def sign(self, data: bytes) -> bytes:
        """Sign an event; once after `smudge` was set, wrongly, as a program with a bug would."""
        smudge, self.smudge = self.smudge, False
        signature: bytes = self.key.sign(DEVICE_CONTEXT, data)
        return b"\1" * 64 if smudge else signature

    def checks(self) -> Checks:
        return Checks(self.scheme.verify_many, self._by_center, lambda: self.chance.bytes(8).hex())

    def _by_center(self, context: str, signed: Signed, named: Collection[bytes] = ()) -> bool:
        if self.scheme.verify(self.boss.key.public, context, signed.payload, signed.signature):
            return True
        with self.store.read() as book:
            document = book.document(CENTERS)
        others = keys_of_centers(document.content[CENTERS]) if document else []
        keys = [*others, *named] if context == CREDENTIAL_CONTEXT else []
        return any(self.scheme.verify(key, context, signed.payload, signed.signature) for key in keys)

    def note_saved(self) -> None:
        """Write beside the tables how far they have come; done after each save."""
        with self.store.read() as book:
            self.sidecar = written(book, local_day(self.clock()))

    def start(self) -> None:
        """Look, as the program does when it starts, whether the tables are behind what was noted beside them."""
        noted = self.sidecar
        with self.store.read() as book:
            if not noted.epoch or not is_behind(book, noted):
                return
        with self.store.write() as book:
            resume(book, noted, self.chance.bytes(8).hex())

    def look_anew(self) -> None:
        """Bring what is shown up to the documents in force, as the program does between its exchanges."""
        with self.store.read() as book:
            behind = book.is_behind()
        if behind:
            with self.store.write() as book:
                while book.look_anew(1000):
                    pass

    def install(self, *, old: bool) -> None:
        """Install a program, an old one or the newest, which reads all again by what it understands."""
        self.old = old
        self.was_old |= old
        with program_of(self), self.store.write() as book:
            subjects = dict.fromkeys(event.header.subject for event in book.all_events())
            self.store.read_anew(book)
            book.refold(subjects)


@dataclass
class Center(Machine):
    """A center; `boss` is the city's for a county's, itself for the city's.

    Args:
        seed: of its key.
        slow: how far its clock is from the true time.
        ruler_awake: there may be something to rule on.
        unaware_in: the incarnation in which it was restored without anybody telling it; it notices by itself and then
            starts another.
    """

    scheme: Scheme
    clerk: CenterClerk
    parts: CenterParts
    seed: bytes = b""
    slow: timedelta = timedelta()
    ruler_awake: bool = True
    unaware_in: str = ""
    restored: int = 0

    def __post_init__(self) -> None:
        self.service = CenterService(self.parts, self._wake)

    def does(self, chance: Chance, work: Callable[..., Any], *arguments: Any) -> Any:
        """Have its program do a piece of work: here, or in the process whose turn it is."""
        processes = self.store.processes
        return work(self, *arguments) if processes is None else processes.do(self, work, arguments, chance)

    def _wake(self) -> None:
        self.ruler_awake = True

    @property
    def is_client(self) -> bool:
        """Tell whether it exchanges with a center above."""
        return self.boss is not self

    @contextmanager
    def book(self, *, write: bool) -> Iterator[Any]:
        with self.store.write() if write else self.store.read() as store:
            yield Uplink(store, lambda document: hear_from_above(store, self.clerk, document))

    def clock(self) -> datetime:
        return self.clerk.now()

    def checks(self) -> Checks:
        return Checks(self.scheme.verify_many, self._by_known, lambda: self.clerk.entropy(8).hex())

    def _by_known(self, context: str, signed: Signed, named: Collection[bytes] = ()) -> bool:
        if self.scheme.verify(self.boss.key.public, context, signed.payload, signed.signature):
            return True
        with self.store.read() as store:
            others = keys_of_centers(store.setting(CENTERS) or [])
        keys = [self.key.public, *others, *named] if context == CREDENTIAL_CONTEXT else []
        return any(self.scheme.verify(key, context, signed.payload, signed.signature) for key in keys)

    def setting(self, name: str) -> Any:
        """Return one of the center's settings."""
        with self.store.read() as store:
            return store.setting(name)

    @property
    def healing(self) -> bool:
        """Tell whether it was restored and still collects what it lost."""
        return bool(self.setting("center").get("healing"))

    @property
    def is_hurt(self) -> bool:
        """Tell whether its next commit will fail, or it has not got back what it lost: nobody manages it then."""
        return bool(self.store.cut) or self.healing or self.is_unaware

    @property
    def is_unaware(self) -> bool:
        """Tell whether it was set back and does not know that yet."""
        return bool(self.setting("center")["incarnation"] == self.unaware_in)

    @property
    def mood(self) -> str:
        """Return what it is at: healing, behind with its rulings, or idle."""
        if self.healing:
            return "healing"
        return "behind" if self.store.tables.unruled else "idle"


def parts_of(
    org: str, key: Any, store: Any, given: tuple[Callable[[], datetime], Callable[[int], bytes]], scheme: Scheme
) -> CenterParts:
    """Return the parts of a center's program; `given` are its clock and its source of random bytes."""
    now, entropy = given
    return CenterParts(
        write=store.write,
        read=store.read,
        clerk=CenterClerk(key.sign, now, entropy, FakeVault()),
        desk=CenterDesk(org, Pen(partial(key.sign, EVENT_DEVICE)), entropy, partial(keyed_hash, store.body_key)),
        authority_pem="",
        public_key=key.public,
        recovery_public=b"",
        recover=lambda _box, _device, _key: b"",
        verify=scheme.verify,
        verify_many=scheme.verify_many,
        log_error=_raise,
        shelf=MemoryShelf(),
    )


def _raise(_where: str, error: BaseException) -> None:
    raise error


def has_new_words(effects: Any) -> bool:
    """Tell whether an event says something that an old program does not understand."""
    move = effects.get("custody") or {}
    return "outward" in effects or (isinstance(move, dict) and move.get("op") in ("take_over", "reclaim"))


@contextmanager
def program_of(machine: Machine) -> Iterator[None]:
    """Run as the program on that machine does: an old one does not know the newest words."""
    if not (isinstance(machine, Pc) and machine.old):
        yield
        return
    reads = event_module.effects_from_json

    def old(found: Any) -> Any:
        if has_new_words(found):
            raise StationError("effects-unknown", keys=[])
        return reads(found)

    event_module.effects_from_json = old
    try:
        yield
    finally:
        event_module.effects_from_json = reads
