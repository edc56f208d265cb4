"""What centers have signed, at a station in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from station_app.exchange.authentic import Credentials
from station_app.protocol.signed import CENTERS, Document, Signed
from tests.fake_store import credential_key, known


class MemoryRecords:
    """Credentials and reference documents."""

    tables: Any
    identity: Callable[[], Any]

    def own_credentials(self) -> Sequence[Signed]:
        me = self.identity().device
        return [signed for (_, device, _), signed in self.tables.credentials.items() if device == me]

    def documents_to_tell(self) -> Sequence[Signed]:
        return ()

    def save_heard(self, number: int) -> None:
        pass

    def documents_behind(self, numbers: dict[str, int]) -> Sequence[Signed]:
        newest = [self.document(kind) for kind in dict.fromkeys(kind for kind, _ in self.tables.documents)]
        return [d.signed for d in newest if d is not None and d.number > numbers.get(d.kind, 0)]

    def credentials(self) -> Credentials:
        document = self.document(CENTERS)
        others = document.content[CENTERS] if document else ()
        centers = frozenset({self.identity().center_device, *(entry["device"] for entry in others)})
        people: Credentials = self.tables.credentials.cached(
            lambda: known(frozenset(), self.tables.credentials.values())
        )
        return replace(people, centers=centers)

    def save_credentials(self, found: Sequence[Signed]) -> None:
        for signed in found:
            self.tables.credentials[credential_key(signed)] = signed

    def save_document(self, document: Document) -> None:
        self.tables.documents.setdefault((document.kind, document.number), document)

    def document(self, kind: str) -> Document | None:
        numbers = [number for of_kind, number in self.tables.documents if of_kind == kind]
        return self.tables.documents[kind, max(numbers)] if numbers else None
