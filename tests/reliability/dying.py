"""Programs that die at a chosen moment: the shipped ones with a kill built in from outside, for tests only."""

from __future__ import annotations

import mmap
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import Engine, event

from station_app.bootstrap import center_move, joining
from station_app.bootstrap import station as station_parts
from station_app.bootstrap.center_home import CenterHome
from station_app.bootstrap.center_server import Serving, serve_center
from station_app.bootstrap.station_home import StationHome
from station_app.center import app, exchanging, ruler, service
from station_app.cli import joining_commands
from station_app.cli.output import Output, run
from station_app.exchange import center
from station_app.keys import slots
from station_app.keys.slots import Slots
from station_app.protocol.requests import EXCHANGE_PATH
from station_app.storage import engine as engine_parts
from station_app.storage.station_book import StationBookOnDisk
from station_app.sync import loop
from station_app.sync.center_client import CenterClient

# Where a save stands. A kill up to WRITTEN must leave nothing of it; from COMMITTED on all of it must be there.
OUTSIDE, BEGUN, WRITTEN, COMMITTING, COMMITTED = range(5)
PHASES = ("outside", "begun", "written", "committing", "committed, not told")


class Marks:
    """A page that two processes see: where the one that saves is, whether it has begun, and how often it saved."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b" if path.exists() else "w+b") as file:
            file.truncate(mmap.PAGESIZE)
            self._page = mmap.mmap(file.fileno(), mmap.PAGESIZE)

    @property
    def phase(self) -> int:
        return self._page[0]

    @phase.setter
    def phase(self, phase: int) -> None:
        self._page[0] = phase

    @property
    def working(self) -> bool:
        return bool(self._page[1])

    @working.setter
    def working(self, working: bool) -> None:
        self._page[1] = working

    @property
    def saves(self) -> int:
        return self._page[2]

    @saves.setter
    def saves(self, saves: int) -> None:
        self._page[2] = saves % 256


def watch_saves(marks: Marks) -> None:
    """Have every save of this process say in `marks` where it is."""
    append, writing = StationBookOnDisk.append, engine_parts.writing

    def appended(book: StationBookOnDisk, events: Any) -> None:
        append(book, events)
        marks.phase = WRITTEN

    @contextmanager
    def written(engine: Engine) -> Iterator[Any]:
        marks.phase = BEGUN
        with writing(engine) as connection:
            yield connection
        marks.phase = COMMITTED

    def committing(_connection: object) -> None:
        if marks.phase == WRITTEN:
            marks.phase = COMMITTING

    setattr(StationBookOnDisk, "append", appended)  # noqa: B010
    setattr(station_parts, "writing", written)  # noqa: B010
    event.listen(Engine, "commit", committing)


def die(*_: object) -> NoReturn:
    """End this process the way kill -9 does."""
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)
    raise AssertionError("still here")


def _after(owner: object, name: str) -> None:
    """Let `owner.name` do its work, and die before its caller learns of it."""
    original = getattr(owner, name)

    def then_die(*arguments: Any, **named: Any) -> NoReturn:
        original(*arguments, **named)
        die()

    setattr(owner, name, then_die)


def _instead(owner: object, name: str) -> None:
    setattr(owner, name, die)


def _before_the_reply_is_sent() -> None:
    sign_reply = service.CenterService.sign_reply

    def signed(center: service.CenterService, call: service.Call, body: bytes) -> bytes:
        return die() if call.path == EXCHANGE_PATH else sign_reply(center, call, body)

    setattr(service.CenterService, "sign_reply", signed)  # noqa: B010


def _ruling(*, written: bool) -> None:
    """Die at the first case that waits for a ruling, before or after the ruling is written; no commit follows."""
    rule_pending = center.rule_pending

    def rule(book: Any, *arguments: Any) -> int:
        if not book.unruled(1):
            return 0
        if written:
            rule_pending(book, *arguments)
        return die()

    setattr(ruler, "rule_pending", rule)  # noqa: B010


def _answered_from_above() -> None:
    """Die where the center above has taken events in and its reply has come, but is not written here."""
    apply_reply = loop.apply_reply

    def apply(book: Any, reply: Any, *arguments: Any) -> Any:
        return die() if reply.statuses else apply_reply(book, reply, *arguments)

    setattr(loop, "apply_reply", apply)  # noqa: B010


CENTER_DEATHS: dict[str, Callable[[], None]] = {
    "never": lambda: None,
    "exchange: written, not committed": lambda: _after(exchanging, "accept_push"),
    "exchange: committed": lambda: _instead(exchanging.Exchanging, "_reply"),
    "exchange: reply made, not sent": _before_the_reply_is_sent,
    "uplink: taken in above, not noted": _answered_from_above,
    "enrol: written, not committed": lambda: _after(service, "enrol"),
    "enrol: committed": lambda: _instead(service, "pack"),
    "activate: written, not committed": lambda: _after(service, "activate"),
    "activate: committed": lambda: _instead(service, "pack"),
    "ruling: not begun": lambda: _ruling(written=False),
    "ruling: written, not committed": lambda: _ruling(written=True),
}


def serve(home: str, port: str, death: str) -> None:
    """Run the shipped center, which dies the first time it comes to `death`."""
    CENTER_DEATHS[death]()
    serve_center(Path(home), Serving("127.0.0.1", int(port), interval_s=1.0))


# Where a move may be cut, in order.
MOVE_DEATHS: dict[str, Callable[[], None]] = {
    "copied, not committed": lambda: _after(center_move, "copy"),
    "committed, not in force": lambda: _instead(CenterHome, "save_database_address"),
    "in force, file not put away": lambda: _after(CenterHome, "save_database_address"),
}


def move(home: str, address: str, death: str) -> None:
    """Move a center to PostgreSQL, dying on the way."""
    MOVE_DEATHS[death]()
    center_move.move(Path(home), address)


SMALL_BODY_BYTES = 8000


def serve_small_bodies(home: str) -> None:
    """Run the shipped center, which takes smaller bodies than it ships with."""
    app.MAX_REQUEST_BYTES = SMALL_BODY_BYTES  # type: ignore[misc]
    serve_center(Path(home), Serving("127.0.0.1", 0))


# The steps of joining, in order. Between any two of them the power may fail.
STATION_STEPS: dict[str, tuple[tuple[object, str], ...]] = {
    "enrol": (
        (slots, "create"),
        (StationHome, "device_key"),
        (joining, "open_journal"),
        (joining, "first_epoch"),
        (CenterClient, "enrol"),
        (Slots, "add_recovery"),
        (StationHome, "save_card"),
        (StationHome, "save_identity"),
    ),
    "activate": (
        (StationHome, "activation_key"),
        (StationHome, "device_key"),
        (CenterClient, "activate"),
        (joining, "_save_activation"),
        (Slots, "add_worker"),
        (Slots, "remove_device_slot"),
        (StationHome, "forget_activation_key"),
    ),
}


def run_station_step(arguments: dict[str, Any], command: str, step: int) -> int:
    """Run enrol or activate, which dies right after its step number `step`."""
    from argparse import Namespace

    options = Namespace(**arguments, request=None, grant=None)
    options.home = Path(options.home)
    owner, name = STATION_STEPS[command][step]
    _after(owner, name)
    output = Output(as_json=True)
    return run(lambda: getattr(joining_commands, command)(options, output), output)


def save_until_the_power_is_cut(home: str, worker: str, form: dict[str, Any], synchronous: int) -> None:
    """Register cases without pause; each is told on standard output once the use case has returned."""
    from station_app.usecases import run_action
    from tests.reliability.work import tell

    engine_parts.PRAGMAS["synchronous"] = synchronous
    desk = station_parts.sign_in(Path(home), worker, "248163").desk
    while True:
        case = run_action.register_case(desk, form)
        tell({"case_id": case.case_id, "number": case.number})


def rebuild_step_by_step(home: str, worker: str, events: int, written: bool) -> None:
    """Do the next step of a rebuild and die, right before or right after its commit; return when all is done."""
    from station_app import __version__
    from station_app.storage.rebuild import rebuild_step

    opened = station_parts.sign_in(Path(home), worker, "248163")
    with engine_parts.writing(opened.engine) as connection:
        progress = rebuild_step(StationBookOnDisk(connection), __version__, events)
        if not written:
            die()
    if not progress.swapped:
        die()


def nth_write(path: str, number: int) -> None:
    """Write a file atomically, dying at the `number`th system call that changes the disk."""
    from station_app.keys import key_files

    calls = count(1)
    for owner, name in ((os, "open"), (os, "fsync"), (Path, "replace"), (Path, "unlink")):
        _nth(owner, name, calls, number)
    key_files.write_atomically(Path(path), b"new" * 1000)


def _nth(owner: object, name: str, calls: Iterator[int], number: int) -> None:
    original = getattr(owner, name)

    def counted(*arguments: Any, **named: Any) -> Any:
        if next(calls) == number:
            die()
        return original(*arguments, **named)

    setattr(owner, name, counted)
