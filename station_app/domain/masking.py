"""Masks for screens and posters: enough to recognise a person, not enough to misuse."""

from __future__ import annotations

import unicodedata

_STAR = "*"


def mask_id_number(number: str) -> str:
    """Return a citizen number with its first three and last four characters; shorter papers show less.

    Source: 个人信息保护法 第六条 (最小范围), 第二十五条 (不得公开).
    """
    if len(number) >= 15:
        return _middle(number, 3, 4)
    return _middle(number, 1, 2) if len(number) >= 7 else _STAR * len(number)


def mask_name(name: str) -> str:
    """Return the first character and one star, or two stars for a name of three or more: 李*, 李**, 阿**."""
    end = 1
    # A variation selector or accent belongs to the character before it.
    while end < len(name) and unicodedata.category(name[end]).startswith("M"):
        end += 1
    hidden = len(name) - end
    return name[:end] + _STAR * min(hidden, 2) if hidden > 0 else _STAR * len(name[:1])


def mask_phone(phone: str) -> str:
    """Return a mobile number as 138****5678; a shorter line number shows its last two digits only."""
    if len(phone) >= 11:
        return _middle(phone, 3, 4)
    return _middle(phone, 0, 2) if len(phone) >= 7 else _STAR * len(phone)


def _middle(text: str, first: int, last: int) -> str:
    return text[:first] + _STAR * (len(text) - first - last) + text[len(text) - last :]
