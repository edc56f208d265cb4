"""A center under calls that are generated from docs/openapi.yaml, signed, and linked by what was answered before."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from station_app.domain.numbers import case_number
from station_app.domain.people import Role, Worker
from station_app.keys.codes import hash_code
from station_app.keys.signing import ACTIVATION, SigningKey
from station_app.protocol.requests import DEVICE_HEADER, SIGNATURE_HEADER, activation_bytes
from station_app.protocol.signed import device_id
from station_app.protocol.wire import pack, unpack
from station_app.usecases.run_center import add_user, open_enrolment
from tests.center.served import Served, served
from tests.reliability.place import VILLAGES
from tests.reliability.shared import template

__all__ = ["served", "template"]
MEDIA = "application/vnd.station"
SPEC = yaml.safe_load((Path(__file__).parents[2] / "docs" / "openapi.yaml").read_text(encoding="utf-8"))
LEAST_SHARE = 0.6
# Forty take twice as long: STATION_CALLS=40 python -m pytest tests/openapi
RUNS, STEPS = int(os.environ.get("STATION_CALLS", "20")), 12


@schemathesis.serializer(MEDIA)
def compressed(_context: schemathesis.SerializationContext, value: Any) -> bytes:
    return pack(value)


@schemathesis.deserializer(MEDIA)
def decompressed(_context: schemathesis.DeserializationContext, response: schemathesis.Response) -> Any:
    signed = SIGNATURE_HEADER.lower() in response.headers
    return unpack(response.content) if signed else json.loads(response.content)


@dataclass
class Stations:
    """Signs generated calls as stations of one center would, and counts what is answered."""

    served: Served
    keys: dict[str, SigningKey] = field(default_factory=dict)
    links: dict[str, tuple[str, str]] = field(default_factory=dict)  # device to its nonce and epoch
    made: int = 0
    answers: Counter[tuple[str, int, str]] = field(default_factory=Counter)

    def sign(self, case: schemathesis.Case) -> None:
        """Give a generated call what only a real caller has: one-time codes, keys, the newest nonce, signatures."""
        if case.method == "GET":
            return
        self.made += 1
        path, nonce = case.path, ""
        if path == "/v1/enrol":
            key = SigningKey.from_seed(self.made.to_bytes(32))
            self.keys[device_id(key.public)] = key
            case.body |= {"public_key": key.public.hex(), "code": self._enrolment_code()}
            if self.made % 4:  # nobody but a county's center joins as one
                case.body.pop("center", None)
        else:
            device = str(case.headers.get(DEVICE_HEADER))
            key = self.keys.get(device) or next(reversed(self.keys.values()))
            device = device_id(key.public)
            nonce, epoch = self.links.get(device, ("", case.body.get("epoch", "")))
            case.body |= self._activation(case.body, device) if path == "/v1/activate" else {"epoch": epoch}
        if self.made % 5:  # what a center has signed follows no pattern either, and breaks the whole call
            for signed in ("receipt", "documents", "credentials"):
                case.body.pop(signed, None)
        if "case" in case.body:
            # Its check digit and its date follow no pattern.
            case.body["case"] = case_number(VILLAGES[0], date(2026, 3, 2), 1, self.made)
        case.headers.update(self.served.headers(path, pack(case.body), nonce, key))

    def _enrolment_code(self) -> str:
        code = f"{self.made:010}"
        with self.served.opened.write() as store:
            open_enrolment(store, VILLAGES[0], hash_code(code).hex())
        return code

    def _activation(self, body: dict[str, Any], device: str) -> dict[str, str]:
        code, name = f"{self.made:010}", f"王{chr(0x4E00 + self.made)}"
        with self.served.opened.write() as store:
            worker = Worker(f"{self.made:032x}", name, VILLAGES[0], frozenset({Role.AGENT}))
            add_user(store, self.served.opened.clerk, worker, hash_code(code).hex())
        key = SigningKey.from_seed(self.made.to_bytes(32))
        if self.made % 4:  # nobody but a locked PC has a box that opens
            body.pop("recovery_box", None)
        proof = key.sign(ACTIVATION, activation_bytes(device, code)).hex()
        return {"name": name, "code": code, "public_key": key.public.hex(), "proof": proof}

    def note(self, case: schemathesis.Case, response: schemathesis.Response) -> None:
        found = decompressed(None, response)  # type: ignore[arg-type]
        self.answers[case.operation.label, response.status_code, found.get("code", "")] += 1
        if case.path == "/v1/enrol" and response.status_code != 200:
            # Else whether a later call is of a known device would hang on what other runs did before.
            self.keys.popitem()
        if response.status_code == 200 and "nonce" in found:
            epoch = found.get("epoch") or case.body["epoch"]
            self.links[str(case.headers[DEVICE_HEADER])] = found["nonce"], epoch

    def shares(self) -> dict[str, float]:
        """Return for each operation the share of its calls that was answered 2xx."""
        calls: Counter[str] = Counter()
        good: Counter[str] = Counter()
        for (label, status, _), number in self.answers.items():
            calls[label] += number
            good[label] += number if status < 300 else 0
        return {label: good[label] / number for label, number in calls.items()}


def test_generated_calls_are_mostly_served_and_never_break_the_center(served: Served) -> None:
    stations = Stations(served)
    stations.keys[device_id(served.key.public)] = served.key
    schema = schemathesis.openapi.from_dict(SPEC)
    schema.config.update(base_url=f"http://127.0.0.1:{served.port}")
    schema.config.generation.update(modes=[schemathesis.GenerationMode.POSITIVE])
    machine = schema.as_state_machine()

    class Calls(machine):  # type: ignore[misc, valid-type]
        def before_call(self, case: schemathesis.Case) -> None:
            stations.sign(case)

        def after_call(self, response: schemathesis.Response, case: schemathesis.Case) -> None:
            stations.note(case, response)

        def validate_response(self, response: schemathesis.Response, case: schemathesis.Case, **_: Any) -> None:
            assert response.status_code < 500
            case.operation.validate_response(response)

    how = settings(
        max_examples=RUNS,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Calls, settings=how)
    hello = schema["/center"]["GET"].Case()  # nothing leads to it or from it
    stations.note(hello, hello.call_and_validate())
    shares = stations.shares()
    print(shares, stations.answers)
    assert set(shares) == {"GET /center", "POST /v1/enrol", "POST /v1/activate", "POST /v1/exchange"}
    assert min(shares.values()) >= LEAST_SHARE, stations.answers
    assert not [status for _, status, _ in stations.answers if status >= 500]
