"""What a search finds a case by: words to be indexed, and what a typed text asks of them.

A word is ASCII, its first letter says of what it is, so that any index of words can hold it:
c one or two characters of the applicant's name, y pinyin or initials of it, n and e beginning and end of the
代办登记号, d u b last four, whole, and beginning of the paper's number, f g end and beginning of the phone number.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise, product

from station_app.domain.cases import Case
from station_app.domain.lookup import initials, person_readings

_ENDING = 4
_LONGEST_BEGINNING = 18
_PAPER_BEGINNING = 14
_PHONE_BEGINNING = 7
_CITIZEN_NUMBER = 18
_MOST_WAYS = 16
_LONGEST_SOUND = 24


@dataclass(frozen=True, slots=True)
class Search:
    """What a typed text asks for: one of `ways`, each a set of words that must all be there, or a matching item.

    Args:
        item_text: what an item's name, initials or code must contain, "" where the text cannot be about an item.
        number_part: what the 代办登记号 must begin or end with, where words alone do not say it exactly.
    """

    ways: tuple[tuple[str, ...], ...]
    item_text: str = ""
    number_part: str = ""


def read_search(text: str) -> Search | None:
    """Return what a search box asks for, None for an empty one."""
    plain = _plain(text)
    if not plain:
        return None
    if _is_number(plain):
        return _number_search(plain)
    if plain.isascii():
        return Search((("y" + plain,), ("u" + plain,)), item_text=plain)
    return Search((tuple(_asked_characters(plain)),), item_text=plain)


def read_person_search(text: str) -> Search | None:
    """Return what a text asks of the applicant alone: a part of the name, pinyin, or four digits of paper or phone."""
    plain = _plain(text)
    if not plain:
        return None
    if _is_number(plain):
        return Search(tuple(_person_numbers(plain)))
    return Search((("y" + plain,),)) if plain.isascii() else Search((tuple(_asked_characters(plain)),))


def words_of(case: Case) -> frozenset[str]:
    """Return the words by which this case is found."""
    applicant = case.applicant
    name = str(applicant.get("name", ""))
    paper = _plain(str(applicant.get("id_number", "")))
    phone = _plain(str(applicant.get("phone", "")))
    return frozenset([*name_words(name), *_number_words(case.number), *_paper_words(paper), *_phone_words(phone)])


@lru_cache(maxsize=4096)
def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a person's name: its characters, each two neighbours, and what people type to sound it."""
    plain = _plain(name)
    characters = [_character_word(character) for character in plain]
    pairs = [_pair_word(one, other) for one, other in pairwise(plain)]
    return (*dict.fromkeys([*characters, *pairs, *("y" + sound for sound in _sounds(plain))]),)


def item_has(name: str, code: str, text: str) -> bool:
    """Tell whether an item's name, its initials or its code contain the text of a search."""
    plain_name, ways, plain_code = _item_texts(name, code)
    return text in plain_name or text in plain_code or any(text in way for way in ways)


@lru_cache(maxsize=4096)
def _item_texts(name: str, code: str) -> tuple[str, tuple[str, ...], str]:
    plain = _plain(name)
    return plain, tuple(sorted(initials(plain))), _plain(code)


def _plain(text: str) -> str:
    """Return only letters, digits and what belongs to them; the same for all ways to write a character."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if _counts(c))


def _counts(character: str) -> bool:
    # Planes 2 and 3 are ideographs, also where Python's tables do not know them yet.
    return character == "〇" or ord(character) > 0x1FFFF or unicodedata.category(character)[0] in "LNM"


def _is_number(plain: str) -> bool:
    return plain.isascii() and (plain.isdigit() or (plain[-1] == "x" and plain[:-1].isdigit() and len(plain) > 1))


def _number_search(digits: str) -> Search:
    if len(digits) < _ENDING:
        return Search(())
    if len(digits) == _ENDING:
        return Search((("d" + digits,), ("e" + digits,), ("n" + digits,)))
    if len(digits) == _CITIZEN_NUMBER:
        return Search((("u" + digits,), ("n" + digits,)))
    ways = (("n" + digits[:_LONGEST_BEGINNING],), ("e" + digits[-_ENDING:],))
    return Search(ways, number_part=digits)


def _person_numbers(digits: str) -> Iterator[tuple[str, ...]]:
    if len(digits) >= _ENDING:
        yield ("d" + digits[-_ENDING:],)
        yield ("f" + digits[-_ENDING:],)
    if len(digits) >= _PHONE_BEGINNING:
        yield ("g" + digits[:_PHONE_BEGINNING],)
    if len(digits) >= _PAPER_BEGINNING:
        yield ("b" + digits[:_PAPER_BEGINNING],)


def _asked_characters(plain: str) -> list[str]:
    if len(plain) == 1:
        return [_character_word(plain)]
    return list(dict.fromkeys(_pair_word(one, other) for one, other in pairwise(plain)))


def _character_word(character: str) -> str:
    return f"c{ord(character):x}"


def _pair_word(one: str, other: str) -> str:
    return f"c{ord(one):x}x{ord(other):x}"


def _number_words(number: str) -> Iterator[str]:
    if len(number) >= _ENDING and number.isascii() and number.isalnum():
        yield "e" + number[-_ENDING:]
        for length in range(_ENDING, min(len(number), _LONGEST_BEGINNING) + 1):
            yield "n" + number[:length]


def _paper_words(paper: str) -> Iterator[str]:
    # Others than citizen numbers have letters in them; a word must stay ASCII.
    if paper and paper.isascii():
        yield from ("u" + paper, "d" + paper[-_ENDING:])
        if len(paper) >= _PAPER_BEGINNING:
            yield "b" + paper[:_PAPER_BEGINNING]


def _phone_words(phone: str) -> Iterator[str]:
    if len(phone) >= _PHONE_BEGINNING and phone.isascii():
        yield from ("f" + phone[-_ENDING:], "g" + phone[:_PHONE_BEGINNING])


def _sounds(name: str) -> Iterator[str]:
    """Yield each beginning of the initials, from any character on, of the pinyin, and of surname and initials mixed."""
    for way in sorted(initials(name, person=True)):
        for start in range(len(way)):
            yield from _beginnings(way[start:])
    readings = [sorted(options) for options in person_readings(name)]
    for spoken in islice(product(*readings), _MOST_WAYS):
        yield from _beginnings("".join(spoken))
        yield from _beginnings(spoken[0] + "".join(part[0] for part in spoken[1:]) if spoken else "")


def _beginnings(sound: str) -> Iterator[str]:
    return (sound[:length] for length in range(1, min(len(sound), _LONGEST_SOUND) + 1))
