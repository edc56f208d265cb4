"""Sealed bytes: AES-256-GCM under a shared key, and boxes that only one X25519 key opens."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from station_app.domain.errors import StationError

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
# So much longer than the plain bytes are those of `seal`.
SEALED_MORE_BYTES: Final = _NONCE_BYTES + _TAG_BYTES
_BOX_INFO: Final = b"station sealed box 1\0"


@dataclass(frozen=True, slots=True)
class BoxKey:
    """An X25519 key pair, 32 raw bytes each; who holds `private` opens what was sealed to `public`."""

    private: bytes = field(repr=False)
    public: bytes


def generate_box_key(entropy: Callable[[int], bytes] = os.urandom) -> BoxKey:
    return box_key_of(entropy(KEY_BYTES))


def box_key_of(private: bytes) -> BoxKey:
    """Return the pair of these 32 private bytes."""
    return BoxKey(private, X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw())


def derive_key(secret: bytes, info: bytes, salt: bytes | None = None) -> bytes:
    """Return a 32-byte key for one purpose, named by `info` (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=info).derive(secret)


def seal(key: bytes, plaintext: bytes, aad: bytes, entropy: Callable[[int], bytes] = os.urandom) -> bytes:
    """Return nonce (12 bytes) || ciphertext || tag (16 bytes), AES-256-GCM (NIST SP 800-38D).

    Args:
        key: 32 bytes.
        plaintext: what to hide.
        aad: what the opener must name again: purpose and address of the blob, so that it cannot be put elsewhere.
        entropy: gives the random nonce; a nonce must never repeat under one key.
    """
    nonce = entropy(_NONCE_BYTES)
    return nonce + AESGCM(_checked(key)).encrypt(nonce, plaintext, aad)


def open_sealed(key: bytes, blob: bytes, aad: bytes) -> bytes:
    """Return the plaintext of `seal`.

    Raises:
        StationError: "sealed-data-damaged": another key, another aad, or changed bytes.
    """
    if len(blob) < _NONCE_BYTES + _TAG_BYTES:
        raise StationError("sealed-data-damaged")
    try:
        return AESGCM(_checked(key)).decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], aad)
    except InvalidTag:
        raise StationError("sealed-data-damaged") from None


def seal_to(public: bytes, plaintext: bytes, aad: bytes, entropy: Callable[[int], bytes] = os.urandom) -> bytes:
    """Return a box for the holder of the X25519 key `public`: ephemeral public key (32 bytes) || `seal`.

    Raises:
        ValueError: `public` is no usable X25519 key (wrong length or of small order).
    """
    ephemeral = generate_box_key(entropy)
    return ephemeral.public + seal(
        _box_key(ephemeral.private, public, ephemeral.public, public), plaintext, aad, entropy
    )


def open_box(private: bytes, blob: bytes, aad: bytes) -> bytes:
    """Return the plaintext of `seal_to`.

    Raises:
        StationError: "sealed-data-damaged": made for another key, another aad, or changed bytes.
    """
    public = X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    ephemeral = blob[:KEY_BYTES]
    try:
        key = _box_key(private, ephemeral, ephemeral, public)
    except ValueError:
        raise StationError("sealed-data-damaged") from None
    return open_sealed(key, blob[KEY_BYTES:], aad)


def _box_key(private: bytes, peer: bytes, ephemeral: bytes, recipient: bytes) -> bytes:
    # Both public keys go into the derivation, so that a box is bound to its sender's and recipient's keys.
    shared = X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(peer))
    return derive_key(shared, _BOX_INFO + ephemeral + recipient)


def _checked(key: bytes) -> bytes:
    # AESGCM would take 16 and 24 bytes as well and so hide a mix-up.
    if len(key) != KEY_BYTES:
        raise ValueError("a sealing key has 32 bytes")
    return key
