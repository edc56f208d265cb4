"""Signed credentials of devices and people, as every store keeps them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from station_app.protocol.signed import Signed, read_credential
from station_app.storage.journal import chunks
from station_app.storage.rows import CredentialRow
from station_app.storage.upserts import put_row


def signed_credentials(
    connection: Connection, devices: Collection[str], people: Collection[tuple[str | None, str]]
) -> tuple[Signed, ...]:
    """Return the signed credentials of these devices and of these (person, device) pairs."""
    found: list[Signed] = []
    columns = (CredentialRow.person, CredentialRow.device, CredentialRow.payload, CredentialRow.signature)
    for chunk in chunks(devices):
        for row in connection.execute(select(*columns).where(CredentialRow.device.in_(chunk))):
            if not row.person or (row.person, row.device) in people:
                found.append(Signed(row.payload, row.signature))
    return tuple(found)


def save_credential(connection: Connection, signed: Signed) -> None:
    """Store a credential; a later one of the same key takes its place."""
    credential = read_credential(signed.payload)
    person = getattr(credential, "person", "")
    key = {"kind": "person" if person else "device", "person": person, "device": credential.device}
    key["public_key"] = credential.public_key.hex()
    put_row(connection, CredentialRow, **key, payload=signed.payload, signature=signed.signature)
