"""The receipts of a store in memory, a station's or a center's."""

from __future__ import annotations

from typing import Any

from station_app.protocol.signed import Signed


class MemoryReceipts:
    """Receipts by the outbox number that they vouch for."""

    tables: Any

    def save_receipt(self, receipt: Signed) -> None:
        self.tables.receipts[int(receipt.value()["link"])] = receipt

    def drop_receipts(self) -> None:
        for link in list(self.tables.receipts):
            del self.tables.receipts[link]

    def last_receipt(self) -> Signed | None:
        return self.tables.receipts[max(self.tables.receipts)] if self.tables.receipts else None
