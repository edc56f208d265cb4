"""The trip of two cases through the windows of a village, its township and its county; the acts are counted on the way.

A village takes in and hands over, the township counts, accepts, decides one and sends one up, the county decides it,
the village delivers both. Nobody presses 同步.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from station_app.domain.cases import CaseState
from tests.ui.worker import Rooms, Worker

if TYPE_CHECKING:
    from station_app.usecases.ports import Book

Key = Qt.Key
LONG_NAME = "阿尔依诺木嘎·吉克曲布史日"
MOST_KEYS_A_CASE = 45
MOST_KEYS_A_COUNTED_CASE = 4


def make_the_trip(rooms: Rooms) -> None:
    """Bring two cases from the first key to the signature of their receivers."""
    with rooms.open("v1", 1) as village:
        relief, pension, slip = take_in_two_and_hand_over(village)
    with rooms.open("t", 1) as clerk:
        count_and_accept(clerk, slip, (relief, pension))
        assert state_of(clerk, relief) is CaseState.ACCEPTED
        clerk.open("hand_over")
        clerk.press(Key.Key_F8, Key.Key_Escape)
        upward = newest_batch(clerk)
        assert upward != slip
        grant(clerk, relief)
    with rooms.open("k", 1) as county:
        count_and_accept(county, upward, (pension,))
        assert state_of(county, pension) is CaseState.ACCEPTED
        grant(county, pension)
    with rooms.open("v1", 1) as village:
        deliver(village, (relief, pension))


def take_in_two_and_hand_over(village: Worker) -> tuple[str, str, str]:
    """Return the numbers of the township's case, of the county's, and of the slip."""
    relief = take_in(village, "lsjz", "李𬭎", "990000196203058816")
    pension = take_in(village, "cxjmjbylbxdysl", LONG_NAME, "990000196411027715")
    village.open("hand_over")
    village.press(Key.Key_F8, Key.Key_Escape)
    village.all_is_at_the_center()
    return relief, pension, newest_batch(village)


def take_in(worker: Worker, item: str, name: str, number: str) -> str:
    """Take a case in with its papers complete and return its 代办登记号; count the keys."""
    before = worker.keys
    worker.press(Key.Key_F7)
    worker.type(item)
    worker.press(Key.Key_Return)
    worker.give(name)
    worker.press(Key.Key_Return)
    worker.give(number)
    worker.press(*[Key.Key_Return] * 4)
    worker.type("0")
    worker.press(Key.Key_F8)
    worker.wait(lambda: worker.sees("已存本机"))
    assert worker.keys - before <= MOST_KEYS_A_CASE
    worker.press(Key.Key_Escape)  # The preview: this PC has no printer.
    return newest_number(worker)


def count_and_accept(clerk: Worker, slip: str, numbers: tuple[str, ...]) -> None:
    """Scan the slip and each case, count them complete, and accept the first case that is to be accepted."""
    clerk.wait(lambda: knows_batch(clerk, slip))
    clerk.rest()
    before = clerk.keys
    clerk.scan(slip)
    for number in numbers:
        clerk.scan(number)
        clerk.press(Key.Key_F2)
    clerk.press(Key.Key_F8)
    assert (clerk.keys - before - 2) / len(numbers) <= MOST_KEYS_A_COUNTED_CASE
    clerk.open("decide")
    clerk.press(Key.Key_F8, Key.Key_F8)


def grant(office: Worker, number: str) -> None:
    """Change to the second worker and grant the case that is scanned."""
    office.press(Key.Key_F12)
    office.sign_in(2)
    office.open("decide")
    office.scan(number)
    office.press(Key.Key_F8, Key.Key_F8)
    assert state_of(office, number) is CaseState.GRANTED
    office.all_is_at_the_center()


def deliver(village: Worker, numbers: tuple[str, ...]) -> None:
    """Deliver the results once they are here, and wait until the center knows."""
    for number in numbers:
        village.wait(lambda number=number: state_of(village, number) is CaseState.GRANTED)  # type: ignore[misc]
        village.open("deliver")
        village.scan(number)
        village.press(Key.Key_F8)
        village.wait(lambda number=number: state_of(village, number) is CaseState.CLOSED)  # type: ignore[misc]
    village.all_is_at_the_center()


def newest_number(worker: Worker) -> str:
    """Return the number that stands on the receipt of the newest case."""
    from station_app.usecases.case_pages import CaseQuery, cases_after

    return worker.in_book(lambda book: cases_after(book, CaseQuery(), None, 1).lines[0].number)


def newest_batch(worker: Worker) -> str:
    """Return the number on the newest slip."""
    return worker.in_book(lambda book: book.batches()[0].number)


def knows_batch(worker: Worker, number: str) -> bool:
    """Tell whether a batch has come to this office, all its cases with it."""

    def arrived(book: Book) -> bool:
        batch = book.batch_numbered(number)
        return batch is not None and all(book.case(line.case_id) for line in batch.lines)

    return worker.in_book(arrived)


def state_of(worker: Worker, number: str) -> CaseState:
    """Return where a case stands for this office."""
    from station_app.usecases.run_action import find_case

    return worker.in_book(lambda book: find_case(book, number).state)
