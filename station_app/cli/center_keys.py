"""The commands of station-center about keys and people, most of them done by two administrators."""

from __future__ import annotations

import os
from argparse import Namespace
from dataclasses import asdict

from station_app.bootstrap import center
from station_app.cli.output import Output
from station_app.domain.people import Worker
from station_app.keys.phone_codes import Challenge, code_text, parse_challenge
from station_app.usecases import phone_resets


def pin_reset(options: Namespace, output: Output) -> None:
    challenge = parse_challenge(options.challenge)
    opened = center.open_center(options.home)
    by, second = _two_signed_in(opened, options)
    with opened.write() as store:
        found = phone_resets.reset_code(store, opened.clerk, lambda *who: Challenge.of(*who) == challenge, by, second)
    code = code_text(found.code)
    text = f"这是{found.name}（单位 {found.org}）的口令，只能用一次。请先确认来电的就是本人，再念：{code}"
    output.answer({"name": found.name, "org": found.org, "device": found.device, "code": code}, text)


def audit(options: Namespace, output: Output) -> None:
    with center.open_center(options.home).read() as store:
        entries = store.audits()
    for entry in entries:
        who = "、".join(filter(None, (entry.by, entry.second)))
        output.answer(asdict(entry), f"{entry.at}  {entry.what}  {who}  {dict(entry.about)}")


def _two_signed_in(opened: center.OpenCenter, options: Namespace) -> tuple[Worker, Worker]:
    by = center.sign_in_here(opened, options.by, os.environ.get("STATION_PIN", ""))
    return by, center.sign_in_here(opened, options.second, os.environ.get("STATION_PIN_SECOND", ""))
