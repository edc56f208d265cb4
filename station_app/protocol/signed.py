"""Records that a center signs: credentials, reference documents, receipts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from station_app.domain.errors import StationError
from station_app.protocol import canonical

# The other centers that one knows: [{"org", "device", "public_key"}], a kind of document and a center's setting.
CENTERS = "centers"


@dataclass(frozen=True, slots=True)
class Signed:
    """Canonical JSON bytes with the center's signature over them, kept verbatim."""

    payload: bytes
    signature: bytes

    def value(self) -> dict[str, Any]:
        """Return the JSON object that was signed."""
        return canonical.decode_object(self.payload)

    def to_wire(self) -> dict[str, str]:
        """Return the form that travels."""
        return {"p": self.payload.decode("utf-8"), "s": self.signature.hex()}

    @classmethod
    def from_wire(cls, found: Any) -> Signed:
        """Read the form that travels; `record-malformed` if it is not one."""
        try:
            return cls(found["p"].encode("utf-8"), bytes.fromhex(found["s"]))
        except (TypeError, KeyError, ValueError, AttributeError):
            raise StationError("record-malformed", reason="signed record") from None


def last_of(receipts: Iterable[Signed], numbering: str) -> Signed | None:
    """Return the last receipt of a center's incarnation, or the last of all where there is none.

    Args:
        receipts: the last one first.
    """
    first = None
    for receipt in receipts:
        if receipt.value().get("incarnation") == numbering:
            return receipt
        first = first or receipt
    return first


@dataclass(frozen=True, slots=True)
class DeviceCredential:
    """The center's word that a device key belongs to an office."""

    device: str
    org: str
    public_key: bytes

    def to_payload(self) -> bytes:
        """Return the canonical bytes to sign."""
        found = {"kind": "device", "device": self.device, "org": self.org, "public_key": self.public_key.hex()}
        return canonical.encode(found)


@dataclass(frozen=True, slots=True)
class PersonCredential:
    """The center's word that a key on one device is a person's, with office and roles, for ninety days."""

    person: str
    name: str
    org: str
    roles: tuple[str, ...]
    device: str
    public_key: bytes
    valid_from: str
    valid_to: str

    def to_payload(self) -> bytes:
        """Return the canonical bytes to sign."""
        return canonical.encode(
            {
                "kind": "person",
                "person": self.person,
                "name": self.name,
                "org": self.org,
                "roles": list(self.roles),
                "device": self.device,
                "public_key": self.public_key.hex(),
                "valid_from": self.valid_from,
                "valid_to": self.valid_to,
            }
        )


Credential = DeviceCredential | PersonCredential


def read_credential(payload: bytes) -> Credential:
    """Return the credential in a payload whose signature has been checked; `record-malformed` otherwise."""
    found = canonical.decode_object(payload)
    try:
        key = bytes.fromhex(found["public_key"])
        if found["kind"] == "device":
            return DeviceCredential(found["device"], found["org"], key)
        if found["kind"] == "person":
            return _read_person(found, key)
    except (KeyError, TypeError, ValueError):
        pass
    raise StationError("record-malformed", reason="credential")


def _read_person(found: Mapping[str, Any], key: bytes) -> PersonCredential:
    return PersonCredential(
        person=found["person"],
        name=found["name"],
        org=found["org"],
        roles=tuple(found["roles"]),
        device=found["device"],
        public_key=key,
        valid_from=found["valid_from"],
        valid_to=found["valid_to"],
    )


def device_id(public_key: bytes) -> str:
    """Return the id of a device: the first 16 bytes of SHA-256 of its public key, in hex; it certifies itself."""
    return hashlib.sha256(public_key).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Document:
    """A reference document of the center: organisations, directory, calendar. The latest number of a kind wins."""

    kind: str
    number: int
    content: Mapping[str, Any]
    signed: Signed

    @property
    def hash(self) -> str:
        """Return SHA-256 of the payload, in hex; cases pin (kind, number, hash)."""
        return hashlib.sha256(self.signed.payload).hexdigest()


def document_payload(kind: str, number: int, content: Mapping[str, Any]) -> bytes:
    """Return the canonical bytes of a document, to be signed by the center."""
    return canonical.encode({"kind": kind, "number": number, "content": content})


def keys_of_centers(entries: Iterable[Mapping[str, Any]]) -> list[bytes]:
    """Return the public keys of the centers that a document `centers` names."""
    return [bytes.fromhex(entry["public_key"]) for entry in entries]


@lru_cache(maxsize=16)
def read_document(signed: Signed) -> Document:
    """Return the document in a signed record whose signature has been checked; the same few are read all day."""
    found = signed.value()
    kind, number, content = found.get("kind"), found.get("number"), found.get("content")
    if not isinstance(kind, str) or type(number) is not int or not isinstance(content, dict):
        raise StationError("record-malformed", reason="document")
    return Document(kind, number, content, signed)
