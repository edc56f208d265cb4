"""Leasing blocks of 文号: to one epoch, never twice, not while healing; and numbers that come in twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from station_app.center.leasing import MOST_UNUSED, NUMBERS_OF_A_CENTER, serve_leases
from station_app.domain.document_numbers import BLOCK, HIGHEST, Block, DocumentNumber
from station_app.domain.effects import Effects
from station_app.domain.lanes import SubjectKind
from station_app.domain.numbers import case_number
from station_app.domain.organisations import Level, Organisation, Organisations
from station_app.exchange.number_book import UsedNumber
from station_app.exchange.numbers_seen import TO_NOTE, case_numbers_in, note_numbers, note_older_numbers
from station_app.protocol.exchange_records import ExchangeRequest, LeaseAsk, LeaseGrant
from station_app.usecases import run_center
from station_app.usecases.center_ports import Station
from tests.domain.casework import COUNTY, ORGANISATIONS, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE
from tests.exchange.makers import EPOCH, Device
from tests.exchange.makers import TOWNSHIP as MAKERS_TOWNSHIP
from tests.fakes import center_store
from tests.usecases.registries import CLERK, registry

__all__ = ["registry"]

SERIES = "玉便受字"
PC = Station("d" * 32, TOWNSHIP, b"k" * 32, "2026-03-01T00:00:00Z")
OTHER_PC = replace(PC, device="f" * 32)


@pytest.fixture
def book(registry: Any) -> Any:
    """A center whose township has a series."""
    offices = [replace(o, short_name="玉便" if o.code == TOWNSHIP else "") for o in ORGANISATIONS]
    run_center.save_organisations(registry, CLERK, Organisations(offices))
    return registry


def block(first: int, last: int | None = None) -> Block:
    return Block(SERIES, 2026, first, last or first + BLOCK - 1)


def asked(
    book: Any, pc: Station = PC, epoch: str = EPOCH, held: Sequence[Block] = (), wanted: Sequence[str] = (SERIES,)
) -> LeaseGrant | None:
    ask = LeaseAsk(tuple(wanted), tuple(held))
    return serve_leases(book, CLERK, pc, ExchangeRequest(epoch, "i", 0, 1, (), 0, leases=ask))


def given(found: LeaseGrant | None) -> tuple[Block, ...]:
    return found.given if found else ()


def use(book: Any, number: int, case_id: str = "1" * 32) -> None:
    used = UsedNumber(f"{number:064d}", DocumentNumber(SERIES, 2026, number), TOWNSHIP, case_id)
    book.add_used_numbers([used])


def test_each_epoch_of_each_pc_gets_a_block_of_its_own(book: Any) -> None:
    assert given(asked(book)) == (block(1),)
    assert given(asked(book, OTHER_PC)) == (block(21),)
    assert given(asked(book, epoch="9" * 16)) == (block(41),)


def test_asking_again_after_a_lost_reply_gives_the_same_block(book: Any) -> None:
    assert given(asked(book)) == given(asked(book)) == (block(1),)
    assert given(asked(book, held=[block(1)])) == (block(21),)


def test_nothing_is_leased_of_a_series_of_others(book: Any) -> None:
    assert asked(book, wanted=["沙便受字"]) is None
    assert asked(book, replace(PC, org=OTHER_TOWNSHIP)) is None


def test_a_client_that_does_not_ask_is_told_nothing(book: Any) -> None:
    request = ExchangeRequest(EPOCH, "i", 0, 1, (), 0)
    assert serve_leases(book, CLERK, PC, request) is None


def test_a_block_begins_behind_the_highest_number_that_came_in(book: Any) -> None:
    use(book, 56)
    assert given(asked(book)) == (block(57),)


def test_a_pc_that_always_asks_gets_no_more_than_it_could_need(book: Any) -> None:
    held: list[Block] = []
    while found := given(asked(book, held=held)):
        held += found
    assert len(held) * BLOCK == MOST_UNUSED
    for number in range(1, BLOCK + 1):
        use(book, number)
    assert given(asked(book, held=held)) == (block(MOST_UNUSED + 1),)


def test_a_healing_center_takes_blocks_back_and_leases_none(book: Any) -> None:
    book.save_setting("center", {**book.setting("center"), "healing": True})
    assert asked(book, held=[block(41)]) is None
    assert [lease.block for lease in book.leases_of(PC.device, EPOCH)] == [block(41)]
    book.save_setting("center", {**book.setting("center"), "healing": False})
    assert given(asked(book, OTHER_PC)) == (block(61),)


def test_a_block_that_has_become_anothers_is_void_for_both(book: Any) -> None:
    """The other gave what had been given of it once more, with the fact of that before its eyes (seed 933)."""
    assert given(asked(book, OTHER_PC)) == (block(1),)
    for _ in range(2):
        found = asked(book, held=[block(1), block(21)], wanted=())
        assert found == LeaseGrant(EPOCH, (), (block(1),))
    assert [lease.block for lease in book.leases_of(PC.device, EPOCH)] == [block(21)]
    assert asked(book, OTHER_PC, held=[block(1)], wanted=()) == LeaseGrant(EPOCH, (), (block(1),))
    assert given(asked(book, OTHER_PC)) == (block(41),)


def test_a_pc_can_void_no_block_of_another_office(book: Any) -> None:
    assert given(asked(book, OTHER_PC)) == (block(1),)
    stranger = replace(PC, org=OTHER_TOWNSHIP)
    assert asked(book, stranger, held=[block(1)], wanted=()) == LeaseGrant(EPOCH, (), (block(1),))
    assert asked(book, OTHER_PC, held=[block(1)], wanted=()) is None


@pytest.mark.parametrize("wrong", [block(5, 4), block(1, 500)])
def test_what_is_no_block_is_not_taken_back(book: Any, wrong: Block) -> None:
    assert asked(book, held=[wrong], wanted=()) is None
    assert book.leases_of(PC.device, EPOCH) == []


def accepted(number: str, case_id: str) -> Any:
    pc = int(case_id[-4:])
    device = Device(MAKERS_TOWNSHIP, pc)
    effects = Effects(fields={"acceptance_document": number})
    return device.write("accept_application", effects, subject=(SubjectKind.CASE, case_id))


def test_a_number_that_comes_in_for_a_second_case_goes_to_a_person(book: Any) -> None:
    first, second = (accepted("玉便受字〔2026〕第0003号", case * 32) for case in "12")
    again = replace(first, header_bytes=first.header_bytes.replace(b'"lamport":1', b'"lamport":2'))
    note_numbers(book, [first])
    note_numbers(book, [first, again, second])
    ids = [first.event_id, again.event_id, second.event_id]
    assert book.reviews(ids) == {second.event_id: "number-twice"}


def test_of_a_number_that_comes_back_twice_to_a_healing_center_both_go_to_a_person(book: Any) -> None:
    """The second to come back was the one that had been ruled on, and so the first stood unseen (seed 2718)."""
    first, second = (accepted("玉便受字〔2026〕第0003号", case * 32) for case in "12")
    book.save_setting("center", {**book.setting("center"), "healing": True})
    note_numbers(book, [first])
    note_numbers(book, [second])
    assert book.reviews([first.event_id, second.event_id]) == dict.fromkeys(
        (first.event_id, second.event_id), "number-twice"
    )


def test_what_is_typed_where_no_office_has_the_series_goes_to_nobody(book: Any) -> None:
    first, second = (accepted("沙便受字〔2026〕第0003号", case * 32) for case in "12")
    note_numbers(book, [first, second])
    assert book.reviews([first.event_id, second.event_id]) == {}


def test_what_came_in_before_numbers_were_noted_is_looked_for_before_any_is_leased(book: Any) -> None:
    events = [accepted(f"玉便受字〔2026〕第{number:04d}号", f"{number:032d}") for number in (7, 31, 8)]
    book.add_events(events)
    book.save_setting(TO_NOTE, {"arrival": 0})
    assert asked(book) is None
    assert [note_older_numbers(book, 2) for _ in range(3)] == [True, True, False]
    assert given(asked(book)) == (block(32),)


def test_a_case_number_is_noted_as_it_comes_in_or_afterwards_and_only_where_it_is_one() -> None:
    good, other = (case_number(MAKERS_TOWNSHIP, date(2026, 3, 2), 7, serial) for serial in (1, 2))
    device = Device(MAKERS_TOWNSHIP)
    facts: list[tuple[str, object]] = [
        ("1" * 32, good),
        ("2" * 32, other),
        ("3" * 32, "1"),
        ("4" * 32, [good]),
        ("5" * 32, 5),
    ]
    events = [
        device.write("register", {"fields": {"number": fact}}, subject=(SubjectKind.CASE, i)) for i, fact in facts
    ]
    batch = device.write("batch_offer", {"batch": {"number": good}}, subject=(SubjectKind.BATCH, "6" * 32))
    assert case_numbers_in([*events, batch]) == [(good, "1" * 32), (other, "2" * 32)]
    book = center_store()
    with book.write() as opened:
        note_numbers(opened, events[:1])
        opened.add_events(events)
        opened.save_setting(TO_NOTE, {"arrival": 1})
        assert [opened.cases_numbered(number) for number in (good, other)] == [["1" * 32], []]
        assert note_older_numbers(opened, 9)
        assert [opened.cases_numbered(number) for number in (good, other)] == [["1" * 32], ["2" * 32]]


def test_of_two_offices_with_one_short_name_a_block_leased_twice_is_void_too(book: Any) -> None:
    same = {TOWNSHIP, OTHER_TOWNSHIP}
    offices = [replace(o, short_name="玉便" if o.code in same else "") for o in ORGANISATIONS]
    run_center.save_organisations(book, CLERK, Organisations(offices))
    assert given(asked(book, OTHER_PC)) == (block(1),)
    neighbour = replace(PC, org=OTHER_TOWNSHIP)
    assert asked(book, neighbour, held=[block(1)], wanted=()) == LeaseGrant(EPOCH, (), (block(1),))
    assert asked(book, OTHER_PC, held=[block(1)], wanted=()) == LeaseGrant(EPOCH, (), (block(1),))


@pytest.mark.parametrize(
    ("org", "held"),
    [
        (OTHER_TOWNSHIP, block(41)),
        (OTHER_TOWNSHIP, block(999_999_981, 1_000_000_000)),
        (TOWNSHIP, block(999_981, 1_000_000)),
        (TOWNSHIP, block(1, BLOCK + 1)),
    ],
)
def test_nothing_is_taken_from_an_office_by_naming_it(book: Any, org: str, held: Block) -> None:
    """A PC named the last numbers there are of another office's series; that one's PCs could read no reply any more."""
    assert asked(book, replace(PC, org=org), held=[held], wanted=()) is None
    assert given(asked(book, OTHER_PC)) == (block(1),)


def test_behind_the_last_number_that_can_be_written_nothing_is_leased(book: Any) -> None:
    use(book, HIGHEST - BLOCK)
    assert given(asked(book)) == (block(HIGHEST - BLOCK + 1),)
    assert asked(book, OTHER_PC) is None


def test_a_number_of_another_offices_series_goes_to_a_person_and_takes_nothing_from_that_office(book: Any) -> None:
    """A village wrote the township's number 999,999 into a case: the township was leased nothing more that year."""
    village = Device(VILLAGE)
    effects = Effects(fields={"acceptance_document": "玉便受字〔2026〕第0001号"})
    written = village.write("register", effects, subject=(SubjectKind.CASE, "1" * 32))
    own = accepted("玉便受字〔2026〕第0001号", "2" * 32)
    note_numbers(book, [written, own])
    assert book.reviews([written.event_id, own.event_id]) == {written.event_id: "number-of-others"}
    assert given(asked(book)) == (block(2),)


