"""Packages with changed bytes: refused with a sentence, and nothing of them is in; in whatever order they come, all is.

What is changed inside a sealed part, by a PC that has the keys for it, brings nothing that was not signed by whom it
says, and stands in the way of nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from station_app.bootstrap.packages import import_package
from station_app.carriers.package_file import Body, read_package, write_package
from station_app.domain.errors import StationError
from station_app.keys.sealing import open_box, seal_to
from station_app.messages import SENTENCES
from station_app.protocol.frames import pack_frames, unpack_frames
from station_app.protocol.package_records import (
    PACKAGE_CONTEXT,
    Listed,
    Part,
    PartKind,
    pack_cases,
    read_manifest,
    unpack_cases,
)
from station_app.storage.engine import reading, writing
from station_app.storage.station_book import StationBookOnDisk
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.office_key import office_key
from station_app.usecases.run_action import register_case
from station_app.usecases.unpacking import ReadPackage, Taken
from tests.e2e.life import ByStick
from tests.persons import somebody
from tests.reliability.place import FORM, TOWNSHIP, Place

_FILES = count(1)
_SHOWN = {
    "events": "SELECT event_id, signature, person_signature, body FROM events",
    "outbox": "SELECT event_id, status, code FROM outbox",
    "cases": "SELECT case_id, folded FROM cases JOIN case_folds USING (position)",
    "batches": "SELECT batch_id, folded FROM batches",
    "documents": "SELECT * FROM documents",
    "credentials": "SELECT * FROM credentials",
}
fuzzed = partial(settings, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
Tables = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Ways:
    """Two packages up from the village, two down from the township; nobody has read them."""

    life: ByStick
    up: tuple[Path, Path]
    down: tuple[Path, Path]

    def of(self, pc: str) -> tuple[Path, Path]:
        """Return the packages for a PC."""
        return self.up if pc == "t" else self.down


@pytest.fixture(scope="module")
def ways(template: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    folder = tmp_path_factory.mktemp("bytes")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STATION_TEST_QUICK_PIN", "1")
        life = ByStick(template.copy(folder / "place", "c", "v1", "t"), datetime.now(UTC).replace(microsecond=0))
        for pc in ("v1", "t", "v1"):
            life.exchange(pc)
        yield _carried(life)
        life.close()


def _carried(life: ByStick) -> Ways:
    cases = [_registered(life, 1), _registered(life, 2)]
    batch = offer_batch(life.at("v1"), TOWNSHIP, cases[:1]).batch.batch_id
    # What the township answers to has come in packages of which nothing else is left.
    life.take("t", life.export("v1", "t"))
    receive_batch(life.at("t"), batch, Count())
    first_down = life.export("t", "v1")
    life.exchange("t")
    second_down = life.export("t", "v1")
    _registered(life, 3)
    first_up = life.export("v1", "t")
    offer_batch(life.at("v1"), TOWNSHIP, cases[1:])
    return Ways(life, (first_up, life.export("v1", "t")), (first_down, second_down))


def _registered(life: ByStick, person: int) -> str:
    form = {**FORM, "applicant": {**FORM["applicant"], "id_number": somebody(person)}}
    return register_case(life.at("v1"), form).case_id


def rows(connection: Connection) -> Tables:
    """Return the rows of all tables."""
    names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
    return {name: sorted(map(tuple, connection.execute(text(f'SELECT * FROM "{name}"'))), key=repr) for name in names}


class Trial:
    """A PC that forgets in the end what it has taken."""

    def __init__(self, ways: Ways, pc: str, connection: Connection) -> None:
        self._signed_in = ways.life.pc(pc)
        self._connection = connection
        desk = replace(self._signed_in.desk, open_book=self._book, read_book=self._book)
        self._trying = replace(self._signed_in, desk=desk, keep_keys=lambda: None)

    def take(self, file: Path) -> Taken | None:
        """Take a package; None where it is refused, with a sentence."""
        try:
            taken = import_package(self._trying, file)
        except StationError as error:
            assert error.code in SENTENCES, error
            return None
        assert all(code in SENTENCES for code in taken.codes), taken
        return taken

    def rows(self) -> Tables:
        """Return what is here, without when and in which order it came."""
        return {
            name: sorted(map(tuple, self._connection.execute(text(query))), key=repr) for name, query in _SHOWN.items()
        }

    @contextmanager
    def _book(self) -> Iterator[StationBookOnDisk]:
        with self._connection.begin_nested():
            yield StationBookOnDisk(self._connection)


@contextmanager
def trial(ways: Ways, pc: str) -> Iterator[Trial]:
    """Let a PC try something; all of it is undone."""
    with pytest.raises(_UndoneError), writing(ways.life.pc(pc).engine) as connection:
        yield Trial(ways, pc, connection)
        raise _UndoneError


class _UndoneError(Exception):
    """So that a transaction is rolled back."""


@st.composite
def changes(draw: st.DrawFn, first: bytes, second: bytes) -> bytes:
    """Return a package made of the bytes of two."""
    how = draw(st.sampled_from(("flip", "cut", "more", "swap", "repeat", "splice", "parts", "head")))
    at, other = (draw(st.integers(0, len(first) - 1)) for _ in range(2))
    start, end = min(at, other), max(at, other) + 1
    piece = first[start:end]
    if how == "flip":
        return first[:at] + bytes([first[at] ^ draw(st.integers(1, 255))]) + first[at + 1 :]
    if how == "cut":
        return first[:start] + first[end:]
    if how == "more":
        return first[:at] + draw(st.binary(min_size=1, max_size=9)) + first[at:]
    if how == "swap":
        return first[:start] + piece[len(piece) // 2 :] + piece[: len(piece) // 2] + first[end:]
    if how == "repeat":
        return first[:end] + piece + first[end:]
    if how == "splice":
        return first[:at] + second[draw(st.integers(0, len(second))) :]
    sizes = [_sizes(data) for data in (first, second)]
    if how == "parts":
        # In another order than the manifest has them.
        parts = draw(st.permutations(_parts(first, sizes[0])))
        return first[: sizes[0][0]] + b"".join(parts)
    return first[: sizes[0][0]] + second[sizes[1][0] :]


def _sizes(data: bytes) -> list[int]:
    """Return where the parts begin, and how long each is."""
    magic = data.index(b"\n") + 1
    length = int.from_bytes(data[magic : magic + 4], "big")
    listed = read_manifest(data[magic + 4 : magic + 4 + length]).parts
    return [magic + 4 + length + 64, *(part.size for part in listed)]


def _parts(data: bytes, sizes: Sequence[int]) -> list[bytes]:
    at, found = sizes[0], []
    for size in sizes[1:]:
        found.append(data[at : at + size])
        at += size
    return found


@pytest.mark.parametrize("pc", ["t", "v1"])
def test_no_package_with_changed_bytes_gets_in_and_nothing_of_it_is_left(ways: Ways, pc: str, tmp_path: Path) -> None:
    signed_in = ways.life.pc(pc)
    good = [file.read_bytes() for file in ways.of(pc)]
    with reading(signed_in.engine) as connection:
        before = rows(connection)

    @fuzzed(max_examples=40)
    @given(st.data())
    def try_one(data: st.DataObject) -> None:
        changed = data.draw(changes(*data.draw(st.permutations(good))))
        assume(changed not in good)
        file = tmp_path / "changed"
        file.write_bytes(changed)
        with pytest.raises(StationError) as refused:
            import_package(signed_in, file)
        assert refused.value.code in SENTENCES
        with reading(signed_in.engine) as connection:
            assert rows(connection) == before

    try_one()


@pytest.mark.parametrize("pc", ["t", "v1"])
def test_packages_in_any_order_and_any_number_of_times_leave_the_same(ways: Ways, pc: str) -> None:
    with trial(ways, pc) as trying:
        for file in ways.of(pc):
            assert trying.take(file)
        wanted = trying.rows()

    @fuzzed(max_examples=8)
    @given(st.lists(st.sampled_from(ways.of(pc)), max_size=3), st.permutations(ways.of(pc)))
    def try_one(some: list[Path], all_of_them: list[Path]) -> None:
        with trial(ways, pc) as trying:
            for file in (*some, *all_of_them):
                assert trying.take(file)
            assert trying.rows() == wanted

    try_one()


@pytest.mark.parametrize("pc", ["t", "v1"])
def test_what_is_changed_inside_a_sealed_part_brings_nothing_forged_and_keeps_nothing_away(
    ways: Ways, pc: str, tmp_path: Path
) -> None:
    files = ways.of(pc)
    with trial(ways, pc) as trying:
        for file in files:
            trying.take(file)
        wanted = trying.rows()
    known = {row[0] for row in wanted["events"]}

    @fuzzed(max_examples=40)
    @given(st.data())
    def try_one(data: st.DataObject) -> None:
        forged = _changed_inside(ways, pc, data, tmp_path)
        with trial(ways, pc) as trying:
            trying.take(forged)
            assert {row[0] for row in trying.rows()["events"]} <= known
            for file in files:
                assert trying.take(file)
            assert trying.rows() == wanted

    try_one()


def _changed_inside(ways: Ways, pc: str, data: st.DataObject, folder: Path) -> Path:
    """Return a package, signed by the PC that made the good one, in which a part for `pc` has other contents."""
    package = read_package(data.draw(st.sampled_from(ways.of(pc))))
    mine = [part for part in package.parts if _opened(ways, pc, part) is not None]
    part = data.draw(st.sampled_from(mine))
    contents = _opened(ways, pc, part)
    assert contents is not None
    if data.draw(st.booleans()):
        changed = data.draw(other_replies(contents) if part.kind == PartKind.REPLY else other_events(contents))
    else:
        at = data.draw(st.integers(0, len(contents) - 1))
        end = data.draw(st.sampled_from((at, at + 1, len(contents))))
        changed = contents[:at] + data.draw(st.binary(max_size=3)) + contents[end:]
    sealed = seal_to(_public(ways, pc, part), changed, part.aad)
    return _signed_anew(ways, pc, package, part, replace(part, sealed=sealed), folder)


def other_replies(contents: bytes) -> st.SearchStrategy[bytes]:
    """Return the frames of some replies in any order, some left out and some there twice."""
    frames = unpack_frames(contents)
    return st.lists(st.sampled_from(frames), max_size=2 * len(frames)).map(pack_frames)


@st.composite
def other_events(draw: st.DrawFn, contents: bytes) -> bytes:
    """Return what is told of cases with one event that nobody has signed so, in any order, some left out."""
    events, credentials = unpack_cases(contents)
    event = draw(st.sampled_from(events))
    signed = [part for part in ("header_bytes", "signature", "person_signature", "body") if getattr(event, part)]
    part = draw(st.sampled_from(signed))
    good = getattr(event, part)
    # Header and body travel as text.
    way = "latin-1" if part.endswith("signature") else "utf-8"
    text_of_it = good.decode(way)
    at = draw(st.integers(0, len(text_of_it) - 1))
    bad = (text_of_it[:at] + draw(st.sampled_from("09az")) + text_of_it[at + 1 :]).encode(way)
    assume(bad != good)
    chosen = draw(st.lists(st.sampled_from(events), max_size=len(events)))
    return pack_cases([replace(event, **{part: bad}), *chosen], credentials)


def _opened(ways: Ways, pc: str, part: Part) -> bytes | None:
    """Return what was sealed to a PC, or to its office; None where it is for others."""
    signed_in = ways.life.pc(pc)
    try:
        if part.kind == PartKind.REPLY:
            return open_box(signed_in.home.box_key().private, part.sealed, part.aad)
        with signed_in.desk.read_book() as book:
            return open_box(office_key(book, part.key).private, part.sealed, part.aad)
    except StationError:
        return None


def _public(ways: Ways, pc: str, part: Part) -> bytes:
    signed_in = ways.life.pc(pc)
    if part.kind == PartKind.REPLY:
        return signed_in.home.box_key().public
    with signed_in.desk.read_book() as book:
        return office_key(book, part.key).public


def _signed_anew(ways: Ways, pc: str, package: ReadPackage, old: Part, new: Part, folder: Path) -> Path:
    maker = ways.life.pc("v1" if pc == "t" else "t")
    parts = tuple(new if part is old else part for part in package.parts)
    listed = tuple(Listed(p.kind, p.to, p.key, p.device, len(p.sealed), p.digest) for p in parts)
    number = next(_FILES)
    package_id = hashlib.sha256(str(number).encode()).hexdigest()[:32]
    data = replace(package.manifest, package_id=package_id, parts=listed).to_bytes()
    return write_package(folder / f"{number}", data, maker.device_key.sign(PACKAGE_CONTEXT, data), Body(parts))
