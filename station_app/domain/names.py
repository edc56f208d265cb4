"""Names of persons: what may stand in one, counted in code points."""

from __future__ import annotations

import unicodedata

from station_app.domain.errors import StationError

LONGEST_NAME = 50
MIDDLE_DOT = "\N{MIDDLE DOT}"
# What input methods and old systems write for the dot in long names (阿依·古丽).
_DOTS = str.maketrans(dict.fromkeys("・•．‧∙⋅･", MIDDLE_DOT))
# The tsheg parts the syllables of a Tibetan name.
_PUNCTUATION = frozenset(f"{MIDDLE_DOT} \N{IDEOGRAPHIC SPACE}-.'’\N{TIBETAN MARK INTERSYLLABIC TSHEG}")
_IDEOGRAPHIC_ZERO = "〇"
# Planes 2 and 3 are set aside for ideographs; Python's tables are older than the newest ones (Ext. H to J).
_IDEOGRAPHIC_PLANES = range(0x20000, 0x3FFFE)
_PLANE_END = 0xFFFE


def check_name(text: str) -> str:
    """Return the name as it stands on the paper, without outer white space and with one kind of middle dot.

    Characters are not normalised otherwise: variants and compatibility forms can be what the card says.

    Raises:
        StationError: `name-empty`; `name-too-long` (more than 50 code points); `name-private-use` for a character that
            has no public code (goes into the 缺字说明 instead); `name-character` for anything else that is no letter.

    Source: GB 18030-2022 (级别 3 的汉字都可用作人名).
    """
    name = text.strip().translate(_DOTS)
    if len(name) > LONGEST_NAME:
        raise StationError("name-too-long", length=len(name), most=LONGEST_NAME)
    for character in name:
        _require_name_character(character)
    if not any(_is_letter(character) for character in name):
        raise StationError("name-empty")
    return name


def _require_name_character(character: str) -> None:
    if _is_letter(character) or character in _PUNCTUATION or unicodedata.category(character).startswith("M"):
        return
    code_point = f"U+{ord(character):04X}"
    if unicodedata.category(character) == "Co":
        raise StationError("name-private-use", code_point=code_point)
    shown = character if character.isprintable() else code_point
    raise StationError("name-character", character=shown, code_point=code_point)


def _is_letter(character: str) -> bool:
    if ord(character) in _IDEOGRAPHIC_PLANES:
        return ord(character) & _PLANE_END != _PLANE_END
    return unicodedata.category(character).startswith("L") or character == _IDEOGRAPHIC_ZERO
