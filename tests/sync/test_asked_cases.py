"""What the loop makes of cases that were asked for: one behind the other in one exchange, and told."""

from __future__ import annotations

from station_app.exchange.asked_cases import FOUND, NOT_FOUND, WAITING, ask
from station_app.protocol.exchange_records import CaseAnswer
from station_app.sync.loop import Report
from tests.sync.test_loop import Center, Disk, make_loop, no_network


def asking(*numbers: str) -> Disk:
    disk = Disk()
    with disk.write() as book:
        for number in numbers:
            ask(book, number)
    return disk


def answers(disk: Disk) -> list[tuple[str, str]]:
    with disk.read() as book:
        return list(book.asked_cases().items())


def test_all_are_asked_for_in_one_exchange_and_it_is_told_how_many_were_answered() -> None:
    center, disk = (
        Center([{"case": CaseAnswer("1", found=True)}, {"case": CaseAnswer("2", found=False)}]),
        asking("1", "2"),
    )
    loop = make_loop(center, disk)
    assert loop.exchange_once() == Report(answered=2, pause_s=60.0)
    assert [request.case for request, _ in center.asked] == ["1", "2"]
    assert answers(disk) == [("1", FOUND), ("2", NOT_FOUND)]
    assert loop.exchange_once() == Report(pause_s=60.0)
    assert center.asked[-1][0].case == ""


def test_a_question_that_is_not_answered_is_asked_with_each_exchange_and_keeps_nobody_busy() -> None:
    center, disk = Center([no_network(), {}, {"case": CaseAnswer("9", found=True)}]), asking("1")
    loop = make_loop(center, disk)
    assert loop.exchange_once().code == "no-network"
    for exchanges in (2, 3):
        assert loop.exchange_once() == Report(pause_s=60.0)
        assert len(center.asked) == exchanges
    assert {request.case for request, _ in center.asked} == {"1"}
    assert answers(disk) == [("1", WAITING)]
