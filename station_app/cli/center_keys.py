"""The commands of station-center about keys and people, most of them done by two administrators."""

from __future__ import annotations

import json
import os
from argparse import Namespace
from collections import Counter
from dataclasses import asdict
from datetime import date
from typing import Any

from station_app.bootstrap import center
from station_app.cli.output import Output
from station_app.domain.errors import StationError
from station_app.domain.people import Worker
from station_app.domain.removals import Reach
from station_app.keys.phone_codes import Challenge, code_text, parse_challenge
from station_app.keys.signing import verify_many
from station_app.messages import waiting_text
from station_app.messages.removals import WHY_LEFT
from station_app.usecases import body_removal, held_events, phone_resets, revoking
from station_app.usecases.center_ports import HeldEvent
from station_app.usecases.held_events import HeldStore
from station_app.usecases.two_persons import require_administrator


def pin_reset(options: Namespace, output: Output) -> None:
    challenge = parse_challenge(options.challenge)
    opened = center.open_center(options.home)
    by, second = _two_signed_in(opened, options)
    with opened.write() as store:
        found = phone_resets.reset_code(store, opened.clerk, lambda *who: Challenge.of(*who) == challenge, by, second)
    code = code_text(found.code)
    text = f"这是{found.name}（单位 {found.org}）的口令，只能用一次。请先确认来电的就是本人，再念：{code}"
    output.answer({"name": found.name, "org": found.org, "device": found.device, "code": code}, text)


def revoke(options: Namespace, output: Output) -> None:
    opened = center.open_center(options.home)
    by = by_whom(opened, options)
    with opened.write() as store:
        entries = revoking.revoke(store, opened.clerk, options.device, options.reason, by)
    text = "已停用。到此为止收到的算数；以后传来的扣住，用 held list 查看。请给这个单位另一台电脑。"
    output.answer({"device": options.device, "valid_up_to": entries}, text)


def held_list(options: Namespace, output: Output) -> None:
    with center.open_center(options.home).read() as store:
        for held in store.held_events():
            output.answer(*_held_line(store, held))


def held_show(options: Namespace, output: Output) -> None:
    if not options.name:
        raise StationError("worker-not-named")
    opened = center.open_center(options.home)
    worker = center.sign_in_here(opened, options.name, os.environ.get("STATION_PIN", ""))
    require_administrator(worker, "看扣住的记录")
    with opened.read() as store:
        held = held_events.held(store, options.number)
        line, text = _held_line(store, held)
    effects = held.event.effects
    shown = json.dumps(effects, ensure_ascii=False, indent=1)
    output.answer({**line, "effects": effects}, f"{text}\n{shown}")


def held_admit(options: Namespace, output: Output) -> None:
    opened = center.open_center(options.home)
    persons = _two_signed_in(opened, options)
    with opened.write() as store:
        held = held_events.admit_event(store, opened.clerk, options.number, persons, verify_many)
    output.answer({"number": held.number, "event": held.event.event_id}, f"已收下第 {held.number} 条，和别的一样办理。")


def _held_line(store: HeldStore, held: HeldEvent) -> tuple[dict[str, Any], str]:
    header = held.event.header
    account = store.account(header.actor or "")
    name = account.worker.name if account else ""
    line = {
        "number": held.number,
        "code": held.code,
        "device": header.origin,
        "org": header.org,
        "worker": name,
        "type": header.type,
        "subject": header.subject_id,
        "claimed_at": header.claimed_at,
    }
    text = f"{held.number}  {header.claimed_at}  {header.org}  {name}  {header.type}  {waiting_text(held.code)}"
    return line, text


def remove_bodies(options: Namespace, output: Output) -> None:
    before = _day(options.closed_before)
    opened = center.open_center(options.home)
    persons = _two_signed_in(opened, options)
    with opened.write() as store:
        order = body_removal.order_removal(store, opened.clerk, before, Reach(options.where), options.basis, persons)
    desk, after, removed = opened.parts().desk, "", 0
    left: Counter[body_removal.WhyLeft] = Counter()
    while True:
        with opened.write() as store:
            done = body_removal.remove_next(store, opened.clerk, desk, order, after)
        removed += done.removed
        left.update(done.left)
        looked_at = removed + left.total()
        output.answer({"looked_at": looked_at, "removed": removed}, f"已看 {looked_at} 件，删除内容 {removed} 件。")
        if done.after is None:
            break
        after = done.after
    kept = "；".join(f"{WHY_LEFT[why]} {count} 件" for why, count in sorted(left.items()))
    output.answer(
        {"done": True, "removed": removed, "left": left}, f"做完了：删除内容 {removed} 件。没有动的：{kept or '无'}。"
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise StationError("option-malformed", option="--closed-before", text=text) from None


def audit(options: Namespace, output: Output) -> None:
    with center.open_center(options.home).read() as store:
        entries = store.audits()
    for entry in entries:
        who = "、".join(filter(None, (entry.by, entry.second)))
        output.answer(asdict(entry), f"{entry.at}  {entry.what}  {who}  {dict(entry.about)}")


def by_whom(opened: center.OpenCenter, options: Namespace) -> str:
    """Return the name of whoever signs in for a command that must work at once for whoever is there, "" for nobody."""
    return center.sign_in_here(opened, options.name, os.environ.get("STATION_PIN", "")).name if options.name else ""


def _two_signed_in(opened: center.OpenCenter, options: Namespace) -> tuple[Worker, Worker]:
    by = center.sign_in_here(opened, options.by, os.environ.get("STATION_PIN", ""))
    return by, center.sign_in_here(opened, options.second, os.environ.get("STATION_PIN_SECOND", ""))
