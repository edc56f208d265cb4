"""Recorded the session of proto 1: `python -m tests.old_clients.recording FILE` wrote it once, with the code of then.

Five PCs do each kind of action with the shipping use cases and real keys. Kept are what they sent, in order, with the
center's clock, and what the center told them.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from station_app.bootstrap import joining, station
from station_app.bootstrap.sample import sample_directory
from station_app.keys.codes import EnrolmentCode
from station_app.keys.signing import ACTIVATION, SigningKey
from station_app.protocol.requests import activation_bytes
from station_app.protocol.signed import device_id
from station_app.protocol.wire import event_to_wire
from station_app.usecases.hand_over import Count, offer_batch, receive_batch
from station_app.usecases.run_action import act_on_case, register_case
from station_app.usecases.times import stamp
from tests.old_clients.center import STATIONS, Clock, activation_code, enrolment_secret, open_place, replay, serve, told
from tests.persons import id_number
from tests.reliability.place import PIN, TOWNSHIP

AFTER_THE_TIME_LOCK = timedelta(hours=80)


@dataclass
class Pc:
    """A station with its workers signed in, and how much of its outbox it has sent."""

    signed_in: list[station.SignedIn]
    sent: int = 0


class Recorder:
    """The story while it is told."""

    def __init__(self, folder: Path, url: str, center_key: bytes, clock: Clock) -> None:
        self._clock = clock
        self.sends: list[dict[str, Any]] = []
        self.pcs: dict[str, Pc] = {}
        for name, (_, workers) in STATIONS.items():
            code = replace(EnrolmentCode.new(center_key), secret=enrolment_secret(name))
            joining.enrol(folder / name, url, code.text)
            for worker in workers:
                joining.activate(folder / name, worker, activation_code(worker), PIN)
            self.pcs[name] = Pc([station.sign_in(folder / name, worker, PIN) for worker in workers])
            self.sync(name)

    def at(self, name: str, worker: int = 0) -> Any:
        return replace(self.pcs[name].signed_in[worker].desk, now=self._clock)

    def act(self, name: str, case: str, code: str, form: Mapping[str, Any] | None = None, worker: int = 0) -> None:
        act_on_case(self.at(name, worker), case, code, form or {})

    def sync(self, *names: str) -> None:
        for name in names:
            pc = self.pcs[name]
            report = station.exchange_fully(pc.signed_in[0].loop(0.1))
            assert not report.code, report
            total = len(self.written(name))
            self.sends.append({"station": name, "events": total - pc.sent, "at": stamp(self._clock())})
            pc.sent = total

    def written(self, name: str) -> list[dict[str, Any]]:
        signed_in = self.pcs[name].signed_in[0]
        me = signed_in.home.identity().device
        with signed_in.desk.read_book() as book:
            own = [event for event in book.all_events() if event.header.origin == me]
        return [event_to_wire(event) for event in sorted(own, key=lambda event: event.header.seq)]

    def later(self) -> None:
        """Let the time lock of a reclaim pass; the county's center has just answered."""
        self._clock.now += AFTER_THE_TIME_LOCK
        with self.at("county").open_book() as book:
            book.save_sync_status(replace(book.sync_status(), last_ok_at=stamp(self._clock())))


def form(part: str) -> dict[str, Any]:
    item = "SAMPLE-MZ-003"
    papers = [
        {"name": p.name, "originals": p.originals, "copies": p.copies} for p in sample_directory().find(item).materials
    ]
    applicant = {"name": "李𬭎", "id_type": "111", "id_number": id_number(part), "phone": "13800005678"}
    return {"item": item, "applicant": applicant, "materials": papers}


def tell(to: Recorder) -> None:
    """Do each kind of action once at least."""
    agent, clerk = to.at("village"), to.at("township")
    granted, refused, asked_back = (register_case(agent, form(f"1962030588{n}")).case_id for n in (1, 2, 3))
    first = offer_batch(agent, TOWNSHIP, [granted, refused]).batch.number
    to.sync("village", "township")
    receive_batch(clerk, first, Count(rejected={refused: "登记表没有本人签名"}))
    to.act("township", granted, "accept_application")
    to.act("township", granted, "opinion", {"text": "家庭收入已核对。"})
    to.act("township", granted, "grant", {"result": "准予临时救助 3000 元"}, worker=1)
    to.sync("township", "village")
    to.act("village", granted, "deliver", {"signed_by": "李𬭎", "method": "in_person"})
    to.act("village", granted, "close")
    to.act("village", refused, "supply", {"note": "已签名"})
    again = offer_batch(agent, TOWNSHIP, [refused, asked_back]).batch.number
    to.act("village", asked_back, "request_withdrawal", {"reason": "交错了"})
    to.sync("village", "township", "county")
    receive_batch(clerk, again, Count(only=(refused,)))
    to.act("township", refused, "accept_application")
    to.act("township", refused, "refuse", {"reason": "收入超过标准", "remedy": "可以申请行政复议"}, worker=1)
    to.later()
    to.act("county", asked_back, "request_reclaim", {"reason": "三天没有接收"})
    reclaim = {"to": "giver", "reason": "三天没有接收", "slip": "yes", "call": "九点与对方核实"}
    to.act("county", asked_back, "reclaim", reclaim, worker=1)
    to.sync("township", "county", "second")
    to.act("second", asked_back, "take_over")
    to.act("second", asked_back, "note", {"text": "换这台电脑办。"})
    register_case(to.at("other"), form("19620305881"))
    to.sync("second", "other", "village", "township", "county")


def recorded(to: Recorder, name: str) -> dict[str, Any]:
    home = to.pcs[name].signed_in[0].home
    me, device = home.identity(), home.device_key()
    activations = []
    for worker in STATIONS[name][1]:
        key, code = (
            SigningKey.from_seed(home.slots().unlock(worker, PIN, station.now()).person_seed),
            activation_code(worker),
        )
        proof = key.sign(ACTIVATION, activation_bytes(device_id(device.public), code)).hex()
        activations.append({"name": worker, "code": code, "public_key": key.public.hex(), "proof": proof})
    enrol = {"code": enrolment_secret(name), "public_key": device.public.hex(), "epoch": me.epoch}
    return {
        "org": me.org,
        "device_seed": device.seed.hex(),
        "enrol": enrol | {"box_key": home.box_key().public.hex()},
        "activations": activations,
        "events": to.written(name),
    }


def main(target: Path) -> None:
    os.environ["STATION_TEST_QUICK_PIN"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        clock, opened = Clock(station.now()), open_place(Path(folder) / "center")
        with serve(opened, clock) as url:
            to = Recorder(Path(folder), url, opened.key.public, clock)
            tell(to)
            found = {"stations": {name: recorded(to, name) for name in STATIONS}, "sends": to.sends}
        with serve(open_place(Path(folder) / "again"), clock) as url:
            found["told"] = told(replay(found, url, clock))
    target.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
