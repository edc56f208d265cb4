"""Who this PC is, and what centers have signed: credentials of devices and people, reference documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import Connection, bindparam, desc, select

from station_app.exchange.authentic import Credentials
from station_app.protocol.event import Event
from station_app.protocol.signed import CENTERS, Document, Signed, read_credential, read_document
from station_app.storage.credentials import save_credential, signed_credentials
from station_app.storage.rows import CredentialRow, DocumentRow
from station_app.storage.settings_table import SettingTable
from station_app.storage.upserts import add_rows
from station_app.usecases.ports import Identity

_NEWEST = (
    select(DocumentRow.payload, DocumentRow.signature)
    .where(DocumentRow.kind == bindparam("wanted"))
    .order_by(desc(DocumentRow.number))
    .limit(1)
)


class SignedRecords(SettingTable):
    """They lie in the journal's transaction."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._identity: Identity | None = None
        # Every step asks for the same three, and within one transaction only `save_document` changes them.
        self._documents: dict[str, Document | None] = {}

    def identity(self) -> Identity:
        if self._identity is None:
            self._identity = Identity(**self.setting("identity"))
        return self._identity

    def save_identity(self, identity: Identity) -> None:
        """Write who this PC is; done once, at enrolment."""
        self.save_setting("identity", asdict(identity))
        self._identity = identity

    def credentials(self) -> Credentials:
        rows = self._connection.scalars(select(CredentialRow.payload))
        return Credentials(self.centers()).with_more([read_credential(payload) for payload in rows])

    def centers(self) -> frozenset[str]:
        """Return the devices that are centers: this PC's own, and those that it has told of."""
        document = self.document(CENTERS)
        known = document.content[CENTERS] if document else ()
        return frozenset({self.identity().center_device, *(entry["device"] for entry in known)})

    def credentials_of(self, events: Sequence[Event]) -> Sequence[Signed]:
        people = {(event.header.actor, event.header.origin) for event in events}
        return signed_credentials(self._connection, {event.header.origin for event in events}, people)

    def save_credentials(self, found: Sequence[Signed]) -> None:
        for signed in found:
            save_credential(self._connection, signed)

    def own_credentials(self) -> Sequence[Signed]:
        query = select(CredentialRow.payload, CredentialRow.signature)
        rows = self._connection.execute(query.where(CredentialRow.device == self.identity().device))
        return [Signed(row.payload, row.signature) for row in rows]

    def documents_to_tell(self) -> Sequence[Signed]:
        return ()

    def save_heard(self, number: int) -> None:
        pass

    def documents_behind(self, numbers: Mapping[str, int]) -> Sequence[Signed]:
        kinds = self._connection.scalars(select(DocumentRow.kind).distinct())
        newest = [document for kind in kinds if (document := self._newest_document(kind)) is not None]
        return [document.signed for document in newest if document.number > numbers.get(document.kind, 0)]

    def save_document(self, document: Document) -> None:
        key = {"kind": document.kind, "number": document.number}
        values = {"payload": document.signed.payload, "signature": document.signed.signature}
        add_rows(self._connection, DocumentRow, [{**key, **values}])
        self._documents.clear()

    def document(self, kind: str) -> Document | None:
        if kind not in self._documents:
            self._documents[kind] = self._newest_document(kind)
        return self._documents[kind]

    def _newest_document(self, kind: str) -> Document | None:
        row = self._connection.execute(_NEWEST, {"wanted": kind}).first()
        return None if row is None else read_document(Signed(row.payload, row.signature))
