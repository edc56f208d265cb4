"""Handing cases over by a printed slip, and taking one in that was scanned (docs/sync.md §17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from station_app.domain.actions.register import pin_item
from station_app.domain.batches import Batch, BatchKind, BatchLine, batch_from_json, batch_to_json, is_offered_in
from station_app.domain.case_cards import CaseQuery
from station_app.domain.cases import Case
from station_app.domain.errors import StationError
from station_app.domain.id_numbers import NO_PAPER
from station_app.domain.intake import held_originals, paper_count
from station_app.domain.item_terms import Handling
from station_app.domain.items import Item
from station_app.domain.lanes import SubjectKind
from station_app.domain.slip_differences import UNNAMED
from station_app.domain.slips import CaseHead, Slip, SlipCase, SlipDoubt, SlipHead, SlipMaterial, SlipPart, mark_of
from station_app.exchange.intake import MOST_AHEAD
from station_app.usecases.hand_over import find_batch
from station_app.usecases.keys_of_others import public_key_of
from station_app.usecases.ports import Book, Desk, Placed, Slice
from station_app.usecases.reference import Reference, office_name, reference_of
from station_app.usecases.times import stamp

PRINTING_BYTES = 4


@dataclass(frozen=True, slots=True)
class SlipContent:
    """What goes onto a slip, and to whom it is sealed: the public key (32 bytes) of an office in a version."""

    head: SlipHead
    cases: tuple[SlipCase, ...]
    to_org: str
    version: int
    public: bytes


@dataclass(frozen=True, slots=True)
class SlipProgress:
    """What has become of a scanned symbol.

    Args:
        place: of the symbol that was scanned, of `total`.
        missing: the symbols that are still to be scanned.
        cases: how many cases have come into the list by it, once it is whole.
        news: it was not here before.
    """

    batch_id: str
    number: str
    from_name: str
    place: int
    total: int
    missing: tuple[int, ...]
    cases: int
    news: bool

    @property
    def words(self) -> str:
        """Return what to do next, as it is read after a scan."""
        if self.missing:
            places = "、".join(str(place) for place in self.missing)
            again = "" if self.news else "，这一张已经扫过"
            return f"已读入第 {self.place} 张，共 {self.total} 张{again}。还差第 {places} 张，请接着扫。"
        again = "" if self.news else "已经"
        return f"{self.from_name}的交接码单{again}扫全了，{self.cases} 件。现在可以对着纸质材料清点、接收。"


def slip_content(book: Book, batch_text: str, printing: bytes) -> SlipContent:
    """Return what the slip of a batch says: the cases of it that nobody has answered yet.

    Args:
        printing: `PRINTING_BYTES` random bytes, by which the symbols of this print belong together.

    Raises:
        StationError: `batch-unknown`, `slip-not-ours`, `slip-nothing-left` (batch), `office-key-unknown` (name).
    """
    batch = find_batch(book, batch_text)
    if batch.from_org != book.identity().org or batch.kind is not BatchKind.CASES:
        raise StationError("slip-not-ours", batch=batch.number)
    cases = [case for line in batch.lines if (case := book.case(line.case_id)) and is_offered_in(case, batch.batch_id)]
    if not cases:
        raise StationError("slip-nothing-left", batch=batch.number)
    version, public = public_key_of(book, batch.to_org)
    offer = cases[0].custody.offer
    head = SlipHead(
        batch_id=batch.batch_id,
        printing=printing.hex(),
        number=batch.number,
        from_org=batch.from_org,
        arbiter=offer.arbiter if offer else "",
        offered_on=batch.offered_on,
        offered_by=batch.offered_by,
        lamport=max(event.header.lamport for event in book.subject_events(batch.batch_id)),
    )
    reference = reference_of(book)
    return SlipContent(head, tuple(_slip_case(case, reference) for case in cases), batch.to_org, version, public)


def _slip_case(case: Case, reference: Reference) -> SlipCase:
    custody, applicant = case.custody, case.applicant
    assert custody.offer is not None
    listed = [material.name for material in _item(reference, str(case.item["code"]), case.number).materials]
    return SlipCase(
        case_id=case.case_id,
        grant=custody.grant,
        offer=custody.offer.event_id,
        number=case.number,
        origin=case.origin_org,
        state=case.state,
        name=str(applicant.get("name", "")),
        id_type=str(applicant.get("id_type", "")),
        id_number=str(applicant.get("id_number", "")),
        phone=str(applicant.get("phone", "")),
        item=str(case.item["code"]),
        directory=int(case.item["directory"]["number"]),
        received_on=str(case.fields["received_on"]),
        received_by=str(case.fields["received_by"]),
        materials=tuple(_slip_material(material, listed) for material in case.materials),
        names=mark_of([material["name"] for material in case.materials]),
    )


def _slip_material(material: Mapping[str, Any], listed: Sequence[str]) -> SlipMaterial:
    name = str(material["name"])
    place = listed.index(name) + 1 if name in listed else 0
    shown = "" if place else name
    return SlipMaterial(place, shown, Handling(material["handling"]), material["originals"], material["copies"])


def _item(reference: Reference, code: str, number: str) -> Item:
    try:
        return reference.directory.find(code)
    except StationError:
        raise StationError("slip-item-unknown", item=code, number=number) from None


def take_part(desk: Desk, part: SlipPart) -> SlipProgress:
    """Keep what a symbol says; once all of its slip are here, its cases can be counted and answered.

    Scanned twice it changes nothing.

    Raises:
        StationError: `slip-item-unknown` (item, number), `slip-malformed`, `organisation-unknown`; nothing is kept.
    """
    with desk.open_book() as book:
        reference, head = reference_of(book), part.head
        reference.organisations.get(head.from_org)
        # Half of what a center bears: what is written behind it must not be ahead of that.
        if head.lamport > book.highest_of_events() + MOST_AHEAD // 2:
            raise StationError("slip-malformed")
        known = book.slip(head.batch_id)
        news = known is None or not _has(known, part)
        if news:
            heads = [_case_head(book, head, case, reference) for case in part.cases]
            known = _with_part(desk, book, known, part, heads)
            book.save_slip(known, heads)
            _fold(book, known, heads)
        assert known is not None
        return SlipProgress(
            batch_id=head.batch_id,
            number=head.number,
            from_name=office_name(book, head.from_org),
            place=part.place,
            total=known.total,
            missing=tuple(known.missing),
            cases=0 if known.missing else len(known.batch["lines"]),
            news=news,
        )


def _has(known: Slip, part: SlipPart) -> bool:
    """Tell whether a symbol is here, or one of an earlier print of a batch that is here whole."""
    return not known.missing or (known.printing == part.head.printing and part.place in known.places)


def _with_part(desk: Desk, book: Book, known: Slip | None, part: SlipPart, heads: Sequence[CaseHead]) -> Slip:
    head = part.head
    same = known is not None and known.printing == head.printing
    batch = batch_from_json(known.batch) if known is not None and same else _batch(book, head)
    lines = {line.case_id: line for line in (*batch.lines, *map(_line, heads))}
    return Slip(
        batch_id=head.batch_id,
        printing=head.printing,
        total=part.total,
        places=tuple(sorted({part.place, *(known.places if known is not None and same else ())})),
        lamport=head.lamport,
        batch=batch_to_json(replace(batch, lines=tuple(sorted(lines.values(), key=lambda line: line.number)))),
        scanned_at=stamp(desk.now()),
        person=desk.worker.person_id,
    )


def _batch(book: Book, head: SlipHead) -> Batch:
    return Batch(
        batch_id=head.batch_id,
        number=head.number,
        from_org=head.from_org,
        to_org=book.identity().org,
        offered_on=head.offered_on,
        offered_by=head.offered_by,
        lines=(),
    )


def _line(head: CaseHead) -> BatchLine:
    materials = head.fields["materials"]
    return BatchLine(head.case_id, head.fields["number"], paper_count(materials), held_originals(materials))


def _case_head(book: Book, slip: SlipHead, case: SlipCase, reference: Reference) -> CaseHead:
    item = _item(reference, case.item, case.number)
    pin = reference.directory_pin()
    if pin["number"] != case.directory:
        pin = {"number": case.directory, "hash": "", "version": "", "sample": pin["sample"]}
    applicant = {"name": case.name, "id_type": case.id_type or NO_PAPER, "id_number": case.id_number}
    return CaseHead(
        case_id=case.case_id,
        batch_id=slip.batch_id,
        from_org=slip.from_org,
        to_org=book.identity().org,
        arbiter=slip.arbiter,
        origin=case.origin,
        grant=case.grant,
        offer=case.offer,
        state=case.state,
        fields={
            "number": case.number,
            "item": pin_item(item, pin),
            "applicant": applicant | ({"phone": case.phone} if case.phone else {}),
            "materials": _materials(item, case),
            "received_on": case.received_on,
            "received_by": case.received_by,
            f"handed_on:{slip.from_org}": slip.offered_on,
        },
        offered_at=f"{slip.offered_on}T00:00:00Z",
    )


def _materials(item: Item, case: SlipCase) -> list[dict[str, Any]]:
    listed = {place: material.name for place, material in enumerate(item.materials, start=1)}
    names = [listed.get(material.place, "") if material.place else material.name for material in case.materials]
    if mark_of(names) != case.names:
        places = enumerate(case.materials, start=1)
        names = [material.name or UNNAMED.format(place=place) for place, material in places]
    return [
        {"name": name, "originals": m.originals, "copies": m.copies, "handling": m.handling.value}
        for name, m in zip(names, case.materials, strict=True)
    ]


def _fold(book: Book, slip: Slip, heads: Sequence[CaseHead]) -> None:
    """Bring what was scanned into the lists; also what came by another way meanwhile is compared at once."""
    cases = [line["case"] for line in slip.batch["lines"]] if not slip.missing else [head.case_id for head in heads]
    subjects = [(SubjectKind.CASE.value, case_id) for case_id in cases]
    book.refold([*subjects, (SubjectKind.BATCH.value, slip.batch_id)])


def doubts_of(book: Book, case_id: str) -> list[SlipDoubt]:
    """Return what of a case came otherwise than its slip had it."""
    return [doubt for doubt in book.slip_doubts() if doubt.case_id == case_id]


def cases_with_doubts(book: Book, limit: int) -> list[Placed]:
    """Return the cases that came otherwise than their slips had them, and that nobody here has looked at."""
    cases = [case for doubt in book.slip_doubts() if (case := book.case(doubt.case_id)) is not None]
    numbers = dict.fromkeys(case.number for case in cases)
    found = [placed for number in numbers for placed in book.case_slice(CaseQuery(text=number), Slice(None, 1))]
    return found[:limit]


def look_at_doubts(desk: Desk, case_id: str) -> None:
    """Note that somebody has looked at what differs: the later data counts, and what the slip said goes."""
    with desk.open_book() as book:
        book.drop_slip_doubts(case_id)
