"""What the two sides sign of one HTTP call, and the words they agree on."""

from __future__ import annotations

import hashlib

EXCHANGE_PATH = "/v1/exchange"
ENROL_PATH = "/v1/enrol"
ACTIVATE_PATH = "/v1/activate"
CARRIED_PATH = "/v1/carried"
CENTER_PATH = "/center"
STATIONS_PATH = "/v1/stations"
ENROLMENT_CODES_PATH = "/v1/enrolment-codes"
GRANTS_PATH = "/v1/grants"
REVOCATIONS_PATH = "/v1/revocations"
PIN_CODES_PATH = "/v1/pin-codes"

DEVICE_HEADER = "Station-Device"
NONCE_HEADER = "Station-Nonce"
SIGNATURE_HEADER = "Station-Signature"
# Which administrators want it, and their signatures (docs/sync.md §20).
PERSON_HEADER = "Station-Person"
PERSON_SIGNATURE_HEADER = "Station-Person-Signature"
SECOND_HEADER = "Station-Second"
SECOND_SIGNATURE_HEADER = "Station-Second-Signature"
ADMINISTRATOR_HEADERS = ((PERSON_HEADER, PERSON_SIGNATURE_HEADER), (SECOND_HEADER, SECOND_SIGNATURE_HEADER))
# Of a body that is read only once its sender is known (docs/sync.md §19).
BODY_HEADER = "Station-Body"

# What a database key is sealed for when the county gives it back to a PC that other workers have locked.
RECOVERED_KEY = b"station recovered key 1"

MAX_REQUEST_BYTES = 16 * 1024 * 1024

FILES = "/v1/files/"
# Of a file in one request, and in one answer.
MOST_PART_BYTES = 4 * 1024 * 1024


def request_bytes(path: str, body: bytes, nonce: str) -> bytes:
    """Return what a device signs of its request: method, path, SHA-256 of the body, nonce; one a line."""
    return request_of("POST", path, body_hash(body), nonce)


def request_of(method: str, path: str, hash_of_body: str, nonce: str) -> bytes:
    """Return what a device signs of a request by any method; the path has its query."""
    return "\n".join((method, path, hash_of_body, nonce)).encode("utf-8")


def body_hash(body: bytes) -> str:
    """Return what stands for a body in what is signed."""
    return hashlib.sha256(body).hexdigest()


def activation_bytes(device: str, code: str) -> bytes:
    """Return what a worker's new key signs: that whoever asks to have it certified on this PC holds it."""
    return "\n".join((device, code)).encode("utf-8")


def reply_bytes(request: bytes, body: bytes) -> bytes:
    """Return what the center signs of its reply: SHA-256 of what the device signed, SHA-256 of the reply's body."""
    return answer_bytes(hashlib.sha256(request).hexdigest(), body)


def answer_bytes(answers: str, body: bytes) -> bytes:
    """Return the same for a reply that is carried: `answers` is the SHA-256, in hex, of what the device signed."""
    return "\n".join((answers, hashlib.sha256(body).hexdigest())).encode("utf-8")