def test_a_number_behind_which_there_is_no_room_for_a_block_ends_no_series(book: Any) -> None:
    use(book, HIGHEST)
    use(book, 7)
    assert given(asked(book)) == (block(8),)


def test_each_center_that_has_served_an_office_leases_other_numbers(book: Any) -> None:
    """What the other one has leased is not known here, and the PCs there may still be giving it."""
    assert given(asked(book)) == (block(1),)
    _has_come_from(book, "511103000000")
    assert given(asked(book, OTHER_PC)) == (block(NUMBERS_OF_A_CENTER + 1),)
    use(book, 77)
    assert given(asked(book, OTHER_PC, held=[block(NUMBERS_OF_A_CENTER + 1)])) == (block(NUMBERS_OF_A_CENTER + 21),)


def test_a_center_leases_no_number_of_the_part_of_another(book: Any) -> None:
    _has_come_from(book, COUNTY, "511103000000")
    use(book, NUMBERS_OF_A_CENTER + 5)
    assert given(asked(book)) == (block(1),)
    use(book, NUMBERS_OF_A_CENTER - BLOCK)
    last = block(NUMBERS_OF_A_CENTER - BLOCK + 1)
    assert given(asked(book, OTHER_PC)) == (last,)
    assert given(asked(book, OTHER_PC, held=[last])) == ()


def _has_come_from(book: Any, *counties: str) -> None:
    """Let the township remember from which counties it has come here."""
    offices = [replace(o, former_parents=counties) if o.code == TOWNSHIP else o for o in book.organisations()]
    others = [Organisation(code, code, Level.COUNTY) for code in counties if code != COUNTY]
    book.save_setting("organisations", Organisations([*offices, *others]).to_json())
