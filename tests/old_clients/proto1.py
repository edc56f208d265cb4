"""A station as it was when proto 1 was frozen: what it sends is recorded, and it reads answers as it did then.

It stands for the PCs that nobody has updated, so it uses nothing of the shipping program and is never brought up to
date. What it reads here a center MUST go on saying; what a center says besides, it passes over.
"""

from __future__ import annotations

import hashlib
import json
import time
import urllib.request
from typing import Any

import zstandard
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

Json = dict[str, Any]
LONGEST_WAIT_S = 10.0


class OldStation:
    """One PC: its keys and its outbox as recorded, and what it has been told."""

    def __init__(self, url: str, recorded: Json) -> None:
        self._url, self._recorded = url, recorded
        self._key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(recorded["device_seed"]))
        self._device = hashlib.sha256(self._key.public_key().public_bytes_raw()).hexdigest()[:32]
        self._outbox: list[Json] = recorded["events"]
        self._due = self._taken = self._cursor = 0
        self._nonce = ""
        self._common: set[str] = set()
        self._rulings: dict[str, tuple[int, str, str, str]] = {}
        self.documents: dict[str, int] = {}
        self.statuses: list[list[Any]] = []
        self.others: dict[str, bool] = {}

    def join(self) -> None:
        """Enrol, activate the workers, and fetch what there is."""
        with urllib.request.urlopen(f"{self._url}/center", timeout=60) as answer:
            certificate = x509.load_pem_x509_certificate(json.load(answer)["authority"].encode())
        key = certificate.public_key()
        assert isinstance(key, Ed25519PublicKey)
        self._center = key
        joined = self._ask("/v1/enrol", self._recorded["enrol"])
        for name in ("name", "level", "center_device", "center_org", "center_name", "recovery_public"):
            assert isinstance(joined[name], str), name
        assert (joined["org"], joined["epoch"]) == (self._recorded["org"], self._recorded["enrol"]["epoch"])
        self._nonce, self._incarnation, self._tag = joined["nonce"], joined["incarnation"], joined["tag"]
        self._learn(joined)
        for message in self._recorded["activations"]:
            answer = self._ask("/v1/activate", message)
            self._payload(answer["credential"], "station credential 1")
            assert {type(part) for part in answer["phone"]} == {int, str}
            self._learn({"documents": answer["documents"], "credentials": []})
        self.exchange()

    def send(self, count: int) -> None:
        """Save so many more events, and exchange until all is sent, fetched and ruled on."""
        self._due += count
        self.exchange()

    def exchange(self) -> None:
        until = time.monotonic() + LONGEST_WAIT_S
        while time.monotonic() < until:
            reply = self._ask("/v1/exchange", self._request())
            self._read(reply)
            if self._taken == self._due and self._cursor == reply["head"] and not reply["pending"]:
                assert reply["sum"] == self._sum(), "the digests differ"
                return
            time.sleep(0.01)
        raise AssertionError("it never came to rest")

    def verdicts(self) -> dict[str, list[str]]:
        """Return the last word on each event, its own and others'."""
        return {event: [verdict, reason] for event, (_, _, verdict, reason) in sorted(self._rulings.items())}

    def _request(self) -> Json:
        return {
            "proto": 1,
            "least": 1,
            "epoch": self._recorded["enrol"]["epoch"],
            "forked_from": "",
            "seq": self._due,
            "tag": self._tag,
            "incarnation": self._incarnation,
            "cursor": self._cursor,
            "first_link": self._taken + 1,
            "events": self._outbox[self._taken : self._due],
            "pull_limit": 1000,
            "sum": self._sum(),
        }

    def _read(self, reply: Json) -> None:
        assert reply["proto"] == 1
        assert not {"again", "standing", "healing"} & set(reply)
        assert (reply["incarnation"], reply["reset"]) == (self._incarnation, False)
        assert [row["n"] for row in reply["rows"]] == list(
            range(self._cursor + 1, self._cursor + 1 + len(reply["rows"]))
        )
        assert isinstance(reply["center_time"], str) and isinstance(reply["heard"], int)
        assert all(isinstance(office, str) and isinstance(at, str) for office, at in reply["seen"])
        for link, status, code in reply["statuses"]:
            self.statuses.append([link, status, code])
            if status in ("stored", "exists"):
                self._common.add(_id(self._outbox[link - 1]))
        if reply["receipt"] is not None:
            receipt = self._payload(reply["receipt"], "station receipt 1")
            assert (receipt["device"], receipt["link"]) == (self._device, reply["link_head"])
        self._learn(reply | {"documents": [row["d"] for row in reply["rows"] if "d" in row]})
        for row in reply["rows"]:
            self._take(row)
        self._nonce, self._tag, self._taken = reply["nonce"], reply["tag"], reply["link_head"]
        self._cursor += len(reply["rows"])

    def _take(self, row: Json) -> None:
        if row["k"] == "own":
            self._common.add(row["i"])
        elif row["k"] in ("new", "backfill", "ruling"):
            event = row["e"]
            header = json.loads(event["h"])
            self._common.add(_id(event))
            assert "b" not in event or hashlib.sha256(event["b"].encode()).hexdigest() == header["body_hash"]
            if header["actor"] is not None:
                self.others[_id(event)] = "b" in event
            elif header["type"] == "ruling":
                self._rule(json.loads(event["b"])["effects"]["ruling"], _id(event))

    def _rule(self, word: Json, ruling: str) -> None:
        place = (word["number"], ruling, word["verdict"], word["reason"])
        self._rulings[word["event"]] = max(place, self._rulings.get(word["event"], place))

    def _learn(self, reply: Json) -> None:
        for record in reply["documents"]:
            document = self._payload(record, "station document 1")
            assert isinstance(document["content"], dict)
            self.documents[document["kind"]] = max(document["number"], self.documents.get(document["kind"], 0))
        for record in reply["credentials"]:
            assert self._payload(record, "station credential 1")["kind"] in ("device", "person")

    def _sum(self) -> list[Any]:
        return [len(self._common), f"{sum(int(each, 16) for each in self._common) % 2**256:064x}"]

    def _payload(self, record: Json, context: str) -> Json:
        data = record["p"].encode()
        self._center.verify(bytes.fromhex(record["s"]), context.encode() + b"\0" + data)
        payload: Json = json.loads(data)
        return payload

    def _ask(self, path: str, message: Json) -> Json:
        body = zstandard.ZstdCompressor().compress(json.dumps(message).encode())
        words = "\n".join(("POST", path, hashlib.sha256(body).hexdigest(), self._nonce)).encode()
        signature = self._key.sign(b"station request 1\0" + words).hex()
        headers = {"Station-Device": self._device, "Station-Nonce": self._nonce, "Station-Signature": signature}
        request = urllib.request.Request(self._url + path, body, headers, method="POST")
        with urllib.request.urlopen(request, timeout=60) as answer:
            found, signature = answer.read(), answer.headers["Station-Signature"]
        said = f"{hashlib.sha256(words).hexdigest()}\n{hashlib.sha256(found).hexdigest()}".encode()
        self._center.verify(bytes.fromhex(signature), b"station reply 1\0" + said)
        reply: Json = json.loads(zstandard.ZstdDecompressor().decompressobj().decompress(found))
        return reply


def _id(event: Json) -> str:
    return hashlib.sha256(event["h"].encode()).hexdigest()
