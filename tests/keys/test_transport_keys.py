"""The center's certificates: accepted by TLS 1.2 and 1.3, whatever the clock of a village PC says."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from station_app.domain.errors import StationError
from station_app.keys.signing import SigningKey
from station_app.keys.transport_keys import (
    ServerCertificate,
    authority_public_key,
    make_authority,
    make_server_certificate,
)

SEED = b"\x11" * 32
NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


def handshake(
    authority_pem: str, server: ServerCertificate, folder: Path, version: ssl.TLSVersion, flags: int = 0
) -> str | None:
    """Join a client and a server in memory and return the TLS version they agree on."""
    (folder / "chain.pem").write_text(server.chain_pem)
    (folder / "key.pem").write_text(server.private_key_pem)
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(folder / "chain.pem", folder / "key.pem")
    client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client_context.load_verify_locations(cadata=authority_pem)
    client_context.verify_flags |= flags
    client_context.minimum_version = client_context.maximum_version = version
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(down, up, server_hostname="127.0.0.1")
    peer = server_context.wrap_bio(up, down, server_side=True)
    open_ends = [client, peer]
    while open_ends:
        for end in list(open_ends):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            open_ends.remove(end)
    return client.version()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("flags", [0, ssl.VERIFY_X509_STRICT])
def test_python_accepts_the_chain(version: ssl.TLSVersion, flags: int, tmp_path: Path) -> None:
    server = make_server_certificate(SEED, [], NOW)
    agreed = handshake(make_authority(SEED, NOW), server, tmp_path, version, flags)
    assert agreed == {ssl.TLSVersion.TLSv1_2: "TLSv1.2", ssl.TLSVersion.TLSv1_3: "TLSv1.3"}[version]


def test_a_certificate_of_another_center_is_refused(tmp_path: Path) -> None:
    server = make_server_certificate(b"\x22" * 32, [], NOW)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(make_authority(SEED, NOW), server, tmp_path, ssl.TLSVersion.TLSv1_3)


def test_the_pinned_authority_trusts_certificates_made_years_later(tmp_path: Path) -> None:
    pinned = make_authority(SEED, NOW)
    renewed = make_server_certificate(SEED, [], NOW + timedelta(days=3000))
    assert handshake(pinned, renewed, tmp_path, ssl.TLSVersion.TLSv1_3) == "TLSv1.3"


def test_the_certificates_hold_on_a_clock_at_1980_2000_2009_three_days_ahead_and_in_2100() -> None:
    chain = x509.load_pem_x509_certificates(make_server_certificate(SEED, [], NOW).chain_pem.encode())
    clocks = [datetime(year, 1, 1, tzinfo=UTC) for year in (1980, 2000, 2009, 2100)] + [NOW + timedelta(days=3)]
    for certificate in chain:
        for clock in clocks:
            assert certificate.not_valid_before_utc < clock < certificate.not_valid_after_utc
    assert len(chain) == 2


def test_the_names_are_the_given_ones_and_the_local_ones() -> None:
    server = make_server_certificate(SEED, ["10.1.2.3", "fd00::1", "center.县.example", "localhost"], NOW)
    leaf = x509.load_pem_x509_certificate(server.chain_pem.encode())
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = [ip_address(text) for text in ("10.1.2.3", "fd00::1", "127.0.0.1")]
    assert names.get_values_for_type(x509.IPAddress) == addresses
    assert names.get_values_for_type(x509.DNSName) == ["center.xn--5nr.example", "localhost"]


def test_the_same_seed_and_time_give_the_same_authority_and_server_key() -> None:
    assert make_authority(SEED, NOW) == make_authority(SEED, NOW)
    first = make_server_certificate(SEED, [], NOW, lambda size: b"\3" * size)
    second = make_server_certificate(SEED, [], NOW, lambda size: b"\3" * size)
    assert first.private_key_pem == second.private_key_pem
    assert make_server_certificate(SEED, [], NOW).private_key_pem != first.private_key_pem
    assert "PRIVATE" not in repr(first)


def test_the_authority_shows_the_identity_key_of_the_center() -> None:
    assert authority_public_key(make_authority(SEED, NOW)) == SigningKey.from_seed(SEED).public


def test_what_is_no_authority_is_refused() -> None:
    authority = make_authority(SEED, NOW)
    chain = make_server_certificate(SEED, [], NOW).chain_pem
    leaf = chain[: chain.index("-----END") + len("-----END CERTIFICATE-----\n")]
    for pem in ("", "not a certificate", "李", leaf, chain, authority * 2, authority.replace("A", "B")):
        with pytest.raises(StationError, match="center-certificate-damaged"):
            authority_public_key(pem)


def test_an_authority_that_did_not_sign_itself_is_refused() -> None:
    real = x509.load_pem_x509_certificate(make_authority(SEED, NOW).encode())
    forged = bytearray(real.public_bytes(serialization.Encoding.DER))
    forged[-1] ^= 1
    pem = x509.load_der_x509_certificate(bytes(forged)).public_bytes(serialization.Encoding.PEM).decode()
    with pytest.raises(StationError, match="center-certificate-damaged"):
        authority_public_key(pem)


def test_the_server_key_is_p256() -> None:
    server = make_server_certificate(SEED, [], NOW)
    key = serialization.load_pem_private_key(server.private_key_pem.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert key.curve.name == "secp256r1"
