"""Codes to Chinese sentences: what is wrong, then what to do next. Used by windows, commands, center and papers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from station_app.domain.errors import StationError
from station_app.domain.organisations import Level
from station_app.messages import (
    attachments,
    backups,
    cases,
    center,
    commands,
    files,
    forms,
    items,
    keys,
    network,
    slips,
    storage,
)
from station_app.messages.exchange import REFUSALS, VERDICT_REASONS, VERDICTS, WAITING, WAITING_IN_SHORT

SENTENCES: Mapping[str, str] = {
    **forms.SENTENCES,
    **items.SENTENCES,
    **attachments.SENTENCES,
    **cases.SENTENCES,
    **files.SENTENCES,
    **keys.SENTENCES,
    **network.SENTENCES,
    **storage.SENTENCES,
    **backups.SENTENCES,
    **slips.SENTENCES,
    **center.SENTENCES,
    **commands.SENTENCES,
}
_UNKNOWN = "出现未登记的情况（{code}）。已保存的内容没有丢失，请把这个代号告诉{center}。"
COUNTY_CENTER, CITY_CENTER = "县中心", "市中心"
_NOT_GIVEN = "（未注明）"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def center_word(level: Level | None) -> str:
    """Return what the people of an office of this level call its center; of one that is not known, the county's."""
    return CITY_CENTER if level is Level.CITY else COUNTY_CENTER


def sentence(code: str, params: Mapping[str, object] | None = None, center: str = COUNTY_CENTER) -> str:
    """Return the Chinese sentence of a code; never raises, whatever a newer center or an old station sends.

    Args:
        code: of a StationError or a Fault.
        params: what the sentence names. One that is missing reads （未注明）; a list of `{"code", "params"}` is read as
            the sentences of these.
        center: what the reader's center is called.
    """
    known = SENTENCES.get(code)
    if known is None:
        return _fill(_UNKNOWN, {"code": code}, center)
    return _fill(known, params or {}, center)


def text_of(error: StationError, center: str = COUNTY_CENTER) -> str:
    """Return the sentence of an error, as it is read where the center is called so."""
    return sentence(error.code, error.params, center)


def verdict_text(verdict: str, reason: str = "", center: str = COUNTY_CENTER) -> str:
    """Return what a worker reads of a center's ruling: the verdict, and why where it did not let the step stand.

    Args:
        center: what the center that ruled is called.
    """
    label = _fill(VERDICTS.get(verdict, "需升级软件才能显示"), {}, center)
    if not reason:
        return label
    known = VERDICT_REASONS.get(reason)
    return f"{label}：{sentence(reason, {}, center) if known is None else _fill(known, {}, center)}"


def waiting_text(code: str, center: str = COUNTY_CENTER) -> str:
    """Return why something waits in the outbox, in one line; "" while it simply waits for its turn.

    Args:
        code: why the last exchange did not come through, or why the center did not take the event in.
        center: what this office's center is called.
    """
    if not code:
        return ""
    known = WAITING.get(code) or REFUSALS.get(code)
    return sentence(code, {}, center) if known is None else _fill(known, {}, center)


def waiting_word(code: str, center: str = COUNTY_CENTER) -> str:
    """Return the same in a word: why the last exchange did not come through; that it did not for a code without one."""
    return _fill(WAITING_IN_SHORT.get(code, "没有连上{center}"), {}, center)


def _fill(template: str, params: Mapping[str, object], center: str) -> str:
    return _PLACEHOLDER.sub(lambda found: _shown({"center": center, **params}.get(found[1]), center), template)


def _shown(value: Any, center: str) -> str:
    if value is None or value == "":
        return _NOT_GIVEN
    if isinstance(value, list | tuple):
        entries = dict.fromkeys(_entry(entry, center) for entry in value)
        return "".join(entries) if all(entry.endswith("。") for entry in entries) else "、".join(entries)
    return str(value)


def _entry(value: Any, center: str) -> str:
    if isinstance(value, Mapping) and "code" in value:
        params = value.get("params")
        return sentence(str(value["code"]), params if isinstance(params, Mapping) else {}, center)
    return str(value)
