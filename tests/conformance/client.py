"""A station in memory that speaks proto 1, written from docs/sync.md alone."""

from __future__ import annotations

import json
import secrets
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any

import zstandard
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tests.conformance import records
from tests.conformance.records import Event, RefusedError, canonical, id_sum, parse, public_hex, sha256, sign, verifies

MEDIA = "application/vnd.station"


class CenterRefusedError(Exception):
    """The center answered 4xx: status, code, params."""


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def pack(message: object) -> bytes:
    return zstandard.ZstdCompressor().compress(json.dumps(message).encode())


def post(url: str, body: bytes, headers: dict[str, str]) -> tuple[bytes, str]:
    """Send one request; give the reply's bytes and the center's signature."""
    request = urllib.request.Request(url, body, {"Content-Type": MEDIA, **headers}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read(), answer.headers["Station-Signature"]
    except urllib.error.HTTPError as error:
        with error:
            refusal = json.loads(error.read())
            raise CenterRefusedError(error.code, refusal["code"], refusal["params"]) from None


class Known:
    """Whose signatures count: centers by device, credentials of devices and persons, documents by kind."""

    def __init__(self, center_key: str) -> None:
        self.center_keys = {records.device_id(center_key): center_key}
        self.devices: dict[str, dict[str, Any]] = {}
        self.persons: dict[tuple[str, str, str], list[str]] = {}
        self.records: dict[str, dict[str, str]] = {}  # credentials as they travel, by payload
        self.documents: dict[str, tuple[int, dict[str, str], Any]] = {}

    def _payload(self, record: dict[str, str], context: str) -> Any:
        for key in self.center_keys.values():
            if verifies(key, context, record["p"].encode(), record["s"]):
                return parse(record["p"])
        raise RefusedError("signature-wrong")

    def credential(self, record: dict[str, str]) -> dict[str, Any]:
        payload: dict[str, Any] = self._payload(record, "station credential 1")
        self.records[record["p"]] = record
        if payload["kind"] == "device":
            self.devices[payload["device"]] = payload
        else:
            whose = (payload["person"], payload["device"], payload["org"])
            self.persons.setdefault(whose, []).append(payload["public_key"])
        return payload

    def document(self, record: dict[str, str]) -> None:
        payload = self._payload(record, "station document 1")
        if payload["number"] > self.documents.get(payload["kind"], (0,))[0]:
            self.documents[payload["kind"]] = payload["number"], record, payload["content"]
        if payload["kind"] == "centers":
            self.center_keys |= {each["device"]: each["public_key"] for each in payload["content"]["centers"]}

    def receipt(self, record: dict[str, str]) -> dict[str, Any]:
        receipt: dict[str, Any] = self._payload(record, "station receipt 1")
        return receipt

    def fault(self, event: Event) -> str:
        """Say why an event must be held aside (section 3), or nothing."""
        if event.code:
            return event.code
        header, signed = event.header, event.wire["h"].encode()
        if header["type"] in ("ruling", "possible_duplicate", "body_removed"):
            key = self.center_keys.get(header["origin"])
            if key is None or header["actor"] is not None:
                return "ruling-not-by-center"
            return "" if verifies(key, "station event device 1", signed, event.wire["s"]) else "signature-wrong"
        device = self.devices.get(header["origin"])
        if device is None or device["org"] != header["org"]:
            return "device-unknown"
        if header["actor"] is None or "p" not in event.wire:
            return "person-missing"
        keys = self.persons.get((header["actor"], header["origin"], header["org"]), [])
        if not keys:
            return "person-unknown"
        good = verifies(device["public_key"], "station event device 1", signed, event.wire["s"]) and any(
            verifies(key, "station event person 1", signed, event.wire["p"]) for key in keys
        )
        return "" if good else "signature-wrong"

    def behind(self, events: list[Event]) -> list[dict[str, str]]:
        """Give the credentials of the devices and persons behind these events."""
        return [record for device in {each.header["origin"] for each in events} for record in self.of_device(device)]

    def of_device(self, device: str) -> list[dict[str, str]]:
        return [record for text, record in self.records.items() if parse(text)["device"] == device]


class Station:
    """A station; everything it knows is here, so that a deep copy of it is a backup."""

    def __init__(self, url: str) -> None:
        self.url, self.key, self.person_key = url, Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
        self.device, self.epoch, self.forked_from = records.device_id(public_hex(self.key)), secrets.token_hex(8), ""
        self.seq, self.lamport = 0, 0
        self.box_key = X25519PrivateKey.generate().public_key().public_bytes_raw().hex()
        self.prev: str | None = None
        self.person: str | None = None
        self.incarnation, self.cursor, self.center_key = "", 0, ""
        self.events: dict[str, Event] = {}  # the journal: own ones and those of the feed
        self.common: set[str] = set()  # came by the feed, or own and taken in
        self.held: dict[str, str] = {}
        self.outbox: list[str] = []  # event id of link 1, 2, 3, ...
        self.statuses: dict[int, tuple[str, str]] = {}
        self.taken = 0  # the last link that the center took in
        self.receipt: dict[str, str] | None = None
        self.lost = False  # it was told less than the receipt says, and shows it
        self.extra: dict[str, Any] = {}  # what every request carries beside the rest until one is served
        self.rows: list[dict[str, Any]] = []
        self.log: list[str] = []

    # asking

    def ask(self, path: str, message: object, nonce: str) -> dict[str, Any]:
        body = pack(message)
        signed = "\n".join(("POST", path, sha256(body), nonce)).encode()
        headers = {"Station-Device": self.device, "Station-Nonce": nonce}
        headers["Station-Signature"] = sign(self.key, "station request 1", signed)
        answer, signature = post(self.url + path, body, headers)
        words = f"{sha256(signed)}\n{sha256(answer)}".encode()
        if not verifies(self.center_key, "station reply 1", words, signature):
            raise RefusedError("center-key-differs")
        reply: dict[str, Any] = json.loads(zstandard.ZstdDecompressor().decompressobj().decompress(answer))
        return reply

    def enrol(self, code: str) -> None:
        with urllib.request.urlopen(self.url + "/center", timeout=60) as answer:
            authority = x509.load_pem_x509_certificate(json.loads(answer.read())["authority"].encode())
        key = authority.public_key()
        if not isinstance(key, Ed25519PublicKey):
            raise RefusedError("center-key-differs")
        secret, same = records.code_parts(code, key.public_bytes_raw())
        if not same:
            raise RefusedError("center-key-differs")
        self.center_key = key.public_bytes_raw().hex()
        self.known = Known(self.center_key)
        message = {"code": secret, "public_key": public_hex(self.key), "epoch": self.epoch, "box_key": self.box_key}
        self.enrolled = self.ask("/v1/enrol", message, "")
        self.org, self.epoch, self.tag = self.enrolled["org"], self.enrolled["epoch"], self.enrolled["tag"]
        self.nonce, self.incarnation = self.enrolled["nonce"], self.enrolled["incarnation"]
        self._learn(self.enrolled)

    def activate(self, name: str, code: str) -> dict[str, Any]:
        proof = sign(self.person_key, "station activation 1", f"{self.device}\n{code}".encode())
        message = {"name": name, "code": code, "public_key": public_hex(self.person_key), "proof": proof}
        reply = self.ask("/v1/activate", message, self.nonce)
        self._learn(reply)
        credential = self.known.credential(reply["credential"])
        self.person = credential["person"]
        return credential

    def _learn(self, reply: dict[str, Any]) -> None:
        for record in reply.get("documents", []):
            self.known.document(record)
        for record in reply.get("credentials", []):
            self.known.credential(record)

    # writing

    def write(self, kind: str, subject: str, effects: dict[str, Any], **header: Any) -> Event:
        """Write and queue an event; its chain place, actor and clocks are filled in."""
        body = canonical({"effects": effects, "salt": secrets.token_hex(16)})
        self.seq, self.lamport = self.seq + 1, self.lamport + 1
        place = {"origin": self.device, "epoch": self.epoch, "seq": self.seq, "prev": self.prev}
        about = {"subject_kind": "case", "subject_id": subject, "grant": None, "base": None, "audience": "parties"}
        who = {"lamport": self.lamport, "actor": self.person, "org": self.org, "claimed_at": now()}
        what = {"proto": 1, "alg": "ed25519-sha256", "type": kind, "type_version": 1, "body_hash": sha256(body)}
        text = canonical(what | place | about | who | header)
        wire = {"h": text, "b": body, "s": sign(self.key, "station event device 1", text.encode())}
        wire["p"] = sign(self.person_key, "station event person 1", text.encode())
        event = Event(wire)
        self.prev = event.id
        self.events[event.id] = event
        self.outbox.append(event.id)
        return event

    # the exchange

    def request(self) -> dict[str, Any]:
        sending = self.outbox[self.taken : self.taken + 1000]
        more = len(self.outbox) > self.taken + 1000
        speaks = {"proto": 1, "least": 1, "tag": self.tag, "incarnation": self.incarnation, "cursor": self.cursor}
        place = {"epoch": self.epoch, "forked_from": self.forked_from, "seq": self.seq, "sum": id_sum(self.common)}
        pushed = {"first_link": self.taken + 1, "events": [self.events[each].wire for each in sending]}
        return speaks | place | pushed | {"pull_limit": 0 if more else 500} | self.extra

    def exchange(self) -> dict[str, Any]:
        """Exchange until nothing is left to send, pull, rule or repair."""
        compared = False
        for _ in range(200):
            reply = self.once()
            if reply.get("standing"):
                return reply
            if "again" in reply or self.taken < len(self.outbox) or self.cursor < reply["head"] or self.extra:
                continue
            if reply["pending"]:
                time.sleep(0.1)
            elif reply["sum"] == id_sum(self.common) or compared:
                return reply
            else:
                compared = True
                self.extra["buckets"] = records.buckets(self.common)
                self.log.append("compare")
        raise AssertionError("no rest is reached")

    def once(self) -> dict[str, Any]:
        """Ask once and apply the answer."""
        try:
            reply = self.ask("/v1/exchange", self.request(), self.nonce)
        except CenterRefusedError as refusal:
            if refusal.args[1] != "device-unknown" or "credentials" in self.extra:
                raise
            self.log.append("unknown")
            self.extra["credentials"] = self.known.of_device(self.device)
            reply = self.ask("/v1/exchange", self.request(), self.nonce)
        if "again" in reply:
            self._asked_again(reply)
        else:
            self.extra, self.lost = {}, False
            self._apply(reply)
        return reply

    def _asked_again(self, reply: dict[str, Any]) -> None:
        is_known, is_new = reply["again"]["epoch_known"], reply["nonce"] != self.nonce
        self.nonce = reply["nonce"]
        self.log.append("again")
        if reply["incarnation"] != self.incarnation:
            shown = {"receipt": self.receipt} if self.receipt else {}
            self._send_again(reply["link_head"])  # still naming the incarnation before: by that the epoch may stay
            self.extra |= shown
        elif self.receipt and (self.taken > reply["link_head"] or self.cursor > reply["head"]) and not self.lost:
            self.log.append("receipt")
            self.extra["receipt"], self.lost = self.receipt, True
            return
        if is_known and is_new:
            self.new_epoch()

    def _send_again(self, link_head: int) -> None:
        """Queue again what a center that was restored has lost; its receipts count no more."""
        self.log.append("incarnation")
        self.taken, self.receipt = min(self.taken, link_head), None
        self.extra.pop("receipt", None)

    def new_epoch(self) -> None:
        self.log.append("new epoch")
        self.forked_from, self.epoch = self.epoch, secrets.token_hex(8)
        self.seq, self.prev = 0, None

    def _apply(self, reply: dict[str, Any]) -> None:
        if reply["incarnation"] != self.incarnation or reply["reset"]:
            self._send_again(reply["link_head"])
            self.incarnation, self.cursor = reply["incarnation"], 0
        rows = reply["rows"]
        if [row["n"] for row in rows] != list(range(self.cursor + 1, self.cursor + 1 + len(rows))):
            raise RefusedError("feed-gap")
        self._learn(reply)
        for link, status, code in reply["statuses"]:
            self.statuses[link] = status, code
            if status in ("stored", "exists"):
                self.common.add(self.outbox[link - 1])
        for row in rows:
            self._row(row)
        self.cursor += len(rows)
        self.nonce, self.tag = reply["nonce"], reply["tag"]
        self.taken = reply["link_head"]
        if reply["receipt"]:
            self.known.receipt(reply["receipt"])
            self.receipt = reply["receipt"]
        self._repair(reply)

    def _row(self, row: dict[str, Any]) -> None:
        self.rows.append(row)
        if "e" in row:
            self.take(row["e"])
        elif row["k"] == "own":
            self.common |= {row["i"]} & set(self.events)  # what a backup has forgotten is asked for by comparing
        elif row["k"] == "document" and "d" in row:
            self.known.document(row["d"])
        elif row["k"] == "revoke":
            self._revoke(*row["s"])

    def take(self, wire: dict[str, str]) -> None:
        event = Event(wire)
        known = self.events.get(event.id)
        if known is None or known.body is None:
            self.events[event.id] = event
        self.common.add(event.id)
        self.lamport = max(self.lamport, event.header["lamport"])
        if fault := self.known.fault(event):
            self.held[event.id] = fault

    def _revoke(self, kind: str, subject: str) -> None:
        for event in self.subject(subject, kind):
            if event.header["origin"] != self.device:
                self.events[event.id] = Event({key: text for key, text in event.wire.items() if key != "b"})

    def _repair(self, reply: dict[str, Any]) -> None:
        """Answer a comparison (section 8) and give a healing center its documents (section 7)."""
        for wire in reply.get("found", []):
            self.take(wire)
        numbers, anew = reply.get("numbers", {}), reply.get("reset") and reply.get("healing")
        known = self.known.documents.items()
        newer = [rec for kind, (number, rec, _) in known if anew or number > numbers.get(kind, number)]
        if newer:
            self.extra["documents"] = newer
        differ = reply.get("differ", {})
        theirs = {each for ids in differ.values() for each in ids}
        ours = {each for each in self.common if each[:2] in differ}
        if wanted := sorted(theirs - ours)[:500]:
            self.extra["wanted"] = wanted
        if lacked := [self.events[each] for each in sorted(ours - theirs)[:500]]:
            self.extra["returns"] = [each.wire for each in lacked]
            self.extra["credentials"] = self.known.behind(lacked)

    # what is known of a case

    def subject(self, subject: str, kind: str = "case") -> list[Event]:
        mine = (each for each in self.events.values() if each.header["subject_id"] == subject)
        return sorted((e for e in mine if e.header["subject_kind"] == kind), key=lambda e: (e.header["lamport"], e.id))

    def verdict(self, event: Event) -> tuple[str, str]:
        """Give verdict and reason of the last ruling on an event; empty texts where there is none."""
        good = [(e.ruling, e.id) for e in self.events.values() if e.ruling and e.id not in self.held]
        said = sorted((each["number"], ruling, each) for each, ruling in good if each["event"] == event.id)
        return (said[-1][2]["verdict"], said[-1][2]["reason"]) if said else ("", "")
