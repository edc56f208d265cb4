"""Cases that workers of a PC have asked the center for by 代办登记号: which is next, and what was answered."""

from __future__ import annotations

from station_app.exchange.ports import StationBook
from station_app.protocol.exchange_records import CaseAnswer

# What is known of a case that was asked for.
WAITING, FOUND, NOT_FOUND = "", "found", "none"


def next_asked(book: StationBook) -> str:
    """Return the number of the case to ask for next, "" for none."""
    return next((number for number, answer in book.asked_cases().items() if answer == WAITING), "")


def ask(book: StationBook, number: str) -> None:
    """Note that a case is to be asked for; what was answered about others before is of no more use."""
    waiting = {asked: answer for asked, answer in book.asked_cases().items() if answer == WAITING}
    book.save_asked_cases({**waiting, number: WAITING})


def take_answer(book: StationBook, answer: CaseAnswer) -> bool:
    """Keep what the center says, once everything that it has for this office is here; tell whether it was new.

    Before that the case may still be among the rows to come, and it is asked for with each request.
    """
    asked = book.asked_cases()
    if asked.get(answer.number) != WAITING:
        return False
    book.save_asked_cases({**asked, answer.number: FOUND if answer.found else NOT_FOUND})
    return True
