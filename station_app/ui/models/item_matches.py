"""How an item of the directory reads: in a list of matches, and once it is chosen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from station_app.domain.authority import require_accept_point
from station_app.domain.errors import StationError
from station_app.domain.items import Directory, Item, TimeLimit
from station_app.domain.organisations import Organisation
from station_app.messages import text_of
from station_app.ui.models.choices import Choice
from station_app.ui.tokens import Tone

_NOT_OPEN = {
    "item-cancelled": ("已取消", Tone.BAD),
    "item-suspended": ("已暂停", Tone.WARN),
    "item-not-yet-in-force": ("还没开始", Tone.STALE),
    "item-in-person": ("本人到场", Tone.WARN),
}


def offered_here(directory: Directory, office: Organisation) -> Directory:
    """Return the directory without the items that offices of this level do not take in."""
    return replace(directory, items=tuple(item for item in directory.items if _is_taken_in(item, office)))


def _is_taken_in(item: Item, office: Organisation) -> bool:
    try:
        require_accept_point(item, office)
    except StationError:
        return False
    return True


def refusal_of(item: Item, today: date) -> StationError | None:
    """Return why no case of this item can be opened, None when one can."""
    try:
        item.require_open(today)
        item.require_proxy()
    except StationError as error:
        return error
    return None


def replacement_of(item: Item, directory: Directory) -> Item | None:
    """Return the item that stands in place of this one, where the directory names it by code or name."""
    words = item.replaced_by
    return next((other for other in directory.items if words and words in (other.code, other.name)), None)


def item_choice(item: Item, today: date) -> Choice:
    """Return an item as a list of matches shows it."""
    refusal = refusal_of(item, today)
    if refusal is None:
        detail = f"{item.department} · {item.kind.value} · {promise_words(item.promised)}"
        return Choice(item.name, detail, more=item.code, about=item)
    mark, tone = _NOT_OPEN[refusal.code]
    struck = refusal.code in ("item-cancelled", "item-suspended")
    return Choice(item.name, _why_not(item, refusal), mark=mark, tone=tone, struck=struck, more=item.code, about=item)


def _why_not(item: Item, refusal: StationError) -> str:
    if refusal.code == "item-in-person":
        return f"要本人去{_places(item)}办，不能代办"
    if refusal.code == "item-not-yet-in-force":
        return f"从 {item.valid_from} 起才收"
    basis = item.change.basis if item.change and item.change.basis else "目录未注明"
    return f"收到 {item.last_open_on} 为止 · 依据：{basis} · 改办：{item.replaced_by or '无'}"


def advice(item: Item, refusal: StationError) -> str:
    """Return what to tell somebody who came for an item that can't be opened here."""
    said = text_of(refusal)
    if refusal.code != "item-in-person":
        return said
    papers = "、".join(material.name for material in item.materials)
    return f"{said}\n办理地点：{_places(item)}。{f'要带：{papers}。' if papers else ''}"


def _places(item: Item) -> str:
    return "、".join(item.accept_points) or item.department


def item_facts(item: Item) -> tuple[tuple[str, str], ...]:
    """Return what an applicant asks about an item: label and answer."""
    fee = item.fee.standard or ("收费" if item.fee.charge else "不收费")
    return (
        ("谁决定", f"{item.decide_text} · {item.department}"),
        ("多久办完", f"{item.kind.value}，{promise_words(item.promised)}；{fee}"),
    )


def promise_words(limit: TimeLimit) -> str:
    """Return a promised limit in words."""
    if limit.days is None:
        return "没有定时限"
    if limit.days == 0:
        return "当场办结"
    return f"受理后 {limit.days} 个{limit.unit.word}内办结"
