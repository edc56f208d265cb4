"""Codes to Chinese sentences: what is wrong, then what to do next. Used by windows, commands, center and papers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from station_app.domain.errors import StationError
from station_app.messages import cases, center, commands, files, forms, items, keys, network, storage
from station_app.messages.exchange import REFUSALS, VERDICT_REASONS, VERDICTS, WAITING

SENTENCES: Mapping[str, str] = {
    **forms.SENTENCES,
    **items.SENTENCES,
    **cases.SENTENCES,
    **files.SENTENCES,
    **keys.SENTENCES,
    **network.SENTENCES,
    **storage.SENTENCES,
    **center.SENTENCES,
    **commands.SENTENCES,
}
_UNKNOWN = "出现未登记的情况（{code}）。已保存的内容没有丢失，请把这个代号告诉县中心。"
_NOT_GIVEN = "（未注明）"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def sentence(code: str, params: Mapping[str, object] | None = None) -> str:
    """Return the Chinese sentence of a code; never raises, whatever a newer center or an old station sends.

    Args:
        code: of a StationError or a Fault.
        params: what the sentence names. One that is missing reads （未注明）; a list of `{"code", "params"}` is read as
            the sentences of these.
    """
    known = SENTENCES.get(code)
    if known is None:
        return _fill(_UNKNOWN, {"code": code})
    return _fill(known, params or {})


def text_of(error: StationError) -> str:
    """Return the sentence of an error."""
    return sentence(error.code, error.params)


def verdict_text(verdict: str, reason: str = "") -> str:
    """Return what a worker reads of a center's ruling: the verdict, and why where it did not let the step stand."""
    label = VERDICTS.get(verdict, "需升级软件才能显示")
    return f"{label}：{VERDICT_REASONS.get(reason) or sentence(reason)}" if reason else label


def waiting_text(code: str) -> str:
    """Return why something waits in the outbox, in one line; "" while it simply waits for its turn.

    Args:
        code: why the last exchange did not come through, or why the center did not take the event in.
    """
    if not code:
        return ""
    return WAITING.get(code) or REFUSALS.get(code) or sentence(code)


def _fill(template: str, params: Mapping[str, object]) -> str:
    return _PLACEHOLDER.sub(lambda found: _shown(params.get(found[1])), template)


def _shown(value: Any) -> str:
    if value is None or value == "":
        return _NOT_GIVEN
    if isinstance(value, list | tuple):
        entries = dict.fromkeys(_entry(entry) for entry in value)
        return "".join(entries) if all(entry.endswith("。") for entry in entries) else "、".join(entries)
    return str(value)


def _entry(value: Any) -> str:
    if isinstance(value, Mapping) and "code" in value:
        params = value.get("params")
        return sentence(str(value["code"]), params if isinstance(params, Mapping) else {})
    return str(value)
