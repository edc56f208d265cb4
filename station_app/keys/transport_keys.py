"""The center's own TLS: its identity key signs the certificate that its web server shows."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from station_app.domain.errors import StationError

# Trust rests on the pinned key, not on dates. A PC with an empty clock battery starts in 1980, 2000 or 2009, and a
# station must reach its center then too, so the certificates hold from long before to long after.
_BACKDATED: Final = timedelta(days=50 * 365)
_VALID: Final = timedelta(days=100 * 365)
_LOCAL_HOSTS: Final = ("localhost", "127.0.0.1")
_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """What a TLS server loads: its certificate followed by the authority's, and its private key, both PEM."""

    chain_pem: str
    private_key_pem: str = field(repr=False)


def make_authority(seed: bytes, now: datetime) -> str:
    """Return the self-signed CA certificate (PEM) of the center whose Ed25519 identity key has this seed.

    The same seed and time give the same bytes. Certificates of one key stand for each other: what a station pinned
    once also trusts server certificates made after a later call.
    """
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = key.public_key()
    subject = _authority_name(public)
    usage = _key_usage(key_cert_sign=True, crl_sign=True)
    builder = (
        _builder(subject, subject, now, int.from_bytes(_fingerprint(public)[:16], "big"))
        .public_key(public)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )
    return _pem(builder.sign(key, None))


def make_server_certificate(
    seed: bytes, hosts: Iterable[str], now: datetime, entropy: Callable[[int], bytes] = os.urandom
) -> ServerCertificate:
    """Return a fresh ECDSA P-256 server certificate signed by the center's Ed25519 identity key.

    Args:
        seed: of the center's identity key, 32 bytes.
        hosts: host names and addresses of the server; localhost and 127.0.0.1 are added.
        now: aware; validity runs from 50 years before to 100 years after.
        entropy: gives the server's private key and the serial number.
    """
    authority = Ed25519PrivateKey.from_private_bytes(seed)
    key = ec.derive_private_key(1 + int.from_bytes(entropy(40), "big") % (_P256_ORDER - 1), ec.SECP256R1())
    names = list(dict.fromkeys([*hosts, *_LOCAL_HOSTS]))
    # The server's name is in the SAN; the subject only has to differ from the authority's.
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "station center server")])
    issuer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
    builder = (
        _builder(subject, _authority_name(authority.public_key()), now, int.from_bytes(entropy(16), "big") | 1)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(issuer_id, critical=False)
    )
    private_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return ServerCertificate(_pem(builder.sign(authority, None)) + make_authority(seed, now), private_pem.decode())


def authority_public_key(authority_pem: str) -> bytes:
    """Return the center's Ed25519 public key (32 bytes) from its CA certificate.

    The caller compares it with the enrolment code; until then the certificate proves nothing.

    Raises:
        StationError: "center-certificate-damaged": not one self-signed Ed25519 CA certificate.
    """
    try:
        return _self_signed_key(x509.load_pem_x509_certificates(authority_pem.encode()))
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        raise StationError("center-certificate-damaged") from None


def _self_signed_key(certificates: list[x509.Certificate]) -> bytes:
    (certificate,) = certificates
    public = certificate.public_key()
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    if not constraints.ca or not isinstance(public, Ed25519PublicKey):
        raise ValueError("not an Ed25519 authority")
    certificate.verify_directly_issued_by(certificate)
    return public.public_bytes_raw()


def _builder(subject: x509.Name, issuer: x509.Name, now: datetime, serial: int) -> x509.CertificateBuilder:
    start = now.replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(serial)
        .not_valid_before(start - _BACKDATED)
        .not_valid_after(start + _VALID)
    )


def _authority_name(public: Ed25519PublicKey) -> x509.Name:
    common_name = f"station center {_fingerprint(public)[:8].hex()}"
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _fingerprint(public: Ed25519PublicKey) -> bytes:
    return hashlib.sha256(public.public_bytes_raw()).digest()


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        # Names outside ASCII travel in their IDNA form.
        return x509.DNSName(host.encode("idna").decode())


def _key_usage(
    *, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
