"""The bytes of a slip's symbol before they are sealed: counts, texts, ids, one after the other (docs/sync.md §17)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from station_app.domain.errors import StationError
from station_app.domain.slips import HANDLINGS, MARK_BYTES, STATES, SlipCase, SlipHead, SlipMaterial

_FIRST_DAY = date(2000, 1, 1)
_ID_BYTES, _EVENT_BYTES, _PRINTING_BYTES = 16, 32, 4
_MOST = 2**53
_MOST_DIGITS = 64
_MOST_CASES = 3


class _Writer:
    def __init__(self) -> None:
        self.bytes = bytearray()

    def count(self, value: int) -> None:
        if not 0 <= value < _MOST:
            raise ValueError(f"{value} is no count")
        while value > 0x7F:
            self.bytes.append(value & 0x7F | 0x80)
            value >>= 7
        self.bytes.append(value)

    def text(self, words: str) -> None:
        if words.isascii() and words.isdigit() and len(words) <= _MOST_DIGITS:
            self.count(2 * len(words) + 1)
            self.bytes += int(words).to_bytes(_room_for(len(words)), "big")
        else:
            data = words.encode("utf-8")
            self.count(2 * len(data))
            self.bytes += data

    def hexadecimal(self, digits: str) -> None:
        self.bytes += bytes.fromhex(digits)

    def day(self, iso: str) -> None:
        self.count((date.fromisoformat(iso) - _FIRST_DAY).days)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, length: int) -> bytes:
        found = self._data[self._at : self._at + length]
        if len(found) != length:
            raise ValueError("ends too early")
        self._at += length
        return found

    def count(self) -> int:
        value = shift = 0
        while True:
            (byte,) = self.take(1)
            value |= (byte & 0x7F) << shift
            shift += 7
            if value >= _MOST or (byte == 0 and shift > 7):
                raise ValueError("no count, or one longer than it should be")
            if not byte & 0x80:
                return value

    def text(self) -> str:
        length, digits = divmod(self.count(), 2)
        if not digits:
            return self.take(length).decode("utf-8")
        if not 0 < length <= _MOST_DIGITS:
            raise ValueError("no digits, or too many")
        value = int.from_bytes(self.take(_room_for(length)), "big")
        if value >= 10**length:
            raise ValueError("more digits than it says")
        return f"{value:0{length}d}"

    def day(self) -> str:
        try:
            return (_FIRST_DAY + timedelta(days=self.count())).isoformat()
        except OverflowError:
            raise ValueError("no day") from None

    def end(self) -> None:
        if self._at != len(self._data):
            raise ValueError("bytes are left over")


def _room_for(digits: int) -> int:
    """Return how many bytes hold every number of so many digits."""
    most: int = 10**digits - 1
    return (most.bit_length() + 7) // 8


def pack(head: SlipHead, cases: Sequence[SlipCase]) -> bytes:
    """Return the bytes of one symbol; ValueError for what the form has no room for."""
    writer = _Writer()
    writer.hexadecimal(head.batch_id)
    writer.hexadecimal(head.printing)
    for text in (head.number, head.from_org, head.arbiter):
        writer.text(text)
    writer.day(head.offered_on)
    writer.text(head.offered_by)
    writer.count(head.lamport)
    writer.count(len(cases))
    for case in cases:
        _pack_case(writer, head, case)
    return bytes(writer.bytes)


def _pack_case(writer: _Writer, head: SlipHead, case: SlipCase) -> None:
    for digits in (case.case_id, case.grant, case.offer):
        writer.hexadecimal(digits)
    common = next((at for at, (a, b) in enumerate(zip(head.number, case.number, strict=False)) if a != b), 0)
    writer.count(common)
    writer.text(case.number[common:])
    writer.text("" if case.origin == head.from_org else case.origin)
    writer.count(STATES.index(case.state))
    for text in (case.name, case.id_type, case.id_number, case.phone, case.item):
        writer.text(text)
    writer.count(case.directory)
    writer.day(case.received_on)
    writer.text("" if case.received_by == head.offered_by else case.received_by)
    writer.count(len(case.materials))
    for material in case.materials:
        writer.count(4 * material.place + HANDLINGS.index(material.handling))
        if not material.place:
            writer.text(material.name)
        writer.count(material.originals)
        writer.count(material.copies)
    writer.bytes += case.names


def unpack(data: bytes) -> tuple[SlipHead, tuple[SlipCase, ...]]:
    """Return what the bytes of a symbol say.

    Raises:
        StationError: `slip-malformed`: sealed well, but not in this form.
    """
    try:
        return _read(_Reader(data))
    except (IndexError, ValueError):
        raise StationError("slip-malformed") from None


def _read(reader: _Reader) -> tuple[SlipHead, tuple[SlipCase, ...]]:
    head = SlipHead(
        batch_id=reader.take(_ID_BYTES).hex(),
        printing=reader.take(_PRINTING_BYTES).hex(),
        number=reader.text(),
        from_org=reader.text(),
        arbiter=reader.text(),
        offered_on=reader.day(),
        offered_by=reader.text(),
        lamport=reader.count(),
    )
    many = reader.count()
    if not 0 < many <= _MOST_CASES:
        raise ValueError("no cases, or too many")
    cases = tuple(_read_case(reader, head) for _ in range(many))
    reader.end()
    return head, cases


def _read_case(reader: _Reader, head: SlipHead) -> SlipCase:
    case_id, grant, offer = (reader.take(length).hex() for length in (_ID_BYTES, _EVENT_BYTES, _EVENT_BYTES))
    return SlipCase(
        case_id=case_id,
        grant=grant,
        offer=offer,
        number=head.number[: reader.count()] + reader.text(),
        origin=reader.text() or head.from_org,
        state=STATES[reader.count()],
        name=reader.text(),
        id_type=reader.text(),
        id_number=reader.text(),
        phone=reader.text(),
        item=reader.text(),
        directory=reader.count(),
        received_on=reader.day(),
        received_by=reader.text() or head.offered_by,
        materials=tuple(_read_material(reader) for _ in range(reader.count())),
        names=reader.take(MARK_BYTES),
    )


def _read_material(reader: _Reader) -> SlipMaterial:
    place, handling = divmod(reader.count(), 4)
    name = "" if place else reader.text()
    return SlipMaterial(place, name, HANDLINGS[handling], reader.count(), reader.count())
