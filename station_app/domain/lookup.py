"""Finding items and persons by name, by full pinyin or by initials."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice, product

from station_app.domain.items import Directory, Item

# Surnames that sound otherwise than the same character in other words; the second table by syllables.
_SURNAME_TABLE = """
    单=shan 仇=qiu 解=xie 曾=zeng 区=ou 查=zha 盖=ge/gai 任=ren 朴=piao 宁=ning 纪=ji 华=hua 燕=yan
    召=shao 葛=ge 乐=yue/le 缪=miao 折=she 秘=bi 种=chong 员=yun 黑=he/hei 哈=ha 盛=sheng 冼=xian
    洗=xian 隗=wei/kui 郗=xi/chi 翟=zhai/di 覃=qin/tan 谌=chen/shen 车=che 应=ying 卜=bu 角=jue
    祭=zhai 句=gou 尹=yin 牟=mou/mu 柏=bai 晁=chao 佴=nai 重=chong 都=du 石=shi 沈=shen 尉=wei 俞=yu
    褚=chu 藏=zang 幺=yao 么=yao 过=guo 洪=hong 费=fei/bi 贾=jia 阚=kan 逄=pang 薄=bo 那=na
"""
_LONG_SURNAME_TABLE = """
    尉迟=yu/chi 万俟=mo/qi 长孙=zhang/sun 令狐=ling/hu 澹台=tan/tai 单于=chan/yu 宿勤=su/qin 尉犁=yu/li
    贺若=he/ruo 乐正=yue/zheng
"""
_SURNAMES = {entry[0]: frozenset(entry[2:].split("/")) for entry in _SURNAME_TABLE.split()}
_LONG_SURNAMES = {entry[:2]: tuple(entry[3:].split("/")) for entry in _LONG_SURNAME_TABLE.split()}
_MOST_INITIALS = 64

Readings = Sequence[frozenset[str]]


def initials(text: str, *, person: bool = False) -> frozenset[str]:
    """Return the first letters of the pinyin of `text`, one string per way to read it (at most 64).

    Args:
        person: read the beginning as a surname (单 shan, 仇 qiu, 尉迟 yuchi).
    """
    letters = [sorted({reading[0] for reading in readings}) for readings in _readings(text, person=person)]
    return frozenset("".join(way) for way in islice(product(*letters), _MOST_INITIALS)) - {""}


def person_readings(name: str) -> Readings:
    """Return the ways to say each character of a person's name, the surname read as one."""
    return _readings(_fold(name), person=True)


def matches(query: str, name: str, code: str = "", *, person: bool = False) -> bool:
    """Tell whether `query` finds this name or code: by a part of it, by pinyin, by initials, or by both mixed."""
    return _rank(_fold(query), name, code, person=person) is not None


def search_items(directory: Directory, query: str) -> list[Item]:
    """Return the items that `query` finds, best first; an empty query finds all, in the directory's order.

    The order is: the exact code, a name that begins with it, a name that contains it, pinyin or initials of the
    beginning, then of the middle of a name; within each the directory's order.
    """
    folded = _fold(query)
    ranked = [(_rank(folded, item.name, item.code, person=False), item) for item in directory.items]
    found = [(rank, item) for rank, item in ranked if rank is not None]
    return [item for _, item in sorted(found, key=lambda pair: pair[0])]


def _rank(query: str, name: str, code: str, *, person: bool) -> int | None:
    folded, folded_code = _fold(name), _fold(code)
    for rank, hit in enumerate((query == folded_code, folded.startswith(query), query in folded, query in folded_code)):
        if hit:
            return rank
    if not (query.isascii() and query.isalnum()):
        return None
    return _pinyin_rank(query, _readings(folded, person=person))


def _pinyin_rank(query: str, readings: Readings) -> int | None:
    if _spells(query, readings):
        return 4
    return 5 if any(_spells(query, readings[start:]) for start in range(1, len(readings))) else None


def _spells(query: str, readings: Readings) -> bool:
    """Tell whether the query is a beginning of the readings, each given in full or by its first letter."""
    positions = {0}
    for options in readings:
        after: set[int] = set()
        for position in positions:
            rest = query[position:]
            if any(option.startswith(rest) for option in options):
                return True
            after |= {position + len(part) for part in _parts(options) if rest.startswith(part)}
        if not after:
            return False
        positions = after
    return False


def _parts(options: Iterable[str]) -> set[str]:
    return {part for option in options for part in (option, option[0])}


def _fold(text: str) -> str:
    return "".join(text.split()).casefold()


@lru_cache(maxsize=20_000)
def _readings(text: str, *, person: bool) -> Readings:
    """Return the ways to say each character; what cannot be said, such as brackets, is left out."""
    surname: tuple[str, ...] = ()
    if person:
        surname = _LONG_SURNAMES.get(text[:2], ())
        if not surname and text[:1] in _SURNAMES:
            rest = _said(text[1:])
            return [_SURNAMES[text[0]], *rest]
    return [*(frozenset({part}) for part in surname), *_said(text[len(surname) :])]


def _said(text: str) -> list[frozenset[str]]:
    return [readings for readings in map(_character_readings, text) if readings]


@lru_cache(maxsize=20_000)
def _character_readings(character: str) -> frozenset[str]:
    if character.isascii():
        return frozenset({character.lower()} if character.isalnum() else ())
    # Imported here: it takes 174 ms, and most starts of the program search nothing.
    from pypinyin import Style, pinyin

    spoken = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    found = {reading for options in spoken for reading in options if reading.isascii() and reading.isalpha()}
    # ü comes as v; many people type u.
    return frozenset(found | {reading.replace("v", "u") for reading in found})
