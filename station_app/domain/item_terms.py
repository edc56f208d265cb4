"""The words of the item directory: kinds, levels, modes and the like, each with its Chinese term as value."""

from __future__ import annotations

import re
from enum import StrEnum


class Kind(StrEnum):
    """办件类型 as the township sees it; the county decides a 上报件 as its own 承诺件."""

    INSTANT = "即办件"
    PROMISED = "承诺件"
    REPORTED_UP = "上报件"


class DecideLevel(StrEnum):
    """Who decides in the end."""

    VILLAGE = "村级"
    TOWNSHIP = "乡镇"
    STATION_OFFICE = "派驻站所"
    COUNTY = "县级"
    CITY = "市级"
    ENTERPRISE = "企业"

    @classmethod
    def of_text(cls, text: str) -> DecideLevel:
        """Return the level of a text such as 乡镇(授权经办); ValueError for another word."""
        return cls(re.split(r"[(（]", text, maxsplit=1)[0].strip())


class ProxyMode(StrEnum):
    """What a village point does with the item."""

    DIRECT = "直办"
    PROXY = "代办"
    ASSIST = "协办"
    NOTICE_ONLY = "公开告知"


class Handling(StrEnum):
    """What becomes of an original: shown and returned, kept, handed back to the authority; or there is none."""

    VERIFY_RETURN = "核验即还"
    COLLECT = "收取"
    HAND_BACK = "交回"
    NONE = "不涉及"

    @classmethod
    def of_text(cls, text: str) -> Handling:
        """Return the handling of a text such as 收取副页 or 缴销/加注; ValueError for another word."""
        for word, handling in _HANDLING_WORDS.items():
            if text.startswith(word):
                return handling
        raise ValueError(text)


_HANDLING_WORDS = {**{handling.value: handling for handling in Handling}, "缴销": Handling.HAND_BACK}


# 身份证明, copies and application forms are other papers; 身份证 and 身份证件 mean the card itself.
_ID_CARD = re.compile(r"身份证(?!明|申领|申请)(?!.*复印件)")


def names_id_card(material: str) -> bool:
    """Tell whether a material is a resident's identity card itself, which nobody may keep (居民身份证法 第十五条)."""
    return _ID_CARD.search(material) is not None


class ChangeType(StrEnum):
    """How a new directory changed an item."""

    TAKEN_OVER = "承接"
    CANCELLED = "取消"
    OTHER_CONTROL = "调整管理方式"
    TRANSFERRED = "划转"
    DELEGATED = "下放"
    SPLIT = "拆分"
    MERGED = "合并"
    SUSPENDED = "暂停"


class Procedure(StrEnum):
    """The five steps of which an item needs at least one not to be decided on the spot (五个无需)."""

    EXPERTS = "专家论证"
    SURVEY = "现场勘察"
    HEARING = "听证"
    COLLECTIVE = "集体讨论"
    REPORT_UP = "上报审批"
